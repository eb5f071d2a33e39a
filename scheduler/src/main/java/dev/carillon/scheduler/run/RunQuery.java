package dev.carillon.scheduler.run;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which runs to list; newest due first.
 *
 * @param job id of one job, or null for all
 * @param states empty for all
 * @param from due at or after, or null
 * @param to due before, or null
 * @param q in the job's name or in the error, case ignored, or null
 * @param cursor of an earlier {@link Page}, or null to begin
 * @param limit rows of a page
 */
public record RunQuery(
        @Nullable String job,
        Set<RunState> states,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String q,
        @Nullable String cursor,
        int limit) {
    /** Rows of a page at most. */
    public static final int LIMIT_MAX = 1000;

    /** @throws IllegalArgumentException naming the value and its bound */
    public RunQuery {
        states = Set.copyOf(states);
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new IllegalArgumentException("limit is 1-" + LIMIT_MAX + ": " + limit);
        }
        if (cursor != null && !RunId.isValid(cursor)) {
            throw new IllegalArgumentException("not a cursor of this list: '" + cursor + "'");
        }
        if (from != null && to != null && from.isAfter(to)) {
            throw new IllegalArgumentException("from " + from + " is after to " + to);
        }
    }

    /** The newest {@code limit} runs of all jobs. */
    public static RunQuery newest(int limit) {
        return new RunQuery(null, Set.of(), null, null, null, null, limit);
    }
}
