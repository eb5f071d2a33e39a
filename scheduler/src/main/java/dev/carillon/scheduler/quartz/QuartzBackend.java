package dev.carillon.scheduler.quartz;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import dev.carillon.scheduler.quartz.DueTrigger.Armed;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.store.Bell;
import dev.carillon.scheduler.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.DefaultThreadExecutor;
import org.quartz.impl.DirectSchedulerFactory;
import org.quartz.impl.SchedulerRepository;
import org.quartz.impl.jdbcjobstore.InvalidConfigurationException;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.jdbcjobstore.StdJDBCDelegate;
import org.quartz.spi.ThreadPool;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/**
 * One node of a cluster of crons: durable on H2, shared by many processes on PostgreSQL.
 *
 * <p>Each occurrence is claimed by one node that has the job's function and a free slot. If that node dies, another runs
 * the occurrence again as its next attempt; a node that was only paused finds its claim gone and changes nothing.
 *
 * <p>Threads: any.
 * <p>Closing: after the runtimes; claims nothing more, hands over what is still under way, says goodbye. Any number of
 * times. The database stays open.
 */
public final class QuartzBackend implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(QuartzBackend.class.getName());
    private static final Duration CONTACT_PERIOD = Duration.ofMillis(50);
    private static final Duration OVERDUE_AT_START = Duration.ofSeconds(5);
    private static final long LOOK_AGAIN_MS = 50;
    private static final Duration HOLD_MAX = Duration.ofSeconds(15); // somebody waits for the answer

    private final Database database;
    private final QuartzConfig config;
    private final ClusterTime time;
    private final NodeListener listener;
    private final ClusterStore store;
    private final ArmWriter writer;
    private final Scheduler scheduler;
    private final @Nullable NodeLease lease;
    private final Map<JobKey, QuartzCron> crons = new ConcurrentHashMap<>();
    private final Map<String, Fired> claims = new ConcurrentHashMap<>();
    private final AtomicLong orders = new AtomicLong();
    private final AtomicLong looksWanted = new AtomicLong();
    private volatile long looked;
    private volatile long checkedInNanos;
    private volatile ClockVerdict clock = ClockVerdict.GOOD;
    private volatile boolean nameLost;
    private volatile long fencedNanos;
    private volatile boolean fenced;
    private volatile boolean leaving;
    private volatile boolean closed;
    private volatile @Nullable Bell bell;
    private @Nullable Alarm alarm;
    private long alarmMs;
    private final CountDownLatch left = new CountDownLatch(1);

    private QuartzBackend(
            Database database,
            QuartzConfig config,
            TimeSource time,
            NodeListener listener,
            ThreadPool threads,
            @Nullable NodeLease lease)
            throws SchedulerException {
        this.database = database;
        this.config = config;
        this.time = time instanceof ClusterTime shared ? shared : new ClusterTime(time, config.clockRefuse());
        this.listener = listener;
        this.lease = lease;
        this.checkedInNanos = System.nanoTime();
        this.store = new ClusterStore(database, this, config, time.currentTimeMillis());
        this.writer = new ArmWriter(database, this, store, config);
        this.scheduler = scheduler(threads);
    }

    /**
     * Joins the cluster; what this node's last life had claimed is due again at once.
     *
     * @throws StoreException if the name is in use, the clock is wrong, or the database cannot be had
     */
    public static QuartzBackend start(Database database, QuartzConfig config, TimeSource time, NodeListener listener) {
        return start(database, config, time, listener, new VirtualThreads(config.batch()));
    }

    static QuartzBackend start(
            Database database, QuartzConfig config, TimeSource time, NodeListener listener, ThreadPool threads) {
        NodeLease lease = null;
        try {
            if (database.isShared()) {
                lease = NodeLease.take(database, config);
                refuseWrongClock(database, config, time);
                refuseOtherCluster(database, config);
            }
            var backend = new QuartzBackend(database, config, time, listener, threads, lease);
            backend.scheduler.start();
            backend.startJanitor();
            if (database.isShared()) {
                backend.watchContact();
            }
            backend.bell = database.listen(backend::rung);
            return backend;
        } catch (SchedulerException e) {
            if (lease != null) {
                lease.close();
            }
            throw new StoreException(
                    StoreException.Code.FAILED,
                    "node '" + config.node() + "' cannot join the cluster: " + e.getMessage(),
                    "see the cause in the log",
                    e);
        } catch (RuntimeException e) {
            if (lease != null) {
                lease.close();
            }
            throw e;
        }
    }

    /**
     * The handler of one runtime.
     *
     * @param loop runs a task on the runtime thread
     */
    public CronHandler handler(String script, Executor loop, Limits limits) {
        return new QuartzCronHandler(this, script, loop, limits);
    }

    /** Claims this node holds now. */
    public int claims() {
        return claims.size();
    }

    /** Claims nothing more; what a closing handler still runs goes to other nodes. Before the runtimes are closed. */
    public void leave() {
        leaving = true;
    }

    boolean isLeaving() {
        return leaving;
    }

    @Override
    public void close() {
        leave();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (alarm != null) {
                alarm.cancel();
                alarm = null;
            }
        }
        try {
            scheduler.standby();
        } catch (SchedulerException e) {
            LOG.log(System.Logger.Level.WARNING, "node={0}: standby: {1}", config.node(), e.getMessage());
        }
        for (var fired : claims.values()) { // what still runs is interrupted: the next attempt is anybody's
            end(fired, fired.handOver(time.currentTimeMillis(), order()));
        }
        writer.close();
        try {
            scheduler.shutdown(false);
        } catch (SchedulerException e) {
            LOG.log(System.Logger.Level.WARNING, "node={0}: shutdown: {1}", config.node(), e.getMessage());
        }
        left.countDown();
        hearNothing();
        sayGoodbye();
        if (lease != null) {
            lease.close();
        }
    }

    ClusterTime time() {
        return time;
    }

    String node() {
        return config.node();
    }

    /** Grows with every call, and from one life of a node to the next. */
    long order() {
        long floor = time.currentTimeMillis() * 1000;
        return orders.updateAndGet(last -> Math.max(last + 1, floor));
    }

    @Nullable
    QuartzCron cron(JobKey key) {
        return crons.get(key);
    }

    void register(QuartzCron cron, Armed armed) {
        crons.put(cron.key(), cron);
        writer.submit(new ArmWriter.Register(cron, armed));
    }

    /** Completes when the cluster knows of every job registered here until now. */
    public CompletableFuture<Void> registered() {
        return writer.written();
    }

    void forget(QuartzCron cron) {
        if (crons.remove(cron.key(), cron)) {
            writer.submit(new ArmWriter.Unregister(cron.key()));
        }
    }

    /** Takes a trigger for a run by hand; completes with the node that has it, or null if it is ours. */
    CompletableFuture<@Nullable String> hold(QuartzCron cron) {
        var runner = new CompletableFuture<@Nullable String>();
        var patience = time.after(
                HOLD_MAX,
                () -> runner.completeExceptionally(new StoreException(
                        StoreException.Code.UNREACHABLE,
                        "job '" + cron.key() + "' is not started: the database has not answered for "
                                + HOLD_MAX.toSeconds() + " s",
                        "see that the database is up",
                        null)));
        runner.whenComplete((node, error) -> patience.cancel());
        writer.submit(new ArmWriter.Hold(cron, runner));
        return runner;
    }

    void held(Fired claim) {
        claims.put(claim.entryId(), claim);
        claim.cron().held(claim);
    }

    /** Nodes are gone. */
    void settle() {
        writer.submit(new ArmWriter.Settle());
    }

    ArmWriter writer() {
        return writer;
    }

    /** A run has ended: what its trigger does next. Only the first end counts. */
    void end(Fired fired, Armed next) {
        if (fired.giveUp()) {
            writer.submit(new ArmWriter.End(fired, next));
        }
    }

    /** A claim came to nothing: the same again, for anybody. */
    void giveBack(Fired fired) {
        end(fired, fired.armed());
    }

    void deliver(Fired fired) {
        claims.put(fired.entryId(), fired);
        fired.cron().fire(fired);
    }

    /** The claim is given up, or was not ours any more. */
    void over(Fired fired) {
        claims.remove(fired.entryId());
        fired.ended().complete(null);
    }

    boolean holds(String entryId) {
        return claims.containsKey(entryId);
    }

    /** A trigger is armed: look when it is due. */
    void armed(long dueMs) {
        if (dueMs == Armed.NEVER) {
            return;
        }
        long delayMs = dueMs - time.currentTimeMillis();
        if (delayMs <= 0) {
            look();
        } else {
            wakeAt(dueMs, delayMs);
        }
    }

    /** Makes the scheduler thread look for due triggers now. */
    void look() {
        if (closed) {
            return;
        }
        looksWanted.incrementAndGet();
        store.wake();
    }

    boolean mayClaim() {
        return !leaving
                && clock != ClockVerdict.WRONG
                && !time.isOwnClockWrong()
                && !nameLost
                && !isJustFenced()
                && !isOutOfTouch()
                && listener.canRecord();
    }

    /** What it runs is being ended: it starts nothing that would be ended with it. */
    private boolean isJustFenced() {
        return fenced && System.nanoTime() - fencedNanos < config.slack().toNanos();
    }

    /** Its claim was still on its way to the runtime when the others took it away. */
    boolean isFencedSince(Fired claim) {
        return fenced && claim.isClaimedBefore(fencedNanos);
    }

    long lookBegins() {
        return looksWanted.get();
    }

    /** Nothing was there to claim; the soonest trigger of the cluster is due at {@code soonestMs}. */
    void lookEnds(long look, long soonestMs) {
        if (soonestMs != Armed.NEVER) {
            long delayMs = soonestMs - time.currentTimeMillis();
            if (delayMs > 0) {
                wakeAt(soonestMs, delayMs);
            } else if (database.isShared() && -delayMs < config.idle().toMillis()) {
                // Another node was just looking at it, and may have left it; what is older has nobody, or no free slot.
                wakeAt(soonestMs, LOOK_AGAIN_MS);
            }
        }
        looked = look;
    }

    /** @param beganNanos from when on the others count */
    void checkedIn(long beganNanos) {
        checkedInNanos = beganNanos;
        if (lease == null) {
            return;
        }
        try {
            boolean lost = !lease.renew();
            if (lost && !nameLost) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "node={0}: another process has taken its name, nothing more is claimed",
                        config.node());
            }
            nameLost = lost;
        } catch (SQLException | StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "node={0}: its name: {1}", config.node(), e.getMessage());
        }
    }

    /** Another node has changed a job. */
    private void rung() {
        look();
        listener.jobsChanged();
    }

    /** The others took us for dead: everything we run is theirs. */
    void fencedOff() {
        LOG.log(
                System.Logger.Level.ERROR,
                "node={0}: was taken for dead by the cluster; {1} runs were taken over and are abandoned here",
                config.node(),
                claims.size());
        fencedNanos = System.nanoTime();
        fenced = true;
        for (var fired : claims.values()) { // nothing is written where the claim is another's already
            end(fired, fired.handOver(time.currentTimeMillis(), order()));
        }
        for (var cron : crons.values()) {
            writer.submit(new ArmWriter.Register(cron, cron.first()));
        }
        listener.fenced();
    }

    /** From now on it looks by itself only, not when others change something: also for tests that set the clock. */
    void hearNothing() {
        var ringing = bell;
        if (ringing != null) {
            ringing.close();
        }
    }

    /** Nothing is on its way: for tests that must know when to go on. */
    boolean isQuiet() {
        return closed
                || writer.isIdle()
                        && looked >= looksWanted.get()
                        && claims.values().stream().noneMatch(Fired::isOnItsWay);
    }

    /** How overdue a trigger of a lone node may be and still start after it has come up. */
    Duration overdueAtStart() {
        return OVERDUE_AT_START;
    }

    void audit(Connection connection, String what, String detail) throws SQLException {
        LOG.log(System.Logger.Level.WARNING, "node={0} cluster={1}: {2}", config.node(), config.cluster(), detail);
        try (var insert = connection.prepareStatement(
                "insert into audit (happened_at, node, what, detail) values (?, ?, ?, ?)")) {
            insert.setLong(1, time.currentTimeMillis());
            insert.setString(2, config.node());
            insert.setString(3, what);
            insert.setString(4, detail);
            insert.executeUpdate();
        }
        listener.audited(what);
    }

    private synchronized void wakeAt(long dueMs, long delayMs) {
        if (closed || alarm != null && alarmMs <= dueMs) {
            return;
        }
        if (alarm != null) {
            alarm.cancel();
        }
        alarmMs = dueMs;
        alarm = time.after(Duration.ofMillis(delayMs), this::ring);
    }

    private void ring() {
        synchronized (this) {
            alarm = null;
            if (closed) {
                return;
            }
        }
        look();
    }

    private Scheduler scheduler(ThreadPool threads) throws SchedulerException {
        var source = config.cluster() + "/" + config.node() + "/" + UUID.randomUUID();
        DBConnectionManager.getInstance().addConnectionProvider(source, new ConnectionProvider() {
            @Override
            public Connection getConnection() {
                return database.connection();
            }

            @Override
            public void initialize() {}

            @Override
            public void shutdown() {} // the pool is not Quartz's to close
        });
        store.setDataSource(source);
        store.setIsClustered(true);
        store.setClusterCheckinInterval(config.checkIn().toMillis());
        store.setAcquireTriggersWithinLock(true);
        store.setUseProperties("true");
        store.setTablePrefix("QRTZ_");
        store.setDbRetryInterval(config.checkIn().toMillis());
        store.setMakeThreadsDaemons(true);
        try {
            store.setDriverDelegateClass(
                    database.isPostgres() ? PostgreSQLDelegate.class.getName() : StdJDBCDelegate.class.getName());
        } catch (InvalidConfigurationException e) {
            throw new IllegalStateException("Quartz refuses its own delegate", e);
        }
        synchronized (QuartzBackend.class) { // Quartz keeps its schedulers in a table of the process, by name
            var repository = SchedulerRepository.getInstance();
            repository.remove(config.cluster());
            DirectSchedulerFactory.getInstance()
                    .createScheduler(
                            config.cluster(),
                            config.node(),
                            threads,
                            new DefaultThreadExecutor(),
                            store,
                            Map.of(),
                            null,
                            0,
                            config.idle().toMillis(),
                            config.checkIn().toMillis(),
                            false,
                            null,
                            config.batch(),
                            0,
                            true);
            var created = repository.lookup(config.cluster());
            repository.remove(config.cluster());
            return created;
        }
    }

    private static void refuseWrongClock(Database database, QuartzConfig config, TimeSource time) {
        var offset = database.clockOffset(time.now());
        if (offset.abs().compareTo(config.clockRefuse()) > 0) {
            throw new StoreException(
                    StoreException.Code.CLOCK_SKEW,
                    "the clock of node '" + config.node() + "' is "
                            + offset.abs().toMillis() + " ms "
                            + (offset.isNegative() ? "ahead of" : "behind") + " the database's; at most "
                            + config.clockRefuse().toMillis() + " ms are allowed",
                    "set both clocks by NTP",
                    null);
        }
    }

    /** Its nodes would neither see ours nor their runs in the history they share. */
    private static void refuseOtherCluster(Database database, QuartzConfig config) {
        try (var connection = database.connection();
                var select = connection.prepareStatement("select sched_name from qrtz_triggers where sched_name <> ?"
                        + " union select sched_name from qrtz_scheduler_state where sched_name <> ?")) {
            select.setString(1, config.cluster());
            select.setString(2, config.cluster());
            try (var rows = select.executeQuery()) {
                if (rows.next()) {
                    throw new StoreException(
                            StoreException.Code.OCCUPIED,
                            "the database holds cluster '" + rows.getString(1) + "', and node '" + config.node()
                                    + "' is of cluster '" + config.cluster() + "'",
                            "correct node.cluster, or give each cluster a database of its own",
                            null);
                }
            }
        } catch (SQLException e) {
            throw database.explain(e);
        }
    }

    private void startJanitor() {
        Thread.ofVirtual().name("carillon-janitor").start(() -> {
            try {
                while (!left.await(config.janitor().toMillis(), TimeUnit.MILLISECONDS)) {
                    clean();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Frees triggers nobody holds. */
    void clean() {
        try {
            var freed = writer.clean();
            if (freed > 0) {
                look();
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "node={0}: janitor: {1}", config.node(), e.getMessage());
        }
    }

    /** Of each check-in; a clock read over a slow line says nothing. */
    void compareClocks(Instant ownTime, long databaseMs, Duration trip) {
        if (!database.isShared() || trip.compareTo(config.clockWarn()) > 0) {
            return;
        }
        time.anchor(Instant.ofEpochMilli(databaseMs).plus(trip.dividedBy(2)));
        var offset = Duration.between(ownTime.plus(trip.dividedBy(2)), Instant.ofEpochMilli(databaseMs));
        var before = clock;
        clock = ClockVerdict.of(offset, config.clockWarn(), config.clockRefuse());
        if (clock == before) {
            return;
        }
        var level = clock == ClockVerdict.WRONG ? System.Logger.Level.ERROR : System.Logger.Level.WARNING;
        LOG.log(
                level,
                "node={0}: its clock is {1} ms {2} the database''s{3}",
                config.node(),
                offset.abs().toMillis(),
                offset.isNegative() ? "ahead of" : "behind",
                switch (clock) {
                    case GOOD -> ", good enough";
                    case OFF -> ", set both by NTP";
                    case WRONG -> ": nothing more is claimed until it is right";
                });
    }

    /** The others will take what this node runs; before they do, it is told to end. */
    private void watchContact() {
        Thread.ofPlatform().name("carillon-contact").daemon().start(() -> {
            boolean told = false;
            try {
                while (!left.await(CONTACT_PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                    boolean lost = isOutOfTouch();
                    if (lost && !told) {
                        loseContact();
                    }
                    told = lost;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private boolean isOutOfTouch() {
        return Liveness.isOutOfTouch(Duration.ofNanos(System.nanoTime() - checkedInNanos), config);
    }

    private void loseContact() {
        LOG.log(
                System.Logger.Level.ERROR,
                "node={0}: has not checked in for {1} ms: it claims nothing, and tells its {2} runs to end",
                config.node(),
                config.slack().toMillis(),
                claims.size());
        for (var fired : claims.values()) {
            fired.abort("node " + config.node() + " has lost contact with its cluster");
        }
    }

    private void sayGoodbye() {
        try {
            database.transaction(connection -> {
                try (var delete = connection.prepareStatement(
                        "delete from qrtz_scheduler_state where sched_name = ? and instance_name = ?")) {
                    delete.setString(1, config.cluster());
                    delete.setString(2, config.node());
                    delete.executeUpdate();
                }
                Registrations.removeAll(connection, config.node());
                writer.settle(connection);
                database.ring(connection);
                return true;
            });
        } catch (SQLException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "node={0}: goodbye: {1}", config.node(), e.getMessage());
        }
    }

    List<Fired> claimed() {
        return new ArrayList<>(claims.values());
    }
}
