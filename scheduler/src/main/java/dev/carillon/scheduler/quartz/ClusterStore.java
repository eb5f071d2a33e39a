package dev.carillon.scheduler.quartz;

import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.quartz.DueTrigger.Armed;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.Reason;
import dev.carillon.scheduler.run.RunEvent;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunTrigger;
import dev.carillon.scheduler.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.spi.TriggerFiredResult;

/**
 * Quartz's clustered job store, claiming and giving up triggers in batches and without its global lock.
 *
 * <p>Threads: Quartz's scheduler thread, its cluster manager, and the backend's writer; every transaction has its own
 * connection.
 */
@SuppressWarnings("unchecked") // JobStoreTX overrides a generic method by a raw one
public final class ClusterStore extends JobStoreTX {
    /*
     * What stays Quartz's: tables, check-in, telling who is dead, the locks around recovery, the scheduler thread.
     *
     * What is ours, and why it is safe without TRIGGER_ACCESS: a job has one trigger, and a trigger is either WAITING
     * (nobody's) or BLOCKED (some node's, with one row in qrtz_fired_triggers). WAITING to BLOCKED happens by an update
     * that names the state it expects, so of two nodes one counts a row and the other none; the fired row is inserted in
     * the same transaction. BLOCKED to WAITING happens only with the deletion of that fired row, by the node that runs
     * it or by one that takes over from it: whoever deletes the row has won, the other finds nothing and changes
     * nothing. So one occurrence is never claimed twice, and a node that was declared dead cannot arm anything.
     *
     * A claim is made when the trigger is due, not before: then firing needs no second transaction, and nothing is ever
     * half acquired.
     *
     * Every transaction that writes several rows goes through them in order of job, fired rows before triggers, so that
     * whoever wants the same rows waits and never in a circle. What is claimed starts in order of due time and arming.
     */
    static final String WAITING = "WAITING";
    static final String BLOCKED = "BLOCKED";
    static final String COMPLETE = "COMPLETE";
    /** Tables in which Quartz keeps data of jobs. */
    static final List<String> PAYLOADS = List.of("qrtz_job_details", "qrtz_triggers");

    /** Of a claim: for a run by hand, which nobody repeats. */
    private static final String BY_HAND = "BY_HAND";

    private static final String EXECUTING = "EXECUTING";

    private static final String FACTS = "select trigger_group, trigger_name, next_fire_time, prev_fire_time, priority,"
            + " start_time, description";
    private static final String DUE = " from qrtz_triggers where sched_name = ? and trigger_state = 'WAITING'"
            + " and next_fire_time <= ? order by next_fire_time, start_time, trigger_group, trigger_name"
            + " offset ? rows fetch first ? rows only";
    /** With each trigger's place in its table, where it can be told. */
    private static final String PLACED_FACTS = FACTS + ", cast(ctid as text)";
    /** What another node is just taking is left to it: of many triggers due at once each node takes some. */
    private static final String NOT_TAKEN = " for update skip locked";

    /**
     * By place, which cannot change while the row is locked. By name and state the server may look a trigger up among all
     * that are due at the same instant, if it has no better statistics: a thousand rows read for each of a thousand.
     */
    private static final String CLAIM_LOCKED =
            "update qrtz_triggers set trigger_state = 'BLOCKED' where ctid = any (cast(? as tid[]))";

    private static final String CLAIM = "update qrtz_triggers set trigger_state = 'BLOCKED' where sched_name = ?"
            + " and trigger_group = ? and trigger_name = ? and trigger_state = 'WAITING' and next_fire_time = ?"
            + " and priority = ? and description = ?";
    private static final String NOTE = "insert into qrtz_fired_triggers (sched_name, entry_id, trigger_name,"
            + " trigger_group, instance_name, fired_time, sched_time, priority, state, job_name, job_group,"
            + " is_nonconcurrent, requests_recovery) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, true, true)";
    private static final String SOONEST =
            "select min(next_fire_time) from qrtz_triggers where sched_name = ? and trigger_state = 'WAITING'";
    /** Of a run row: nobody works on it but a process that is gone, which may have said so itself when it came back. */
    private static final String LOST =
            "(state = 'running' or state = 'interrupted' and reason = '" + Reason.PROCESS_DIED + "')";

    private static final int PAGE = 500; // most due triggers looked at in one go
    private static final int PAGES_MAX = 400; // others' triggers passed over in one look

