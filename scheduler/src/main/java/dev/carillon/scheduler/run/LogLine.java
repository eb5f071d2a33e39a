package dev.carillon.scheduler.run;

import java.time.Instant;

/**
 * One thing a job function printed.
 *
 * @param seq grows within a run, over all its attempts; not without gaps
 * @param level {@code debug}, {@code info}, {@code log}, {@code warn} or {@code error}
 */
public record LogLine(long seq, Instant at, int attempt, String level, String text) {}
