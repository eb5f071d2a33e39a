package dev.carillon.scheduler;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Timer;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The arrows of the house: who may know whom. Sees every jar, because scheduler depends on all. */
@NullUnmarked
class HouseTest {
    private static final String ROOT = "dev.carillon";

    private static JavaClasses house;

    @BeforeAll
    static void import_the_house() {
        house = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages(ROOT);
    }

    @TestFactory
    Stream<DynamicTest> arrows() {
        return rules().entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getKey(), () -> rule.getValue().check(house)));
    }

    /** A rule that nothing can break guards nothing: each is shown a class that breaks it. */
    @TestFactory
    Stream<DynamicTest> every_rule_bites(@TempDir Path folder) {
        return rules().entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> {
                    var offender = OFFENDERS.get(rule.getKey());
                    assertThat(offender).as("an offender for this rule").isNotNull();
                    var classes = compile(Files.createTempDirectory(folder, "offender"), offender);
                    assertThat(rule.getValue().evaluate(classes).hasViolation())
                            .as("the rule refuses: %s", offender)
                            .isTrue();
                }));
    }

    /** Rule to a field of a class that breaks it: package, type of the field or statement. */
    private static final Map<String, String> OFFENDERS = Map.ofEntries(
            Map.entry("only_SystemTime_reads_the_clock", "web: java.time.Instant.now();"),
            Map.entry("only_runtime_engine_imports_graalvm", "web: org.graalvm.polyglot.Engine x;"),
            Map.entry("only_runtime_engine_imports_swc", "web: com.caoccao.javet.swc4j.Swc4j x;"),
            Map.entry("only_scheduler_quartz_imports_quartz", "scheduler.run: org.quartz.Scheduler x;"),
            Map.entry("only_scheduler_store_imports_sql", "scheduler.http: java.sql.Connection x;"),
            Map.entry("only_cron_schedule_imports_cron_utils", "cron: com.cronutils.model.Cron x;"),
            Map.entry("only_scheduler_http_imports_javalin", "scheduler: io.javalin.Javalin x;"),
            Map.entry("only_scheduler_cli_imports_picocli", "scheduler: picocli.CommandLine x;"),
            Map.entry("runtime_core_names_no_extension_and_no_scheduler", "runtime: dev.carillon.cron.CronSpec x;"),
            Map.entry("web_knows_no_other_extension", "web: dev.carillon.cron.CronSpec x;"),
            Map.entry("os_knows_no_other_extension", "os: dev.carillon.cron.CronSpec x;"),
            Map.entry("kv_knows_no_other_extension", "kv: dev.carillon.cron.CronSpec x;"),
            Map.entry("kv_codec_is_pure", "kv.codec: dev.carillon.kv.KvStore x;"),
            Map.entry("kv_knows_no_backend_of_its_own", "kv: dev.carillon.kv.log.LogStores x;"),
            Map.entry("cron_knows_no_other_extension", "cron: dev.carillon.web.WebExtension x;"),
            Map.entry("extensions_use_no_engine", "web: dev.carillon.runtime.engine.JsEngine x;"),
            Map.entry("cron_schedule_is_pure", "cron.schedule: dev.carillon.cron.CronSpec x;"),
            Map.entry("scheduler_run_is_pure", "scheduler.run: dev.carillon.scheduler.http.EventHub x;"),
            Map.entry(
                    "scheduler_http_shows_read_models_only", "scheduler.http: dev.carillon.scheduler.Configuration x;"),
            Map.entry("nobody_knows_the_command_line", "scheduler: dev.carillon.scheduler.cli.Main x;"),
            Map.entry("only_Main_ends_the_process", "web: System.exit(1);"),
            Map.entry("only_the_command_line_prints", "web: System.out.println();"));

    private static JavaClasses compile(Path folder, String offender) throws IOException {
        var place = offender.substring(0, offender.indexOf(':'));
        var statement = offender.substring(offender.indexOf(':') + 1);
        var source = "package " + ROOT + "." + place + "; class Offender { void offend() { " + statement + " } }";
        if (statement.endsWith(" x;")) {
            source = "package " + ROOT + "." + place + "; class Offender { " + statement + " }";
        }
        var file = Files.writeString(folder.resolve("Offender.java"), source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        folder.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        file.toString());
        assertThat(result).as("the offender compiles: %s", source).isZero();
        return new ClassFileImporter().importPath(folder);
    }

    private static Map<String, ArchRule> rules() {
        return Map.ofEntries(
                Map.entry(
                        "only_SystemTime_reads_the_clock",
                        noClasses()
                                .that(not(simpleName("SystemTime")))
                                .should()
                                .callMethod(Instant.class, "now")
                                .orShould()
                                .callMethod(LocalDate.class, "now")
                                .orShould()
                                .callMethod(LocalDateTime.class, "now")
                                .orShould()
                                .callMethod(ZonedDateTime.class, "now")
                                .orShould()
                                .callMethod(System.class, "currentTimeMillis")
                                .orShould()
                                .callMethod(Thread.class, "sleep", long.class)
                                .orShould()
                                .dependOnClassesThat()
                                .belongToAnyOf(Clock.class, Timer.class)
                                .because("tests must own time; inject TimeSource")),
                Map.entry("only_runtime_engine_imports_graalvm", only(ROOT + ".runtime.engine..", "org.graalvm..")),
                Map.entry("only_runtime_engine_imports_swc", only(ROOT + ".runtime.engine..", "com.caoccao..")),
                Map.entry("only_scheduler_quartz_imports_quartz", only(ROOT + ".scheduler.quartz..", "org.quartz..")),
                Map.entry("only_scheduler_store_imports_sql", sql()),
                Map.entry("only_cron_schedule_imports_cron_utils", only(ROOT + ".cron.schedule..", "com.cronutils..")),
                Map.entry(
                        "only_scheduler_http_imports_javalin",
                        only(ROOT + ".scheduler.http..", "io.javalin..", "org.eclipse.jetty..")),
                Map.entry("only_scheduler_cli_imports_picocli", only(ROOT + ".scheduler.cli..", "picocli..")),
                Map.entry(
                        "runtime_core_names_no_extension_and_no_scheduler",
                        noClasses()
                                .that()
                                .resideInAPackage(ROOT + ".runtime..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        ROOT + ".web..",
                                        ROOT + ".os..",
                                        ROOT + ".cron..",
                                        ROOT + ".kv..",
                                        ROOT + ".scheduler..")
                                .because("runtime-core <- ext-* <- scheduler")),
                Map.entry("web_knows_no_other_extension", extension("web", "os", "cron", "kv")),
                Map.entry("os_knows_no_other_extension", extension("os", "web", "cron", "kv")),
                Map.entry("cron_knows_no_other_extension", extension("cron", "web", "os", "kv")),
                Map.entry("kv_knows_no_other_extension", extension("kv", "web", "os", "cron")),
                Map.entry(
                        "kv_codec_is_pure",
                        noClasses()
                                .that()
                                .resideInAPackage(ROOT + ".kv.codec..")
                                .should()
                                .dependOnClassesThat(
                                        resideInAPackage(ROOT + "..").and(not(resideInAPackage(ROOT + ".kv.codec.."))))
                                .because("the encoding of keys knows the JDK only")),
                Map.entry(
                        "kv_knows_no_backend_of_its_own",
                        noClasses()
                                .that()
                                .resideInAPackage(ROOT + ".kv")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(ROOT + ".kv.log..")
                                .because("the embedder picks the store")),
                Map.entry(
                        "extensions_use_no_engine",
                        noClasses()
                                .that()
                                .resideInAnyPackage(ROOT + ".web..", ROOT + ".os..", ROOT + ".cron..", ROOT + ".kv..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(ROOT + ".runtime.engine..")
                                .because("an extension works against the runtime's seams")),
                Map.entry(
                        "cron_schedule_is_pure",
                        noClasses()
                                .that()
                                .resideInAPackage(ROOT + ".cron.schedule..")
                                .should()
                                .dependOnClassesThat(resideInAPackage(ROOT + "..")
                                        .and(not(resideInAPackage(ROOT + ".cron.schedule.."))))
                                .because("the schedule engine knows the JDK and cron-utils only")),
                Map.entry(
                        "scheduler_run_is_pure",
                        noClasses()
                                .that()
                                .resideInAPackage(ROOT + ".scheduler.run..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(
                                        ROOT + ".scheduler.store..",
                                        ROOT + ".scheduler.quartz..",
                                        ROOT + ".scheduler.http..",
                                        ROOT + ".scheduler.cli..",
                                        ROOT + ".runtime.engine..",
                                        "java.sql..",
                                        "javax.sql..",
                                        "org.jdbi..")
                                .because("decisions are pure; only the edges touch database and network")),
                Map.entry(
                        "scheduler_http_shows_read_models_only",
                        noClasses()
                                .that()
                                .resideInAPackage(ROOT + ".scheduler.http..")
                                .should()
                                .dependOnClassesThat(resideInAPackage(ROOT + "..")
                                        .and(not(resideInAnyPackage(
                                                ROOT + ".scheduler.http..", ROOT + ".scheduler.run.."))))
                                .because("the API is a face, not a place for logic")),
                Map.entry(
                        "nobody_knows_the_command_line",
                        noClasses()
                                .that()
                                .resideOutsideOfPackage(ROOT + ".scheduler.cli..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(ROOT + ".scheduler.cli..")),
                Map.entry(
                        "only_Main_ends_the_process",
                        noClasses()
                                .that()
                                .resideOutsideOfPackage(ROOT + ".scheduler.cli..")
                                .should()
                                .callMethod(System.class, "exit", int.class)
                                .orShould()
                                .callMethod(Runtime.class, "halt", int.class)
                                .because("a library that ends its host is a trap")),
                Map.entry(
                        "only_the_command_line_prints",
                        noClasses()
                                .that()
                                .resideOutsideOfPackage(ROOT + ".scheduler.cli..")
                                .should()
                                .accessField(System.class, "out")
                                .orShould()
                                .accessField(System.class, "err")
                                .because("scripts print through OutputSink, the service through its log")));
    }

    private static ArchRule only(String room, String... libraries) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries);
    }

    private static ArchRule sql() {
        return noClasses()
                .that()
                // Quartz's job store hands its subclasses connections.
                .resideOutsideOfPackages(ROOT + ".scheduler.store..", ROOT + ".scheduler.quartz..", ROOT + ".kv.jdbc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..", "javax.sql..", "org.jdbi..", "com.zaxxer..", "org.flywaydb..", "org.h2..");
    }

    private static ArchRule extension(String own, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(ROOT + "." + own + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Stream.concat(
                                Stream.of(ROOT + ".scheduler.."),
                                Stream.of(others).map(name -> ROOT + "." + name + ".."))
                        .toArray(String[]::new))
                .because("extensions never meet");
    }

    private static <T> DescribedPredicate<T> not(DescribedPredicate<T> predicate) {
        return DescribedPredicate.not(predicate);
    }

    private static DescribedPredicate<JavaClass> simpleName(String name) {
        return com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName(name);
    }
}
