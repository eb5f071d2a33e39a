package dev.carillon.cron;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One registered cron.
 *
 * <p>Threads: called on the runtime thread only. The stage may complete on any thread; whoever waits hops back.
 * <p>Closing: any number of times. A pending {@link #next} completes with {@link CronNext.Closed} at once; name and
 * place are free at once. A job function that is running runs to its end, and keeps its slot until {@link #next} tells
 * how it ended; that call completes with {@link CronNext.Closed} too.
 */
public interface CronHandle extends AutoCloseable {
    /**
     * Gives back the slot of the run that ended, arms the cron by the {@link RetryPlan} and completes when it is due and
     * has a slot. Called once at registration with {@link Outcome.Registered} and after every run with its outcome;
     * never while an earlier call is pending.
     */
    CompletionStage<CronNext> next(Outcome previous);

    /**
     * True if the cron has come due and its fire is on its way to this runtime only: who closes the handle now drops an
     * occurrence.
     */
    default boolean isDue() {
        return false;
    }

    /**
     * Keeps other processes from starting the cron, for a run outside its schedule; what comes due meanwhile waits. Only
     * while {@link #next} is pending. Any thread.
     *
     * @return completes with null when it is held, until {@link #letGo}; or with the name of the node that is just
     *     running it, and nothing is held
     */
    default CompletionStage<@Nullable String> hold() {
        return CompletableFuture.completedFuture(null);
    }

    /** The run {@link #hold} was for has ended. Any thread, any number of times. */
    default void letGo() {}

    @Override
    void close();
}
