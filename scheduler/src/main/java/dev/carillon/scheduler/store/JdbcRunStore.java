package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.AttemptRow;
import dev.carillon.scheduler.run.AttemptState;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobState;
import dev.carillon.scheduler.run.LogLine;
import dev.carillon.scheduler.run.NodeRow;
import dev.carillon.scheduler.run.Page;
import dev.carillon.scheduler.run.Reason;
import dev.carillon.scheduler.run.RunDetail;
import dev.carillon.scheduler.run.RunEvent;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.run.RunTrigger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@link RunStore} on H2, PostgreSQL or MariaDB. */
public final class JdbcRunStore implements RunStore {
    /** Characters of an error text that are kept. */
    static final int ERROR_LENGTH_MAX = 65_536;

    private static final int WRITE_TRIES = 5;
    private static final int DELETE_MAX = 1_000; // runs of one transaction, so that nobody waits long for its locks
    private static final int DELETE_IN_TURN_MAX = 100; // the same where all others' writes wait
    private static final String SUMMARY = "select r.id, j.script, j.name, r.scheduled_at, r.state, r.reason,"
            + " r.trigger_kind, r.attempt, r.first_started_at, r.ended_at, r.node, r.error"
            + " from run r join job j on j.num = r.job";

    private final Database database;
    private final Writer writer;

    private JdbcRunStore(Database database) {
        this.database = database;
        this.writer = new Writer(database);
    }

