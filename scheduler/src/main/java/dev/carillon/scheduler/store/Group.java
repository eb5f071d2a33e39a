package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.RunEvent;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunStore.Skip;
import dev.carillon.scheduler.run.RunTrigger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one transaction, a batch for each kind.
 *
 * <p>Order: batches, jobs, ends, starts, skips, lines. A start follows the end of the attempt before it, and an end is only
 * submitted once its start has been acknowledged, by its batch or in an earlier group, so no write waits for a later one of
 * the same group.
 *
 * <p>Threads: the writer's.
 */
final class Group {
    private static final String BECOME =
            "update job set state = ? where script = ? and name = ? and state <> 'retired'";
    private static final String INSERT_RUN = "insert into run (id, job, scheduled_at, trigger_kind, state, reason,"
            + " attempt, first_started_at, started_at, node) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String KEEP_ATTEMPT =
            "insert into attempt (run, attempt, state, started_at, ended_at, node, error, retry_at)"
                    + " select id, attempt, case when state = 'retrying' then 'failed' else 'interrupted' end,"
                    + " started_at, coalesce(ended_at, ?), node, error, retry_at from run"
                    + " where id = ? and attempt < ? and state in ('running', 'retrying', 'interrupted')";
    private static final String NEXT_ATTEMPT = "update run set state = 'running', attempt = ?, started_at = ?,"
            + " ended_at = null, error = null, retry_at = null, reason = null, node = ?"
            + " where id = ? and attempt < ? and state in ('running', 'retrying', 'interrupted')";
    private static final String END = "update run set state = ?, ended_at = ?, error = ?, retry_at = ?, reason = ?"
            + " where id = ? and attempt = ? and state = ?";
    private static final String STARTED =
            "select id from run where id = ? and attempt = ? and started_at = ? and node = ? and state = 'running'";
    private static final String ENDED = "select id from run where id = ? and attempt = ? and ended_at = ?";
    private static final String INSERT_LINE =
            "insert into log_line (run, seq, printed_at, level, text) values (?, ?, ?, ?, ?)";
    private static final int LOOKUP_MAX = 500; // ids of one look-up statement

    private final Connection connection;
    private final Dialect dialect;
    private final KnownJobs known;
    private final boolean lookFirst;
    private final boolean again;
    private final List<Runnable> acknowledgements = new ArrayList<>();

    /**
     * @param lookFirst leave out runs that exist already, where an insert of them would fail
     * @param again a try before this one may have been committed without our being told: what stands there already may be
     *     ours
     */
    Group(Connection connection, Dialect dialect, KnownJobs known, boolean lookFirst, boolean again) {
        this.connection = connection;
        this.dialect = dialect;
        this.known = known;
        this.lookFirst = lookFirst;
        this.again = again;
    }

    /** Executes all of {@code writes}; the caller commits, then runs {@link #acknowledge}. */
    void execute(List<Write> writes) throws SQLException {
        var jobs = new ArrayList<Write.Job>();
        var states = new ArrayList<Write.State>();
        var ends = new ArrayList<Write.End>();
        var batches = new ArrayList<Write.Batch>();
        var starts = new ArrayList<Write.Start>();
        var skips = new ArrayList<Write.Skips>();
        var lines = new ArrayList<Write.Line>();
        for (var write : writes) {
            switch (write) {
                case Write.Job job -> {
                    states(states); // a job retired and then registered again is not retired
                    states.clear();
                    jobs.add(job);
                }
                case Write.State state -> {
                    jobs(jobs);
                    jobs.clear();
                    states.add(state);
                }
                case Write.End end -> ends.add(end);
                case Write.Batch batch -> batches.add(batch);
                case Write.Start start -> starts.add(start);
                case Write.Skips skip -> skips.add(skip);
                case Write.Line line -> lines.add(line);
                case Write.Barrier(var done) -> acknowledgements.add(() -> done.complete(null));
            }
        }
        batches(batches);
        jobs(jobs);
        states(states);
        ends(ends);
        starts(starts);
        skips(skips);
        lines(lines);
    }

