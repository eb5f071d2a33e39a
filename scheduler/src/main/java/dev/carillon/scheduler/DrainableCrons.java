package dev.carillon.scheduler;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.OpState;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.RecordingCronHandle;
import dev.carillon.scheduler.run.RecordingCronHandler;
import dev.carillon.scheduler.run.RunRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Crons that can be held back until their script has loaded, can be told to take no new occurrences, and say when the
 * last job function has returned.
 *
 * <p>Threads, closing: as {@link CronHandler}; {@link #release} and {@link #drain} on the runtime thread, the rest from
 * any.
 */
final class DrainableCrons implements CronHandler {
    private final RecordingCronHandler inner;
    private final BooleanSupplier goesOn;
    private final Consumer<String> closedByScript;
    private final Set<Handle> handles = ConcurrentHashMap.newKeySet();
    private final Set<String> names = ConcurrentHashMap.newKeySet(); // registered, and not closed by the script
    private final Set<Handle> running = ConcurrentHashMap.newKeySet();
    private final List<Runnable> held = new ArrayList<>(); // runtime thread
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private volatile boolean holding;
    private volatile boolean draining;
    private volatile boolean everRegistered;

    /**
     * For the runtime with this state, on {@code backend} and recorded.
     *
     * @param linesMax of what one attempt prints is kept
     */
    static DrainableCrons of(RunRecorder recorder, String script, CronHandler backend, OpState state, int linesMax) {
        return new DrainableCrons(
                recorder.handler(script, backend, state.borrow(EventLoop.class)::execute, linesMax),
                () -> state.has(EventLoop.class), // a runtime that ends clears its state before it closes its crons
                name -> recorder.closedByScript(new JobKey(script, name)));
    }

    /**
     * @param goesOn on the runtime thread: whether the script runs on, so that what closes is closed by the script itself
     * @param closedByScript hears the name of each cron the script has closed
     */
    private DrainableCrons(RecordingCronHandler inner, BooleanSupplier goesOn, Consumer<String> closedByScript) {
        this.inner = inner;
        this.goesOn = goesOn;
        this.closedByScript = closedByScript;
    }

    @Override
    public void admit(String name) {
        inner.admit(name);
    }

    @Override
    public CronHandle create(CronSpec spec) {
        var handle = new Handle(spec.name(), inner.create(spec));
        everRegistered = true;
        names.add(spec.name());
        if (draining) {
            handle.close(); // the next version of the script registers it
        } else {
            handles.add(handle);
        }
        return handle;
    }

    @Override
    public void close() {
        inner.close();
        idle.complete(null);
    }

    /** From now on crons that ask for their first fire wait for {@link #release}. */
    void hold() {
        holding = true;
    }

    boolean holds() {
        return holding;
    }

    /** Crons held back ask now. */
    void release() {
        holding = false;
        held.forEach(Runnable::run);
        held.clear();
    }

    /** Takes no new occurrences; what is due already still starts, and job functions under way go on. */
    void drain() {
        draining = true;
        List.copyOf(handles).forEach(Handle::drain);
        look();
    }

    /** Tells the job functions under way that they are to end. */
    void abortRuns(String why) {
        running.forEach(handle -> handle.abort(why));
    }

    /** Completes when, after {@link #drain}, no cron is open and no job function is under way. */
    CompletableFuture<Void> idle() {
        return idle;
    }

    /** Crons registered now. */
    int open() {
        return handles.size();
    }

    /** What the script has registered and not closed again, whether or not it still lives. */
    Set<String> names() {
        return Set.copyOf(names);
    }

    boolean everRegistered() {
        return everRegistered;
    }

    private void look() {
        if (draining && running.isEmpty() && handles.isEmpty()) {
            idle.complete(null);
        }
    }

    private final class Handle implements CronHandle {
        private final String name;
        private final RecordingCronHandle cron;
        private final AtomicBoolean closed = new AtomicBoolean();
        private volatile CronNext.@Nullable Fire fire;

        Handle(String name, RecordingCronHandle cron) {
            this.name = name;
            this.cron = cron;
        }

        @Override
        public CompletionStage<CronNext> next(Outcome previous) {
            running.remove(this);
            CompletionStage<CronNext> next;
            if (holding) {
                var later = new CompletableFuture<CronNext>();
                held.add(() -> cron.next(previous).whenComplete((answer, error) -> {
                    if (error != null) {
                        later.completeExceptionally(error);
                    } else {
                        later.complete(answer);
                    }
                }));
                next = later;
            } else {
                next = cron.next(previous);
            }
            return next.thenApply(this::heard);
        }

        private CronNext heard(CronNext answer) {
            switch (answer) {
                case CronNext.Fire started -> {
                    fire = started;
                    running.add(this);
                }
                case CronNext.Closed() -> {
                    handles.remove(this);
                    look();
                }
            }
            return answer;
        }

        void drain() {
            if (cron.drain()) {
                handles.remove(this);
            }
        }

        void abort(String why) {
            var started = fire;
            if (started != null) {
                started.abort().complete(why);
            }
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                handles.remove(this);
                cron.close();
                if (!draining && goesOn.getAsBoolean()) {
                    names.remove(name);
                    closedByScript.accept(name);
                }
                look();
            }
        }
    }
}
