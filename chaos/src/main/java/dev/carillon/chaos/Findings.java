package dev.carillon.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Everything the checker found.
 *
 * @param verdicts one per occurrence that was due, may have been due, or ran; oldest first
 * @param takeovers one per run that another node finished
 * @param disagreements where the two passes contradict each other: a fault of the checker or of the claims
 */
public record Findings(List<Verdict> verdicts, List<Takeover> takeovers, List<String> disagreements) {
    public Findings {
        verdicts = List.copyOf(verdicts);
        takeovers = List.copyOf(takeovers);
        disagreements = List.copyOf(disagreements);
    }

    /**
     * A run that changed its node.
     *
     * @param delay from the fault that hit the first node to the start of the next attempt
     */
    public record Takeover(Occurrence occurrence, String from, String to, Fault fault, Duration delay) {}

    /** True if nothing wrong was found and both passes agree. */
    public boolean valid() {
        return disagreements.isEmpty()
                && verdicts.stream().noneMatch(verdict -> verdict.kind().wrong());
    }

    /** How many of each kind; kinds that did not occur are zero. */
    public Map<Verdict.Kind, Integer> counts() {
        var counts = new EnumMap<Verdict.Kind, Integer>(Verdict.Kind.class);
        for (var kind : Verdict.Kind.values()) {
            counts.put(kind, 0);
        }
        verdicts.forEach(verdict -> counts.merge(verdict.kind(), 1, Integer::sum));
        return counts;
    }

    /** Lateness at {@code quantile} (0-1) over all occurrences that started; zero if none did. */
    public Duration lateness(double quantile) {
        var sorted = new ArrayList<>(verdicts.stream()
                .map(Verdict::lateness)
                .filter(Objects::nonNull)
                .sorted()
                .toList());
        if (sorted.isEmpty()) {
            return Duration.ZERO;
        }
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(quantile * (sorted.size() - 1))));
    }

    /** The longest takeover from a node that was hit alone; zero if there was none. */
    public Duration takeoverMax() {
        return takeovers.stream()
                .filter(takeover -> !takeover.fault().node().equals(Fault.EVERYWHERE))
                .map(Takeover::delay)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}
