package dev.carillon.cron;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether a cron retries or waits for its schedule: the one decision every backend shares.
 *
 * <p>One deadline is pending at a time: a retry or the next fire time. {@code now} is when the attempt ended, so the
 * schedule starts afresh after every run; what passed meanwhile is gone.
 *
 * <p>Source: Deno ext/cron/local.rs.
 */
public final class RetryPlan {
    /**
     * Wall clocks are corrected by less than this; a bigger step back is a clock that was wrong before, and followed.
     * Source: Vixie cron treats three hours the same way.
     */
    static final Duration CLOCK_CORRECTION_MAX = Duration.ofHours(3);

    private RetryPlan() {}

    /** What a cron waits for next. */
    public sealed interface Step {
        /**
         * The next attempt of the same run.
         *
         * @param retries how many retries of this run have been used, this one included
         */
        record Retry(Instant due, int retries) implements Step {}

        /** A new run, by the schedule. */
        record NextFire(Instant due) implements Step {}

        /** The schedule has no further fire time. */
        record Never() implements Step {}
    }

    /**
     * Decides what follows.
     *
     * @param retries how many retries of the run that ended have been used
     * @param lastFire the scheduled fire time of the run that ended, {@link Instant#MIN} for none: when the clock has
     *     been set back meanwhile, the same fire time does not come twice
     * @param now when the run ended
     */
    public static Step after(Outcome outcome, CronSpec spec, int retries, Instant lastFire, Instant now) {
        if (outcome instanceof Outcome.Failed && retries < spec.backoff().size()) {
            return new Step.Retry(now.plus(spec.backoff().get(retries)), retries + 1);
        }
        boolean setBack =
                lastFire.isAfter(now) && lastFire.minus(CLOCK_CORRECTION_MAX).isBefore(now);
        return spec.schedule()
                .nextAfter(setBack ? lastFire : now)
                .<Step>map(Step.NextFire::new)
                .orElseGet(Step.Never::new);
    }
}
