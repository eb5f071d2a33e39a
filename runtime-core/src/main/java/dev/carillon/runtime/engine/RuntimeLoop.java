package dev.carillon.runtime.engine;

import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/*
 * What the runtime thread does next. Tasks of the runtime thread itself go into a plain deque; tasks of other threads into
 * one lock-free queue, with at most one wake-up between two sleeps. Waiting arms one alarm, for the earliest timer only, and
 * only when the thread is about to sleep, so that a busy loop never touches the time source's queue.
 */
final class RuntimeLoop implements EventLoop {
    static final int TASK_ROUNDS_MAX = 3; // then timers and ops get their turn; source: deno_core
    // Time that moves between reading it and arming an alarm would make the alarm late by as much.
    private static final long ARMING_SLACK_NANOS = 1_000_000;

    private final Thread thread;
    private final TimeSource time;
    private final ArrayDeque<Runnable> local = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<Runnable> remote = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final Timers timers = new Timers();
    private volatile boolean closed;
    private @Nullable Alarm alarm;
    private long alarmDueNanos;
    private int holds;

    RuntimeLoop(Thread thread, TimeSource time) {
        this.thread = thread;
        this.time = time;
    }

    @Override
    public void execute(Runnable task) {
        if (closed) {
            return;
        }
        if (isCurrentThread()) {
            local.add(task);
        } else {
            remote.add(task);
            wake();
        }
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        confine();
        var entry = timers.add(time.nanoTime() + Math.max(0, delay.toNanos()), task);
        return entry::cancel;
    }

    @Override
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public Hold hold() {
        confine();
        holds++;
        return new Hold() {
            private boolean open = true;

            @Override
            public void close() {
                confine();
                if (open) {
                    open = false;
                    holds--;
                }
            }
        };
    }

    /** Ends a sleep that is going on or about to begin; any thread. */
    void wake() {
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    Timers timers() {
        return timers;
    }

    TimeSource time() {
        return time;
    }

    boolean held() {
        return holds > 0;
    }

    boolean anyTasks() {
        return !local.isEmpty() || !remote.isEmpty();
    }

    /** Runs what was posted, and what that posts, for a few rounds. */
    void runTasks(TaskRunner runner) {
        for (int round = 0; round < TASK_ROUNDS_MAX && anyTasks(); round++) {
            for (var task = remote.poll(); task != null; task = remote.poll()) {
                local.add(task);
            }
            for (int n = local.size(); n > 0 && runner.goesOn(); n--) {
                runner.run(local.remove());
            }
        }
    }

    /** True if no timer is due within that time. */
    boolean idleFor(Duration time) {
        var first = timers.peek();
        return first == null || first.dueNanos() - this.time.nanoTime() > time.toNanos();
    }

    /** Runs the timers due now, oldest first; those they start wait for the next turn. */
    void runTimers(TaskRunner runner) {
        if (timers.peek() == null) {
            return;
        }
        long now = time.nanoTime();
        while (runner.goesOn()) {
            var entry = timers.pollDue(now);
            if (entry == null) {
                return;
            }
            runner.run(entry::run);
        }
    }

    /** Runs one thing for the loop, and says whether it may go on. */
    interface TaskRunner {
        void run(Runnable task);

        boolean goesOn();
    }

    /**
     * Sleeps until something may have happened: a task, a completion, the next timer.
     *
     * @param busy checked once sleep has been announced, so that no wake-up is lost
     */
    void sleep(java.util.function.BooleanSupplier busy) {
        asleep.set(true);
        if (busy.getAsBoolean() || anyTasks() || timerDueAfterArming()) {
            asleep.set(false);
            return;
        }
        while (asleep.get() && !closed) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                break;
            }
        }
        asleep.set(false);
    }

    private boolean timerDueAfterArming() {
        var first = timers.peek();
        if (first == null) {
            disarm();
            return false;
        }
        if (alarm != null && alarmDueNanos == first.dueNanos()) {
            return time.nanoTime() - first.dueNanos() >= 0;
        }
        while (true) {
            disarm();
            long now = time.nanoTime();
            if (now - first.dueNanos() >= 0) {
                return true;
            }
            alarmDueNanos = first.dueNanos();
            alarm = time.after(Duration.ofNanos(first.dueNanos() - now), this::wake);
            long armed = time.nanoTime();
            if (armed - now < ARMING_SLACK_NANOS) {
                return armed - first.dueNanos() >= 0;
            }
        }
    }

    private void disarm() {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }

    /** Drops what is queued and takes nothing more; runtime thread. */
    void close() {
        closed = true;
        disarm();
        local.clear();
        remote.clear();
    }

    private void confine() {
        if (!isCurrentThread()) {
            throw new IllegalStateException("The loop of '" + thread.getName() + "' was touched from '"
                    + Thread.currentThread().getName() + "': post to it with execute()");
        }
    }
}
