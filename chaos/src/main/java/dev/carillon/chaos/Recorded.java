package dev.carillon.chaos;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run as the service's own history tells it; compared with what the sink saw.
 *
 * @param state {@code succeeded}, {@code failed}, {@code skipped}, {@code interrupted}, or an unfinished state
 * @param reason why it was skipped, else null
 */
public record Recorded(
        String job,
        Instant scheduledTime,
        String state,
        @Nullable String reason,
        List<Attempt> attempts) {
    public Recorded {
        attempts = List.copyOf(attempts);
    }

    Occurrence occurrence() {
        return new Occurrence(job, scheduledTime);
    }

    /** One attempt of the run. */
    public record Attempt(
            int attempt,
            long fence,
            String node,
            String state,
            @Nullable Instant endedAt) {}
}