    private final Database database;
    private final QuartzBackend backend;
    private final QuartzConfig config;
    private final AtomicLong entries = new AtomicLong();
    private final String entryPrefix;
    private boolean fenced; // the cluster manager's: until what this node held is given up
    private final Object checkIn = new Object();
    private boolean stopping; // under checkIn
    private long clockMs; // the database's, at this check-in; the cluster manager's thread only, as the next
    private long checkedInMs; // 0 before the first

    ClusterStore(Database database, QuartzBackend backend, QuartzConfig config, long startedMs) {
        this.database = database;
        this.backend = backend;
        this.config = config;
        this.entryPrefix = config.node() + ":" + Long.toString(startedMs, 36) + ":";
    }

    @Override
    public List<OperableTrigger> acquireNextTriggers(long noLaterThan, int maxCount, long timeWindow)
            throws JobPersistenceException {
        long look = backend.lookBegins();
        if (!backend.mayClaim()) {
            backend.lookEnds(look, Armed.NEVER);
            return List.of();
        }
        var claimed = new ArrayList<OperableTrigger>();
        try {
            long soonest = database.transaction(connection -> {
                claimed.addAll(claim(connection, maxCount));
                return claimed.isEmpty() ? soonest(connection) : Armed.NEVER;
            });
            if (claimed.isEmpty()) {
                backend.lookEnds(look, soonest);
            }
            return claimed;
        } catch (SQLException | RuntimeException e) {
            claimed.forEach(ClusterStore::unclaim);
            claimed.forEach(this::releaseAcquiredTrigger); // the commit may have gone through without our hearing of it
            throw new JobPersistenceException("cannot look for due triggers: " + e.getMessage(), e);
        }
    }

    private List<OperableTrigger> claim(Connection connection, int maxCount) throws SQLException {
        long nowMs = backend.time().currentTimeMillis();
        var wanted = candidates(connection, nowMs, maxCount);
        if (wanted.isEmpty()) {
            return List.of();
        }
        var lost = new ArrayList<>(wanted);
        try {
            var taken = database.isPostgres() ? takeLocked(connection, wanted) : take(connection, wanted);
            note(connection, taken.stream().map(Candidate::fired).toList(), EXECUTING, nowMs);
            lost.removeAll(taken);
            return taken.stream()
                    .map(Candidate::fired)
                    .map(ClusterStore::trigger)
                    .toList();
        } finally {
            lost.forEach(candidate -> candidate.fired().cron().unclaim());
        }
    }

    private static OperableTrigger trigger(Fired fired) {
        var key = fired.cron().key();
        var trigger = new DueTrigger(key.script(), triggerName(key), fired.armed());
        trigger.fired(fired);
        return trigger;
    }

    /** Makes WAITING triggers BLOCKED that this transaction has locked. */
    private static List<Candidate> takeLocked(Connection connection, List<Candidate> wanted) throws SQLException {
        try (var update = connection.prepareStatement(CLAIM_LOCKED)) {
            update.setArray(
                    1,
                    connection.createArrayOf(
                            "text", wanted.stream().map(Candidate::place).toArray()));
            int taken = update.executeUpdate();
            if (taken != wanted.size()) {
                throw new IllegalStateException(taken + " of " + wanted.size() + " locked triggers found again");
            }
            return wanted;
        }
    }

