package dev.carillon.scheduler;

import dev.carillon.scheduler.http.EventHub;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.LogLine;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunListener;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Passes on what the recorder says, to the log, the metrics and those who follow, and remembers how each job fares.
 *
 * <p>Threads: any.
 */
final class Announcer implements RunListener {
    private final Logger log;
    private final Metrics metrics;
    private final EventHub events;
    private final Consumer<JobKey> changed;
    /** Newest run of each job that came to a verdict: what "failing" means. */
    private final Map<JobKey, RunSummary> verdicts = new ConcurrentHashMap<>();

    private record LogEvent(String run, long seq, Instant at, int attempt, String level, String text) {}

    /** @param changed hears of jobs, as long as somebody follows */
    Announcer(Logger log, Metrics metrics, EventHub events, Consumer<JobKey> changed) {
        this.log = log;
        this.metrics = metrics;
        this.events = events;
        this.changed = changed;
    }

    @Override
    public void onRun(RunSummary run) {
        metrics.run(run);
        judge(run);
        log(run);
        if (!events.isIdle()) {
            events.publish("run", () -> run);
            changed.accept(new JobKey(run.script(), run.name()));
        }
    }

    @Override
    public void onJob(JobKey job) {
        if (!events.isIdle()) {
            changed.accept(job);
        }
    }

    @Override
    public void onLog(RunId run, LogLine line) {
        metrics.line();
        events.publish(
                "log",
                () -> new LogEvent(run.text(), line.seq(), line.at(), line.attempt(), line.level(), line.text()));
    }

    /** Takes note of the verdict, if {@code run} came to one; in any order. */
    void judge(RunSummary run) {
        switch (run.state()) {
            case SUCCEEDED, FAILED, INTERRUPTED, RETRYING ->
                verdicts.merge(
                        new JobKey(run.script(), run.name()),
                        run,
                        (old, fresh) -> fresh.scheduledTime().isBefore(old.scheduledTime()) ? old : fresh);
            case RUNNING, SKIPPED -> {
                // says nothing about the job function
            }
        }
    }

    boolean isFailing(JobKey job) {
        var verdict = verdicts.get(job);
        return verdict != null && verdict.state() != RunState.SUCCEEDED;
    }

    private void log(RunSummary run) {
        var level = switch (run.state()) {
            case RUNNING, SUCCEEDED -> Level.DEBUG;
            case SKIPPED -> Level.INFO;
            case RETRYING, FAILED, INTERRUPTED -> Level.WARN;
        };
        if (log.isEnabledForLevel(level)) {
            log.atLevel(level)
                    .addKeyValue("cron", run.job())
                    .addKeyValue("run", run.id())
                    .addKeyValue("attempt", run.attempts())
                    .addKeyValue("node", run.node())
                    .log(
                            "{}{}{}",
                            run.state(),
                            run.reason() == null ? "" : ": " + run.reason(),
                            run.error() == null ? "" : ": " + run.error());
        }
    }
}
