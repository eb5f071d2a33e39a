package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the scripts of {@code oracle/cases} on the real Deno and here, and compares what they print and how they end.
 * {@code oracle/README.md} tells how a case is written and what is evened out before comparing.
 */
class OracleTest {
    private static final Path ORACLE = Path.of("").toAbsolutePath().resolveSibling("oracle");
    private static final Path CASES = ORACLE.resolve("cases");
    private static final JsEngine ENGINE = JsEngine.create();
    private static final long CASE_SECONDS_MAX = 90;
    private static final int CASES_MIN = 60;
    private static final String WANTED = System.getProperty("carillon.oracle.cases", ".*");

    private static final Pattern FACTS =
            Pattern.compile("(Invalid cron schedule): [^\\n]* \\(cron '[^\\n]*', '[^\\n]*'\\)");
    private static final Pattern OUR_WARNINGS = Pattern.compile("(?m)^Warning: cron '.*\\n");
    private static final Pattern INNER_FRAMES = Pattern.compile("(?m)\\n +at [^\\n]*ext:[^\\n]*?( \\{)?$");
    private static final Pattern TIMER_FRAMES = Pattern.compile("Timeout\\.(_onTimeout|<anonymous>)");

    /** A script and what its head says about it. */
    private record Case(Path script, Map<String, String> env, Optional<String> differs, boolean background) {
        static Case read(Path script) {
            var env = new HashMap<String, String>();
            String differs = null;
            boolean background = false;
            for (var line :
                    text(script).lines().takeWhile(l -> l.startsWith("// ")).toList()) {
                if (line.startsWith("// env: ")) {
                    var pair = line.substring(8).split("=", 2);
                    env.put(pair[0], pair[1]);
                } else if (line.startsWith("// differs: ")) {
                    differs = line.substring(12);
                } else if (line.startsWith("// background:")) {
                    background = true;
                }
            }
            return new Case(script, env, Optional.ofNullable(differs), background);
        }

        String name() {
            return script.getFileName().toString();
        }

        Path expected() {
            return ORACLE.resolve("expected").resolve(name().replaceFirst("\\.[jt]s$", ".txt"));
        }
    }

    /** What a script printed and its exit code. */
    private record Result(int code, String out, String err) {
        String even() {
            var errors = OUR_WARNINGS.matcher(even(err)).replaceAll("");
            errors = INNER_FRAMES.matcher(errors).replaceAll("$1");
            errors = TIMER_FRAMES.matcher(errors).replaceAll("timer");
            return "exit code %d%n--- standard output%n%s--- standard error%n%s".formatted(code, even(out), errors);
        }

        private static String even(String text) {
            return FACTS.matcher(text.replace(CASES.toUri().toString(), "file:///cases/"))
                    .replaceAll("$1");
        }
    }

    @TestFactory
    Stream<DynamicTest> prints_and_ends_as_on_deno() throws Exception {
        var deno = deno();
        var cases = cases();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(CASES_MIN);
        cases.removeIf(script -> !script.name().matches(WANTED));
        // What waits for a real minute does so while the others run.
        var ahead = new HashMap<Case, CompletableFuture<List<Result>>>();
        for (var script : cases) {
            if (script.background()) {
                ahead.put(script, both(script, deno, Executors.newThreadPerTaskExecutor(Thread::new)));
            }
        }
        var pool = Executors.newFixedThreadPool(1);
        return cases.stream()
                .map(script -> DynamicTest.dynamicTest(script.name(), () -> {
                    var results = ahead.containsKey(script) ? ahead.get(script) : both(script, deno, pool);
                    compare(script, results.get(2 * CASE_SECONDS_MAX, TimeUnit.SECONDS));
                }))
                .onClose(pool::shutdown);
    }

