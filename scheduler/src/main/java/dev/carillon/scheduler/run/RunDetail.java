package dev.carillon.scheduler.run;

import java.util.List;

/** A run with all its attempts, oldest first, and how many lines it printed. */
public record RunDetail(RunSummary run, List<AttemptRow> attemptList, long logCount) {
    public RunDetail {
        attemptList = List.copyOf(attemptList);
    }
}
