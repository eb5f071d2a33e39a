package dev.carillon.cron;

import java.time.Instant;

/** What a cron that waited gets to hear. */
public sealed interface CronNext {
    /**
     * Start the job function now.
     *
     * @param scheduledFireTime the instant the run was due by the schedule; the same for every attempt of one run
     * @param attempt which try of the run this is, from 1
     * @param run what the script may know of the run ({@code Carillon.run})
     */
    record Fire(Instant scheduledFireTime, int attempt, RunInfo run) implements CronNext {}

    /** The cron has been closed: stop asking. */
    record Closed() implements CronNext {}
}
