package dev.carillon.web;

import dev.carillon.runtime.Extension;
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
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a script with this extension and keeps what it printed. */
final class Script {
    private static final JsEngine ENGINE = JsEngine.create();
    private static final long DEADLINE_SECONDS = 60;

    private Script() {}

    /** What a script left: standard output, standard error, how it ended. */
    record Outcome(String out, String err, JsRuntime.Exit exit) {}

    static Outcome run(String source) {
        return run(source, TimeSource.system());
    }

    static Outcome run(String source, TimeSource time) {
        try {
            var file = Files.createTempFile("carillon-web", ".ts");
            try {
                return run(Files.writeString(file, source), time, false);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Outcome run(Path file, TimeSource time, boolean colors, Extension... more) {
        var out = new StringBuilder();
        var err = new StringBuilder();
        OutputSink sink = (level, text, scope) -> (level.isError() ? err : out).append(text);
        var extensions = new java.util.ArrayList<Extension>(List.of(WebExtension.create()));
        extensions.addAll(List.of(more));
        var options = RuntimeOptions.builder()
                .extensions(extensions)
                .time(time)
                .output(sink)
                .permissions(Permissions.all())
                .colors(colors)
                .name(String.valueOf(file.getFileName()))
                .build();
        try (var runtime = ENGINE.newRuntime(options)) {
            var main = runtime.loadMain(file.toUri());
            var exit = runtime.exit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            main.exceptionally(e -> null);
            if (exit instanceof JsRuntime.Exit.Failed failed) {
                err.append("error: ").append(failed.error().report()).append('\n');
            }
            return new Outcome(out.toString(), err.toString(), exit);
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