    /** Tells everybody who waits. After the commit. */
    void acknowledge() {
        acknowledgements.forEach(Runnable::run);
    }

    private void batches(List<Write.Batch> writes) throws SQLException {
        var starts = new ArrayList<Write.Start>();
        for (var batch : writes) {
            if (StartBatches.delete(connection, batch.id())) {
                starts.addAll(batch.starts());
            }
        }
        starts(starts);
    }

    private void jobs(List<Write.Job> writes) throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        try (var upsert = connection.prepareStatement(dialect.upsertJob())) {
            for (var write : writes) {
                var job = write.job();
                upsert.setString(1, job.key().script());
                upsert.setString(2, job.key().name());
                upsert.setString(3, job.schedule());
                upsert.setString(4, backoff(job.backoff()));
                upsert.setString(5, job.state().toString());
                upsert.setLong(6, job.since().toEpochMilli());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
        ring();
        var unknown = writes.stream()
                .map(write -> write.job().key())
                .filter(key -> known.number(key) == null)
                .collect(Collectors.toSet());
        if (!unknown.isEmpty()) {
            number(unknown);
        }
        for (var write : writes) {
            acknowledgements.add(() -> write.done().complete(null));
        }
    }

    private void states(List<Write.State> writes) throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        try (var update = connection.prepareStatement(BECOME)) {
            for (var write : writes) {
                update.setString(1, write.state().toString());
                update.setString(2, write.job().script());
                update.setString(3, write.job().name());
                update.addBatch();
                acknowledgements.add(() -> write.done().complete(null));
            }
            update.executeBatch();
        }
        ring();
    }

    /** Other nodes are to hear of it. */
    private void ring() throws SQLException {
        if (dialect == Dialect.POSTGRESQL) {
            try (var ring = connection.createStatement()) {
                ring.execute(Bell.RING);
            }
        }
    }

    private void number(Set<JobKey> unknown) throws SQLException {
        var scripts = unknown.stream().map(JobKey::script).distinct().toList();
        try (var select = connection.prepareStatement("select num, name from job where script = ?")) {
            for (var script : scripts) {
                select.setString(1, script);
                try (var rows = select.executeQuery()) {
                    while (rows.next()) {
                        known.number(new JobKey(script, rows.getString(2)), rows.getInt(1));
                    }
                }
            }
        }
    }

