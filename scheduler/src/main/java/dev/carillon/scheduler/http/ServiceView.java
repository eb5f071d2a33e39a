package dev.carillon.scheduler.http;

import dev.carillon.scheduler.run.AttemptRow;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobState;
import dev.carillon.scheduler.run.LogLine;
import dev.carillon.scheduler.run.Page;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.run.RunTrigger;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the API shows and does, whoever provides it. The records are the API's shapes: component names are its JSON.
 *
 * <p>Threads: any; calls may block.
 */
public interface ServiceView {
    Overview overview();

    /**
     * In order of id.
     *
     * @param after cursor of the page before, or null to begin
     */
    Page<JobView> jobs(@Nullable String after, int limit);

    Optional<JobDetail> job(JobKey key);

    Page<RunSummary> runs(RunQuery query);

    Optional<RunView> run(RunId id);

    List<LogLine> logs(RunId run, long after, int limit);

    List<ScriptView> scripts();

    List<NodeView> nodes();

    RunSummary trigger(JobKey key);

    JobView pause(JobKey key);

    JobView resume(JobKey key);

    Health health();

    /** Prometheus text. */
    String metrics();

    record JobView(
            String id,
            String script,
            String name,
            String schedule,
            String scheduleWords,
            String timezone,
            JobState state,
            @Nullable Instant nextFireTime,
            List<Long> backoffMs,
            List<String> warnings,
            int running,
            @Nullable RunSummary lastRun,
            List<RunSummary> recent,
            List<String> nodes) {}

    /** A job with its next fire times. */
    record JobDetail(
            String id,
            String script,
            String name,
            String schedule,
            String scheduleWords,
            String timezone,
            JobState state,
            @Nullable Instant nextFireTime,
            List<Long> backoffMs,
            List<String> warnings,
            int running,
            @Nullable RunSummary lastRun,
            List<RunSummary> recent,
            List<String> nodes,
            List<Instant> next) {
        public static JobDetail of(JobView job, List<Instant> next) {
            return new JobDetail(
                    job.id,
                    job.script,
                    job.name,
                    job.schedule,
                    job.scheduleWords,
                    job.timezone,
                    job.state,
                    job.nextFireTime,
                    job.backoffMs,
                    job.warnings,
                    job.running,
                    job.lastRun,
                    job.recent,
                    job.nodes,
                    next);
        }
    }

    /** A run with its attempts, oldest first. */
    record RunView(
            String id,
            String job,
            String script,
            String name,
            Instant scheduledTime,
            RunState state,
            @Nullable String reason,
            RunTrigger trigger,
            int attempts,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Long durationMs,
            @Nullable Long latenessMs,
            @Nullable String node,
            @Nullable String error,
            List<AttemptRow> attemptList,
            long logCount) {
        public static RunView of(RunSummary run, List<AttemptRow> attempts, long logCount) {
            return new RunView(
                    run.id(),
                    run.job(),
                    run.script(),
                    run.name(),
                    run.scheduledTime(),
                    run.state(),
                    run.reason(),
                    run.trigger(),
                    run.attempts(),
                    run.startedAt(),
                    run.endedAt(),
                    run.durationMs(),
                    run.latenessMs(),
                    run.node(),
                    run.error(),
                    attempts,
                    logCount);
        }
    }

    record ScriptView(
            String name,
            String path,
            ScriptState state,
            @Nullable ScriptError error,
            @Nullable Instant loadedAt,
            int jobs,
            int restarts,
            @Nullable Instant nextRestartAt) {}

    /** @param report whole text with source line and stack, or null */
    record ScriptError(
            String message,
            @Nullable String report,
            @Nullable String specifier,
            @Nullable Integer line,
            @Nullable Integer column) {}

    /** How a script stands; {@link #toString} is the word of the API. */
    enum ScriptState {
        LOADING,
        RUNNING,
        /** It does not load, and will not until its file changes. */
        FAILED,
        /** It broke and is tried again at {@code nextRestartAt}. */
        RESTARTING,
        STOPPED,
        /** It came to its end with nothing left to do. */
        ENDED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param lostAt when its cluster took it for dead, null as long as it lives
     * @param lostTo the node that found out
     */
    record NodeView(
            String name,
            NodeState state,
            boolean self,
            Instant startedAt,
            Instant lastSeenAt,
            String version,
            String backend,
            Jit jit,
            @Nullable Long clockOffsetMs,
            @Nullable Instant lostAt,
            @Nullable String lostTo) {}

    /** Whether a process of the service lives; {@link #toString} is the word of the API. */
    enum NodeState {
        UP,
        LOST,
        STOPPED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param on null if unknown: another node's */
    record Jit(@Nullable Boolean on, @Nullable String reason) {}

    record Overview(
            Instant now,
            String version,
            String backend,
            JobCounts jobs,
            int running,
            List<JobView> failing,
            long missed24h,
            List<NextFire> next,
            int scriptsFailed) {}

    record JobCounts(int total, int active, int paused, int failing) {}

    record NextFire(String job, Instant at) {}

    /** @param ready every script has been tried once, and the cluster knows their jobs */
    record Health(boolean ok, boolean ready, String version, String node, String backend, Jit jit, boolean database) {}
}
