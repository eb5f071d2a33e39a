package dev.carillon.scheduler;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.kv.KvOptions;
import dev.carillon.kv.log.LogStores;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.engine.Inspector;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import dev.carillon.scheduler.http.EventHub;
import dev.carillon.scheduler.http.HttpApi;
import dev.carillon.scheduler.http.ServiceView;
import dev.carillon.scheduler.quartz.ClusterTime;
import dev.carillon.scheduler.quartz.NodeListener;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobRefused;
import dev.carillon.scheduler.run.JobRow;
import dev.carillon.scheduler.run.JobState;
import dev.carillon.scheduler.run.LogLine;
import dev.carillon.scheduler.run.Neighbours;
import dev.carillon.scheduler.run.NodeRow;
import dev.carillon.scheduler.run.Page;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunRecorder;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.run.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of the service: engine, store, recorder, scripts and HTTP, wired by a {@link Configuration}.
 *
 * <p>Threads: any.
 * <p>Closing: scripts first, with their deadline, then the history is flushed, then the rest; any number of times.
 */
public final class Service implements ServiceView, AutoCloseable {
    /** What one runtime of the service may have; one process carries ten thousand crons. */
    static final LocalCronHandler.Limits CRON_LIMITS = new LocalCronHandler.Limits(100_000, 10_000);

    static final int NEXT_FIRES = 10;
    static final int OVERVIEW_NEXT = 20;
    static final int OVERVIEW_FAILING_MAX = 100;

    private static final Duration SEEN_PERIOD = Duration.ofSeconds(5);
    private static final Duration REHEARSAL_ENDS_MAX = Duration.ofSeconds(2);
    private static final Duration PRUNE_FIRST = Duration.ofMinutes(1);
    private static final Duration PRUNE_PERIOD = Duration.ofHours(1);
    private static final Duration JOB_EVENTS_GATHER = Duration.ofMillis(250);
    private static final int JOB_EVENTS_MAX = 500;
    private static final String TIMEZONE = "UTC";

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private final Configuration configuration;
    private final TimeSource time;
    private final RunStore store;
    private final JsEngine engine;
    private final RunRecorder recorder;
    private final ScriptSupervisor supervisor;
    private final EventHub events = new EventHub();
    private final ScheduleFacts schedules = new ScheduleFacts();
    private final Metrics metrics;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Announcer announcer;
    private final Instant startedAt;
    private final Set<JobKey> touched = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean gathering = new AtomicBoolean();
    /** How often the cluster took this node for dead. */
    private final AtomicInteger fencings = new AtomicInteger();

    private final LogStores stores;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final List<Alarm> alarms = new ArrayList<>();
    private @Nullable HttpApi http;
    private volatile @Nullable Thread rehearsal;
    private volatile @Nullable QuartzNode quartz;
    private volatile boolean ready;
    private volatile @Nullable Long clockOffsetMs;

    private Service(Configuration configuration, TimeSource time, RunStore store, JsEngine engine) {
        this.configuration = configuration;
        this.time = configuration.backend() == Configuration.Backend.QUARTZ ? ClusterTime.of(time) : time;
        this.store = store;
        this.engine = engine;
        startedAt = this.time.now();
        stores = LogStores.on(time);
        metrics = new Metrics(
                configuration.backend().toString(), configuration.node().name());
        announcer = new Announcer(LOG, metrics, events, this::touch);
        recorder = new RunRecorder(
                store, this.time, configuration.node().name(), configuration.backend() == Configuration.Backend.QUARTZ);
        supervisor = new ScriptSupervisor(
                engine,
                recorder,
                backend(),
                this::databases,
                time,
                configuration.limits().stopDeadline(),
                configuration.schedules(),
                configuration.scripts(),
                script -> events.publish("script", () -> script));
    }

