package dev.carillon.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What was asked of one job over the time of the test: its schedule and each change with the span in which it may have
 * taken effect (from the request to its acknowledgement; for a request without an answer, until the state was next read).
 *
 * @param changes in order of time, not overlapping
 */
public record JobHistory(String job, List<Change> changes) {
    public JobHistory {
        changes = List.copyOf(changes);
    }

    /**
     * @param from when the change was asked for
     * @param until when it was known to hold
     * @param schedule the schedule from then on; empty for a job that must not run (paused, deleted)
     */
    public record Change(Instant from, Instant until, String schedule) {
        boolean active() {
            return !schedule.isEmpty();
        }
    }

    /** Whether an occurrence has to run. */
    public enum Duty {
        MUST,
        /** Within {@code epsilon} of a change, or while one was under way: both are right. */
        MAY
    }

    /** An instant the job was, or may have been, due at. */
    public record Target(Occurrence occurrence, Duty duty) {}

    /** Every target between the first change and {@code end}, oldest first. */
    List<Target> targets(Instant end, Duration epsilon) {
        var targets = new ArrayList<Target>();
        for (int i = 0; i < changes.size(); i++) {
            var change = changes.get(i);
            if (!change.active()) {
                continue;
            }
            var schedule = new OracleSchedule(change.schedule());
            var firm = change.until();
            var nextFrom = i + 1 < changes.size() ? changes.get(i + 1).from() : end;
            var nextUntil = i + 1 < changes.size() ? changes.get(i + 1).until() : end;
            for (var due : schedule.dueBetween(change.from(), nextUntil)) {
                boolean must = due.isAfter(firm.plus(epsilon)) && due.isBefore(nextFrom.minus(epsilon));
                targets.add(new Target(new Occurrence(job, due), must ? Duty.MUST : Duty.MAY));
            }
        }
        return targets;
    }
}
