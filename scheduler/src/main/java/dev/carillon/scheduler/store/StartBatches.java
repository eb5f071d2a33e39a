package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunStore.AttemptStart;
import dev.carillon.scheduler.run.RunTrigger;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Table {@code start_batch}: starts that are durable together, as one row, before each has its own. */
final class StartBatches {
    private static final int BYTES = Integer.BYTES + 2 * Long.BYTES; // of a start

    private StartBatches() {}

    /** @param starts of one node and of jobs whose numbers are known */
    static Write.Batch insert(Connection connection, KnownJobs jobs, List<Write.Start> starts) throws SQLException {
        var bytes = ByteBuffer.allocate(starts.size() * BYTES);
        for (var write : starts) {
            var start = write.start();
            var number = jobs.number(start.job());
            if (number == null) {
                throw new IllegalStateException("job " + start.job() + " has no number: its start is not for a batch");
            }
            bytes.putInt(number)
                    .putLong(start.scheduledTime().toEpochMilli())
                    .putLong(start.startedAt().toEpochMilli());
        }
        try (var insert = connection.prepareStatement(
                "insert into start_batch (node, starts) values (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
            insert.setString(1, starts.getFirst().start().node());
            insert.setBytes(2, bytes.array());
            insert.executeUpdate();
            try (var keys = insert.getGeneratedKeys()) {
                keys.next();
                return new Write.Batch(keys.getLong(1), starts);
            }
        }
    }

    /** @return false if its starts have their rows already */
    static boolean delete(Connection connection, long id) throws SQLException {
        try (var delete = connection.prepareStatement("delete from start_batch where id = ?")) {
            delete.setLong(1, id);
            return delete.executeUpdate() != 0;
        }
    }

    /** Batches whose starts a process that died has acknowledged, and written no rows for. */
    static List<Write> left(Connection connection) throws SQLException {
        var left = new ArrayList<Write>();
        try (var select = connection.prepareStatement("select id, node, starts from start_batch order by id");
                var rows = select.executeQuery()) {
            var jobs = rows.isBeforeFirst() ? jobs(connection) : Map.<Integer, JobKey>of();
            while (rows.next()) {
                left.add(new Write.Batch(rows.getLong(1), starts(rows.getBytes(3), rows.getString(2), jobs)));
            }
        }
        return left;
    }

    private static List<Write.Start> starts(byte[] batch, String node, Map<Integer, JobKey> jobs) {
        var starts = new ArrayList<Write.Start>();
        for (var bytes = ByteBuffer.wrap(batch); bytes.hasRemaining(); ) {
            var number = bytes.getInt();
            var job = jobs.get(number);
            if (job == null) {
                throw new IllegalStateException("a start of job number " + number + ", and there is no such job");
            }
            var scheduledTime = Instant.ofEpochMilli(bytes.getLong());
            var startedAt = Instant.ofEpochMilli(bytes.getLong());
            starts.add(new Write.Start(
                    new AttemptStart(
                            RunId.of(job, scheduledTime), job, scheduledTime, RunTrigger.SCHEDULE, 1, startedAt, node),
                    new CompletableFuture<>()));
        }
        return starts;
    }

    private static Map<Integer, JobKey> jobs(Connection connection) throws SQLException {
        var jobs = new HashMap<Integer, JobKey>();
        try (var select = connection.prepareStatement("select num, script, name from job");
                var rows = select.executeQuery()) {
            while (rows.next()) {
                jobs.put(rows.getInt(1), new JobKey(rows.getString(2), rows.getString(3)));
            }
        }
        return jobs;
    }
}