    /**
     * Starts everything; returns when requests are answered. Scripts go on loading.
     *
     * @param open opens the store, first of all
     * @throws StoreException if the database cannot be had
     * @throws HttpApi.CannotListen if the port cannot
     */
    public static Service start(Configuration configuration, TimeSource time, Function<Configuration, RunStore> open) {
        return start(configuration, time, open, null);
    }

    /**
     * As {@link #start(Configuration, TimeSource, Function)}.
     *
     * @param inspector where a debugger may attach to the scripts, or null for nowhere
     * @throws Inspector.Unavailable if it cannot
     */
    public static Service start(
            Configuration configuration,
            TimeSource time,
            Function<Configuration, RunStore> open,
            @Nullable Inspector inspector) {
        var store = open.apply(configuration);
        JsEngine engine = null;
        Service service = null;
        try {
            engine = JsEngine.create(inspector);
            service = new Service(configuration, time, store, engine);
            service.start();
            return service;
        } catch (RuntimeException | Error e) {
            try {
                if (service != null) {
                    service.close();
                } else {
                    store.close();
                    if (engine != null) {
                        engine.close();
                    }
                }
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private BiFunction<String, OpState, CronHandler> backend() {
        return switch (configuration.backend()) {
            case LOCAL ->
                (script, state) -> LocalCronHandler.of(
                        state, CRON_LIMITS, configuration.node().name());
            case QUARTZ ->
                (script, state) -> {
                    var node = quartz;
                    if (node == null) {
                        throw new IllegalStateException("script " + script + " is loaded before the node has joined");
                    }
                    return node.handler(script, state.borrow(EventLoop.class)::execute, CRON_LIMITS);
                };
        };
    }

    /** For one life of a script: what it commits after the cluster has given its runs to others is refused. */
    private KvOptions databases(String script) {
        int fencing = fencings.get();
        return ScriptDatabases.ofService(
                stores,
                configuration.dataFolder(),
                script,
                configuration.backend() == Configuration.Backend.LOCAL,
                () -> {
                    if (fencings.get() != fencing) {
                        throw new JsVisibleException(
                                "Error",
                                "Deno KV: nothing is written, for the cluster took this node for dead"
                                        + " and its runs are other nodes' now");
                    }
                });
    }

    /** With backend quartz: joins the cluster, before the first script. */
    private void join() {
        if (configuration.backend() == Configuration.Backend.QUARTZ) {
            quartz = QuartzNode.join(configuration, time, new InCluster());
        }
    }

    private void refuseNeighbours() {
        if (!store.isShared()) {
            return;
        }
        var clustered = Configuration.Backend.QUARTZ.toString();
        var backend = configuration.backend().toString();
        Neighbours.inTheWay(
                        configuration.node().name(), backend.equals(clustered), clustered, store.nodes(), time.now())
                .ifPresent(other -> {
                    throw new StoreException(
                            StoreException.Code.OCCUPIED,
                            "node '" + other.name() + "' with backend " + other.backend()
                                    + " works on this database, and cannot share it with backend " + backend,
                            "only nodes with backend quartz share a database; stop it, or give this one its own",
                            null);
                });
    }

    private void start() {
        refuseNeighbours();
        var jit = engine.jit();
        if (!jit.on()) {
            LOG.warn("scripts run interpreted, several times slower: {}", jit.reason());
        }
        recorder.listen(announcer);
        for (var run : recorder.start()) {
            metrics.run(run);
        }
        for (var latest : store.recent(
                        recorder.jobs(null, Integer.MAX_VALUE, 0).stream()
                                .map(row -> JobKey.parse(row.id()))
                                .toList(),
                        5)
                .values()) {
            latest.reversed().forEach(announcer::judge);
        }
        // Who cannot listen must not have fired anything.
        var token = configuration.http().token();
        http = HttpApi.start(
                this,
                events,
                configuration.http().host(),
                configuration.http().port(),
                token == null ? null : token.reveal());
        seen(false);
        repeat(SEEN_PERIOD, SEEN_PERIOD, () -> {
            seen(false);
            events.publish("node", () -> self(time.now()));
        });
        repeat(PRUNE_FIRST, PRUNE_PERIOD, this::prune);
        join();
        supervisor.firstLoad().thenCompose(done -> registered()).thenRun(() -> ready = true);
        supervisor.start();
    }

    private CompletableFuture<Void> registered() {
        var node = quartz;
        return node == null ? CompletableFuture.completedFuture(null) : node.registered();
    }

    /** The port that answers. */
    public int port() {
        var listening = http;
        if (listening == null) {
            throw new IllegalStateException("not started");
        }
        return listening.port();
    }

    /**
     * Warms up the way to a job function, in the background; for a service that is about to wait for its first fire.
     *
     * @param open opens a store in a folder
     */
    public void rehearse(Function<Path, RunStore> open) {
        rehearsal = configuration.backend() == Configuration.Backend.LOCAL && !store.isShared()
                ? Rehearsal.startRecorded(
                        engine,
                        time,
                        configuration.dataFolder().resolve("rehearsal"),
                        open,
                        supervisor.views().stream().mapToInt(ScriptView::jobs).sum())
                : Rehearsal.start(engine);
    }

    /** Blocks until every script has been tried once. */
    public void awaitScripts() {
        supervisor.firstLoad().join();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        synchronized (alarms) {
            alarms.forEach(Alarm::cancel);
        }
        recorder.stopping();
        var node = quartz;
        if (node != null) {
            node.leave();
        }
        supervisor.close();
        recorder.close();
        if (node != null) {
            node.close();
        }
        var listening = http;
        if (listening != null) {
            listening.close();
        }
        try {
            seen(true);
        } finally {
            store.close();
            engine.close();
            awaitRehearsal();
            workers.close();
            metrics.close();
        }
    }

    /** It removes what it wrote. */
    private void awaitRehearsal() {
        var own = rehearsal;
        try {
            if (own != null) {
                own.join(REHEARSAL_ENDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void repeat(Duration first, Duration period, Runnable task) {
        new Repeat(period, task).arm(first);
    }

    /** Something done every so often, on a thread that may block. */
    private final class Repeat {
        private final Duration period;
        private final Runnable task;
        private @Nullable Alarm alarm;

        Repeat(Duration period, Runnable task) {
            this.period = period;
            this.task = task;
        }

        void arm(Duration delay) {
            synchronized (alarms) {
                if (alarm != null) {
                    alarms.remove(alarm);
                }
                if (!closed.get()) {
                    alarm = time.after(delay, () -> workers.execute(this::run));
                    alarms.add(alarm);
                }
            }
        }

        private void run() {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("housekeeping failed: {}", e.getMessage());
            }
            arm(period);
        }
    }

    private void seen(boolean stopped) {
        var now = time.now();
        try {
            store.seen(new NodeRow(
                    configuration.node().name(),
                    startedAt,
                    now,
                    stopped,
                    Version.TEXT,
                    configuration.backend().toString()));
            clockOffsetMs = store.clockOffset(now).toMillis();
        } catch (StoreException e) {
            LOG.atError()
                    .addKeyValue("node", configuration.node().name())
                    .log("the store does not answer: {}", e.getMessage());
        }
    }

    private void prune() {
        var keep = configuration.history();
        long gone = store.prune(time.now().minus(keep.keep()), keep.keepRunsPerJob());
        if (gone > 0) {
            LOG.info(
                    "{} old runs deleted (history.keep {}, history.keep-runs-per-job {})",
                    gone,
                    Durations.words(keep.keep()),
                    keep.keepRunsPerJob());
        }
    }

    /** Does what the cluster asks. */
    private final class InCluster implements NodeListener {
        @Override
        public void fenced() {
            fencings.incrementAndGet();
            supervisor.stopAll("the cluster took this node for dead; its runs are other nodes' now");
        }

        @Override
        public void jobsChanged() {
            recorder.reread();
        }

        @Override
        public boolean canRecord() {
            return recorder.canRecord();
        }

        @Override
        public void audited(String what) {
            metrics.audited(what);
        }
    }

    /** Tells followers of a job, gathered: a thousand runs a second are not a thousand reads of their jobs. */
    private void touch(JobKey job) {
        touched.add(job);
        if (gathering.compareAndSet(false, true)) {
            time.after(JOB_EVENTS_GATHER, () -> {
                if (!closed.get()) {
                    workers.execute(this::tellJobs);
                }
            });
        }
    }

    private void tellJobs() {
        gathering.set(false);
        int told = 0;
        for (var key : List.copyOf(touched)) {
            touched.remove(key);
            if (++told <= JOB_EVENTS_MAX) {
                recorder.job(key).ifPresent(row -> events.publish("job", () -> view(row)));
            }
        }
    }

    @Override
    public Overview overview() {
        var now = time.now();
        var rows = recorder.jobs(null, Integer.MAX_VALUE, 0);
        int active = 0;
        int paused = 0;
        int running = 0;
        var failing = new ArrayList<JobKey>();
        for (var row : rows) {
            running += row.running();
            if (row.state() == JobState.RETIRED) {
                continue;
            }
            active += row.state() == JobState.ACTIVE ? 1 : 0;
            paused += row.state() == JobState.PAUSED ? 1 : 0;
            if (isFailing(row)) {
                failing.add(new JobKey(row.script(), row.name()));
            }
        }
        var next = rows.stream()
                .filter(row -> row.nextFireTime() != null)
                .sorted(Comparator.comparing(
                        (JobRow row) -> Optional.ofNullable(row.nextFireTime()).orElse(Instant.MAX)))
                .limit(OVERVIEW_NEXT)
                .map(row -> new NextFire(
                        row.id(), Optional.ofNullable(row.nextFireTime()).orElse(Instant.MAX)))
                .toList();
        return new Overview(
                now,
                Version.TEXT,
                configuration.backend().toString(),
                new JobCounts(active + paused, active, paused, failing.size()),
                running,
                failing.stream()
                        .limit(OVERVIEW_FAILING_MAX)
                        .flatMap(key -> recorder.job(key).stream())
                        .map(this::view)
                        .toList(),
                store.count(EnumSet.of(RunState.SKIPPED, RunState.INTERRUPTED), now.minus(Duration.ofHours(24))),
                next,
                (int) supervisor.views().stream()
                        .filter(script ->
                                script.state() == ScriptState.FAILED || script.state() == ScriptState.RESTARTING)
                        .count());
    }

    private boolean isFailing(JobRow row) {
        return announcer.isFailing(new JobKey(row.script(), row.name()));
    }

    @Override
    public Page<JobView> jobs(@Nullable String after, int limit) {
        JobKey from;
        try {
            from = after == null ? null : JobKey.parse(after);
        } catch (IllegalArgumentException e) {
            from = new JobKey(String.valueOf(after), "");
        }
        var rows = recorder.jobs(from, limit, JobRow.RECENT_MAX);
        return new Page<>(
                rows.stream().map(this::view).toList(),
                rows.size() < limit ? null : rows.getLast().id());
    }

    @Override
    public Optional<JobDetail> job(JobKey key) {
        return recorder.job(key)
                .map(row -> JobDetail.of(
                        view(row),
                        row.state() == JobState.ACTIVE
                                ? schedules.next(row.schedule(), time.now(), NEXT_FIRES)
                                : List.of()));
    }

    private JobView view(JobRow row) {
        return new JobView(
                row.id(),
                row.script(),
                row.name(),
                row.schedule(),
                schedules.words(row.schedule()),
                TIMEZONE,
                row.state(),
                row.nextFireTime(),
                row.backoffMs(),
                warnings(row),
                row.running(),
                row.lastRun(),
                row.recent(),
                row.nodes());
    }

    private List<String> warnings(JobRow row) {
        var warnings = schedules.warnings(row.schedule());
        if (configuration.backend() == Configuration.Backend.LOCAL
                || row.state() == JobState.RETIRED
                || !row.nodes().isEmpty()) {
            return warnings;
        }
        return Stream.concat(
                        Stream.of("No living node has its job function: its occurrences are skipped until one has"),
                        warnings.stream())
                .toList();
    }

    @Override
    public Page<RunSummary> runs(RunQuery query) {
        return store.runs(query);
    }

    @Override
    public Optional<RunView> run(RunId id) {
        return store.run(id).map(detail -> RunView.of(detail.run(), detail.attemptList(), detail.logCount()));
    }

    @Override
    public List<LogLine> logs(RunId run, long after, int limit) {
        return store.logs(run, after, limit);
    }

    @Override
    public List<ScriptView> scripts() {
        return supervisor.views();
    }

    @Override
    public List<NodeView> nodes() {
        var now = time.now();
        var nodes = new LinkedHashMap<String, NodeView>();
        for (var row : store.nodes()) {
            nodes.put(row.name(), row.name().equals(configuration.node().name()) ? self(now) : other(row, now));
        }
        nodes.putIfAbsent(configuration.node().name(), self(now));
        return List.copyOf(nodes.values());
    }

    private NodeView self(Instant now) {
        return new NodeView(
                configuration.node().name(),
                NodeState.UP,
                true,
                startedAt,
                now,
                Version.TEXT,
                configuration.backend().toString(),
                jit(),
                clockOffsetMs,
                null,
                null);
    }

    private static NodeView other(NodeRow row, Instant now) {
        var state = row.stopped() ? NodeState.STOPPED : Neighbours.isLive(row, now) ? NodeState.UP : NodeState.LOST;
        return new NodeView(
                row.name(),
                state,
                false,
                row.startedAt(),
                row.lastSeenAt(),
                row.version(),
                row.backend(),
                new Jit(null, null),
                null,
                row.lostAt(),
                row.lostTo());
    }

    private Jit jit() {
        return new Jit(engine.jit().on(), engine.jit().reason());
    }

    @Override
    public RunSummary trigger(JobKey key) {
        try {
            return recorder.trigger(key).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException store) {
                throw store;
            }
            if (e.getCause() instanceof JobRefused refused) {
                throw refused;
            }
            throw e;
        }
    }

    @Override
    public JobView pause(JobKey key) {
        recorder.pause(key);
        return known(key);
    }

    @Override
    public JobView resume(JobKey key) {
        recorder.resume(key);
        return known(key);
    }

    private JobView known(JobKey key) {
        return recorder.job(key).map(this::view).orElseThrow();
    }

    @Override
    public Health health() {
        boolean database = store.healthy();
        return new Health(
                database,
                ready,
                Version.TEXT,
                configuration.node().name(),
                configuration.backend().toString(),
                jit(),
                database);
    }

    @Override
    public String metrics() {
        int active = 0;
        int paused = 0;
        int failing = 0;
        for (var row : recorder.jobs(null, Integer.MAX_VALUE, 0)) {
            active += row.state() == JobState.ACTIVE ? 1 : 0;
            paused += row.state() == JobState.PAUSED ? 1 : 0;
            failing += row.state() != JobState.RETIRED && isFailing(row) ? 1 : 0;
        }
        var scripts = new EnumMap<ScriptState, Integer>(ScriptState.class);
        supervisor.views().forEach(script -> scripts.merge(script.state(), 1, Integer::sum));
        return metrics.text(new Metrics.Gauges(
                active,
                paused,
                failing,
                recorder.running(),
                scripts,
                engine.jit().on()));
    }
}