    /**
     * Opens the database, creating or migrating our tables.
     *
     * @throws dev.carillon.scheduler.run.StoreException in one sentence with its way out, whatever is wrong
     */
    public static JdbcRunStore open(StoreConfig config) {
        var database = Database.open(config);
        try {
            return new JdbcRunStore(database);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    @Override
    public CompletableFuture<Void> save(JobRecord job) {
        var done = new CompletableFuture<Void>();
        writer.submit(new Write.Job(job, done));
        return done;
    }

    @Override
    public CompletableFuture<Void> become(JobKey job, JobState state) {
        var done = new CompletableFuture<Void>();
        writer.submit(new Write.State(job, state, done));
        return done;
    }

    @Override
    public CompletableFuture<Boolean> start(AttemptStart start) {
        var done = new CompletableFuture<Boolean>();
        writer.submit(new Write.Start(start, done));
        return done;
    }

    @Override
    public CompletableFuture<Boolean> end(AttemptEnd end) {
        var done = new CompletableFuture<Boolean>();
        writer.submit(new Write.End(end, done));
        return done;
    }

    @Override
    public CompletableFuture<List<Skip>> skip(List<Skip> skips) {
        var done = new CompletableFuture<List<Skip>>();
        writer.submit(new Write.Skips(List.copyOf(skips), done));
        return done;
    }

    @Override
    public boolean log(RunId run, LogLine line) {
        return writer.line(new Write.Line(run, line));
    }

    @Override
    public CompletableFuture<Void> flushed() {
        var done = new CompletableFuture<Void>();
        writer.submit(new Write.Barrier(done));
        return done;
    }

    @Override
    public List<JobRecord> jobs() {
        return read(connection -> {
            var jobs = new ArrayList<JobRecord>();
            try (var select = connection.prepareStatement(
                            "select script, name, schedule, backoff, state, since_at from job");
                    var rows = select.executeQuery()) {
                while (rows.next()) {
                    jobs.add(new JobRecord(
                            new JobKey(rows.getString(1), rows.getString(2)),
                            rows.getString(3),
                            waits(rows.getString(4)),
                            JobState.valueOf(rows.getString(5).toUpperCase(Locale.ROOT)),
                            Instant.ofEpochMilli(rows.getLong(6))));
                }
            }
            jobs.sort(Comparator.comparing(JobRecord::key));
            return jobs;
        });
    }

    @Override
    public Map<JobKey, List<String>> registrations() {
        return read(connection -> {
            var nodes = new HashMap<JobKey, List<String>>();
            try (var select = connection.prepareStatement("select script, name, node from registration order by node");
                    var rows = select.executeQuery()) {
                while (rows.next()) {
                    nodes.computeIfAbsent(new JobKey(rows.getString(1), rows.getString(2)), key -> new ArrayList<>())
                            .add(rows.getString(3));
                }
            }
            return nodes;
        });
    }

    @Override
    public void dropRetries(JobKey job, Instant now, Reason reason) {
        write(connection -> {
            try (var update = connection.prepareStatement("update run set state = ?, ended_at = ?, reason = ?"
                    + " where state = ? and job = (select num from job where script = ? and name = ?)")) {
                update.setString(
                        1, RunState.RETRYING.after(RunEvent.RETRY_DROPPED).toString());
                update.setLong(2, now.toEpochMilli());
                update.setString(3, reason.name());
                update.setString(4, RunState.RETRYING.toString());
                update.setString(5, job.script());
                update.setString(6, job.name());
                return update.executeUpdate();
            }
        });
    }

    @Override
    public Map<JobKey, Instant> newestScheduled() {
        return read(connection -> {
            var newest = new HashMap<JobKey, Instant>();
            // Runs by hand are few: the newest scheduled one is found within a step or two of the index.
            try (var select = connection.prepareStatement(
                            "select j.script, j.name, (select r.scheduled_at from run r where r.job = j.num and"
                                    + " r.trigger_kind = 'schedule' order by r.id desc limit 1) from job j");
                    var rows = select.executeQuery()) {
                while (rows.next()) {
                    var at = instant(rows, 3);
                    if (at != null) {
                        newest.put(new JobKey(rows.getString(1), rows.getString(2)), at);
                    }
                }
            }
            return newest;
        });
    }

    @Override
    public Map<JobKey, List<RunSummary>> recent(Collection<JobKey> jobs, int limit) {
        return read(connection -> {
            var recent = new TreeMap<JobKey, List<RunSummary>>();
            try (var select = connection.prepareStatement(SUMMARY
                    + " where r.job = (select num from job where script = ? and name = ?)"
                    + " order by r.id desc limit " + limit)) {
                for (var job : jobs) {
                    select.setString(1, job.script());
                    select.setString(2, job.name());
                    recent.put(job, summaries(select));
                }
            }
            return recent;
        });
    }

    @Override
    public Page<RunSummary> runs(RunQuery query) {
        return read(connection -> new RunSearch(connection, query).page());
    }

    @Override
    public Optional<RunDetail> run(RunId id) {
        return read(connection -> {
            RunSummary summary;
            try (var select = connection.prepareStatement(SUMMARY + " where r.id = ?")) {
                select.setString(1, id.text());
                var found = summaries(select);
                if (found.isEmpty()) {
                    return Optional.empty();
                }
                summary = found.getFirst();
            }
            long lines;
            try (var select = connection.prepareStatement("select count(*) from log_line where run = ?")) {
                select.setString(1, id.text());
                lines = one(select);
            }
            return Optional.of(new RunDetail(summary, attempts(connection, id), lines));
        });
    }

    @Override
    public List<LogLine> logs(RunId run, long after, int limit) {
        return read(connection -> {
            var lines = new ArrayList<LogLine>();
            try (var select = connection.prepareStatement("select seq, printed_at, level, text from log_line"
                    + " where run = ? and seq > ? order by seq limit " + limit)) {
                select.setString(1, run.text());
                select.setLong(2, after);
                try (var rows = select.executeQuery()) {
                    while (rows.next()) {
                        long seq = rows.getLong(1);
                        lines.add(new LogLine(
                                seq,
                                Instant.ofEpochMilli(rows.getLong(2)),
                                (int) (seq / LogLine.SEQ_PER_ATTEMPT),
                                rows.getString(3),
                                rows.getString(4)));
                    }
                }
            }
            return lines;
        });
    }

    @Override
    public long count(Collection<RunState> states, Instant from) {
        return read(connection -> {
            try (var select = connection.prepareStatement("select count(*) from run where state in (" + words(states)
                    + ") and id >= ? and (reason is null or reason <> ?)")) {
                select.setString(1, RunId.floor(from));
                select.setString(2, Reason.PAUSED.name());
                return one(select);
            }
        });
    }

    @Override
    public List<RunSummary> interrupt(@Nullable String node, Instant now, Reason reason) {
        return write(connection -> {
            var which =
                    node == null ? " where state in ('running', 'retrying')" : " where state = 'running' and node = ?";
            var ids = new ArrayList<String>();
            try (var select = connection.prepareStatement("select id from run" + which + " for update")) {
                if (node != null) {
                    select.setString(1, node);
                }
                try (var rows = select.executeQuery()) {
                    while (rows.next()) {
                        ids.add(rows.getString(1));
                    }
                }
            }
            var ended = RunState.RUNNING.after(RunEvent.PROCESS_LOST);
            // An attempt that had failed keeps its own end; one that ran ends now.
            try (var update = connection.prepareStatement("update run set reason = ?, ended_at ="
                            + " case when state = 'running' then ? else ended_at end, state = ? where id = ?");
                    var select = connection.prepareStatement(SUMMARY + " where r.id = ?")) {
                for (var id : ids) {
                    update.setString(1, reason.name());
                    update.setLong(2, now.toEpochMilli());
                    update.setString(3, ended.toString());
                    update.setString(4, id);
                    update.addBatch();
                }
                update.executeBatch();
                var runs = new ArrayList<RunSummary>();
                for (var id : ids) {
                    select.setString(1, id);
                    runs.addAll(summaries(select));
                }
                return runs;
            }
        });
    }

    @Override
    public long prune(Instant keepFrom, int keepPerJob) {
        long pruned = prune("id < ? and state not in ('running', 'retrying')", RunId.floor(keepFrom), null);
        var jobs = read(connection -> {
            var numbers = new ArrayList<Integer>();
            try (var select = connection.prepareStatement("select num from job");
                    var rows = select.executeQuery()) {
                while (rows.next()) {
                    numbers.add(rows.getInt(1));
                }
            }
            return numbers;
        });
        for (var job : jobs) {
            var last = read(connection -> {
                try (var select =
                        connection.prepareStatement("select id from run where job = ? order by id desc offset "
                                + keepPerJob + " rows fetch first 1 row only")) {
                    select.setInt(1, job);
                    try (var rows = select.executeQuery()) {
                        return Optional.ofNullable(rows.next() ? rows.getString(1) : null);
                    }
                }
            });
            if (last.isPresent()) {
                pruned += prune("id <= ? and state not in ('running', 'retrying') and job = ?", last.get(), job);
            }
        }
        return pruned;
    }

    @Override
    public void seen(NodeRow node) {
        write(connection -> {
            try (var upsert = connection.prepareStatement(database.dialect().upsertNode())) {
                upsert.setString(1, node.name());
                upsert.setLong(2, node.startedAt().toEpochMilli());
                upsert.setLong(3, node.lastSeenAt().toEpochMilli());
                upsert.setBoolean(4, node.stopped());
                upsert.setString(5, node.version());
                upsert.setString(6, node.backend());
                return upsert.executeUpdate();
            }
        });
    }

    @Override
    public List<NodeRow> nodes() {
        return read(connection -> {
            var nodes = new ArrayList<NodeRow>();
            try (var select = connection.prepareStatement(
                            "select name, started_at, last_seen_at, stopped, version, backend, lost_at, lost_to"
                                    + " from node order by name");
                    var rows = select.executeQuery()) {
                while (rows.next()) {
                    nodes.add(new NodeRow(
                            rows.getString(1),
                            Instant.ofEpochMilli(rows.getLong(2)),
                            Instant.ofEpochMilli(rows.getLong(3)),
                            rows.getBoolean(4),
                            rows.getString(5),
                            rows.getString(6),
                            instant(rows, 7),
                            rows.getString(8)));
                }
            }
            return nodes;
        });
    }

    @Override
    public boolean isShared() {
        return database.isShared();
    }

    @Override
    public Duration clockOffset(Instant now) {
        return database.clockOffset(now);
    }

    @Override
    public boolean healthy() {
        try (var connection = database.connection()) {
            return connection.isValid(2);
        } catch (SQLException | RuntimeException e) {
            return false;
        }
    }

    @Override
    public boolean isStalled() {
        return writer.isStalled();
    }

    @Override
    public void close() {
        writer.close();
        database.close();
    }

    static List<RunSummary> summaries(PreparedStatement select) throws SQLException {
        var found = new ArrayList<RunSummary>();
        try (var rows = select.executeQuery()) {
            while (rows.next()) {
                var state = RunState.of(rows.getString(5));
                var reason = rows.getString(6);
                found.add(RunSummary.of(
                        new RunId(rows.getString(1)),
                        new JobKey(rows.getString(2), rows.getString(3)),
                        Instant.ofEpochMilli(rows.getLong(4)),
                        state,
                        reason == null ? null : Reason.valueOf(reason),
                        RunTrigger.valueOf(rows.getString(7).toUpperCase(Locale.ROOT)),
                        rows.getInt(8),
                        instant(rows, 9),
                        state.ended() ? instant(rows, 10) : null,
                        rows.getString(11),
                        rows.getString(12)));
            }
        }
        return found;
    }

    static String summarySql() {
        return SUMMARY;
    }

    /** The words of {@code states} as a list of literals. */
    static String words(Collection<RunState> states) {
        return states.stream().map(state -> "'" + state + "'").sorted().collect(Collectors.joining(", "));
    }

    private static List<AttemptRow> attempts(Connection connection, RunId id) throws SQLException {
        var attempts = new ArrayList<AttemptRow>();
        try (var select =
                connection.prepareStatement("select attempt, state, started_at, ended_at, node, error, retry_at from"
                        + " attempt where run = ? union all select attempt, state, started_at, ended_at, node, error,"
                        + " retry_at from run where id = ? and attempt > 0 order by 1")) {
            select.setString(1, id.text());
            select.setString(2, id.text());
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    int attempt = rows.getInt(1);
                    attempts.add(AttemptRow.of(
                            attempt,
                            attemptState(rows),
                            Instant.ofEpochMilli(rows.getLong(3)),
                            instant(rows, 4),
                            rows.getString(5),
                            attempt,
                            rows.getString(6),
                            instant(rows, 7)));
                }
            }
        }
        return attempts;
    }

