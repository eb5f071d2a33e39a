package dev.carillon.scheduler;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A backend that can be told to fire no more and says when the last job function has returned.
 *
 * <p>Threads, closing: as {@link CronHandler}; {@link #drain} on the runtime thread, {@link #open} and {@link #idle} from
 * any.
 */
final class DrainableCrons implements CronHandler {
    private final CronHandler inner;
    private final BooleanSupplier goesOn;
    private final Consumer<String> closedByScript;
    private final Set<Handle> handles = ConcurrentHashMap.newKeySet();
    private final Set<Handle> running = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private volatile boolean draining;
    private volatile boolean everRegistered;

    /**
     * @param goesOn on the runtime thread: whether the script runs on, so that what closes is closed by the script itself
     * @param closedByScript hears the name of each cron the script has closed
     */
    DrainableCrons(CronHandler inner, BooleanSupplier goesOn, Consumer<String> closedByScript) {
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

    /** Closes every cron; job functions under way go on. */
    void drain() {
        draining = true;
        for (var handle : List.copyOf(handles)) {
            handle.close();
        }
        look();
    }

    /** Completes when, after {@link #drain}, no job function is under way. */
    CompletableFuture<Void> idle() {
        return idle;
    }

    /** Crons registered now. */
    int open() {
        return handles.size();
    }

    boolean everRegistered() {
        return everRegistered;
    }

    private void look() {
        if (draining && running.isEmpty()) {
            idle.complete(null);
        }
    }

    private final class Handle implements CronHandle {
        private final String name;
        private final CronHandle cron;
        private final AtomicBoolean closed = new AtomicBoolean();

        Handle(String name, CronHandle cron) {
            this.name = name;
            this.cron = cron;
        }

        @Override
        public CompletionStage<CronNext> next(Outcome previous) {
            running.remove(this);
            var next = cron.next(previous).thenApply(answer -> {
                if (answer instanceof CronNext.Fire) {
                    running.add(this);
                }
                return answer;
            });
            look();
            return next;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                handles.remove(this);
                cron.close();
                if (!draining && goesOn.getAsBoolean()) {
                    closedByScript.accept(name);
                }
            }
        }
    }
}
