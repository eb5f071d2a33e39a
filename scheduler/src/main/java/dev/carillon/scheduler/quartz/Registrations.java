package dev.carillon.scheduler.quartz;

import dev.carillon.scheduler.run.JobKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who has which job's function, in the caller's transaction.
 *
 * <p>Of several definitions of a job the newest registered by a living node is in force: in a rolling deploy the new one,
 * and if the nodes that have it go, the one before again. Only a node that has the definition in force claims the job's
 * trigger.
 */
final class Registrations {
    private static final String OF_TRIGGER =
            " from registration r where r.script = t.trigger_group" + " and r.name = substring(t.trigger_name, 2)";

    private static final String REMOVE = "delete from registration where script = ? and name = ? and node = ?";

    private final String cluster;
    private final String node;

    Registrations(String cluster, String node) {
        this.cluster = cluster;
        this.node = node;
    }

    /** @param all of each job one */
    void add(Connection connection, List<ArmWriter.Register> all) throws SQLException {
        try (var delete = connection.prepareStatement(REMOVE);
                var insert = connection.prepareStatement("insert into registration"
                        + " (script, name, node, revision, schedule, registered_at) values (?, ?, ?, ?, ?, ?)")) {
            for (var register : all) {
                var definition = register.cron().definition();
                name(delete, register.key());
                delete.addBatch();
                name(insert, register.key());
                insert.setString(4, definition.revision());
                insert.setString(5, definition.schedule());
                insert.setLong(6, register.armed().order());
                insert.addBatch();
            }
            delete.executeBatch();
            insert.executeBatch();
        }
    }

    void remove(Connection connection, JobKey job) throws SQLException {
        try (var delete = connection.prepareStatement(REMOVE)) {
            name(delete, job);
            delete.executeUpdate();
        }
    }

    /** All of a node that is gone. */
    static void removeAll(Connection connection, String node) throws SQLException {
        try (var delete = connection.prepareStatement("delete from registration where node = ?")) {
            delete.setString(1, node);
            delete.executeUpdate();
        }
    }

    /** Those of nodes that do not check in any more. */
    void removeStrays(Connection connection) throws SQLException {
        try (var delete = connection.prepareStatement("delete from registration where node not in"
                + " (select instance_name from qrtz_scheduler_state where sched_name = ?)")) {
            delete.setString(1, cluster);
            delete.executeUpdate();
        }
    }

    /** The definition in force; empty if no node has the job. */
    static Optional<Definition> inForce(Connection connection, JobKey job) throws SQLException {
        try (var select = connection.prepareStatement("select revision, schedule from registration"
                + " where script = ? and name = ? order by registered_at desc, node fetch first 1 rows only")) {
            select.setString(1, job.script());
            select.setString(2, job.name());
            try (var rows = select.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Definition(rows.getString(1), rows.getString(2)))
                        : Optional.empty();
            }
        }
    }

    /** Jobs that some node has, but none in the definition their trigger follows. */
    List<JobKey> unsettled(Connection connection) throws SQLException {
        return triggers(
                connection,
                "select t.trigger_group, t.trigger_name from qrtz_triggers t where t.sched_name = ? and exists (select 1"
                        + OF_TRIGGER + ") and not exists (select 1" + OF_TRIGGER + " and r.revision = t.description)");
    }

    /** Retired jobs whose trigger is still there, held by nobody. */
    List<JobKey> retired(Connection connection) throws SQLException {
        return triggers(
                connection,
                "select t.trigger_group, t.trigger_name from qrtz_triggers t join job j on j.script = t.trigger_group"
                        + " and j.name = substring(t.trigger_name, 2) where t.sched_name = ? and j.state = 'retired'"
                        + " and t.trigger_state <> 'BLOCKED' and not exists (select 1" + OF_TRIGGER + ")");
    }

    private List<JobKey> triggers(Connection connection, String query) throws SQLException {
        var jobs = new ArrayList<JobKey>();
        try (var select = connection.prepareStatement(query)) {
            select.setString(1, cluster);
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    jobs.add(ClusterStore.jobKey(rows.getString(1), rows.getString(2)));
                }
            }
        }
        jobs.sort(null);
        return jobs;
    }

    private void name(PreparedStatement statement, JobKey job) throws SQLException {
        statement.setString(1, job.script());
        statement.setString(2, job.name());
        statement.setString(3, node);
    }
}
