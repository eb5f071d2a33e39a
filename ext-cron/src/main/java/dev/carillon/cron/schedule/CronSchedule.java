package dev.carillon.cron.schedule;

import java.time.Instant;
import java.util.Optional;

/** When a cron is due: five fields in Deno's exact dialect, UTC. */
public final class CronSchedule {
    private CronSchedule() {}

    /** @throws InvalidSchedule with Deno's opening words, the field, the value and its bound */
    public static CronSchedule parse(String text) {
        throw new IllegalStateException("not written yet: " + text);
    }

    /** The first due instant after the minute that holds {@code instant}; empty if it never fires again. */
    public Optional<Instant> nextAfter(Instant instant) {
        throw new IllegalStateException("not written yet: " + instant);
    }
}
