package dev.carillon.scheduler.quartz;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.cron.schedule.InvalidSchedule;
import dev.carillon.scheduler.quartz.DueTrigger.Armed;
import dev.carillon.scheduler.quartz.Triggers.Held;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.Neighbours;
import dev.carillon.scheduler.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Arms triggers: gives up claims and registers jobs, much of what is queued in one transaction.
 *
 * <p>Threads: {@link #submit} from any thread, never blocking.
 * <p>Closing: after what is queued has been written, registrations apart.
 */
final class ArmWriter implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ArmWriter.class.getName());
    private static final int ENDS_AT_ONCE = 2_000;
    private static final int REGISTRATIONS_AT_ONCE = 200;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long CLOSE_TRIES = 10;

    /** By the schedule: only as long as the definition it follows is in force. */
    private static final String ARM_NEXT = Triggers.ARM + " and (? = 1 or description = ?)";

    private static final String GIVE_UP = "delete from qrtz_fired_triggers where sched_name = ? and entry_id = ?";

    private final Database database;
    private final QuartzBackend backend;
    private final ClusterStore store;
    private final QuartzConfig config;
    private final Triggers triggers;
    private final BlockingQueue<Order> queue = new LinkedBlockingQueue<>();
    private final List<Order> orders = new ArrayList<>(); // the writer's: taken from the queue
    private final TreeMap<JobKey, Registration> registrationsLeft = new TreeMap<>(); // the writer's
    private final Registrations registrations;
    private final AtomicInteger open = new AtomicInteger();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closed;

    /** Something to be written. */
    sealed interface Order {}

    /** A run has ended and its trigger waits for {@code next}. */
    record End(Fired fired, Armed next) implements Order {}

    /** Something about who has a job. */
    sealed interface Registration extends Order {
        JobKey key();
    }

    /** A script has registered a job. */
    record Register(QuartzCron cron, Armed armed) implements Registration {
        @Override
        public JobKey key() {
            return cron.key();
        }
    }

    /** A script has closed it, or has ended. */
    record Unregister(JobKey key) implements Registration {}

    /** A job is to be run by hand, and by nobody else meanwhile. */
    record Hold(QuartzCron cron, CompletableFuture<@Nullable String> runner) implements Order {
        JobKey key() {
            return cron.key();
        }
    }

    /** Nodes are gone: definitions that only they had are not in force any more. */
    record Settle() implements Order {}

    /** What was submitted before it is written. */
    private record Barrier(CompletableFuture<Void> reached) implements Order {}

    /** Wakes the writer to see that it is closed. */
    private record Stop() implements Order {}

    ArmWriter(Database database, QuartzBackend backend, ClusterStore store, QuartzConfig config) {
        this.database = database;
        this.backend = backend;
        this.store = store;
        this.config = config;
        this.triggers = new Triggers(database, config.cluster());
        this.registrations = new Registrations(config.cluster(), config.node());
        Thread.ofPlatform().name("carillon-arm-writer").daemon().start(this::loop);
    }

    void submit(Order order) {
        open.incrementAndGet();
        queue.add(order);
    }

    /** Completes when what has been submitted is written, unless the writer is closed first. */
    CompletableFuture<Void> written() {
        var reached = new CompletableFuture<Void>();
        submit(new Barrier(reached));
        return reached;
    }

    boolean isIdle() {
        return open.get() == 0;
    }

    @Override
    public void close() {
        closed = true;
        submit(new Stop());
        ended.join();
    }

    private void loop() {
        try {
            while (!closed || !queue.isEmpty()) {
                if (registrationsLeft.isEmpty()) {
                    orders.add(queue.take());
                }
                queue.drainTo(orders);
                ends();
                registrations();
                if (registrationsLeft.isEmpty()) {
                    rest();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    /** Ahead of all else: somebody may wait for the job, and a script of ten thousand crons takes a while to register. */
    private void ends() {
        var all = of(End.class, orders, end -> end.fired().cron().key());
        for (int from = 0; from < all.size(); from += ENDS_AT_ONCE) {
            write(all.subList(from, Math.min(all.size(), from + ENDS_AT_ONCE)));
        }
        orders.removeIf(End.class::isInstance);
        open.addAndGet(-all.size());
    }

    /** Some of them; of one job the last is what counts. */
    private void registrations() {
        for (var order : orders) {
            if (order instanceof Registration registration
                    && registrationsLeft.put(registration.key(), registration) != null) {
                open.decrementAndGet();
            }
        }
        orders.removeIf(Registration.class::isInstance);
        var some = registrationsLeft.values().stream()
                .limit(closed ? 0 : REGISTRATIONS_AT_ONCE) // who says goodbye has nothing registered
                .map(Order.class::cast)
                .toList();
        write(of(Unregister.class, some, Unregister::key));
        write(of(Register.class, some, Register::key));
        for (var _ : some) {
            registrationsLeft.pollFirstEntry();
        }
        open.addAndGet(-some.size());
    }

    /** What may be about a job that was registered before it. */
    private void rest() {
        write(of(Hold.class, orders, Hold::key));
        write(orders.stream().filter(Settle.class::isInstance).limit(1).toList());
        for (var order : orders) {
            if (order instanceof Barrier(var reached)) {
                reached.complete(null);
            }
        }
        open.addAndGet(-orders.size());
        orders.clear();
    }

    /** The orders of one kind, in the order in which all nodes go through their jobs. */
    private static <T extends Order> List<T> of(Class<T> kind, List<Order> orders, Function<T, JobKey> job) {
        return orders.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .sorted(Comparator.comparing(job))
                .toList();
    }

    /** Until it is written: a claim that is not given up would keep its job from ever running again. */
    private void write(List<? extends Order> group) {
        if (group.isEmpty()) {
            return;
        }
        long tries = 0;
        while (true) {
            try {
                database.transaction(connection -> write(connection, group)).forEach(Runnable::run);
                return;
            } catch (SQLException | RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "node={0}: {1} triggers could not be armed, trying again: {2}",
                        config.node(),
                        group.size(),
                        e.getMessage());
                if (closed && ++tries >= CLOSE_TRIES) {
                    LOG.log(
                            System.Logger.Level.ERROR,
                            "node={0}: {1} claims are left for the others to take over",
                            config.node(),
                            group.size());
                    return;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private List<Runnable> write(Connection connection, List<? extends Order> group) throws SQLException {
        var after = new ArrayList<Runnable>();
        var ends = new ArrayList<End>();
        var registers = new ArrayList<Register>();
        for (var order : group) {
            switch (order) {
                case End end -> ends.add(end);
                case Register register -> registers.add(register);
                case Unregister(var key) -> unregister(connection, key);
                case Hold hold -> hold(connection, hold, after);
                case Settle settle -> settle(connection);
                case Barrier barrier -> {}
                case Stop stop -> {}
            }
        }
        if (!registers.isEmpty()) {
            register(connection, registers, after);
        }
        if (!ends.isEmpty()) {
            end(connection, ends, after);
        } else if (registers.isEmpty() || registrationsLeft.size() <= REGISTRATIONS_AT_ONCE) {
            database.ring(connection); // who hears it looks at all jobs: once, when the last of them is there
        }
        return after;
    }

    private void end(Connection connection, List<End> ends, List<Runnable> after) throws SQLException {
        try (var giveUp = connection.prepareStatement(GIVE_UP);
                var arm = connection.prepareStatement(ARM_NEXT)) {
            for (var end : ends) {
                giveUp.setString(1, config.cluster());
                giveUp.setString(2, end.fired().entryId());
                giveUp.addBatch();
            }
            var counts = giveUp.executeBatch();
            var armed = new ArrayList<End>();
            for (int i = 0; i < counts.length; i++) {
                var fired = ends.get(i).fired();
                var next = ends.get(i).next();
                after.add(() -> backend.over(fired));
                if (counts[i] == 0) {
                    after.add(() -> LOG.log(
                            System.Logger.Level.WARNING,
                            "job={0} attempt={1} node={2}: its claim had been taken over",
                            fired.cron().key(),
                            fired.armed().attempt(),
                            config.node()));
                    after.add(backend::look);
                    continue;
                }
                armed.add(ends.get(i));
                triggers.set(arm, fired.cron().key(), next);
                arm.setInt(9, isOfSchedule(fired, next) ? 0 : 1);
                arm.setString(10, fired.cron().definition().revision());
                arm.addBatch();
                after.add(() -> backend.armed(next.dueMs()));
            }
            if (!armed.isEmpty()) {
                var written = arm.executeBatch();
                for (int i = 0; i < written.length; i++) {
                    if (written[i] == 0) {
                        armBySchedule(connection, armed.get(i).fired().cron().key());
                    }
                }
            }
            long nowMs = backend.time().currentTimeMillis();
            if (armed.stream().anyMatch(end -> end.next().dueMs() <= nowMs)) {
                database.ring(connection); // handed over
            }
            // A slot is free: what is due already may have waited for it.
            after.add(backend::look);
        }
    }

    /** Not a retry, nor the same run again: what the definition says comes next, or did when a run by hand began. */
    private static boolean isOfSchedule(Fired fired, Armed next) {
        return fired.isByHand()
                || next.attempt() == 1 && next.scheduledMs() != fired.armed().scheduledMs();
    }

    /** @param all in order of job, of each job one */
    private void register(Connection connection, List<Register> all, List<Runnable> after) throws SQLException {
        registrations.add(connection, all);
        var jobs = all.stream().map(Register::key).toList();
        // What is not there yet comes first: who waits for another node to make it then holds no lock that one wants.
        var existing = triggers.existing(connection, jobs);
        triggers.insert(
                connection,
                all.stream()
                        .filter(register -> !existing.contains(register.key()))
                        .toList());
        var locked = triggers.lock(connection, jobs);
        for (var register : all) {
            var held = locked.get(register.key());
            if (held == null) { // was just going, with its job's retirement
                after.add(() -> again(register));
            } else {
                register(connection, register, held, after);
            }
        }
    }

    private void again(Register register) {
        if (backend.cron(register.key()) == register.cron()) { // else it has been given up since
            submit(register);
        }
    }

    private void register(Connection connection, Register register, Held held, List<Runnable> after)
            throws SQLException {
        var key = register.key();
        var armed = register.armed();
        after.add(register.cron()::known);
        boolean changed =
                triggers.redefine(connection, key, held, register.cron().definition());
        boolean free = !held.isBlocked() || takeFromClosed(connection, register.cron());
        if (free
                && (changed && held.isFuture(backend.time().currentTimeMillis())
                        || !held.state().equals(ClusterStore.WAITING)
                        || isMissed(connection, held.dueMs(), held.attempt()))) {
            triggers.arm(connection, key, armed);
            after.add(() -> backend.armed(armed.dueMs()));
        } else if (free) {
            after.add(() -> backend.armed(held.dueMs()));
        }
    }

    private void hold(Connection connection, Hold order, List<Runnable> after) throws SQLException {
        var key = order.key();
        var held = triggers.lock(connection, key);
        if (held == null) { // retired meanwhile: there is nobody to keep it from
            after.add(() -> order.runner().complete(null));
            return;
        }
        if (held.isBlocked()) {
            var runner = runner(connection, key);
            after.add(() -> order.runner().complete(runner));
            return;
        }
        var claim = store.claimByHand(connection, order.cron(), held.armed());
        after.add(() -> {
            backend.held(claim);
            if (!order.runner().complete(null)) { // nobody waits any more
                order.cron().letGo();
            }
        });
    }

    private String runner(Connection connection, JobKey key) throws SQLException {
        try (var select = connection.prepareStatement("select instance_name from qrtz_fired_triggers"
                + " where sched_name = ? and trigger_group = ? and trigger_name = ?")) {
            triggers.name(select, key);
            try (var rows = select.executeQuery()) {
                return rows.next() ? rows.getString(1) : "unknown"; // the janitor's to free
            }
        }
    }

    private void unregister(Connection connection, JobKey key) throws SQLException {
        registrations.remove(connection, key);
        settle(connection, key);
    }

    /** Puts definitions in force whose nodes live, where those in force have none. */
    void settle(Connection connection) throws SQLException {
        for (var key : registrations.unsettled(connection)) {
            settle(connection, key);
        }
    }

    private void settle(Connection connection, JobKey key) throws SQLException {
        var definition = Registrations.inForce(connection, key).orElse(null);
        var held = definition == null ? null : triggers.lock(connection, key);
        if (definition == null || held == null || !triggers.redefine(connection, key, held, definition)) {
            return;
        }
        try (var update = connection.prepareStatement(
                "update job set schedule = ?, since_at = ? where script = ? and name = ?")) {
            update.setString(1, definition.schedule());
            update.setLong(2, backend.time().currentTimeMillis());
            update.setString(3, key.script());
            update.setString(4, key.name());
            update.executeUpdate();
        }
        if (!held.isBlocked()
                && (held.isFuture(backend.time().currentTimeMillis())
                        || held.state().equals(ClusterStore.COMPLETE))) {
            armBySchedule(connection, key);
        }
    }

    Triggers triggers() {
        return triggers;
    }

    /** What a trigger that is held would do if it were not. */
    Armed asItWas(Connection connection, JobKey key) throws SQLException {
        var held = triggers.lock(connection, key);
        return held == null ? new Armed(Armed.NEVER, 0, 1, backend.order()) : held.armed();
    }

    private void armBySchedule(Connection connection, JobKey key) throws SQLException {
        var next = next(connection, key);
        if (next.isPresent()) {
            triggers.arm(connection, key, next.get());
        }
    }

    /**
     * The next occurrence of the definition in force, which need not be one of this node's; empty if it is retired
     * meanwhile, or only a newer Carillon understands it: its node arms the trigger when it registers or ends a run.
     */
    Optional<Armed> next(Connection connection, JobKey key) throws SQLException {
        var schedule = triggers.schedule(connection, key);
        if (schedule == null) {
            return Optional.empty();
        }
        try {
            var next = CronSchedule.parseWithSeconds(schedule)
                    .nextAfter(backend.time().now());
            long dueMs = next.map(Instant::toEpochMilli).orElse(Armed.NEVER);
            return Optional.of(new Armed(dueMs, next.isPresent() ? dueMs : 0, 1, backend.order()));
        } catch (InvalidSchedule e) {
            LOG.log(System.Logger.Level.WARNING, "job={0} node={1}: {2}", key, config.node(), e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The script has closed its cron, which still runs, and has made another of that name: the claim no longer holds the
     * trigger. Another version of the script waits for the run to end: the job is the same.
     */
    private boolean takeFromClosed(Connection connection, QuartzCron made) throws SQLException {
        for (var fired : backend.claimed()) {
            if (made.replaces(fired.cron())) {
                try (var giveUp = connection.prepareStatement(GIVE_UP)) {
                    giveUp.setString(1, config.cluster());
                    giveUp.setString(2, fired.entryId());
                    return giveUp.executeUpdate() > 0;
                }
            }
        }
        return false;
    }

    /**
     * It was due while no node lived: that has been told as skipped, and the schedule goes on from now. Nodes that are
     * coming back as this one does have not seen to it either.
     */
    private boolean isMissed(Connection connection, long dueMs, int attempt) throws SQLException {
        long nowMs = backend.time().currentTimeMillis();
        long startedUntilMs = dueMs + backend.overdueAtStart().toMillis();
        return attempt == 1 && startedUntilMs <= nowMs && !othersLived(connection, startedUntilMs, nowMs);
    }

    /** Some node that lives now did so then. */
    private boolean othersLived(Connection connection, long thenMs, long nowMs) throws SQLException {
        try (var select = connection.prepareStatement("select 1 from qrtz_scheduler_state s join node n"
                + " on n.name = s.instance_name where s.sched_name = ? and n.name <> ? and s.last_checkin_time > ?"
                + " and n.started_at <= ? and n.last_seen_at > ? and not n.stopped and n.lost_at is null"
                + " fetch first 1 rows only")) {
            select.setString(1, config.cluster());
            select.setString(2, config.node());
            select.setLong(3, nowMs - config.checkIn().plus(config.slack()).toMillis());
            select.setLong(4, thenMs);
            select.setLong(5, nowMs - Neighbours.SEEN_MAX.toMillis());
            try (var rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    /**
     * Arms again what says it is held but is not: a trigger without a claim, seen after database errors, and claims of
     * this node whose commit was reported as failed. Then forgets what nodes that are gone had registered, and triggers
     * of retired jobs. Each in a transaction of its own, for each goes through the jobs in order.
     *
     * @return triggers armed again
     */
    int clean() {
        int freed = clean(connection -> dropForgottenClaims(connection) + rearm(connection));
        clean(connection -> {
            registrations.removeStrays(connection);
            settle(connection);
            return 0;
        });
        clean(this::dropRetired);
        clean(this::dropPayloads);
        return freed;
    }

    private int clean(Database.Work<Integer> work) {
        try {
            return database.transaction(work);
        } catch (SQLException e) {
            throw database.explain(e);
        }
    }

    private int dropForgottenClaims(Connection connection) throws SQLException {
        long before = backend.time().currentTimeMillis() - config.janitor().toMillis();
        int dropped = 0;
        try (var select = connection.prepareStatement("select entry_id from qrtz_fired_triggers where sched_name = ?"
                        + " and instance_name = ? and fired_time < ?");
                var giveUp = connection.prepareStatement(GIVE_UP)) {
            select.setString(1, config.cluster());
            select.setString(2, config.node());
            select.setLong(3, before);
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    if (!backend.holds(rows.getString(1))) {
                        giveUp.setString(1, config.cluster());
                        giveUp.setString(2, rows.getString(1));
                        giveUp.addBatch();
                        dropped++;
                    }
                }
            }
            if (dropped > 0) {
                giveUp.executeBatch();
            }
        }
        return dropped;
    }

    /** Nobody has them any more, and somebody has said so: what is left of them here goes. */
    private int dropRetired(Connection connection) throws SQLException {
        int dropped = 0;
        for (var key : registrations.retired(connection)) {
            if (triggers.lock(connection, key) != null && delete(connection, key)) {
                backend.audit(connection, "RETIRED", "job '" + key + "' is retired, its trigger is gone");
                dropped++;
            }
        }
        return dropped;
    }

    /** Serialized objects, which nobody here writes and nobody reads: what is planted is taken away, and told. */
    private int dropPayloads(Connection connection) throws SQLException {
        int dropped = 0;
        for (var table : ClusterStore.PAYLOADS) {
            try (var update = connection.prepareStatement(
                    "update " + table + " set job_data = null where sched_name = ? and job_data is not null")) {
                update.setString(1, config.cluster());
                dropped += toldOf(connection, update.executeUpdate(), table);
            }
        }
        try (var delete = connection.prepareStatement("delete from qrtz_blob_triggers where sched_name = ?")) {
            delete.setString(1, config.cluster());
            dropped += toldOf(connection, delete.executeUpdate(), "qrtz_blob_triggers");
        }
        return dropped;
    }

    private int toldOf(Connection connection, int payloads, String table) throws SQLException {
        if (payloads > 0) {
            backend.audit(
                    connection,
                    "PAYLOAD",
                    payloads + " serialized objects in " + table + " were planted by somebody; they have been removed"
                            + " and were never read");
        }
        return payloads;
    }

    private boolean delete(Connection connection, JobKey key) throws SQLException {
        var name = " where sched_name = ? and %s_group = ? and %s_name = ?";
        var statements = List.of(
                "delete from qrtz_simprop_triggers" + name.replace("%s", "trigger")
                        + " and not exists (select 1 from registration r where r.script = trigger_group"
                        + " and r.name = substring(trigger_name, 2))", // registered again since
                "delete from qrtz_triggers" + name.replace("%s", "trigger"),
                "delete from qrtz_job_details" + name.replace("%s", "job"));
        for (var statement : statements) {
            try (var delete = connection.prepareStatement(statement)) {
                triggers.name(delete, key);
                if (delete.executeUpdate() == 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private int rearm(Connection connection) throws SQLException {
        var orphans = new ArrayList<JobKey>();
        try (var select = connection.prepareStatement("select trigger_group, trigger_name from qrtz_triggers t"
                + " where sched_name = ? and trigger_state not in ('WAITING', 'COMPLETE') and not exists"
                + " (select 1 from qrtz_fired_triggers f where f.sched_name = t.sched_name"
                + " and f.trigger_group = t.trigger_group and f.trigger_name = t.trigger_name)")) {
            select.setString(1, config.cluster());
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    orphans.add(ClusterStore.jobKey(rows.getString(1), rows.getString(2)));
                }
            }
        }
        orphans.sort(null);
        try (var update = connection.prepareStatement("update qrtz_triggers set trigger_state = 'WAITING'"
                + " where sched_name = ? and trigger_group = ? and trigger_name = ?"
                + " and trigger_state not in ('WAITING', 'COMPLETE')")) {
            for (var key : orphans) {
                triggers.name(update, key);
                if (update.executeUpdate() > 0) {
                    backend.audit(connection, "ORPHAN", "trigger of job '" + key + "' was held by nobody, armed again");
                }
            }
        }
        return orphans.size();
    }
}
