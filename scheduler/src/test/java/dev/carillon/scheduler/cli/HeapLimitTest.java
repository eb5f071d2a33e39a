package dev.carillon.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service of its own process with a small heap, one script that fills it, and one beside it that must not notice. */
class HeapLimitTest {
    private static final int TICKS_AFTER = 20;
    private static final long DEADLINE_SECONDS = 90;

    @TempDir
    private Path folder;

    @Test
    void a_script_that_allocates_without_end_is_stopped_alone_and_starts_again_and_the_service_says_why()
            throws Exception {
        var crons = Files.createDirectory(folder.resolve("crons"));
        Files.writeString(crons.resolve("calm.js"), "let n = 0; setInterval(() => console.log('calm', n++), 50);");
        Files.writeString(
                crons.resolve("hungry.js"),
                "const keep = []; setTimeout(() => { for (let i = 0; ; i++) keep.push({ i }); }, 500);");
        var process = start();
        try {
            var lines = CompletableFuture.supplyAsync(() -> untilCalmAfterwards(process));
            assertThat(lines.get(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .anySatisfy(line -> assertThat(line)
                            .contains("broke, starts again at", "out of memory: the process has", "script=hungry.js"))
                    .noneSatisfy(line -> assertThat(line).contains("broke", "script=calm.js"));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** What the service says until the calm script has gone on for a while after the hungry one was stopped. */
    private static List<String> untilCalmAfterwards(Process process) {
        var lines = new ArrayList<String>();
        var in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        boolean stopped = false;
        int ticks = 0;
        try {
            for (var line = in.readLine(); line != null && ticks < TICKS_AFTER; line = in.readLine()) {
                lines.add(line);
                stopped |= line.contains("broke, starts again");
                ticks += stopped && line.contains("calm ") ? 1 : 0;
            }
        } catch (java.io.IOException e) {
            lines.add(e.toString());
        }
        return lines;
    }

    private Process start() throws Exception {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-Dpolyglot.engine.WarnInterpreterOnly=false",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "serve",
                        "--port",
                        "0",
                        "crons")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().put("CARILLON_LIMITS_HEAP", "50%");
        return builder.start();
    }
}
