package dev.carillon.runtime.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Time that moves only when told. Starts at 2024-01-01T00:00:00Z.
 *
 * <p>Threads: any. Tasks run on the thread that moves time, in order of due time and, when equal, of call.
 */
public final class VirtualTime implements TimeSource {
    private final PriorityQueue<Entry> pending =
            new PriorityQueue<>(Comparator.comparingLong(Entry::dueNanos).thenComparingLong(Entry::order));
    private Instant wall;
    private long monotonicNanos;
    private long orders;

    private record Entry(long dueNanos, long order, Runnable task) {}

    public VirtualTime() {
        this(Instant.parse("2024-01-01T00:00:00Z"));
    }

    public VirtualTime(Instant start) {
        wall = start;
    }

    @Override
    public synchronized Instant now() {
        return wall;
    }

    @Override
    public synchronized long nanoTime() {
        return monotonicNanos;
    }

    @Override
    public synchronized Alarm after(Duration delay, Runnable task) {
        var entry = new Entry(monotonicNanos + Math.max(0, delay.toNanos()), orders++, task);
        pending.add(entry);
        return () -> {
            synchronized (this) {
                pending.remove(entry);
            }
        };
    }

    /** Runs {@code task} when the wall clock, moving on evenly, reaches {@code due}. */
    public Alarm at(Instant due, Runnable task) {
        return after(Duration.between(now(), due), task);
    }

    /** Moves both clocks on, running each task at its own instant. */
    public void advance(Duration step) {
        long target;
        synchronized (this) {
            target = monotonicNanos + step.toNanos();
        }
        while (true) {
            Entry due;
            synchronized (this) {
                due = pending.peek();
                if (due == null || due.dueNanos > target) {
                    moveTo(target);
                    return;
                }
                pending.poll();
                moveTo(Math.max(due.dueNanos, monotonicNanos));
            }
            due.task.run();
        }
    }

    /** Moves both clocks on until the wall clock reads {@code instant}. */
    public void advanceTo(Instant instant) {
        advance(Duration.between(now(), instant));
    }

    /** Steps the wall clock alone, as NTP or an operator does; negative is back. */
    public synchronized void stepWallClock(Duration step) {
        wall = wall.plus(step);
    }

    /** Delays from now of the tasks that wait, soonest first. */
    public synchronized List<Duration> waiting() {
        var delays = new ArrayList<Duration>();
        for (var entry : pending) {
            delays.add(Duration.ofNanos(entry.dueNanos - monotonicNanos));
        }
        delays.sort(Comparator.naturalOrder());
        return delays;
    }

    private void moveTo(long nanos) {
        wall = wall.plusNanos(nanos - monotonicNanos);
        monotonicNanos = nanos;
    }
}
