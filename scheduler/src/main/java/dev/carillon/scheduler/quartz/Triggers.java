package dev.carillon.scheduler.quartz;

import dev.carillon.scheduler.quartz.DueTrigger.Armed;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The triggers of jobs, one each, in the caller's transaction. What their columns mean {@link DueTrigger} tells; the
 * schedule's text is in {@code qrtz_simprop_triggers}.
 *
 * <p>Threads: any, each with a connection of its own.
 */
final class Triggers {
    private static final String OF_JOB = " where sched_name = ? and trigger_group = ? and trigger_name = ?";

    static final String ARM = "update qrtz_triggers set trigger_state = ?, next_fire_time = ?,"
            + " prev_fire_time = ?, priority = ?, start_time = ?" + OF_JOB;

    private static final String INSERT_JOB = "insert into qrtz_job_details (sched_name, job_group, job_name,"
            + " job_class_name, is_durable, is_nonconcurrent, is_update_data, requests_recovery)"
            + " values (?, ?, ?, ?, true, false, false, true)";
    private static final String INSERT_TRIGGER = "insert into qrtz_triggers (sched_name, trigger_group, trigger_name,"
            + " job_group, job_name, trigger_state, next_fire_time, prev_fire_time, priority, start_time, description,"
            + " trigger_type, misfire_instr) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '" + DueTrigger.TYPE + "', "
            + DueTrigger.MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY + ")";
    private static final String INSERT_SCHEDULE = "insert into qrtz_simprop_triggers (sched_name, trigger_group,"
            + " trigger_name, str_prop_1) values (?, ?, ?, ?)";

    private final Database database;
    private final String cluster;

    Triggers(Database database, String cluster) {
        this.database = database;
        this.cluster = cluster;
    }

    /** A trigger as it is, locked until the end of the transaction. */
    record Held(
            String state,
            long dueMs,
            long scheduledMs,
            int attempt,
            long order,
            @Nullable String revision) {
        Armed armed() {
            return new Armed(dueMs, scheduledMs, attempt, order);
        }

        boolean isBlocked() {
            return state.equals(ClusterStore.BLOCKED);
        }

        /** Its occurrence is not due yet, nor a retry: a new schedule may replace it. */
        boolean isFuture(long nowMs) {
            return attempt == 1 && dueMs > nowMs;
        }
    }

    /** Which of {@code keys} have one. */
    Set<JobKey> existing(Connection connection, Collection<JobKey> keys) throws SQLException {
        var found = new HashSet<JobKey>();
        select(connection, "select trigger_name", "", keys, (script, rows) -> {
            found.add(ClusterStore.jobKey(script, rows.getString(1)));
        });
        return found;
    }

    @Nullable
    Held lock(Connection connection, JobKey key) throws SQLException {
        return lock(connection, List.of(key)).get(key);
    }

    /** In order of job, as far as the database orders texts as we do. */
    Map<JobKey, Held> lock(Connection connection, Collection<JobKey> keys) throws SQLException {
        var held = new HashMap<JobKey, Held>();
        var order = " order by trigger_name" + (database.isPostgres() ? " collate \"C\"" : "");
        select(
                connection,
                "select trigger_name, trigger_state, next_fire_time, prev_fire_time, priority, start_time, description",
                order + " for update",
                keys,
                (script, rows) -> {
                    long dueMs = rows.getLong(3);
                    held.put(
                            ClusterStore.jobKey(script, rows.getString(1)),
                            new Held(
                                    rows.getString(2),
                                    rows.wasNull() ? Armed.NEVER : dueMs,
                                    rows.getLong(4),
                                    rows.getInt(5),
                                    rows.getLong(6),
                                    rows.getString(7)));
                });
        return held;
    }

    private interface Row {
        void of(String script, ResultSet rows) throws SQLException;
    }

    private void select(Connection connection, String columns, String end, Collection<JobKey> keys, Row row)
            throws SQLException {
        var names = new TreeMap<String, List<String>>();
        for (var key : keys) {
            names.computeIfAbsent(key.script(), script -> new ArrayList<>()).add(ClusterStore.triggerName(key));
        }
        for (var script : names.entrySet()) {
            var marks = Database.marks(script.getValue().size());
            try (var select = connection.prepareStatement(columns + " from qrtz_triggers where sched_name = ?"
                    + " and trigger_group = ? and trigger_name in (" + marks + ")" + end)) {
                select.setString(1, cluster);
                select.setString(2, script.getKey());
                int index = 3;
                for (var name : script.getValue()) {
                    select.setString(index++, name);
                }
                try (var rows = select.executeQuery()) {
                    while (rows.next()) {
                        row.of(script.getKey(), rows);
                    }
                }
            }
        }
    }

