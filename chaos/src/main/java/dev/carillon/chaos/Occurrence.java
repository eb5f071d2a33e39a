package dev.carillon.chaos;

import java.time.Instant;
import java.util.Comparator;

/** One due instant of one job: what has to end as exactly one run. */
public record Occurrence(String job, Instant scheduledTime) implements Comparable<Occurrence> {
    private static final Comparator<Occurrence> ORDER =
            Comparator.comparing(Occurrence::scheduledTime).thenComparing(Occurrence::job);

    @Override
    public int compareTo(Occurrence other) {
        return ORDER.compare(this, other);
    }
}
