package dev.carillon.scheduler.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where jobs, runs and console lines are kept.
 *
 * <p>Writes are queued and committed together, in this order within one commit: jobs, ends, starts, skips, lines. A
 * write's future completes after its commit; what it acknowledged survives kill -9, and reads see it. It fails with
 * {@link StoreException} if the commit did.
 *
 * <p>Threads: any. Writes never block; reads do, and want a thread that may.
 * <p>Closing: commits what is queued first; any number of times.
 */
public interface RunStore extends AutoCloseable {
    /** Registers a job, or brings it up to date; its state only if it was retired: that is {@link #become}'s. */
    CompletableFuture<Void> save(JobRecord job);

    /** Sets the state of a job that is not retired. */
    CompletableFuture<Void> become(JobKey job, JobState state);

    /**
     * Records that an attempt begins: for attempt 1 with the run itself; a later one moves it on, ending an attempt still
     * under way as interrupted, for whoever starts it has taken the run over.
     *
     * @return false if there is nothing to start: the occurrence has a row already (attempt 1), or the run has ended or
     *     reached this attempt without us (later ones)
     */
    CompletableFuture<Boolean> start(AttemptStart start);

    /**
     * Records how an attempt ended.
     *
     * @return false if another node has started a later attempt since: nothing was written
     */
    CompletableFuture<Boolean> end(AttemptEnd end);

    /**
     * Records occurrences that did not run; one that has a row already is left alone.
     *
     * @return those that had none
     */
    CompletableFuture<List<Skip>> skip(List<Skip> skips);

    /**
     * Records what an attempt printed.
     *
     * @return false if it was dropped because lines come faster than they can be written
     */
    boolean log(RunId run, LogLine line);

    /** Completes when everything submitted before it is committed. */
    CompletableFuture<Void> flushed();

    /** All jobs, retired ones included, in order of id. */
    List<JobRecord> jobs();

    /** Nodes of the cluster that have each job's function now, in order of name; jobs nobody has are missing. */
    Map<JobKey, List<String>> registrations();

    /** Ends runs of the job whose retry nobody will make. */
    void dropRetries(JobKey job, Instant now, Reason reason);

    /** Due time of the newest scheduled run of each job that has one. */
    Map<JobKey, Instant> newestScheduled();

    /** The newest {@code limit} runs of each of {@code jobs}, newest first; jobs without runs may be missing. */
    Map<JobKey, List<RunSummary>> recent(Collection<JobKey> jobs, int limit);

    Page<RunSummary> runs(RunQuery query);

    Optional<RunDetail> run(RunId id);

    /** Lines of a run with {@code seq} above {@code after}, in order. */
    List<LogLine> logs(RunId run, long after, int limit);

    /**
     * How many runs in {@code states} were due at or after {@code from}; those skipped because their job was paused do not
     * count, for somebody asked for that.
     */
    long count(Collection<RunState> states, Instant from);

    /**
     * Ends what a dead process left under way: attempts and runs become interrupted.
     *
     * @param node whose running attempts, planned retries left to its cluster; null for all of every node
     * @return the runs that were ended
     */
    List<RunSummary> interrupt(@Nullable String node, Instant now, Reason reason);

    /** Deletes runs due before {@code keepFrom}, and the oldest of jobs that have more than {@code keepPerJob}. */
    long prune(Instant keepFrom, int keepPerJob);

    /** Says that a node lives; the first call of a process with its start, the last with {@code stopped}. */
    void seen(NodeRow node);

    List<NodeRow> nodes();

    /** How far the database's clock is ahead of {@code now}, as of the middle of one round trip. */
    Duration clockOffset(Instant now);

    /** Several processes may work on it at a time. */
    boolean isShared();

    /** Whether the database answers. */
    boolean healthy();

    /** Whether writes have been waiting for longer than they should, and those to come would too. */
    boolean isStalled();

    @Override
    void close();

    /**
     * A job as it is kept.
     *
     * @param since from when on its occurrences count: first registration, change of schedule, or return from retirement
     */
    record JobRecord(JobKey key, String schedule, List<Duration> backoff, JobState state, Instant since) {
        public JobRecord {
            backoff = List.copyOf(backoff);
        }
    }

    /** @param attempt from 1; also the run's fence: every start on any node takes the next number */
    record AttemptStart(
            RunId run,
            JobKey job,
            Instant scheduledTime,
            RunTrigger trigger,
            int attempt,
            Instant startedAt,
            String node) {}

    /**
     * @param event {@link RunEvent#ATTEMPT_SUCCEEDED}, {@link RunEvent#ATTEMPT_FAILED}, {@link
     *     RunEvent#RETRY_PLANNED}, {@link RunEvent#PROCESS_LOST}, or {@link RunEvent#RETRY_DROPPED} after a planned one
     * @param error whole text, or null
     * @param retryAt set with {@link RunEvent#RETRY_PLANNED}
     */
    record AttemptEnd(
            RunId run,
            int attempt,
            RunEvent event,
            Instant endedAt,
            @Nullable String error,
            @Nullable Instant retryAt,
            @Nullable Reason reason) {}

    /** An occurrence that did not run. */
    record Skip(RunId run, JobKey job, Instant scheduledTime, Reason reason, String node) {}
}
