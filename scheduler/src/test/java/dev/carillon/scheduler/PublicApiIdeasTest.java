package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The founding ideas that only show where all extensions meet: the public namespace and the ops under it. */
class PublicApiIdeasTest {
    private static JsEngine engine;
    private static JsRuntime runtime;

    @BeforeAll
    static void start() {
        engine = JsEngine.create();
        runtime = engine.newRuntime(RuntimeOptions.builder()
                .extensions(StandardExtensions.with(LocalCronHandler::of))
                .permissions(Permissions.all())
                .environment(Map.of("PRESENT", "here", "EMPTY", ""))
                .build());
    }

    @AfterAll
    static void stop() {
        runtime.close();
        engine.close();
    }

    private static Object eval(String source) throws Exception {
        return runtime.execute("ideas.js", source).get(30, TimeUnit.SECONDS);
    }

    @Test
    @Tag("S2.6")
    @Tag("S4.1")
    void a_public_function_stands_on_few_ops_and_trivial_ones_are_synchronous() throws Exception {
        for (var call : new String[] {"Deno.hostname()", "Deno.env.get('PRESENT')", "Deno.cwd()"}) {
            long before = dispatched();
            eval(call + " instanceof Promise && undefined.x");
            assertThat(dispatched() - before).as("ops of %s", call).isBetween(1L, 2L);
        }
    }

    private static long dispatched() throws Exception {
        return runtime.metrics().get(30, TimeUnit.SECONDS).values().stream()
                .mapToLong(op -> op.dispatched())
                .sum();
    }

    @Test
    @Tag("S2.7")
    void there_is_one_flat_namespace() throws Exception {
        var names = new TreeSet<>(Arrays.asList(((String) eval("Object.keys(Deno).join()")).split(",")));
        assertThat(names)
                .contains(
                        "args",
                        "cron",
                        "cwd",
                        "env",
                        "errors",
                        "exit",
                        "hostname",
                        "inspect",
                        "mainModule",
                        "pid",
                        "readTextFile",
                        "readTextFileSync",
                        "resolveDns",
                        "version",
                        "writeTextFile")
                .doesNotContain("core", "metrics", "internal_", "ops");
        assertThat(eval("Object.values(Deno.errors).length")).isEqualTo(25.0);
        assertThat(eval("typeof require + typeof process + typeof module + typeof __dirname"))
                .isEqualTo("undefined".repeat(4));
    }

    @Test
    @Tag("S2.12")
    void the_versions_are_ours() throws Exception {
        assertThat(eval("Object.values(Deno.version).every((v) => typeof v === 'string' && v !== '')"))
                .isEqualTo(true);
    }

    @Test
    @Tag("S3.1")
    void what_an_operating_system_has_a_runtime_has_and_every_name_of_ours_has_a_type() throws Exception {
        assertThat(
                        eval(
                                "const { core } = Deno[Deno.internal]; [core.opNames().length > 50, core.resources()[1]].join()"))
                .as("system calls and file descriptors")
                .isEqualTo("true,stdout");
        assertThat(runtime.metrics().get(30, TimeUnit.SECONDS)).as("/proc").isNotEmpty();
        var types = new StringBuilder();
        try (var files = Files.walk(Path.of("..", "js"), 2)) {
            for (var file : files.filter(f -> f.toString().endsWith(".d.ts")).toList()) {
                types.append(Files.readString(file));
            }
        }
        var untyped = new TreeSet<String>();
        for (var name : ((String) eval("Object.keys(Deno).join()")).split(",")) {
            if (!Pattern.compile("\\b(function|const|class|let|var|namespace) " + Pattern.quote(name) + "\\b")
                    .matcher(types)
                    .find()) {
                untyped.add(name);
            }
        }
        assertThat(untyped).as("names of Deno without a type in js/*/*.d.ts").isEmpty();
    }

    @Test
    @Tag("S3.6")
    void the_process_id_is_a_number_from_an_op_without_arguments() throws Exception {
        assertThat(eval("Deno.pid")).isEqualTo((double) ProcessHandle.current().pid());
    }

    @Test
    @Tag("S3.14")
    void a_name_resolves_to_its_addresses_and_a_missing_one_is_not_found() throws Exception {
        var script = """
                const { core } = Deno[Deno.internal];
                const text = [];
                text.push((await Deno.resolveDns('localhost', 'A')).join());
                try { await Deno.resolveDns('no-such-name.invalid', 'A') } catch (e) {
                  text.push(e instanceof Deno.errors.NotFound, e.message);
                }
                try { await Deno.resolveDns('localhost', 'MX') } catch (e) { text.push(e.name) }
                globalThis.found = text.join(' ');
                """;
        assertThat(run(script)).isEqualTo("127.0.0.1 true no record found for no-such-name.invalid A NotSupported");
    }

    /** Runs a module in a runtime of its own; what it left in {@code found}. */
    private static String run(String source) throws IOException, Exception {
        var lines = new StringBuilder();
        var file = Files.createTempFile("ideas", ".js");
        try (var own = engine.newRuntime(RuntimeOptions.builder()
                .extensions(StandardExtensions.with(LocalCronHandler::of))
                .permissions(Permissions.all())
                .output((level, text, scope) -> lines.append(text))
                .build())) {
            Files.writeString(file, source + "\nconsole.log(found);");
            own.loadMain(file.toUri());
            assertThat(own.exit().get(30, TimeUnit.SECONDS)).isEqualTo(new JsRuntime.Exit.Drained(0));
            return lines.toString().strip();
        } finally {
            Files.delete(file);
        }
    }

    @Test
    @Tag("S4.2")
    void a_missing_variable_is_undefined_and_an_empty_one_is_empty() throws Exception {
        assertThat(
                        eval(
                                "JSON.stringify([Deno.env.get('PRESENT'), Deno.env.get('EMPTY'), typeof Deno.env.get('MISSING')])"))
                .isEqualTo("[\"here\",\"\",\"undefined\"]");
    }
}
