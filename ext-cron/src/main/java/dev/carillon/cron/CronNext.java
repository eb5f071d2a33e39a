package dev.carillon.cron;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a cron that waited gets to hear. */
public sealed interface CronNext {
    /**
     * Start the job function now.
     *
     * @param scheduledFireTime the instant the run was due by the schedule; the same for every attempt of one run
     * @param attempt which try of the run this is, from 1
     * @param run what the script may know of the run ({@code Carillon.run})
     * @param scope unique in this process, never 0: what the job function prints carries it to the
     *     {@link dev.carillon.runtime.OutputSink}, so that whoever decided this fire knows the attempt a line belongs to
     * @param abort completed, with the reason, by whoever wants the job function to end: its {@code Carillon.run.signal}
     *     aborts. From any thread; completed with null when the run has ended by itself
     */
    record Fire(
            Instant scheduledFireTime, int attempt, RunInfo run, long scope, CompletableFuture<@Nullable String> abort)
            implements CronNext {
        private static final AtomicLong SCOPES = new AtomicLong();

        /** A fire with a scope and an end of its own. */
        public Fire(Instant scheduledFireTime, int attempt, RunInfo run) {
            this(scheduledFireTime, attempt, run, SCOPES.incrementAndGet(), new CompletableFuture<>());
        }
    }

    /** The cron has been closed: stop asking. */
    record Closed() implements CronNext {}
}