    /**
     * Makes triggers that are not there; what another node has just made stays as it is.
     *
     * @param all in order of job
     */
    void insert(Connection connection, List<ArmWriter.Register> all) throws SQLException {
        try (var job = connection.prepareStatement(database.insertIfAbsent(INSERT_JOB));
                var trigger = connection.prepareStatement(database.insertIfAbsent(INSERT_TRIGGER));
                var schedule = connection.prepareStatement(database.insertIfAbsent(INSERT_SCHEDULE))) {
            for (var register : all) {
                var key = register.key();
                var definition = register.cron().definition();
                name(job, key);
                job.setString(4, RunJob.class.getName());
                job.addBatch();
                name(trigger, key);
                trigger.setString(4, key.script());
                trigger.setString(5, ClusterStore.triggerName(key));
                arm(trigger, 6, register.armed());
                trigger.setString(11, definition.revision());
                trigger.addBatch();
                name(schedule, key);
                schedule.setString(4, definition.schedule());
                schedule.addBatch();
            }
            job.executeBatch();
            trigger.executeBatch();
            schedule.executeBatch();
        }
    }

    void arm(Connection connection, JobKey key, Armed armed) throws SQLException {
        try (var arm = connection.prepareStatement(ARM)) {
            set(arm, key, armed);
            arm.executeUpdate();
        }
    }

    /** The parameters of {@link #ARM}. */
    void set(PreparedStatement arm, JobKey key, Armed next) throws SQLException {
        arm(arm, 1, next);
        arm.setString(6, cluster);
        arm.setString(7, key.script());
        arm.setString(8, ClusterStore.triggerName(key));
    }

    private static void arm(PreparedStatement statement, int index, Armed next) throws SQLException {
        boolean never = next.dueMs() == Armed.NEVER;
        statement.setString(index, never ? ClusterStore.COMPLETE : ClusterStore.WAITING);
        if (never) {
            statement.setNull(index + 1, Types.BIGINT);
        } else {
            statement.setLong(index + 1, next.dueMs());
        }
        statement.setLong(index + 2, next.scheduledMs());
        statement.setInt(index + 3, next.attempt());
        statement.setLong(index + 4, next.order());
    }

    /** Puts {@code definition} in force; true if its schedule is another than before. */
    boolean redefine(Connection connection, JobKey key, Held held, Definition definition) throws SQLException {
        if (definition.revision().equals(held.revision())) {
            return false;
        }
        try (var update = connection.prepareStatement("update qrtz_triggers set description = ?" + OF_JOB)) {
            update.setString(1, definition.revision());
            update.setString(2, cluster);
            update.setString(3, key.script());
            update.setString(4, ClusterStore.triggerName(key));
            update.executeUpdate();
        }
        return rewrite(connection, key, definition.schedule());
    }

    /** Keeps the schedule's text; true if it was another. */
    private boolean rewrite(Connection connection, JobKey key, String schedule) throws SQLException {
        try (var update = connection.prepareStatement(
                "update qrtz_simprop_triggers set str_prop_1 = ?" + OF_JOB + " and str_prop_1 <> ?")) {
            update.setString(1, schedule);
            update.setString(2, cluster);
            update.setString(3, key.script());
            update.setString(4, ClusterStore.triggerName(key));
            update.setString(5, schedule);
            return update.executeUpdate() > 0;
        }
    }

    /** The schedule in force; null if the job has no trigger any more. */
    @Nullable
    String schedule(Connection connection, JobKey key) throws SQLException {
        try (var select = connection.prepareStatement("select str_prop_1 from qrtz_simprop_triggers" + OF_JOB)) {
            name(select, key);
            try (var rows = select.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    /** Parameters 1 to 3: cluster, script, name. */
    void name(PreparedStatement statement, JobKey key) throws SQLException {
        statement.setString(1, cluster);
        statement.setString(2, key.script());
        statement.setString(3, ClusterStore.triggerName(key));
    }
}
