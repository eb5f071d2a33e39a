package dev.carillon.scheduler;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.kv.KvOptions;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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

    /** How long a run may still go on after its signal has aborted; source: ours. */
    private static final Duration ABORT_GRACE_MAX = Duration.ofSeconds(1);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final JsRuntime runtime;
    private final CompletableFuture<DrainableCrons> crons;
    private final Thread thread;
    private volatile boolean closed;

    // Watchdog's own, one thread.
    private long cpuAtPingNanos;
    private volatile boolean pingPending;
    private boolean overran;

    private Incarnation(JsRuntime runtime, CompletableFuture<DrainableCrons> crons, Thread thread) {
        this.runtime = runtime;
        this.crons = crons;
        this.thread = thread;
    }

    /** Starts the runtime; the script is not loaded yet. Blocks. */
    static Incarnation start(
            JsEngine engine,
            RuntimeOptions.Builder options,
            Function<dev.carillon.runtime.OpState, DrainableCrons> cronsOf,
            Function<String, CronSchedule> dialect,
            KvOptions kv) {
        var crons = new CompletableFuture<DrainableCrons>();
        var thread = new CompletableFuture<Thread>();
        options.extensions(StandardExtensions.andKv(
                StandardExtensions.with(
                        state -> {
                            thread.complete(Thread.currentThread());
                            var own = cronsOf.apply(state);
                            crons.complete(own);
                            return own;
                        },
                        dialect),
                kv));
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

    /** Of the crons its script has registered and not closed. */
    Set<String> cronNames() {
        return crons.join().names();
    }

    boolean everRegistered() {
        return crons.join().everRegistered();
    }

    /** Its crons are registered but do not come due before {@link #armCrons}. To be called before {@link #load}. */
    void holdCrons() {
        crons.join().hold();
    }

    boolean holdsCrons() {
        return crons.join().holds();
    }

    /** Completes when the turn under way is over; never if the runtime ends in it. */
    CompletableFuture<Void> turnOver() {
        var over = new CompletableFuture<Void>();
        runtime.loop().execute(() -> over.complete(null));
        return over;
    }

    private void awaitTurn() {
        CompletableFuture.anyOf(turnOver(), runtime.exit()).join();
    }

    /** From here on its crons come due; when this returns, each has its deadline. Blocks. */
    void armCrons() {
        runtime.loop().execute(crons.join()::release);
        awaitTurn();
        awaitTurn(); // deadlines are computed in a turn of their own, after the one that asks for them
    }

    /**
     * Takes no new occurrences, lets job functions finish, then closes. Before the deadline is over the runs under way
     * hear of it through their signal. Blocks.
     *
     * @param why the reason the signals abort with
     */
    void drain(Duration deadline, String why) {
        var own = crons.join();
        runtime.loop().execute(own::drain);
        var grace = deadline.dividedBy(2).compareTo(ABORT_GRACE_MAX) < 0 ? deadline.dividedBy(2) : ABORT_GRACE_MAX;
        var done = CompletableFuture.anyOf(own.idle(), runtime.exit());
        if (!isDone(done, deadline.minus(grace))) {
            own.abortRuns(why);
            isDone(done, grace);
        }
        close(); // ends what still runs, and its attempts say so
    }

    private static boolean isDone(CompletableFuture<?> done, Duration deadline) {
        try {
            done.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true; // nobody waits for it any more
        } catch (ExecutionException e) {
            throw new IllegalStateException("neither future fails", e);
        }
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
     * Looks whether the loop still turns; called every now and then by one thread. A runtime that waits costs next to
     * nothing, and one that has hardly used the processor since it last answered is not even asked: idle scripts are not
     * woken.
     *
     * @return true, once, when the present turn has used more than {@code most} of the processor
     */
    boolean overruns(Duration most) {
        // Reading a thread's clock costs ten times what its state does.
        if (closed || overran || !pingPending && thread.getState() == Thread.State.WAITING) {
            return false;
        }
        long cpu = THREADS.getThreadCpuTime(thread.threadId());
        if (cpu < 0) {
            return false; // the thread has ended
        }
        long used = cpu - cpuAtPingNanos;
        if (pingPending) {
            overran = used > most.toNanos();
            return overran;
        }
        if (used > ASK_AFTER.toNanos()) {
            pingPending = true;
            cpuAtPingNanos = cpu;
            runtime.loop().execute(() -> pingPending = false);
        }
        return false;
    }
}
