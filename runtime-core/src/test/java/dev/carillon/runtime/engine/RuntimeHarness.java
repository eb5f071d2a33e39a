package dev.carillon.runtime.engine;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A runtime under test, its printed lines, and scripts written on the spot. */
final class RuntimeHarness implements AutoCloseable {
    /** One engine for all tests, as in the product. */
    static final JsEngine ENGINE = JsEngine.create();

    private static final long DEADLINE_SECONDS = 30;

    final JsRuntime runtime;
    final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final Path folder;

    RuntimeHarness(TimeSource time, Extension... extensions) {
        this(RuntimeOptions.builder().time(time), extensions);
    }

    RuntimeHarness(RuntimeOptions.Builder options, Extension... extensions) {
        this(options, temporary(), extensions);
    }

    RuntimeHarness(RuntimeOptions.Builder options, Path folder, Extension... extensions) {
        this.folder = folder;
        OutputSink sink = (level, text, scope) -> lines.add(text);
        runtime = ENGINE.newRuntime(options.extensions(List.of(extensions))
                .output(sink)
                .cwd(folder)
                .name("test-script")
                .build());
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("carillon-engine");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads {@code source} as the main module and waits until its top level is done. */
    RuntimeHarness load(String source) {
        await(runtime.loadMain(script("main.js", source).toUri()));
        return this;
    }

    /** Loads {@code source} and waits until the loop has ended. */
    JsRuntime.Exit run(String source) {
        runtime.loadMain(script("main.js", source).toUri());
        return exit();
    }

    JsRuntime.Exit exit() {
        return await(runtime.exit());
    }

    @Nullable
    Object eval(String source) {
        return await(runtime.execute("eval.js", source));
    }

    /** Returns when the loop has run everything that was due at the call. */
    void turn() {
        // Up to three rounds of tasks come before the timers of a turn: the fourth task is in the next one.
        for (int i = 0; i <= RuntimeLoop.TASK_ROUNDS_MAX; i++) {
            eval("0");
        }
    }

    Path script(String name, String source) {
        try {
            return Files.writeString(folder.resolve(name), source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T extends @Nullable Object> T await(CompletableFuture<T> future) {
        try {
            return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (Exception e) {
            throw new IllegalStateException("waited " + DEADLINE_SECONDS + " s for the runtime", e);
        }
    }

    @Override
    public void close() {
        runtime.close();
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
