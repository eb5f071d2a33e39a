package dev.carillon.cron;

import dev.carillon.cron.schedule.CronSchedule;
import java.time.Duration;
import java.util.List;

/**
 * What guest code asked for, validated.
 *
 * @param name 0-64 UTF-8 bytes of ASCII letters, digits, blanks, hyphens and underscores
 * @param schedule when it is due
 * @param backoff waits before the second and later attempts; empty for no retries
 */
public record CronSpec(String name, CronSchedule schedule, List<Duration> backoff) {
    /** Deno's policy for a cron that names none (ext/cron/local.rs). */
    public static final List<Duration> DEFAULT_BACKOFF = List.of(
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60));

    public CronSpec {
        backoff = List.copyOf(backoff);
    }
}
