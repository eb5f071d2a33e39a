package dev.carillon.scheduler.quartz;

import java.time.Duration;

/**
 * How a node behaves in its cluster.
 *
 * @param cluster name of the logical scheduler; nodes with another name on the same database are strangers
 * @param node name of this process, the same after a restart, no other's at the same time
 * @param checkIn how often a node says it lives
 * @param slack how long after a missed check-in it counts as dead; takeover takes about {@code checkIn + slack}
 * @param idle how long until a node looks again for what others cannot take
 * @param batch most triggers claimed in one transaction; of what is due at one instant each node takes so many in turn
 * @param janitor how often triggers are looked for that no live claim holds
 * @param clockWarn offset from the database's clock that is worth a warning
 * @param clockRefuse offset from which on a node claims nothing
 * @param takeovers how often a run is taken over from a dead process; after that it has failed
 */
public record QuartzConfig(
        String cluster,
        String node,
        Duration checkIn,
        Duration slack,
        Duration idle,
        int batch,
        Duration janitor,
        Duration clockWarn,
        Duration clockRefuse,
        int takeovers) {
    /** How often a run is taken over if nothing else is said. */
    public static final int TAKEOVERS = 3;

    /** From where on a clock is wrong. */
    static final Duration CLOCK_REFUSE = Duration.ofSeconds(1);

    private static final Duration CHECK_IN_MIN = Duration.ofMillis(100);
    private static final int NAME_LENGTH_MAX = 80; // the claim's key holds it

    /** @throws IllegalArgumentException naming the value and its bound */
    public QuartzConfig {
        if (cluster.isBlank() || cluster.length() > NAME_LENGTH_MAX || cluster.indexOf('\'') >= 0) {
            throw new IllegalArgumentException(
                    "the cluster's name has 1-80 characters and no quote: '" + cluster + "'");
        }
        if (node.isBlank() || node.length() > NAME_LENGTH_MAX) {
            throw new IllegalArgumentException("a node's name has 1-80 characters: '" + node + "'");
        }
        if (node.equals("AUTO") || node.equals("NON_CLUSTERED")) {
            throw new IllegalArgumentException(
                    "a node's name must be its own and stay the same after a restart: '" + node + "'");
        }
        if (checkIn.compareTo(CHECK_IN_MIN) < 0) {
            throw new IllegalArgumentException("check-in is at least 100 ms: " + checkIn);
        }
        if (slack.compareTo(checkIn.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("slack " + slack + " is less than two check-ins of " + checkIn
                    + ": a node that is merely slow would be taken for dead");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("a batch is at least 1: " + batch);
        }
        if (takeovers < 0) {
            throw new IllegalArgumentException("a run is taken over 0 times or more: " + takeovers);
        }
        if (clockRefuse.compareTo(clockWarn) < 0) {
            throw new IllegalArgumentException(
                    "clock offset: refused from " + clockRefuse + " on but only warned of from " + clockWarn);
        }
    }

    /** Takeover within about two seconds, of one run three times. */
    public static QuartzConfig of(String cluster, String node) {
        return of(cluster, node, TAKEOVERS);
    }

    /** Takeover within about two seconds. */
    public static QuartzConfig of(String cluster, String node, int takeovers) {
        return new QuartzConfig(
                cluster,
                node,
                Duration.ofMillis(500),
                Duration.ofMillis(1500),
                Duration.ofSeconds(1),
                50,
                Duration.ofSeconds(30),
                Duration.ofMillis(250),
                CLOCK_REFUSE,
                takeovers);
    }
}