    /** Makes WAITING triggers BLOCKED; those that have changed meanwhile are left out. */
    private List<Candidate> take(Connection connection, List<Candidate> wanted) throws SQLException {
        var inOrder = new ArrayList<>(wanted);
        inOrder.sort(Comparator.comparing(candidate -> candidate.fired().cron().key()));
        var taken = new HashSet<Candidate>();
        try (var update = connection.prepareStatement(CLAIM)) {
            for (var candidate : inOrder) {
                var fired = candidate.fired();
                var key = fired.cron().key();
                update.setString(1, config.cluster());
                update.setString(2, key.script());
                update.setString(3, triggerName(key));
                update.setLong(4, fired.armed().dueMs());
                update.setInt(5, fired.armed().attempt());
                update.setString(6, fired.cron().definition().revision());
                update.addBatch();
            }
            var counts = update.executeBatch();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    taken.add(inOrder.get(i));
                }
            }
        }
        return wanted.stream().filter(taken::contains).toList();
    }

    private static void unclaim(OperableTrigger trigger) {
        var fired = ((DueTrigger) trigger).fired();
        if (fired != null) {
            fired.cron().unclaim();
        }
    }

    /** Claims a trigger that the caller has locked and found free. */
    Fired claimByHand(Connection connection, QuartzCron cron, Armed armed) throws SQLException {
        var fired = Fired.byHand(nextEntry(), cron, armed);
        try (var update = connection.prepareStatement("update qrtz_triggers set trigger_state = 'BLOCKED'"
                + " where sched_name = ? and trigger_group = ? and trigger_name = ?")) {
            update.setString(1, config.cluster());
            update.setString(2, cron.key().script());
            update.setString(3, triggerName(cron.key()));
            update.executeUpdate();
        }
        note(connection, List.of(fired), BY_HAND, backend.time().currentTimeMillis());
        return fired;
    }

    private String nextEntry() {
        return entryPrefix + entries.incrementAndGet();
    }

    private void note(Connection connection, List<Fired> fired, String state, long nowMs) throws SQLException {
        if (fired.isEmpty()) {
            return;
        }
        try (var note = connection.prepareStatement(NOTE)) {
            for (var claim : fired) {
                var key = claim.cron().key();
                note.setString(1, config.cluster());
                note.setString(2, claim.entryId());
                note.setString(3, triggerName(key));
                note.setString(4, key.script());
                note.setString(5, config.node());
                note.setLong(6, nowMs);
                note.setLong(7, claim.armed().scheduledMs());
                note.setInt(8, claim.armed().attempt());
                note.setString(9, state);
                note.setString(10, triggerName(key));
                note.setString(11, key.script());
                note.addBatch();
            }
            note.executeBatch();
        }
    }

    /** @param place of its row, which is locked; null where places are not told */
    private record Candidate(Fired fired, @Nullable String place) {}

    /** Due triggers of jobs this node has in the definition in force, and a free slot for; each has taken its slot. */
    private List<Candidate> candidates(Connection connection, long nowMs, int maxCount) throws SQLException {
        var wanted = new ArrayList<Candidate>();
        int page = Math.min(PAGE, maxCount); // what is locked and not taken is out of the others' sight
        boolean placed = database.isPostgres();
        try (var select = connection.prepareStatement(
                (placed ? PLACED_FACTS : FACTS) + DUE + (database.isShared() ? NOT_TAKEN : ""))) {
            select.setString(1, config.cluster());
            select.setLong(2, nowMs);
            select.setInt(4, page);
            for (int pages = 0; pages < PAGES_MAX && wanted.size() < maxCount; pages++) {
                select.setInt(3, pages * page);
                int seen = 0;
                try (var rows = select.executeQuery()) {
                    while (rows.next()) {
                        seen++;
                        if (wanted.size() == maxCount) {
                            break;
                        }
                        var cron = backend.cron(jobKey(rows.getString(1), rows.getString(2)));
                        if (cron != null && cron.definition().revision().equals(rows.getString(7)) && cron.claim()) {
                            var armed = new Armed(rows.getLong(3), rows.getLong(4), rows.getInt(5), rows.getLong(6));
                            wanted.add(new Candidate(
                                    new Fired(nextEntry(), cron, armed), placed ? rows.getString(8) : null));
                        }
                    }
                }
                if (seen < page) {
                    break;
                }
            }
        }
        return wanted;
    }

    private long soonest(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement(SOONEST)) {
            select.setString(1, config.cluster());
            try (var rows = select.executeQuery()) {
                rows.next();
                long due = rows.getLong(1);
                return rows.wasNull() ? Armed.NEVER : due;
            }
        }
    }

    /** The claims are committed: they go to their runtimes here, in order; Quartz's threads only wait for the end. */
    @Override
    public List<TriggerFiredResult> triggersFired(List<OperableTrigger> triggers) {
        var results = new ArrayList<TriggerFiredResult>();
        for (var trigger : triggers) {
            var due = (DueTrigger) trigger;
            var fired = due.fired();
            if (fired == null) {
                throw new IllegalStateException("trigger " + due.getKey() + " was never claimed");
            }
            backend.deliver(fired);
            var scheduled = new Date(due.armed().scheduledMs());
            results.add(new TriggerFiredResult(new TriggerFiredBundle(
                    job(fired.cron().key()),
                    due,
                    null,
                    due.armed().attempt() > 1,
                    new Date(due.armed().dueMs()),
                    scheduled,
                    null,
                    null)));
        }
        return results;
    }

    @Override
    public void releaseAcquiredTrigger(OperableTrigger trigger) {
        var fired = ((DueTrigger) trigger).fired();
        if (fired != null) {
            backend.giveBack(fired);
        }
    }

    /** Claims are given up by the backend's writer, many in one transaction. */
    @Override
    public void triggeredJobComplete(
            OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {}

    /** Quartz compares with the machine's clock; here the answer has been found with the database's. */
    @Override
    protected long calcFailedIfAfter(SchedulerStateRecord record) {
        long gapMs = checkedInMs == 0 ? 0 : clockMs - checkedInMs;
        return Liveness.isDead(
                        record.getCheckinTimestamp(), record.getCheckinInterval(), gapMs, config.slack(), clockMs)
                ? 0
                : Long.MAX_VALUE;
    }

    @Override
    protected boolean doCheckin() throws JobPersistenceException {
        synchronized (checkIn) {
            if (stopping) {
                return false;
            }
            long began = System.nanoTime();
            boolean recovered;
            try (var _ = database.turn()) {
                recovered = super.doCheckin();
            }
            fenced = false;
            backend.checkedIn(began);
            return recovered;
        }
    }

    /** Quartz interrupts its threads, and H2 closes its file under a thread that is interrupted while it writes. */
    @Override
    public void shutdown() {
        synchronized (checkIn) {
            stopping = true;
        }
        super.shutdown();
    }

    /** There are none: every trigger has the instruction to ignore them. */
    @Override
    protected RecoverMisfiredJobsResult doRecoverMisfires() {
        return RecoverMisfiredJobsResult.NO_OP;
    }

    @Override
    protected List<SchedulerStateRecord> clusterCheckIn(Connection connection) throws JobPersistenceException {
        var failed = findFailedInstances(connection);
        try {
            checkedInMs = clockMs;
            lastCheckin = TimeSource.system().currentTimeMillis(); // paces Quartz's own loop
            if (getDelegate().updateSchedulerState(connection, getInstanceId(), checkedInMs) == 0) {
                getDelegate()
                        .insertSchedulerState(
                                connection,
                                getInstanceId(),
                                checkedInMs,
                                config.checkIn().toMillis());
                if (!firstCheckIn && !fenced) { // struck off since it was looked for
                    fence();
                    failed.add(myself());
                }
            }
        } catch (SQLException e) {
            throw new JobPersistenceException("cannot check in: " + e.getMessage(), e);
        }
        return failed;
    }

    private void readClock(Connection connection) throws JobPersistenceException {
        try {
            var ownTime = backend.time().ownNow();
            long before = System.nanoTime();
            clockMs = database.clockMillis(connection);
            backend.compareClocks(ownTime, clockMs, Duration.ofNanos(System.nanoTime() - before));
        } catch (SQLException e) {
            throw new JobPersistenceException("cannot read the database's clock: " + e.getMessage(), e);
        }
    }

    @Override
    protected List<SchedulerStateRecord> findFailedInstances(Connection connection) throws JobPersistenceException {
        readClock(connection);
        var failed = super.findFailedInstances(connection);
        if (!firstCheckIn) {
            try {
                boolean known = getDelegate().selectSchedulerStateRecords(connection, getInstanceId()).stream()
                        .findAny()
                        .isPresent();
                if (!known) {
                    fence();
                }
                if (fenced) {
                    failed.add(myself());
                }
            } catch (SQLException e) {
                throw new JobPersistenceException("cannot read this node's check-in: " + e.getMessage(), e);
            }
        }
        return failed;
    }

    private void fence() {
        fenced = true;
        backend.fencedOff();
    }

    /**
     * What this node claimed on its way back, after it had been taken for dead and before it learned of it, nobody else
     * would take over: it lives.
     */
    private SchedulerStateRecord myself() {
        var record = new SchedulerStateRecord();
        record.setSchedulerInstanceId(getInstanceId());
        record.setCheckinInterval(config.checkIn().toMillis());
        record.setCheckinTimestamp(checkedInMs);
        return record;
    }

    /** What dead nodes had claimed is due at once, as the next attempt of the same run, for any node that can run it. */
    @Override
    protected void clusterRecover(Connection connection, List<SchedulerStateRecord> failed)
            throws JobPersistenceException {
        try {
            for (var record : failed) {
                int taken = takeOver(connection, record);
                if (firstCheckIn || !isOwn(record)) {
                    Registrations.removeAll(connection, record.getSchedulerInstanceId());
                }
                if (!isOwn(record)) {
                    tellLost(connection, record.getSchedulerInstanceId());
                    getDelegate().deleteSchedulerState(connection, record.getSchedulerInstanceId());
                }
                if (taken > 0 || !isOwn(record)) {
                    backend.audit(
                            connection,
                            "TAKEOVER",
                            "node " + record.getSchedulerInstanceId() + " is gone, last seen "
                                    + record.getCheckinTimestamp() + ", " + taken + " runs taken over");
                }
            }
        } catch (SQLException e) {
            throw new JobPersistenceException("cannot take over: " + e.getMessage(), e);
        }
        backend.settle();
    }

    private void tellLost(Connection connection, String node) throws SQLException {
        try (var update = connection.prepareStatement("update node set lost_at = ?, lost_to = ? where name = ?")) {
            update.setLong(1, backend.time().currentTimeMillis());
            update.setString(2, config.node());
            update.setString(3, node);
            update.executeUpdate();
        }
        // Runs by hand have no claim, and nobody repeats them.
        try (var update = connection.prepareStatement("update run set state = ?, ended_at = ?, reason = ?"
                + " where node = ? and state = ? and trigger_kind = ?")) {
            update.setString(1, RunState.RUNNING.after(RunEvent.PROCESS_LOST).toString());
            update.setLong(2, backend.time().currentTimeMillis());
            update.setString(3, Reason.PROCESS_DIED.name());
            update.setString(4, node);
            update.setString(5, RunState.RUNNING.toString());
            update.setString(6, RunTrigger.MANUAL.toString());
            update.executeUpdate();
        }
    }

    private boolean isOwn(SchedulerStateRecord record) {
        return record.getSchedulerInstanceId().equals(getInstanceId());
    }

    /** What a dead node had claimed: the run it worked on, in which attempt. */
    private record Claim(String entry, JobKey job, long scheduledMs, int attempt, boolean byHand) {
        String run() {
            return RunId.of(job, Instant.ofEpochMilli(scheduledMs)).text();
        }
    }

    private int takeOver(Connection connection, SchedulerStateRecord dead) throws SQLException {
        var claims = claimsOf(connection, dead.getSchedulerInstanceId());
        var taken = new ArrayList<Claim>();
        try (var delete =
                connection.prepareStatement("delete from qrtz_fired_triggers where sched_name = ? and entry_id = ?")) {
            for (var claim : claims) {
                delete.setString(1, config.cluster());
                delete.setString(2, claim.entry());
                delete.addBatch();
            }
            var counts = claims.isEmpty() ? new int[0] : delete.executeBatch();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) { // else it was alive after all, and has just ended the run
                    taken.add(claims.get(i));
                }
            }
        }
        var spent = spent(connection, taken);
        armTaken(connection, taken, spent);
        interrupt(connection, taken, spent, dead);
        return taken.size();
    }

    private List<Claim> claimsOf(Connection connection, String node) throws SQLException {
        var claims = new ArrayList<Claim>();
        try (var select =
                connection.prepareStatement("select entry_id, trigger_group, trigger_name, sched_time, priority, state"
                        + " from qrtz_fired_triggers where sched_name = ? and instance_name = ?")) {
            select.setString(1, config.cluster());
            select.setString(2, node);
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    claims.add(new Claim(
                            rows.getString(1),
                            jobKey(rows.getString(2), rows.getString(3)),
                            rows.getLong(4),
                            rows.getInt(5),
                            rows.getString(6).equals(BY_HAND)));
                }
            }
        }
        claims.sort(Comparator.comparing(Claim::job));
        return claims;
    }

    /** Those that have been taken over as often as may be: they may be what the processes die of. */
    private Set<Claim> spent(Connection connection, List<Claim> taken) throws SQLException {
        var spent = new HashSet<Claim>();
        try (var select = connection.prepareStatement(
                "select 1 from run where id = ? and attempt = ? and " + LOST + " and takeovers >= ?")) {
            for (var claim : taken) {
                if (!claim.byHand() && claim.attempt() > config.takeovers()) { // each takeover is an attempt
                    select.setString(1, claim.run());
                    select.setInt(2, claim.attempt());
                    select.setInt(3, config.takeovers());
                    try (var rows = select.executeQuery()) {
                        if (rows.next()) {
                            spent.add(claim);
                        }
                    }
                }
            }
        }
        return spent;
    }

    /** Those that are spent for their next occurrence, the others at once. */
    private void armTaken(Connection connection, List<Claim> taken, Set<Claim> spent) throws SQLException {
        if (taken.isEmpty()) {
            return;
        }
        var writer = backend.writer();
        try (var arm = connection.prepareStatement(Triggers.ARM + " and trigger_state = 'BLOCKED'")) {
            for (var claim : taken) {
                // What cannot be armed here stays with its run, which is not begun again: who claims it goes on from
                // there.
                var next = spent.contains(claim) ? writer.next(connection, claim.job()) : Optional.<Armed>empty();
                writer.triggers().set(arm, claim.job(), next.isPresent() ? next.get() : nextAttempt(connection, claim));
                arm.addBatch();
            }
            arm.executeBatch();
        }
    }

    /**
     * Due at once, but a retry whose attempt before had failed in good order keeps its backoff, and a trigger that was
     * only kept for a run by hand is what it was.
     */
    private Armed nextAttempt(Connection connection, Claim claim) throws SQLException {
        if (claim.byHand()) {
            return backend.writer().asItWas(connection, claim.job());
        }
        long dueMs = backend.time().currentTimeMillis();
        try (var retry = connection.prepareStatement(
                "select retry_at from run where id = ? and attempt = ? and state = 'retrying'")) {
            retry.setString(1, claim.run());
            retry.setInt(2, claim.attempt());
            try (var rows = retry.executeQuery()) {
                if (rows.next()) {
                    dueMs = Math.max(dueMs, rows.getLong(1));
                }
            }
        }
        return new Armed(dueMs, claim.scheduledMs(), claim.attempt() + 1, backend.order());
    }

    /** For people: from now on the history says that nobody works on it, and who found out when. */
    private void interrupt(Connection connection, List<Claim> taken, Set<Claim> spent, SchedulerStateRecord dead)
            throws SQLException {
        if (taken.isEmpty()) {
            return;
        }
        var now = backend.time().now();
        var gone = "node " + dead.getSchedulerInstanceId()
                + (isOwn(dead) ? " came back" : " was taken for dead by node " + config.node()) + " at " + now
                + ": it had last checked in at " + Instant.ofEpochMilli(dead.getCheckinTimestamp());
        try (var update = connection.prepareStatement("update run set state = ?, ended_at = ?, reason = ?, error = ?,"
                + " takeovers = takeovers + 1 where id = ? and attempt = ? and " + LOST)) {
            for (var claim : taken) {
                if (claim.byHand()) {
                    continue; // its run is told of with those of its node
                }
                boolean last = spent.contains(claim);
                var event = last ? RunEvent.TAKEOVERS_SPENT : RunEvent.PROCESS_LOST;
                update.setString(1, RunState.RUNNING.after(event).toString());
                update.setLong(2, now.toEpochMilli());
                update.setString(3, (last ? Reason.TAKEOVERS_SPENT : Reason.PROCESS_DIED).name());
                update.setString(4, last ? gone + "; " + endOf(claim) : gone);
                update.setString(5, claim.run());
                update.setInt(6, claim.attempt());
                update.addBatch();
            }
            update.executeBatch();
        }
        for (var claim : spent) {
            backend.audit(connection, "TAKEOVERS_SPENT", "job '" + claim.job() + "': " + gone + "; " + endOf(claim));
        }
    }

    private String endOf(Claim claim) {
        return "run " + claim.run() + " had used its takeovers (limit " + config.takeovers()
                + ") and is not tried again: see whether it is what ends the processes";
    }

    /** The scheduler thread looks again at once. */
    void wake() {
        signalSchedulingChangeImmediately(0L);
    }

    private static JobDetail job(JobKey key) {
        return JobBuilder.newJob(RunJob.class)
                .withIdentity(triggerName(key), key.script())
                .storeDurably()
                .requestRecovery()
                .build();
    }

    /** Quartz has no empty names. */
    static String triggerName(JobKey key) {
        return "/" + key.name();
    }

    static JobKey jobKey(String group, String name) {
        return new JobKey(group, name.substring(1));
    }
}
