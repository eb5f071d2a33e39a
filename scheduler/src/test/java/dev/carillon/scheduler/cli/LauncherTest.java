package dev.carillon.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of a distribution, with a JDK whose {@code java} only tells how it is called. */
@Timeout(60)
class LauncherTest {
    /** Writes what it is asked to write, unless there is a file {@code broken} beside the JDK's {@code release}. */
    private static final String JAVA = """
            #!/usr/bin/env bash
            for argument in "$@"; do
              case $argument in
                -XX:AOTCacheOutput=*)
                  [ -f "${0%/bin/java}/broken" ] && { echo "no cache today" >&2; exit 1; }
                  echo cache >"${argument#*=}"
                  ;;
              esac
            done
            printf '%s\\n' "$@" >>"${0%/bin/java}/calls"
            echo --- >>"${0%/bin/java}/calls"
            """;

    @TempDir
    private Path folder;

    private Path home;
    private Path jdk;

    @BeforeEach
    void makeDistribution() throws IOException {
        home = folder.resolve("dist");
        var root = Path.of("..").toAbsolutePath().normalize();
        Files.createDirectories(home.resolve("build"));
        Files.copy(root.resolve("carillon"), home.resolve("carillon"));
        Files.copy(root.resolve("build/find-jdk"), home.resolve("build/find-jdk"));
        for (var jar : List.of("lib/a.jar", "service/b.jar", "jit/c.jar", "jit/class-path/d.jar", "inspect/e.jar")) {
            Files.createDirectories(home.resolve(jar).getParent());
            Files.writeString(home.resolve(jar), jar);
        }
        jdk = makeJdk("jdk", "25.0.3");
    }

    private Path makeJdk(String name, String version) throws IOException {
        var at = folder.resolve(name);
        Files.createDirectories(at.resolve("bin"));
        Files.writeString(at.resolve("release"), "IMPLEMENTOR=\"Us\"\nJAVA_VERSION=\"" + version + "\"\n");
        for (var tool : List.of("java", "javac")) {
            Files.writeString(at.resolve("bin").resolve(tool), JAVA);
            assertThat(at.resolve("bin").resolve(tool).toFile().setExecutable(true))
                    .isTrue();
        }
        return at;
    }

    /** Standard error. */
    private String launch(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(home.resolve("carillon").toString()));
        command.addAll(List.of(arguments));
        var err = folder.resolve("err").toFile();
        var builder = new ProcessBuilder(command).redirectError(err).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("JDK25_HOME", jdk.toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        var process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(err.toPath());
    }

    /** What {@code java} was called with, each call. */
    private List<List<String>> calls() throws IOException {
        return Stream.of(Files.readString(jdk.resolve("calls")).split("---\n"))
                .map(call -> List.of(call.split("\n")))
                .toList();
    }

    private List<String> lastCall() throws IOException {
        return calls().getLast();
    }

    private Path script(String text) throws IOException {
        return Files.writeString(folder.resolve("s.ts"), text);
    }

    @Test
    void the_first_quick_start_makes_the_cache_and_those_after_it_use_it() throws Exception {
        var script = script("console.log(1)").toString();
        assertThat(launch("run", script)).contains("preparing fast starts");
        assertThat(launch("run", script)).isEmpty();
        var cache = home.resolve("start-25.0.3.aot");
        assertThat(calls()).hasSize(3);
        assertThat(calls().get(0)).contains("warm-up");
        assertThat(calls().get(1)).contains("-XX:AOTCache=" + cache, "run", script);
        assertThat(calls().get(2)).isEqualTo(calls().get(1));
    }

    @Test
    void the_cache_is_made_again_for_another_library_or_another_jdk() throws Exception {
        launch("check");
        var jar = home.resolve("lib/a.jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        assertThat(launch("check")).as("an older library").contains("preparing fast starts");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.4\"\n");
        assertThat(launch("check")).as("a newer JDK in its place").contains("preparing fast starts");
        assertThat(launch("check")).isEmpty();
        assertThat(lastCall()).contains("-XX:AOTCache=" + home.resolve("start-25.0.4.aot"));
        jdk = makeJdk("other", "25.0.4");
        assertThat(launch("check")).as("the same version elsewhere").contains("preparing fast starts");
    }

    @Test
    void a_cache_that_cannot_be_made_is_not_tried_again_until_something_changes() throws Exception {
        var broken = Files.writeString(jdk.resolve("broken"), "");
        assertThat(launch("check")).contains("that failed").contains("start-25.0.3.aot.log");
        assertThat(Files.readString(home.resolve("start-25.0.3.aot.log"))).isEqualTo("no cache today\n");
        assertThat(launch("check")).isEmpty();
        assertThat(lastCall()).noneMatch(argument -> argument.startsWith("-XX:AOTCache"));
        Files.delete(broken);
        Files.writeString(home.resolve("lib/new.jar"), "");
        assertThat(launch("check")).contains("preparing fast starts").doesNotContain("failed");
        assertThat(launch("check")).isEmpty();
        assertThat(lastCall()).anyMatch(argument -> argument.startsWith("-XX:AOTCache="));
    }

    @Test
    void a_script_that_stays_is_compiled_and_one_that_ends_starts_quickly() throws Exception {
        for (var stays : List.of(
                "Deno.cron('a', '* * * * *', () => {})",
                "//\n".repeat(3_000) + "Deno.serve(f)",
                "//\u00fc\n".repeat(1_000) + "Deno.serve(f)")) {
            launch("run", "--allow-net", script(stays).toString());
            assertThat(lastCall()).contains("-Dcarillon.profile=service");
        }
        for (var ends : List.of("Deno.cronicle()", "Deno.env", "", "x".repeat(5_000))) {
            launch("run", script(ends).toString());
            assertThat(lastCall()).contains("-Dcarillon.profile=one-shot");
        }
        launch("run", "--jit", script("1").toString());
        assertThat(lastCall()).contains("-Dcarillon.profile=service");
    }

    @Test
    void each_start_opens_only_the_libraries_it_can_use() throws Exception {
        var plain = script("1").toString();
        launch("run", plain);
        assertThat(classPath()).containsExactly("lib/a.jar");
        launch("run", "--jit", plain);
        assertThat(classPath()).containsExactly("lib/a.jar", "jit/class-path/d.jar");
        assertThat(lastCall()).contains("--upgrade-module-path=" + home.resolve("jit/c.jar"));
        launch("run", "--inspect", plain);
        assertThat(classPath()).containsExactly("lib/a.jar", "inspect/e.jar");
        launch("next");
        assertThat(classPath()).containsExactly("lib/a.jar", "service/b.jar");
        launch("serve");
        assertThat(classPath()).containsExactly("lib/a.jar", "service/b.jar", "jit/class-path/d.jar");
    }

    private List<String> classPath() throws IOException {
        var call = lastCall();
        return Stream.of(call.get(call.indexOf("-cp") + 1).split(":"))
                .map(jar -> home.relativize(Path.of(jar)).toString())
                .toList();
    }
}
