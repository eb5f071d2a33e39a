package dev.carillon.scheduler.run;

import dev.carillon.cron.schedule.CronSchedule;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/** Which instants of a schedule lie in a stretch of time. */
final class Occurrences {
    /** How many one stretch yields at most; the newest are kept. As many as history keeps of a job by default. */
    static final int MAX = 10_000;

    private Occurrences() {}

    /** Due instants after {@code after}, up to and including {@code until}, oldest first, at most {@link #MAX}. */
    static List<Instant> between(CronSchedule schedule, Instant after, Instant until) {
        var found = new ArrayDeque<Instant>();
        var next = schedule.nextAfter(after);
        while (next.isPresent() && !next.get().isAfter(until)) {
            if (found.size() == MAX) {
                found.removeFirst();
            }
            found.addLast(next.get());
            next = schedule.nextAfter(next.get());
        }
        return List.copyOf(found);
    }
}
