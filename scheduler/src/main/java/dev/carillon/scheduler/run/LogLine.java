package dev.carillon.scheduler.run;

import java.time.Instant;

/**
 * One thing a job function printed.
 *
 * @param seq grows within a run, over all its attempts; not without gaps
 * @param level {@code debug}, {@code info}, {@code log}, {@code warn} or {@code error}
 */
public record LogLine(long seq, Instant at, int attempt, String level, String text) {
    /** Numbers of an attempt's lines begin at attempt times this. */
    public static final long SEQ_PER_ATTEMPT = 1_000_000;
}
