package dev.carillon.scheduler.quartz;

import java.time.Duration;

/**
 * Who counts as dead, and who is to think so of himself. All instants of check-ins are the database's, so that no node's
 * clock has a say in it.
 *
 * <p>A node that has not checked in for {@code slack} ends what it runs by itself; the others take it over after {@code
 * checkIn + slack}. What lies between is the time its runs have to hear of it.
 */
final class Liveness {
    private Liveness() {}

    /**
     * Whether another node is dead.
     *
     * @param ownGapMs since this node's own check-in before: who was away himself gives others as long
     */
    static boolean isDead(long checkedInMs, long intervalMs, long ownGapMs, Duration slack, long nowMs) {
        return nowMs > checkedInMs + Math.max(intervalMs, ownGapMs) + slack.toMillis();
    }

    /** Whether a node that checked in {@code since} ago has to stop by itself. */
    static boolean isOutOfTouch(Duration since, QuartzConfig config) {
        return since.compareTo(config.slack()) >= 0;
    }
}
