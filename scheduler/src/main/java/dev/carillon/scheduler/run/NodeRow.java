package dev.carillon.scheduler.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One process of the service, as the store knows it.
 *
 * @param stopped it said goodbye; a node that did not and is not seen any more is lost
 * @param lostAt when its cluster took it for dead; null as long as it lives
 * @param lostTo the node that found out
 */
public record NodeRow(
        String name,
        Instant startedAt,
        Instant lastSeenAt,
        boolean stopped,
        String version,
        String backend,
        @Nullable Instant lostAt,
        @Nullable String lostTo) {
    /** A process that lives, or says goodbye. */
    public NodeRow(
            String name, Instant startedAt, Instant lastSeenAt, boolean stopped, String version, String backend) {
        this(name, startedAt, lastSeenAt, stopped, version, backend, null, null);
    }
}
