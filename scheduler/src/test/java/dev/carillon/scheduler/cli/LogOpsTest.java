package dev.carillon.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code carillon run} in a process of its own. */
@Timeout(120)
class LogOpsTest {
    @TempDir
    private Path folder;

    private record Result(int code, String out, String err) {}

    private Result run(String source, String... options) throws Exception {
        var script = Files.writeString(folder.resolve("s.ts"), source);
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-Dcarillon.launcher=/opt/carillon/carillon",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run"));
        command.addAll(List.of(options));
        command.add(script.toString());
        var out = folder.resolve("out");
        var err = folder.resolve("err");
        var process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void each_op_is_told_on_standard_error_with_arguments_duration_and_end() throws Exception {
        var result = run("""
                console.log(Deno.env.get("HOME_OF_NOBODY"));
                try { Deno.readTextFileSync("/nowhere/to/be/found"); } catch { /* told */ }
                await Deno.readTextFile("/denied").catch(() => {});
                await fetch("http://127.0.0.1:2/").catch(() => {});
                console.log(Deno.execPath());
                """, "--log-ops", "-A", "--deny-read=/denied");
        assertThat(result.code).isZero();
        assertThat(result.out).isEqualTo("undefined\n/opt/carillon/carillon\n");
        assertThat(result.err.lines())
                .allMatch(line -> line.matches("op op_[a-z0-9_]+(\\(.*\\)| promise \\d+) \\d+\\.\\d{3} ms: .*"))
                .anyMatch(line -> line.matches("op op_os_\\w*env\\w*\\(\"HOME_OF_NOBODY\"\\) .* ms: null"))
                .anyMatch(line -> line.matches("op op_\\w+\\(\"/nowhere/to/be/found\".*\\) .* ms: threw NotFound: .*"))
                .anyMatch(line -> line.matches("op op_\\w+\\(\"/denied\"\\) .* ms: rejected NotCapable: .*"))
                .anyMatch(line -> line.matches("op op_\\w*fetch\\w*\\(.*\\) .* ms: promise \\d+"))
                .anyMatch(line -> line.matches("op op_\\w*fetch\\w* promise \\d+ .* ms: rejected \\w+: .+"));
    }

    @Test
    void an_asynchronous_op_that_is_refused_at_once_tells_why_in_its_one_line() throws Exception {
        var result = run("await Deno.readTextFile('/etc/hosts').catch(() => {});", "--log-ops", "--no-prompt");
        assertThat(result.code).isZero();
        assertThat(result.err.lines())
                .anyMatch(line -> line.matches(
                        "op op_\\w+\\(\"/etc/hosts\"\\) .* ms: rejected NotCapable: Requires read access .*"));
    }

    @Test
    void nothing_is_told_without_the_flag() throws Exception {
        var result = run("console.log(Deno.env.get('X'));", "-A");
        assertThat(result.err).isEmpty();
        assertThat(result.out).isEqualTo("undefined\n");
    }
}
