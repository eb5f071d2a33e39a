package dev.carillon.scheduler.run;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One run as lists show it; component names are those of the API.
 *
 * @param reason for people, or null
 * @param attempts how many have started; 0 for a skipped one
 * @param startedAt of the first attempt
 * @param latenessMs from due to the first attempt's start
 * @param node that works on it or did last
 * @param error first line of the last failure, and of what lies at its root
 */
public record RunSummary(
        String id,
        String job,
        String script,
        String name,
        Instant scheduledTime,
        RunState state,
        @Nullable String reason,
        RunTrigger trigger,
        int attempts,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Long durationMs,
        @Nullable Long latenessMs,
        @Nullable String node,
        @Nullable String error) {
    private static final String CAUSE = "[cause]: "; // as inspect writes it before each

    /** A run of {@code job}; what can be computed from the rest is. */
    public static RunSummary of(
            RunId id,
            JobKey job,
            Instant scheduledTime,
            RunState state,
            @Nullable Reason reason,
            RunTrigger trigger,
            int attempts,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String node,
            @Nullable String error) {
        return new RunSummary(
                id.text(),
                job.id(),
                job.script(),
                job.name(),
                scheduledTime,
                state,
                reason == null ? null : reason.words(),
                trigger,
                attempts,
                startedAt,
                endedAt,
                startedAt == null || endedAt == null ? null : millis(startedAt, endedAt),
                startedAt == null ? null : millis(scheduledTime, startedAt),
                node,
                error == null ? null : headline(error));
    }

    private static long millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }

    /** {@code TypeError: fetch failed} alone helps nobody at night: the innermost cause says what is broken. */
    static String headline(String text) {
        var first = firstLine(text);
        int cause = text.lastIndexOf(CAUSE);
        return cause < 0 ? first : first + " (" + firstLine(text.substring(cause + CAUSE.length())) + ")";
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
