package dev.carillon.scheduler.quartz;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import dev.carillon.scheduler.quartz.DueTrigger.Armed;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final Duration OVERDUE_AT_START = Duration.ofSeconds(5);
    private static final long LOOK_AGAIN_MS = 50;

    private final Database database;
    private final QuartzConfig config;
    private final TimeSource time;
    private final Runnable onFenced;
    private final ClusterStore store;
    private final ArmWriter writer;
    private final Scheduler scheduler;
    private final @Nullable NodeLease lease;
    private final Map<JobKey, QuartzCron> crons = new ConcurrentHashMap<>();
    private final Map<String, Fired> claims = new ConcurrentHashMap<>();
    private final AtomicLong orders = new AtomicLong();
    private final AtomicLong looksWanted = new AtomicLong();
    private final AtomicInteger undelivered = new AtomicInteger();
    private volatile long looked;
    private volatile long checkedInNanos;
    private volatile boolean clockOff;
    private volatile boolean leaving;
    private volatile boolean closed;
    private @Nullable Alarm alarm;
    private long alarmMs;
    private final CountDownLatch left = new CountDownLatch(1);

    private QuartzBackend(
            Database database,
            QuartzConfig config,
            TimeSource time,
            Runnable onFenced,
            ThreadPool threads,
            @Nullable NodeLease lease)
            throws SchedulerException {
        this.database = database;
        this.config = config;
        this.time = time;
        this.onFenced = onFenced;
        this.lease = lease;
        this.checkedInNanos = System.nanoTime();
        this.store = new ClusterStore(database, this, config, time.currentTimeMillis());
        this.writer = new ArmWriter(database, this, store, config);
        this.scheduler = scheduler(threads);
    }

    /**
     * Joins the cluster; what this node's last life had claimed is due again at once.
     *
     * @param onFenced called when the others have taken this node for dead: whatever it runs is theirs now and is to be
     *     ended
     * @throws StoreException if the name is in use, the clock is wrong, or the database cannot be had
     */
    public static QuartzBackend start(Database database, QuartzConfig config, TimeSource time, Runnable onFenced) {
        return start(database, config, time, onFenced, new VirtualThreads(config.batch()));
    }

    static QuartzBackend start(
            Database database, QuartzConfig config, TimeSource time, Runnable onFenced, ThreadPool threads) {
        NodeLease lease = null;
        try {
            if (database.isShared()) {
                lease = NodeLease.take(database, config);
                refuseWrongClock(database, config, time);
            }
            var backend = new QuartzBackend(database, config, time, onFenced, threads, lease);
            backend.scheduler.start();
            backend.startJanitor();
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
        sayGoodbye();
        if (lease != null) {
            lease.close();
        }
    }

    TimeSource time() {
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

    void forget(QuartzCron cron) {
        crons.remove(cron.key(), cron);
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
        undelivered.incrementAndGet();
        claims.put(fired.entryId(), fired);
        fired.cron().fire(fired);
    }

    void delivered() {
        undelivered.decrementAndGet();
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
                && !clockOff
                && System.nanoTime() - checkedInNanos < config.slack().toNanos();
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
            } else if (database.isShared()) { // another node was just looking at it, and may have left it
                wakeAt(soonestMs, LOOK_AGAIN_MS);
            }
        }
        looked = look;
    }

    void checkedIn() {
        checkedInNanos = System.nanoTime();
    }

    /** The others took us for dead: everything we run is theirs. */
    void fencedOff() {
        LOG.log(
                System.Logger.Level.ERROR,
                "node={0}: was taken for dead by the cluster; {1} runs were taken over and are abandoned here",
                config.node(),
                claims.size());
        for (var fired : claims.values()) {
            over(fired);
        }
        onFenced.run();
    }

    /** Nothing is on its way: for tests that must know when to go on. */
    boolean isQuiet() {
        return closed || writer.isIdle() && undelivered.get() == 0 && looked >= looksWanted.get();
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
                    database.isShared() ? PostgreSQLDelegate.class.getName() : StdJDBCDelegate.class.getName());
            store.setDriverDelegateInitString("triggerPersistenceDelegateClasses=" + DueTriggers.class.getName());
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

    /** Frees triggers nobody holds, and looks at the clock. */
    void clean() {
        try {
            if (database.isShared()) {
                watchClock();
            }
            var freed = writer.freeOrphans();
            if (freed > 0) {
                look();
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "node={0}: janitor: {1}", config.node(), e.getMessage());
        }
    }

    private void watchClock() {
        var offset = database.clockOffset(time.now()).abs();
        boolean off = offset.compareTo(config.clockRefuse()) > 0;
        if (off != clockOff) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    off
                            ? "node={0}: clock is {1} ms off the database''s, nothing more is claimed"
                            : "node={0}: clock is {1} ms off the database''s, claiming again",
                    config.node(),
                    offset.toMillis());
        } else if (offset.compareTo(config.clockWarn()) > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "node={0}: clock is {1} ms off the database''s",
                    config.node(),
                    offset.toMillis());
        }
        clockOff = off;
    }

    private void sayGoodbye() {
        try (var connection = database.connection();
                var delete = connection.prepareStatement(
                        "delete from qrtz_scheduler_state where sched_name = ? and instance_name = ?")) {
            delete.setString(1, config.cluster());
            delete.setString(2, config.node());
            delete.executeUpdate();
        } catch (SQLException | StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "node={0}: goodbye: {1}", config.node(), e.getMessage());
        }
    }

    List<Fired> claimed() {
        return new ArrayList<>(claims.values());
    }
}
