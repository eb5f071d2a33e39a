package dev.carillon.runtime.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What waits for its time on one runtime thread: a binary heap by due time, equal times in order of creation. */
final class Timers {
    private Entry[] heap = new Entry[64];
    private int size;
    private long sequence;

    /** One waiting task. */
    final class Entry {
        private long dueNanos;
        private long order;
        private int index = -1;
        private final Runnable task;

        Entry(Runnable task) {
            this.task = task;
        }

        long dueNanos() {
            return dueNanos;
        }

        boolean waiting() {
            return index >= 0;
        }

        void run() {
            task.run();
        }

        void cancel() {
            if (index >= 0) {
                remove(this);
            }
        }
    }

    Entry add(long dueNanos, Runnable task) {
        var entry = new Entry(task);
        schedule(entry, dueNanos);
        return entry;
    }

    /** Lets an entry that is not waiting wait again. */
    void schedule(Entry entry, long dueNanos) {
        entry.dueNanos = dueNanos;
        entry.order = sequence++;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        up(entry, size++);
    }

    /** The entry due first, or null. */
    @Nullable
    Entry peek() {
        return size == 0 ? null : heap[0];
    }

    /** Takes out and returns the first entry if it is due at {@code nowNanos}. */
    @Nullable
    Entry pollDue(long nowNanos) {
        if (size == 0 || heap[0].dueNanos - nowNanos > 0) {
            return null;
        }
        var entry = heap[0];
        remove(entry);
        return entry;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("NullAway") // beyond size the heap is empty, and nothing reads there
    private void remove(Entry entry) {
        int hole = entry.index;
        entry.index = -1;
        var last = heap[--size];
        heap[size] = null;
        if (last == entry) {
            return;
        }
        if (hole > 0 && before(last, heap[(hole - 1) >>> 1])) {
            up(last, hole);
        } else {
            down(last, hole);
        }
    }

    private void up(Entry entry, int at) {
        int hole = at;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (!before(entry, heap[parent])) {
                break;
            }
            place(heap[parent], hole);
            hole = parent;
        }
        place(entry, hole);
    }

    private void down(Entry entry, int at) {
        int hole = at;
        while (2 * hole + 1 < size) {
            int child = 2 * hole + 1;
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], entry)) {
                break;
            }
            place(heap[child], hole);
            hole = child;
        }
        place(entry, hole);
    }

    private void place(Entry entry, int at) {
        heap[at] = entry;
        entry.index = at;
    }

    private static boolean before(Entry a, Entry b) {
        long difference = a.dueNanos - b.dueNanos;
        return difference < 0 || difference == 0 && a.order < b.order;
    }
}
