package dev.carillon.scheduler.run;

import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Many alarms of which the time source has only the first. Those of a script that starts a hundred job functions, which all
 * end in time, cost one alarm, and the scripts of a process do not wait for each other at the time source's door.
 *
 * <p>Threads: any. Tasks run on the time source's thread, without a lock of this queue.
 */
final class AlarmQueue {
    /** So many taken back may wait for their time to come, and as many as there are others. */
    private static final int TAKEN_BACK_MAX = 64;

    private final TimeSource time;
    /** Taken back ones stay until they come up or are too many: nearly all are, and to look for each costs more. */
    private final PriorityQueue<Entry> queue = new PriorityQueue<>();

    private int waiting; // in the queue and not taken back
    private final long zeroNanos; // due times count from here, so that they compare as numbers do
    private long orders;
    private @Nullable Alarm first;
    private long firstNanos;

    AlarmQueue(TimeSource time) {
        this.time = time;
        zeroNanos = time.nanoTime();
    }

    private final class Entry implements Alarm, Comparable<Entry> {
        final long dueNanos;
        final long order = orders++;

        @Nullable
        Runnable task; // until it has run or is taken back

        Entry(long dueNanos, Runnable task) {
            this.dueNanos = dueNanos;
            this.task = task;
        }

        @Override
        public void cancel() {
            takeBack(this);
        }

        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(dueNanos, other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** As {@link TimeSource#after}. */
    synchronized Alarm after(Duration delay, Runnable task) {
        long now = nowNanos();
        var entry = new Entry(now + Math.max(0, delay.toNanos()), task);
        queue.add(entry);
        waiting++;
        if (first == null || entry.dueNanos < firstNanos) {
            ring(entry, now);
        }
        return entry;
    }

    /** When others wait, the time source's alarm stays as it is and may ring for nothing: that costs less than to move it. */
    private synchronized void takeBack(Entry entry) {
        if (take(entry) == null) {
            return;
        }
        if (waiting == 0) {
            queue.clear();
            if (first != null) {
                first.cancel();
                first = null;
            }
        } else if (queue.size() > 2 * waiting + TAKEN_BACK_MAX) {
            queue.removeIf(other -> other.task == null);
        }
    }

    private @Nullable Runnable take(Entry entry) {
        var task = entry.task;
        entry.task = null;
        waiting -= task == null ? 0 : 1;
        return task;
    }

    private void ring(Entry entry, long now) {
        if (first != null) {
            first.cancel();
        }
        firstNanos = entry.dueNanos;
        first = time.after(Duration.ofNanos(entry.dueNanos - now), this::ring);
    }

    private void ring() {
        var due = new ArrayList<Runnable>();
        synchronized (this) {
            long now = nowNanos();
            var next = queue.peek();
            while (next != null && (next.task == null || next.dueNanos <= now)) {
                queue.poll();
                var task = take(next);
                if (task != null) {
                    due.add(task);
                }
                next = queue.peek();
            }
            if (next == null) {
                first = null;
            } else {
                // Takes back the one there is, should this be one that was cancelled too late.
                ring(next, now);
            }
        }
        due.forEach(Runnable::run);
    }

    /** Those taken back included, as long as they are kept. */
    synchronized int size() {
        return queue.size();
    }

    private long nowNanos() {
        return time.nanoTime() - zeroNanos;
    }
}
