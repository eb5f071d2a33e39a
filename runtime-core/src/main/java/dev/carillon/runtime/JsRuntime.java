package dev.carillon.runtime;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One script's world: a context, its event loop, its resource table, on one thread of its own.
 *
 * <p>Threads: every method may be called from any thread; guest code and ops run on the runtime thread only.
 * <p>Closing: {@link #close} ends guest code wherever it is, closes every resource and waits for the thread; any number
 * of times. A runtime that ended by itself still wants closing.
 */
public interface JsRuntime extends AutoCloseable {
    /**
     * Loads and evaluates the main module with all it imports; completes when its top level, top-level await included,
     * is done. Fails with {@link JsError} for errors of the script (syntax errors and missing modules included). May be
     * called once.
     */
    CompletableFuture<Void> loadMain(URI module);

    /**
     * Runs a classic script.
     *
     * @param name shown in stack traces
     * @return its completion value: null, Boolean, Double, String, or the JSON text of anything else
     */
    CompletableFuture<@Nullable Object> execute(String name, String source);

    /** Completes once, with the reason, when the loop has ended; never exceptionally. */
    CompletableFuture<Exit> exit();

    /** The loop, for host code that has something to deliver to the runtime thread. */
    EventLoop loop();

    /** What is going on now: ops in flight, open resources, timers. Fails once the runtime has ended. */
    CompletableFuture<Activity> activity();

    /**
     * Gives the extensions that ask for it ({@link Extension.Builder#lateState}) their late state, in one call, once. Fails
     * with {@link IllegalStateException} unless there is one value for each of them, in the order of the extensions.
     */
    CompletableFuture<Void> initialiseLate(List<LateValue> values);

    /** What one extension's late state is made of. */
    record LateValue(String extension, Object value) {}

    /** Counts by op name, of the ops that were called. Fails once the runtime has ended. */
    CompletableFuture<Map<String, OpMetrics>> metrics();

    /**
     * Ends guest code wherever it is, and the runtime with {@link Exit.Stopped}. Does not wait; no effect once the runtime
     * has ended.
     */
    void stop(String reason);

    /** The last error that ended the script or an {@link #execute}. */
    Optional<JsError> lastException();

    @Override
    void close();

    /** How a runtime ended. */
    sealed interface Exit {
        /** Nothing was left to do. */
        record Drained(int code) implements Exit {}

        /** Guest code called {@code Deno.exit}. */
        record Exited(int code) implements Exit {}

        /** An error nobody caught. */
        record Failed(JsError error) implements Exit {}

        /** The host stopped it. */
        record Stopped(String reason) implements Exit {}
    }
}
