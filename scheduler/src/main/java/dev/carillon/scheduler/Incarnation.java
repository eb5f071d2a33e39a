package dev.carillon.scheduler;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * One life of a script: its runtime and its crons, from start to the end of its last job function.
 *
 * <p>Threads: any.
 * <p>Closing: ends the runtime, then its crons; any number of times.
 */
final class Incarnation implements AutoCloseable {
    /** Processor time since the last answer that makes the watchdog ask again. */
    private static final Duration ASK_AFTER = Duration.ofMillis(20);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final JsRuntime runtime;
    private final CompletableFuture<DrainableCrons> crons;
    private final long threadId;
    private volatile boolean closed;

    // Watchdog's own, one thread.
    private long cpuAtPingNanos;
    private volatile boolean pingPending;

    private Incarnation(JsRuntime runtime, CompletableFuture<DrainableCrons> crons, long threadId) {
        this.runtime = runtime;
        this.crons = crons;
        this.threadId = threadId;
    }

    /** Starts the runtime; the script is not loaded yet. Blocks. */
    static Incarnation start(
            JsEngine engine,
            RuntimeOptions.Builder options,
            Function<dev.carillon.runtime.OpState, DrainableCrons> cronsOf,
            Function<String, CronSchedule> dialect) {
        var crons = new CompletableFuture<DrainableCrons>();
        var thread = new CompletableFuture<Long>();
        options.extensions(StandardExtensions.with(
                state -> {
                    thread.complete(Thread.currentThread().threadId());
                    var own = cronsOf.apply(state);
                    crons.complete(own);
                    return own;
                },
                dialect));
        var runtime = engine.newRuntime(options.build());
        return new Incarnation(runtime, crons, thread.join());
    }

    CompletableFuture<Void> load(URI main) {
        return runtime.loadMain(main);
    }

    CompletableFuture<JsRuntime.Exit> exit() {
        return runtime.exit();
    }

    EventLoop loop() {
        return runtime.loop();
    }

    int jobs() {
        return closed ? 0 : crons.join().open();
    }

    boolean everRegistered() {
        return crons.join().everRegistered();
    }

    /** Fires no more, lets job functions finish until the deadline, then closes. Blocks. */
    void drain(Duration deadline) {
        var own = crons.join();
        runtime.loop().execute(own::drain);
        try {
            CompletableFuture.anyOf(own.idle(), runtime.exit()).get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // Its time is up: closing ends what still runs, and its attempts say so.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("neither future fails", e);
        }
        close();
    }

    @Override
    public void close() {
        closed = true;
        runtime.close();
        crons.join().close();
    }

    /** Ends it; its exit tells {@code reason}. */
    void stop(String reason) {
        runtime.stop(reason);
    }

    /**
     * Looks whether the loop still turns; called every now and then by one thread. A runtime that has hardly used the
     * processor since it last answered is not even asked, so idle scripts are not woken.
     *
     * @return processor time the present turn has used at least
     */
    Duration lookAtTurn() {
        if (closed) {
            return Duration.ZERO;
        }
        long cpu = THREADS.getThreadCpuTime(threadId);
        if (cpu < 0) {
            return Duration.ZERO; // the thread has ended
        }
        long used = cpu - cpuAtPingNanos;
        if (pingPending) {
            return Duration.ofNanos(used);
        }
        if (used > ASK_AFTER.toNanos()) {
            pingPending = true;
            cpuAtPingNanos = cpu;
            runtime.loop().execute(() -> pingPending = false);
        }
        return Duration.ZERO;
    }
}