    private static void compare(Case script, List<Result> results) {
        var theirs = results.get(0).even();
        var ours = results.get(1).even();
        if (script.differs().isEmpty()) {
            assertThat(ours).isEqualTo(theirs);
        } else {
            if (Boolean.getBoolean("carillon.oracle.record")) {
                write(script.expected(), ours);
            }
            assertThat(ours)
                    .as("differs on purpose: %s", script.differs().get())
                    .isEqualTo(text(script.expected()));
            assertThat(theirs)
                    .as("no longer differs: %s", script.differs().get())
                    .isNotEqualTo(ours);
        }
    }

    private static CompletableFuture<List<Result>> both(Case script, Path deno, ExecutorService pool) {
        var theirs = CompletableFuture.supplyAsync(() -> onDeno(script, deno), pool);
        var ours = CompletableFuture.supplyAsync(
                () -> onCarillon(script), Executors.newThreadPerTaskExecutor(Thread::new));
        return theirs.thenCombine(ours, List::of);
    }

    private static Result onDeno(Case script, Path deno) {
        try {
            var out = Files.createTempFile("oracle", ".out");
            var err = Files.createTempFile("oracle", ".err");
            var builder = new ProcessBuilder(
                            deno.toString(),
                            "run",
                            "-A",
                            "--no-prompt",
                            "--unstable-cron",
                            "--unstable-kv",
                            script.script().toString())
                    .directory(CASES.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(Map.of("NO_COLOR", "1", "DENO_NO_UPDATE_CHECK", "1"));
            builder.environment().putAll(script.env());
            var process = builder.start();
            if (!process.waitFor(CASE_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            var result = new Result(process.exitValue(), Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Deno ran " + script.name(), e);
        }
    }

    private static Result onCarillon(Case script) {
        var out = new StringBuffer();
        var err = new StringBuffer();
        OutputSink sink = (level, text, scope) -> (level.isError() ? err : out).append(text);
        var environment = new HashMap<>(System.getenv());
        environment.putAll(script.env());
        var options = RuntimeOptions.builder()
                .extensions(StandardExtensions.andKv(
                        StandardExtensions.with(LocalCronHandler::of), ScriptDatabases.ofDeno(null, environment)))
                .output(sink)
                .permissions(Permissions.all())
                .environment(environment)
                .cwd(CASES)
                .name(script.name())
                .build();
        try (var runtime = ENGINE.newRuntime(options)) {
            runtime.loadMain(script.script().toUri());
            var exit = runtime.exit().get(CASE_SECONDS_MAX, TimeUnit.SECONDS);
            int code = switch (exit) {
                case Exit.Drained(int drained) -> drained;
                case Exit.Exited(int exited) -> exited;
                case Exit.Failed(var error) -> {
                    err.append("error: ").append(error.report()).append('\n');
                    yield 1;
                }
                case Exit.Stopped(var reason) ->
                    throw new IllegalStateException(script.name() + " was stopped: " + reason);
            };
            return new Result(code, out.toString(), err.toString());
        } catch (Exception e) {
            throw new IllegalStateException(script.name() + " here, after printing\n" + out + err, e);
        }
    }

    private static List<Case> cases() throws IOException {
        try (var files = Files.list(CASES)) {
            var cases = new ArrayList<Case>();
            files.filter(file -> file.toString().matches(".*\\.[jt]s"))
                    .sorted()
                    .forEach(file -> cases.add(Case.read(file)));
            return cases;
        }
    }

    /** The binary named by {@code DENO}, or the one npm installs beside the cases. */
    private static Path deno() throws IOException, InterruptedException {
        var named = System.getenv("DENO");
        if (named != null) {
            return Path.of(named);
        }
        var installed = ORACLE.resolve("node_modules/.bin/deno");
        if (!Files.isExecutable(installed)) {
            var log = Files.createTempFile("oracle-npm", ".log");
            // Not "npm ci": it wants every platform's binary in the lock file, and npm writes only this machine's.
            int code = new ProcessBuilder("npm", "install", "--no-save", "--no-audit", "--no-fund")
                    .directory(ORACLE.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            assertThat(code)
                    .as("npm install in oracle/, for the real Deno to compare with:\n%s", Files.readString(log))
                    .isZero();
        }
        return installed;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