    /** Of a kept attempt its own; of the latest one the run's, seen from the attempt. */
    private static AttemptState attemptState(ResultSet rows) throws SQLException {
        return switch (RunState.of(rows.getString(2))) {
            case RUNNING -> AttemptState.RUNNING;
            case SUCCEEDED -> AttemptState.SUCCEEDED;
            case FAILED, RETRYING -> AttemptState.FAILED;
            // With a retry planned it was the run that was interrupted, between its attempts.
            case INTERRUPTED -> instant(rows, 7) == null ? AttemptState.INTERRUPTED : AttemptState.FAILED;
            case SKIPPED -> throw new IllegalStateException("a skipped run has no attempt");
        };
    }

    private long prune(String which, String id, @Nullable Integer job) {
        int stepMax = isShared() ? DELETE_MAX : DELETE_IN_TURN_MAX;
        long pruned = 0;
        while (true) {
            int step = write(connection -> {
                var ids = new ArrayList<String>();
                try (var select = connection.prepareStatement(
                        "select id from run where " + which + " order by id fetch first " + stepMax + " rows only")) {
                    select.setString(1, id);
                    if (job != null) {
                        select.setInt(2, job);
                    }
                    try (var rows = select.executeQuery()) {
                        while (rows.next()) {
                            ids.add(rows.getString(1));
                        }
                    }
                }
                for (var statement : List.of(
                        "delete from log_line where run = ?",
                        "delete from attempt where run = ?",
                        "delete from run where id = ?")) {
                    try (var delete = connection.prepareStatement(statement)) {
                        for (var run : ids) {
                            delete.setString(1, run);
                            delete.addBatch();
                        }
                        delete.executeBatch();
                    }
                }
                return ids.size();
            });
            pruned += step;
            if (step < stepMax) {
                return pruned;
            }
        }
    }

    /** Sees what has been acknowledged. */
    private <T> T read(Database.Work<T> work) {
        writer.catchUp();
        try (var connection = database.connection()) {
            return work.on(connection);
        } catch (SQLException e) {
            throw database.explain(e);
        }
    }

    /** All of it or nothing; what the server has undone because this process was slow is done again. */
    private <T> T write(Database.Work<T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return database.transaction(work);
            } catch (SQLException e) {
                if (tries == WRITE_TRIES || !Failures.isUndone(e)) {
                    throw database.explain(e);
                }
            }
        }
    }

    private static long one(PreparedStatement select) throws SQLException {
        try (var rows = select.executeQuery()) {
            if (!rows.next()) {
                throw new IllegalStateException("no row from " + select);
            }
            return rows.getLong(1);
        }
    }

    static @Nullable Instant instant(ResultSet rows, int column) throws SQLException {
        long millis = rows.getLong(column);
        return rows.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static List<Duration> waits(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(","))
                        .map(millis -> Duration.ofMillis(Long.parseLong(millis)))
                        .toList();
    }

    /** States a run can have an error in. */
    static Set<RunState> withError() {
        return EnumSet.of(RunState.FAILED, RunState.RETRYING, RunState.INTERRUPTED);
    }
}
