package dev.carillon.scheduler.run;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt as the API shows it.
 *
 * @param fence grows with every start of the run on any node
 * @param error whole text, stack and causes included
 * @param retryAt when the next attempt was planned for
 */
public record AttemptRow(
        int attempt,
        AttemptState state,
        Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Long durationMs,
        String node,
        long fence,
        @Nullable String error,
        @Nullable Instant retryAt) {

    /** An attempt whose duration follows from its ends. */
    public static AttemptRow of(
            int attempt,
            AttemptState state,
            Instant startedAt,
            @Nullable Instant endedAt,
            String node,
            long fence,
            @Nullable String error,
            @Nullable Instant retryAt) {
        Long duration = endedAt == null
                ? null
                : Long.valueOf(Math.max(0, Duration.between(startedAt, endedAt).toMillis()));
        return new AttemptRow(attempt, state, startedAt, endedAt, duration, node, fence, error, retryAt);
    }
}
