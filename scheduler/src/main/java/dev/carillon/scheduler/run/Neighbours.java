package dev.carillon.scheduler.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a process may work on a database that others work on: only nodes of a cluster may share one. A process with a
 * backend of its own would end the others' runs as interrupted, and fire what they fire.
 */
public final class Neighbours {
    /** A process that has not been seen for so long does nothing any more. */
    public static final Duration SEEN_MAX = Duration.ofSeconds(15);

    private Neighbours() {}

    /**
     * The process that has to go first; empty if nobody is in the way.
     *
     * @param name of the process that wants to start: what is left of its last life does not count
     * @param clusters whether its backend shares a database
     * @param clustered the backend that does, as rows name it
     */
    public static Optional<NodeRow> inTheWay(
            String name, boolean clusters, String clustered, List<NodeRow> nodes, Instant now) {
        return nodes.stream()
                .filter(node -> !node.name().equals(name))
                .filter(node -> isLive(node, now))
                .filter(node -> !clusters || !node.backend().equals(clustered))
                .findFirst();
    }

    /** Seen lately, and has not said goodbye. */
    public static boolean isLive(NodeRow node, Instant now) {
        return !node.stopped() && node.lostAt() == null && node.lastSeenAt().isAfter(now.minus(SEEN_MAX));
    }
}
