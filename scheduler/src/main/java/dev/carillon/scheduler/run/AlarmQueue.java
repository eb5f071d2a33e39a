package dev.carillon.scheduler.run;

import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Many alarms of which the time source has only the first. Those of a script that starts a hundred job functions, which all
 * end in time, cost one alarm, and the scripts of a process do not wait for each other at the time source's door.
 *
 * <p>Threads: any. Tasks run on the time source's thread, without a lock of this queue.
 */
final class AlarmQueue {
    private final TimeSource time;
    private final TreeSet<Entry> waiting = new TreeSet<>(
            Comparator.<Entry>comparingLong(entry -> entry.dueNanos).thenComparingLong(entry -> entry.order));
    private final long zeroNanos; // due times count from here, so that they compare as numbers do
    private long orders;
    private @Nullable Alarm first;
    private long firstNanos;

    AlarmQueue(TimeSource time) {
        this.time = time;
        zeroNanos = time.nanoTime();
    }

    private final class Entry implements Alarm {
        final long dueNanos;
        final long order = orders++;
        final Runnable task;

        Entry(long dueNanos, Runnable task) {
            this.dueNanos = dueNanos;
            this.task = task;
        }

        @Override
        public void cancel() {
            take(this);
        }
    }

    /** As {@link TimeSource#after}. */
    synchronized Alarm after(Duration delay, Runnable task) {
        long now = nowNanos();
        var entry = new Entry(now + Math.max(0, delay.toNanos()), task);
        waiting.add(entry);
        if (first == null || entry.dueNanos < firstNanos) {
            ring(entry, now);
        }
        return entry;
    }

    /** When others wait, the time source's alarm stays as it is and may ring for nothing: that costs less than to move it. */
    private synchronized void take(Entry entry) {
        if (waiting.remove(entry) && waiting.isEmpty() && first != null) {
            first.cancel();
            first = null;
        }
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
            while (!waiting.isEmpty() && waiting.first().dueNanos <= now) {
                due.add(waiting.removeFirst().task);
            }
            if (waiting.isEmpty()) {
                first = null;
            } else {
                // Takes back the one there is, should this be one that was cancelled too late.
                ring(waiting.first(), now);
            }
        }
        due.forEach(Runnable::run);
    }

    private long nowNanos() {
        return time.nanoTime() - zeroNanos;
    }
}
