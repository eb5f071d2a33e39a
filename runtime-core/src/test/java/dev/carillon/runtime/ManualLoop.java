package dev.carillon.runtime;

import dev.carillon.runtime.time.TimeSource.Alarm;
import dev.carillon.runtime.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A loop without a thread: the test is the runtime thread, and turns happen when it says so. Moving its
 * {@link VirtualTime} runs each alarm, and all that follows from it, at the alarm's own instant.
 *
 * <p>Threads: {@link #execute} any, the rest on the thread that made it.
 */
public final class ManualLoop implements EventLoop {
    private static final int TURNS_MAX = 1_000_000; // a loop that feeds itself for ever is a failure, not a hang

    private final VirtualTime time;
    private final Thread thread = Thread.currentThread();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private int holds;

    public ManualLoop(VirtualTime time) {
        this.time = time;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
        }
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        var cancelled = new AtomicBoolean();
        var alarm = time.after(delay, () -> {
            execute(() -> {
                if (!cancelled.get()) {
                    task.run();
                }
            });
            drain();
        });
        return () -> {
            cancelled.set(true);
            alarm.cancel();
        };
    }

    @Override
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public Hold hold() {
        holds++;
        var open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                holds--;
            }
        };
    }

    /** Holds that are open. */
    public int holds() {
        return holds;
    }

    /** Runs one task; false if there is none. */
    public boolean turn() {
        Runnable task;
        synchronized (tasks) {
            task = tasks.poll();
        }
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    /** Runs tasks until there are none. */
    public void drain() {
        for (int turns = 0; turn(); turns++) {
            if (turns > TURNS_MAX) {
                throw new AssertionError("loop still busy after " + TURNS_MAX + " turns");
            }
        }
    }
}
