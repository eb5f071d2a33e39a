package dev.carillon.web;

import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Runs a script with this extension and keeps what it printed. */
final class Script {
    static final JsEngine ENGINE = JsEngine.create();
    private static final long DEADLINE_SECONDS = 60;

    private Script() {}

    /** What a script left: standard output, standard error, how it ended. */
    record Outcome(String out, String err, JsRuntime.Exit exit) {}

    /** One write to the sink. */
    record Printed(OutputSink.Level level, String text, long scope) {}

    static Outcome run(String source) {
        return run(source, TimeSource.system(), false);
    }

    static Outcome run(String source, TimeSource time, boolean colors) {
        return withFile(source, file -> run(file, time, colors));
    }

    /** Every write of a script that must end well. */
    static List<Printed> printed(String source) {
        var writes = new ArrayList<Printed>();
        var exit = withFile(
                source,
                file -> run(
                        file,
                        TimeSource.system(),
                        false,
                        Permissions.all(),
                        (level, text, scope) -> writes.add(new Printed(level, text, scope))));
        if (!exit.equals(new JsRuntime.Exit.Drained(0))) {
            throw new AssertionError("the script ended with " + exit);
        }
        return writes;
    }

    static Outcome run(String source, Permissions permissions) {
        return withFile(source, file -> run(file, TimeSource.system(), false, permissions));
    }

    static Outcome run(Path file, TimeSource time, boolean colors) {
        return run(file, time, colors, Permissions.all());
    }

    private static Outcome run(Path file, TimeSource time, boolean colors, Permissions permissions) {
        var out = new StringBuilder();
        var err = new StringBuilder();
        OutputSink sink = (level, text, scope) -> (level.isError() ? err : out).append(text);
        var exit = run(file, time, colors, permissions, sink);
        if (exit instanceof JsRuntime.Exit.Failed failed) {
            err.append("error: ").append(failed.error().report()).append('\n');
        }
        return new Outcome(out.toString(), err.toString(), exit);
    }

    private static <T> T withFile(String source, Function<Path, T> body) {
        try {
            var file = Files.createTempFile("carillon-web", ".ts");
            try {
                return body.apply(Files.writeString(file, source));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsRuntime.Exit run(
            Path file, TimeSource time, boolean colors, Permissions permissions, OutputSink sink) {
        var options = RuntimeOptions.builder()
                .extensions(List.of(WebExtension.create()))
                .time(time)
                .output(sink)
                .permissions(permissions)
                .colors(colors)
                .name(String.valueOf(file.getFileName()))
                .build();
        try (var runtime = ENGINE.newRuntime(options)) {
            var main = runtime.loadMain(file.toUri());
            var exit = runtime.exit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            main.exceptionally(e -> null);
            return exit;
        } catch (Exception e) {
            throw new IllegalStateException("running " + file, e);
        }
    }

    /** Runs the given files one after another, each with what it prints; for comparing by hand with the real Deno. */
    public static void main(String[] files) {
        for (var file : files) {
            var outcome = run(Path.of(file).toAbsolutePath(), TimeSource.system(), false);
            try {
                Files.writeString(Path.of(file + ".ours"), outcome.out() + outcome.err());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        System.exit(0);
    }
}
