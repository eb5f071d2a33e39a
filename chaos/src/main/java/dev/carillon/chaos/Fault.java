package dev.carillon.chaos;

import java.time.Duration;
import java.time.Instant;

/**
 * Something the test did to the system.
 *
 * @param kind what, in a word or two: {@code kill -9}, {@code pause}, {@code database restart}
 * @param node whom it hit, or {@link #EVERYWHERE}
 * @param until when it was over and the node ready again
 */
public record Fault(String kind, String node, Instant from, Instant until) {
    /** In place of a node: it hit all of them. */
    public static final String EVERYWHERE = "*";

    boolean hits(String someNode) {
        return node.equals(someNode) || node.equals(EVERYWHERE);
    }

    /** Whether it can still be felt {@code aftermath} after it was over, somewhere between two instants. */
    boolean isFelt(Instant start, Instant end, Duration aftermath) {
        return from.isBefore(end) && start.isBefore(until.plus(aftermath));
    }
}
