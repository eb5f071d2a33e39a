package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.JobKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the writer of a database knows of its jobs without asking: their numbers and, where no other process writes, which
 * occurrences can have no row yet.
 *
 * <p>Threads: the writer's.
 */
final class KnownJobs {
    private final Map<JobKey, Integer> numbers = new HashMap<>();
    private final Map<JobKey, Instant> newest = new HashMap<>();
    private final @Nullable Instant newestBefore;

    /** @param newestBefore no occurrence after it had a row when the writer began; null if other processes write too */
    KnownJobs(@Nullable Instant newestBefore) {
        this.newestBefore = newestBefore;
    }

    @Nullable
    Integer number(JobKey job) {
        return numbers.get(job);
    }

    void number(JobKey job, int number) {
        numbers.put(job, number);
    }

    /** What was read in a transaction that was undone may never have been. */
    void forgetNumbers() {
        numbers.clear();
    }

    /** True only if the occurrence has no row for certain; else its key must decide. */
    boolean isNew(JobKey job, Instant scheduledTime) {
        var last = newest.get(job);
        return newestBefore != null
                && scheduledTime.isAfter(newestBefore)
                && (last == null || scheduledTime.isAfter(last));
    }

    /** The occurrence has a row, or is about to. */
    void seen(JobKey job, Instant scheduledTime) {
        newest.merge(job, scheduledTime, (known, other) -> other.isAfter(known) ? other : known);
    }
}