    private void ends(List<Write.End> writes) throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        try (var update = connection.prepareStatement(END)) {
            for (var write : writes) {
                var end = write.end();
                var from = end.event() == RunEvent.RETRY_DROPPED ? RunState.RETRYING : RunState.RUNNING;
                update.setString(1, from.after(end.event()).toString());
                update.setLong(2, end.endedAt().toEpochMilli());
                update.setString(3, cut(end.error()));
                setInstant(update, 4, end.retryAt());
                update.setString(5, end.reason() == null ? null : end.reason().name());
                update.setString(6, end.run().text());
                update.setInt(7, end.attempt());
                update.setString(8, from.toString());
                update.addBatch();
            }
            var counts = update.executeBatch();
            for (int i = 0; i < counts.length; i++) {
                var end = writes.get(i).end();
                boolean written =
                        counts[i] != 0 || again && stands(ENDED, end.run(), end.attempt(), end.endedAt(), null);
                var done = writes.get(i).done();
                acknowledgements.add(() -> done.complete(written));
            }
        }
    }

    private void starts(List<Write.Start> writes) throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        var first = new ArrayList<Write.Start>();
        var later = new ArrayList<Write.Start>();
        for (var write : writes) {
            (write.start().attempt() == 1 ? first : later).add(write);
        }
        for (var write : insert(first)) {
            acknowledge(write, false);
        }
        nextAttempts(later);
    }

    /** @return those whose run has a row already */
    private List<Write.Start> insert(List<Write.Start> writes) throws SQLException {
        if (writes.isEmpty()) {
            return writes;
        }
        // A run taken over usually has its row; where an insert of it would fail, that is looked up first.
        boolean look =
                lookFirst || dialect == Dialect.H2 && writes.getFirst().start().attempt() > 1;
        var existing = existing(
                writes.stream().map(write -> write.start().run().text()).toList(), look);
        var refused = new ArrayList<Write.Start>();
        try (var insert = connection.prepareStatement(dialect.insertIfAbsent(INSERT_RUN))) {
            var inserted = new ArrayList<Write.Start>();
            for (var write : writes) {
                var start = write.start();
                if (!existing.add(start.run().text())) {
                    refused.add(write);
                    continue;
                }
                long startedAt = start.startedAt().toEpochMilli();
                run(
                        insert,
                        start.run().text(),
                        start.job(),
                        start.scheduledTime(),
                        start.trigger(),
                        RunState.first(RunEvent.ATTEMPT_STARTED));
                insert.setNull(6, Types.VARCHAR);
                insert.setInt(7, start.attempt());
                insert.setLong(8, startedAt);
                insert.setLong(9, startedAt);
                insert.setString(10, start.node());
                insert.addBatch();
                inserted.add(write);
            }
            refused.addAll(acknowledgeWritten(inserted, insert.executeBatch()));
        }
        return refused;
    }

    private void nextAttempts(List<Write.Start> writes) throws SQLException {
        // No row to move on: the run has ended, or whoever claimed it first has not written one.
        var refused = insert(moveOn(writes));
        // He may have been at it, slowly, while we looked: the insert has waited for him, and there is one to move on.
        for (var write : moveOn(refused)) {
            acknowledge(write, false);
        }
    }

    /** @return those whose run has no row that waits for this attempt */
    private List<Write.Start> moveOn(List<Write.Start> writes) throws SQLException {
        if (writes.isEmpty()) {
            return writes;
        }
        try (var keep = connection.prepareStatement(dialect.insertIfAbsent(KEEP_ATTEMPT));
                var next = connection.prepareStatement(NEXT_ATTEMPT)) {
            for (var write : writes) {
                var start = write.start();
                keep.setLong(1, start.startedAt().toEpochMilli());
                keep.setString(2, start.run().text());
                keep.setInt(3, start.attempt());
                keep.addBatch();
                next.setInt(1, start.attempt());
                next.setLong(2, start.startedAt().toEpochMilli());
                next.setString(3, start.node());
                next.setString(4, start.run().text());
                next.setInt(5, start.attempt());
                next.addBatch();
            }
            keep.executeBatch();
            return acknowledgeWritten(writes, next.executeBatch());
        }
    }

    /** @return the others */
    private List<Write.Start> acknowledgeWritten(List<Write.Start> writes, int[] counts) throws SQLException {
        var others = new ArrayList<Write.Start>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                others.add(writes.get(i));
            } else {
                acknowledge(writes.get(i), true);
            }
        }
        return others;
    }

    private void acknowledge(Write.Start write, boolean written) throws SQLException {
        var start = write.start();
        boolean ours =
                written || again && stands(STARTED, start.run(), start.attempt(), start.startedAt(), start.node());
        acknowledgements.add(() -> write.done().complete(ours));
    }

    /** Whether a row of ours is there although this try did not write it. */
    private boolean stands(String query, RunId run, int attempt, Instant at, @Nullable String node)
            throws SQLException {
        try (var select = connection.prepareStatement(query)) {
            select.setString(1, run.text());
            select.setInt(2, attempt);
            select.setLong(3, at.toEpochMilli());
            if (node != null) {
                select.setString(4, node);
            }
            try (var rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    private void skips(List<Write.Skips> writes) throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        var skips = writes.stream().flatMap(write -> write.skips().stream()).toList();
        var existing = existing(skips.stream().map(skip -> skip.run().text()).toList(), lookFirst);
        var batch = new ArrayList<Skip>();
        var written = new HashSet<Skip>();
        try (var insert = connection.prepareStatement(dialect.insertIfAbsent(INSERT_RUN))) {
            for (var skip : skips) {
                if (!existing.add(skip.run().text())) {
                    continue;
                }
                batch.add(skip);
                run(
                        insert,
                        skip.run().text(),
                        skip.job(),
                        skip.scheduledTime(),
                        RunTrigger.SCHEDULE,
                        RunState.first(RunEvent.OCCURRENCE_SKIPPED));
                insert.setString(6, skip.reason().name());
                insert.setInt(7, 0);
                insert.setNull(8, Types.BIGINT);
                insert.setNull(9, Types.BIGINT);
                insert.setString(10, skip.node());
                insert.addBatch();
            }
            var counts = insert.executeBatch();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] != 0) {
                    written.add(batch.get(i));
                }
            }
        }
        for (var write : writes) {
            var told = write.skips().stream().filter(written::contains).toList();
            acknowledgements.add(() -> write.done().complete(told));
        }
    }

    private void run(
            PreparedStatement insert, String id, JobKey job, Instant scheduledTime, RunTrigger trigger, RunState state)
            throws SQLException {
        if (known.number(job) == null) {
            number(Set.of(job)); // saved by an earlier process
        }
        var number = known.number(job);
        if (number == null) {
            throw new IllegalStateException("job " + job + " was never saved, run " + id + " has nowhere to go");
        }
        known.seen(job, scheduledTime);
        insert.setString(1, id);
        insert.setInt(2, number);
        insert.setLong(3, scheduledTime.toEpochMilli());
        insert.setString(4, trigger.toString());
        insert.setString(5, state.toString());
    }

    private void lines(List<Write.Line> writes) throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        var attempts = dialect.isShared() ? attempts(writes) : null;
        try (var insert = connection.prepareStatement(dialect.insertIfAbsent(INSERT_LINE))) {
            for (var write : writes) {
                var line = write.line();
                if (attempts != null && attempts.getOrDefault(write.run().text(), 0) > line.attempt()) {
                    continue; // printed by an attempt that another node has superseded
                }
                insert.setString(1, write.run().text());
                insert.setLong(2, line.seq());
                insert.setLong(3, line.at().toEpochMilli());
                insert.setString(4, line.level());
                insert.setString(5, line.text().replace("\0", "\ufffd"));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** The latest attempt of each run that printed. */
    private Map<String, Integer> attempts(List<Write.Line> writes) throws SQLException {
        var ids = writes.stream().map(write -> write.run().text()).distinct().toList();
        var found = new HashMap<String, Integer>();
        try (var select = dialect.latestAttempts(connection, ids);
                var rows = select.executeQuery()) {
            while (rows.next()) {
                found.put(rows.getString(1), rows.getInt(2));
            }
        }
        return found;
    }

    /** Which of {@code ids} have a row; empty, without a look, where the insert itself sees to it. */
    private Set<String> existing(List<String> ids, boolean look) throws SQLException {
        var found = new HashSet<String>();
        if (!look) {
            return found;
        }
        for (int from = 0; from < ids.size(); from += LOOKUP_MAX) {
            var part = ids.subList(from, Math.min(ids.size(), from + LOOKUP_MAX));
            try (var select = connection.prepareStatement(
                    "select id from run where id in (" + Database.marks(part.size()) + ")")) {
                for (int i = 0; i < part.size(); i++) {
                    select.setString(i + 1, part.get(i));
                }
                try (var rows = select.executeQuery()) {
                    while (rows.next()) {
                        found.add(rows.getString(1));
                    }
                }
            }
        }
        return found;
    }

    static String backoff(List<Duration> waits) {
        return waits.stream().map(wait -> Long.toString(wait.toMillis())).collect(Collectors.joining(","));
    }

    private static @Nullable String cut(@Nullable String error) {
        if (error == null) {
            return null;
        }
        var text = error.replace("\0", "\ufffd"); // PostgreSQL has no NUL
        return text.length() <= JdbcRunStore.ERROR_LENGTH_MAX
                ? text
                : text.substring(0, JdbcRunStore.ERROR_LENGTH_MAX - 1) + "\u2026";
    }

    private static void setInstant(PreparedStatement statement, int index, @Nullable Instant instant)
            throws SQLException {
        if (instant == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, instant.toEpochMilli());
        }
    }
}
