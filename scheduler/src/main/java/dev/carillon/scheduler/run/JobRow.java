package dev.carillon.scheduler.run;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One job as lists show it; component names are those of the API, which adds what only the schedule knows (words,
 * warnings).
 *
 * @param nextFireTime null while paused, retired or not registered by a live script
 * @param backoffMs waits before further attempts
 * @param running attempts under way now
 * @param recent newest first, {@link #RECENT_MAX} at most, the last one included
 * @param loaded whether a live script registers it on this node
 * @param nodes living nodes whose scripts register it, in order of name
 */
public record JobRow(
        String id,
        String script,
        String name,
        String schedule,
        JobState state,
        @Nullable Instant nextFireTime,
        List<Long> backoffMs,
        int running,
        @Nullable RunSummary lastRun,
        List<RunSummary> recent,
        boolean loaded,
        List<String> nodes) {
    /** How many runs {@link #recent} holds at most. */
    public static final int RECENT_MAX = 30;

    public JobRow {
        backoffMs = List.copyOf(backoffMs);
        recent = List.copyOf(recent);
        nodes = List.copyOf(nodes);
    }
}
