package dev.carillon.scheduler.quartz;

import dev.carillon.runtime.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A node's time, as long as it is right; the database's, when the node's wall clock has been set wrong. Otherwise a run
 * that ends on such a node would be followed by one an hour late, and the hour between told as skipped.
 *
 * <p>The database's time is carried on by the monotonic clock from the last check-in, so that a jump is seen at once.
 *
 * <p>Threads: any.
 */
public final class ClusterTime implements TimeSource {
    private final TimeSource own;
    private final Duration offMax;
    private volatile @Nullable Anchor anchor;

    private record Anchor(Instant at, long nanos) {}

    /** @param offMax from where on the own clock counts as wrong */
    public ClusterTime(TimeSource own, Duration offMax) {
        this.own = own;
        this.offMax = offMax;
    }

    /** As {@link QuartzConfig#of} has it. */
    public static ClusterTime of(TimeSource own) {
        return new ClusterTime(own, QuartzConfig.CLOCK_REFUSE);
    }

    /** Says what time it is on the database. */
    void anchor(Instant databaseTime) {
        anchor = new Anchor(databaseTime, own.nanoTime());
    }

    /** The node's own wall clock, right or wrong. */
    Instant ownNow() {
        return own.now();
    }

    boolean isOwnClockWrong() {
        return !isRight(own.now());
    }

    @Override
    public Instant now() {
        var wall = own.now();
        return isRight(wall) ? wall : estimate(wall);
    }

    private boolean isRight(Instant wall) {
        return Duration.between(estimate(wall), wall).abs().compareTo(offMax) <= 0;
    }

    private Instant estimate(Instant wall) {
        var last = anchor;
        return last == null ? wall : last.at.plusNanos(own.nanoTime() - last.nanos);
    }

    @Override
    public long nanoTime() {
        return own.nanoTime();
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        return own.after(delay, task);
    }
}
