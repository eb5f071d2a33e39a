package dev.carillon.kv.log;

import java.util.Comparator;
import java.util.List;

/**
 * A message of the queue.
 *
 * @param id grows with every message
 * @param dueMs wall clock
 * @param failures deliveries that have failed
 */
record Queued(
        long id, long dueMs, int failures, List<Integer> backoffMs, List<byte[]> keysIfUndelivered, Blob payload) {
    static final Comparator<Queued> BY_DUE =
            Comparator.comparingLong(Queued::dueMs).thenComparingLong(Queued::id);

    Queued again(long newDueMs) {
        return new Queued(id, newDueMs, failures + 1, backoffMs, keysIfUndelivered, payload);
    }

    /** True if a failure now was the last one it may have. */
    boolean exhausted() {
        return failures >= backoffMs.size();
    }
}
