package dev.carillon.scheduler.run;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronSpec;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import dev.carillon.scheduler.run.RunStore.AttemptEnd;
import dev.carillon.scheduler.run.RunStore.JobRecord;
import dev.carillon.scheduler.run.RunStore.Skip;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one node and the history they leave: wraps each script's backend, keeps every occurrence to exactly one
 * row, and is where jobs are paused, resumed and triggered.
 *
 * <p>Threads: any. {@link #start}, {@link #jobs()}, {@link #job}, {@link #runs} and other reads ask the store and may
 * block.
 * <p>Closing: after every script's runtime; ends what is under way as interrupted. The store stays open.
 */
public final class RunRecorder implements AutoCloseable {
    /** Characters of a console line that are kept. */
    public static final int LINE_LENGTH_MAX = 16_384;

    /** How often occurrences of jobs that no live script registers are looked for. */
    static final Duration AUDIT_PERIOD = Duration.ofSeconds(5);

    private static final Duration OVERDUE_STARTED = Duration.ofSeconds(5);

    /** A job its scripts have given up goes when the nodes that still had it are gone for so long. */
    static final Duration GIVEN_UP_RETIRED_AFTER = Duration.ofMinutes(1);

    /** A job whose nodes are gone without a word goes after so long: long enough to bring one of them back. */
    static final Duration MISSING_RETIRED_AFTER = Duration.ofHours(24);

    private static final System.Logger LOG = System.getLogger(RunRecorder.class.getName());

    private final RunStore store;
    private final TimeSource time;
    private final String node;
    private final boolean clustered;
    private final ConcurrentSkipListMap<JobKey, Job> jobs = new ConcurrentSkipListMap<>();
    private final Map<Long, Attempt> scopes = new ConcurrentHashMap<>();
    /** Nodes that have each job, as last read; empty without a cluster. */
    private volatile Map<JobKey, List<String>> registrations = Map.of();
    /** At what other nodes have written: looks may overlap, and a change asked for here may fall into one. */
    private final AtomicLong looks = new AtomicLong();

    private final Object looking = new Object();
    private CompletableFuture<Void> lastLook = CompletableFuture.completedFuture(null); // under looking
    private @Nullable CompletableFuture<Void> nextLook; // under looking: has not begun

    private final List<RunListener> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Alarm audit;
    private boolean closed;

    /** A recorder for a process that has its store for itself. */
    public RunRecorder(RunStore store, TimeSource time, String node) {
        this(store, time, node, false);
    }

    /**
     * @param node stable name of this process
     * @param clustered other processes may record the same jobs: what they do is not told as missed
     */
    public RunRecorder(RunStore store, TimeSource time, String node, boolean clustered) {
        this.store = store;
        this.time = time;
        this.node = node;
        this.clustered = clustered;
    }

    /**
     * Settles what the last process left: its attempts under way become interrupted, occurrences that passed since get
     * their skipped rows. Before the first script is loaded, once.
     *
     * @return the runs that were interrupted
     */
    public List<RunSummary> start() {
        var now = time.now();
        boolean alone = isAlone(now);
        var interrupted = store.interrupt(clustered ? node : null, now, Reason.PROCESS_DIED);
        var newest = store.newestScheduled();
        // What is overdue by less than this, a cluster that comes up still starts.
        var missedUntil = clustered ? now.minus(OVERDUE_STARTED) : now;
        var skips = new ArrayList<Skip>();
        for (var record : store.jobs()) {
            var last = newest.getOrDefault(record.key(), record.since());
            var job = new Job(record, last.isAfter(record.since()) ? last : record.since(), now);
            if (record.state() != JobState.RETIRED && alone) {
                skips.addAll(job.skipsUntil(missedUntil, Reason.SERVICE_DOWN, node));
            }
            jobs.put(record.key(), job);
        }
        skip(skips);
        armAudit();
        return interrupted;
    }

    private boolean isAlone(Instant now) {
        return !clustered
                || store.nodes().stream()
                        .noneMatch(other -> !other.name().equals(node) && Neighbours.isLive(other, now));
    }

    /**
     * The handler a script's cron extension is to use.
     *
     * @param loop runs a task on the script's runtime thread
     * @param linesMax of what one attempt prints is kept
     */
    public RecordingCronHandler handler(String script, CronHandler backend, Executor loop, int linesMax) {
        return new RecordingCronHandler(this, script, backend, loop, linesMax);
    }

    /** A sink that keeps what job functions print under their attempt and passes on the rest. */
    public OutputSink sink(OutputSink outside) {
        return (level, text, scope) -> {
            var attempt = scope == 0 ? null : scopes.get(scope);
            if (attempt == null) {
                outside.write(level, text, scope);
            } else {
                print(attempt, level, text);
            }
        };
    }

    /**
     * The script's top level is done: jobs it had once and did not register are retired.
     *
     * @param names of the crons it registered; it may have broken since, and then they are not live
     */
    public void loaded(String script, Set<String> names) {
        for (var job : jobs.values()) {
            if (job.key.script().equals(script) && !job.isLive() && !names.contains(job.key.name())) {
                giveUp(job);
            }
        }
    }

    /**
     * The script has closed the cron and runs on: the job is retired, unless another version of the script has it.
     *
     * @return completes when that is decided
     */
    public CompletableFuture<Void> closedByScript(JobKey key) {
        var job = jobs.get(key);
        return job == null ? CompletableFuture.completedFuture(null) : giveUp(job);
    }

    /** Nothing here has it any more; in a cluster it is retired only if no other node has it either. */
    private CompletableFuture<Void> giveUp(Job job) {
        if (!clustered) {
            retire(job);
            return CompletableFuture.completedFuture(null);
        }
        job.giveUp();
        var decided = look().thenRun(() -> {
            if (job.isGivenUp() && !job.isLive() && isNowhereElse(job.key)) {
                retire(job);
            }
        });
        return decided.whenComplete((done, error) -> {
            if (error != null) {
                storeFailed("job " + job.key, error);
            }
        });
    }

    /** {@link #reread} on another thread. A script may give up many jobs at once: who asks during a look shares the next. */
    private CompletableFuture<Void> look() {
        synchronized (looking) {
            var next = nextLook;
            if (next == null) {
                next = lastLook.handleAsync(
                        (done, error) -> {
                            synchronized (looking) {
                                nextLook = null;
                            }
                            reread();
                            return null;
                        },
                        Thread.ofVirtual().name("carillon-look")::start);
                nextLook = next;
                lastLook = next;
            }
            return next;
        }
    }

    /** The script is gone for good, its file deleted: its jobs are retired. */
    public void removed(String script) {
        loaded(script, Set.of());
    }

    public void listen(RunListener listener) {
        listeners.add(listener);
    }

    /** All jobs in order of id, retired ones included. */
    public List<JobRow> jobs() {
        return rows(jobs.values());
    }

    /**
     * A stretch of {@link #jobs()}.
     *
     * @param after the job before the first, or null to begin
     * @param recentMax runs per job; with 0 the store is not asked and {@code lastRun} stays null
     */
    public List<JobRow> jobs(@Nullable JobKey after, int limit, int recentMax) {
        var keys = after == null ? jobs : jobs.tailMap(after, false);
        return rows(keys.values().stream().limit(limit).toList(), recentMax);
    }

    public Optional<JobRow> job(JobKey key) {
        var job = jobs.get(key);
        return job == null ? Optional.empty() : Optional.of(rows(List.of(job)).getFirst());
    }

    /**
     * Starts a run by hand; works on a paused job too and does not count against the schedule. Not retried if it fails.
     * In a cluster only here: where the job is not loaded, who has it is in the refusal. May block.
     *
     * @return completes when the start is recorded
     * @throws JobRefused if there is no such job, it is running, or no live script registers it
     */
    public CompletableFuture<RunSummary> trigger(JobKey key) {
        if (clustered && !isLive(key)) {
            reread(); // another node may have registered it a moment ago
        }
        // A version of the script that is still loading does not listen yet; the one before it does.
        var handles = known(key).handles().reversed();
        var handle = handles.stream()
                .filter(RecordingCronHandle::isFree)
                .findFirst()
                .or(() -> handles.stream().findFirst());
        if (handle.isEmpty()) {
            throw new JobRefused(
                    JobRefused.Code.NOT_LOADED,
                    "job '" + key + "' cannot run: its script is not loaded on node '" + node + "'"
                            + (isNowhereElse(key)
                                    ? ""
                                    : "; ask one that has it: " + String.join(", ", nodesOf(known(key)))));
        }
        return handle.get().trigger();
    }

    private boolean isLive(JobKey key) {
        var job = jobs.get(key);
        return job != null && job.isLive();
    }

    /**
     * From now on its occurrences are skipped, on all nodes; a run under way and its retries go on. Blocks until it is
     * written.
     *
     * @throws JobRefused if there is no such job or it is retired
     * @throws StoreException if it could not be written
     */
    public void pause(JobKey key) {
        ask(key, JobState.PAUSED);
    }

    /**
     * @throws JobRefused as {@link #pause}
     * @throws StoreException as {@link #pause}
     */
    public void resume(JobKey key) {
        ask(key, JobState.ACTIVE);
    }

    /** Whether a start would be on record soon: in a cluster, what it would not be is left to other nodes. */
    public boolean canRecord() {
        return !store.isStalled();
    }

    /** Attempts under way in this process. */
    public int running() {
        return jobs.values().stream().mapToInt(RunRecorder::running).sum();
    }

    public RunStore store() {
        return store;
    }

    public String node() {
        return node;
    }

    /** Scripts are about to be stopped for good: what passes from now on is the next process's to tell. */
    public synchronized void stopping() {
        closed = true;
        if (audit != null) {
            audit.cancel();
        }
    }

    @Override
    public void close() {
        stopping();
        for (var job : jobs.values()) {
            for (var handle : job.handles()) {
                handle.abandon(Reason.SERVICE_STOPPED);
            }
        }
    }

    boolean isClustered() {
        return clustered;
    }

    TimeSource time() {
        return time;
    }

    Job jobFor(JobKey key, CronSpec spec) {
        return jobs.computeIfAbsent(key, fresh -> {
            var now = time.now();
            return new Job(
                    new JobRecord(fresh, spec.schedule().toString(), spec.backoff(), JobState.ACTIVE, now), now, now);
        });
    }

    void registered(RecordingCronHandle handle, CronSpec spec) {
        var job = handle.job();
        var skips = job.register(handle, spec.schedule(), spec.backoff(), time.now(), node, clustered);
        save(job);
        skip(skips);
        tell(listener -> listener.onJob(job.key));
    }

    void closed(RecordingCronHandle handle) {
        tell(listener -> listener.onJob(handle.job().key));
    }

    /** Completes when it is on record, or cannot be brought there. */
    CompletableFuture<Boolean> record(RunSummary after, AttemptEnd end) {
        return store.end(end).whenComplete((written, error) -> {
            if (error != null) {
                storeFailed("end of run " + end.run(), error);
            } else if (written) {
                changed(after);
            } else {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "job={0} run={1} attempt={2} node={3}: its end was not recorded, another node had taken it over",
                        after.job(),
                        end.run(),
                        end.attempt(),
                        node);
            }
        });
    }

    void skip(List<Skip> skips) {
        if (skips.isEmpty()) {
            return;
        }
        store.skip(skips).whenComplete((written, error) -> {
            if (error != null) {
                storeFailed(skips.size() + " skipped occurrences, first " + skips.getFirst(), error);
                return;
            }
            for (var skip : written) {
                changed(RunSummary.of(
                        skip.run(),
                        skip.job(),
                        skip.scheduledTime(),
                        RunState.SKIPPED,
                        skip.reason(),
                        RunTrigger.SCHEDULE,
                        0,
                        null,
                        null,
                        skip.node(),
                        null));
            }
        });
    }

    void changed(RunSummary run) {
        tell(listener -> listener.onRun(run));
    }

    void scope(Attempt attempt) {
        scopes.put(attempt.scope(), attempt);
    }

    void forget(Attempt attempt) {
        tellGap(attempt, true);
        scopes.remove(attempt.scope(), attempt);
    }

    void storeFailed(String what, Throwable error) {
        LOG.log(
                System.Logger.Level.ERROR,
                "node=" + node + ": not recorded: " + what + ": " + error.getMessage(),
                error);
    }

    /** Nothing is lost, so a line will do; of a thousand starts that wait for one database there are a thousand. */
    void handedOn(String what, Throwable error) {
        LOG.log(System.Logger.Level.WARNING, "node={0}: not recorded yet: {1}: {2}", node, what, error.getMessage());
    }

    private void print(Attempt attempt, OutputSink.Level level, String text) {
        tellGap(attempt, false);
        var line = attempt.line(time.now(), level.name().toLowerCase(Locale.ROOT), cut(text));
        if (line != null) {
            keep(attempt, line);
        }
    }

    private void tellGap(Attempt attempt, boolean last) {
        var gap = attempt.gap(time.now(), last);
        if (gap != null) {
            keep(attempt, gap);
        }
    }

    private void keep(Attempt attempt, LogLine line) {
        if (store.log(attempt.id(), line)) {
            tell(listener -> listener.onLog(attempt.id(), line));
        } else {
            attempt.lost();
        }
    }

    /** A printed line as it is kept. */
    public static String cut(String text) {
        var line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return line.length() <= LINE_LENGTH_MAX
                ? line
                : line.substring(0, LINE_LENGTH_MAX) + "\u2026 (" + (line.length() - LINE_LENGTH_MAX)
                        + " more characters)";
    }

    private void retire(Job job) {
        if (become(job, JobState.RETIRED)) {
            store.become(job.key, JobState.RETIRED).whenComplete((done, error) -> {
                if (error != null) {
                    storeFailed("job " + job.key, error);
                }
            });
            if (clustered) {
                store.dropRetries(job.key, time.now(), Reason.CRON_CLOSED);
            }
        }
    }

    /** Written first, and whatever is thought of the job here: another node may have changed it a moment ago. */
    private void ask(JobKey key, JobState state) {
        var job = known(key);
        if (job.state() == JobState.RETIRED) {
            throw new JobRefused(
                    JobRefused.Code.RETIRED,
                    "job '" + key + "' is retired: its script no longer registers it, or has closed it");
        }
        try {
            store.become(key, state).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException failed) {
                throw failed;
            }
            throw e;
        }
        become(job, state);
    }

    private boolean become(Job job, JobState state) {
        var skips = job.become(state, time.now(), node, clustered, looks.incrementAndGet());
        if (skips == null) {
            return false;
        }
        skip(skips);
        tell(listener -> listener.onJob(job.key));
        return true;
    }

    private Job known(JobKey key) {
        var job = jobs.get(key);
        if (job == null) {
            throw new JobRefused(JobRefused.Code.NO_SUCH_JOB, "there is no job '" + key + "'");
        }
        return job;
    }

    private void save(Job job) {
        store.save(job.record()).whenComplete((done, error) -> {
            if (error != null) {
                storeFailed("job " + job.key, error);
            }
        });
    }

    /** Occurrences of jobs that should run but that no live script registers. */
    private void audit() {
        var now = time.now();
        for (var job : jobs.values()) {
            if (!job.isLive() && job.state() != JobState.RETIRED) {
                skip(job.skipsUntil(now, Reason.SCRIPT_NOT_LOADED, node));
            }
        }
        armAudit();
    }

    /** In a cluster, now instead of at the next look: jobs of other nodes, and what was asked of ours there. Blocks. */
    public void reread() {
        try {
            var now = time.now();
            long look = looks.incrementAndGet();
            registrations = store.registrations();
            for (var record : store.jobs()) {
                var known = jobs.putIfAbsent(record.key(), new Job(record, now, now));
                if (known == null || known.adopt(record, now, look)) {
                    tell(listener -> listener.onJob(record.key()));
                }
                if (known != null && known.isLive() && record.state() == JobState.RETIRED) {
                    save(known); // retired there while it was registered here
                }
            }
            for (var job : jobs.values()) {
                judge(job, now);
            }
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "node={0}: jobs could not be read: {1}", node, e.getMessage());
        }
    }

    /** Tells of occurrences of a job that no node has, and retires it in the end. */
    private void judge(Job job, Instant now) {
        if (job.isLive() || job.state() == JobState.RETIRED) {
            job.missing(false, now);
            return;
        }
        boolean nobody = isNowhereElse(job.key);
        var passed = job.skipsUntil(now.minus(OVERDUE_STARTED), Reason.HANDLER_MISSING, node);
        var missing = job.missing(nobody, now);
        if (!nobody) {
            return; // it is theirs to tell
        }
        skip(passed);
        if (missing.compareTo(job.isGivenUp() ? GIVEN_UP_RETIRED_AFTER : MISSING_RETIRED_AFTER) >= 0) {
            retire(job);
        }
    }

    private boolean isNowhereElse(JobKey key) {
        return registrations.getOrDefault(key, List.of()).stream().allMatch(node::equals);
    }

    private synchronized void armAudit() {
        if (!closed) {
            audit = time.after(
                    AUDIT_PERIOD,
                    clustered
                            ? () -> Thread.ofVirtual().name("carillon-audit").start(() -> {
                                reread();
                                armAudit();
                            })
                            : this::audit);
        }
    }

    private List<JobRow> rows(Collection<Job> of) {
        return rows(of, JobRow.RECENT_MAX);
    }

    private List<JobRow> rows(Collection<Job> of, int recentMax) {
        var now = time.now();
        var recent = recentMax == 0
                ? Map.<JobKey, List<RunSummary>>of()
                : store.recent(of.stream().map(job -> job.key).toList(), recentMax);
        return of.stream()
                .map(job -> row(job, now, recent.getOrDefault(job.key, List.of())))
                .toList();
    }

    private JobRow row(Job job, Instant now, List<RunSummary> recent) {
        var record = job.record();
        return new JobRow(
                job.key.id(),
                job.key.script(),
                job.key.name(),
                record.schedule(),
                record.state(),
                job.nextFireTime(now, !isNowhereElse(job.key)),
                record.backoff().stream().map(Duration::toMillis).toList(),
                running(job),
                recent.isEmpty() ? null : recent.getFirst(),
                recent,
                job.isLive(),
                nodesOf(job));
    }

    private List<String> nodesOf(Job job) {
        var others = registrations.getOrDefault(job.key, List.of()).stream().filter(other -> !other.equals(node));
        return Stream.concat(others, job.isLive() ? Stream.of(node) : Stream.of())
                .sorted()
                .toList();
    }

    private static int running(Job job) {
        return job.handles().stream().mapToInt(RecordingCronHandle::running).sum();
    }

    private void tell(Consumer<RunListener> event) {
        for (var listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener failed: " + e.getMessage(), e);
            }
        }
    }
}
