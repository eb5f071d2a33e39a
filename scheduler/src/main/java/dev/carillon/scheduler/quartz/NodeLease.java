package dev.carillon.scheduler.quartz;

import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.store.Database;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The right to a node's name, as long as one connection lives: PostgreSQL lets go of it when the process dies.
 *
 * <p>Threads: one at a time.
 * <p>Closing: lets go; any number of times.
 */
final class NodeLease implements AutoCloseable {
    private static final String LOCK = "select pg_try_advisory_lock(hashtextextended(?, 4711)), pg_backend_pid()";
    /** A process whose machine is gone sends no farewell: the server finds out after some eight seconds. */
    private static final String KEEPALIVE =
            "set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3";
    /** Our session from before the connection broke may linger, and must not keep us out. */
    private static final String END_OWN = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
            + " and pid = ? and ((classid::bigint << 32) | objid::bigint) = hashtextextended(?, 4711)";

    private final Database database;
    private final String name;
    private Connection connection;
    private int session;

    private NodeLease(Database database, QuartzConfig config) {
        this.database = database;
        this.name = config.cluster() + "/" + config.node();
        this.connection = database.connection();
    }

    /** @throws StoreException if another process has it */
    static NodeLease take(Database database, QuartzConfig config) {
        var lease = new NodeLease(database, config);
        try {
            if (lease.lock()) {
                return lease;
            }
        } catch (SQLException e) {
            lease.disconnect();
            throw database.explain(e);
        }
        lease.disconnect();
        throw new StoreException(
                StoreException.Code.NAME_TAKEN,
                "another live process is node '" + config.node() + "' of cluster '" + config.cluster() + "'",
                "give each process a node.name of its own",
                null);
    }

    /** Sees whether it is still ours, and takes it again if the connection broke; false if another process has it. */
    boolean renew() throws SQLException {
        try (var select = connection.createStatement()) {
            select.execute("select 1");
            return true;
        } catch (SQLException e) {
            disconnect();
        }
        int before = session;
        connection = database.connection();
        if (lock()) {
            return true;
        }
        session = before;
        try (var end = connection.prepareStatement(END_OWN)) {
            end.setInt(1, before);
            end.setString(2, name);
            end.execute();
        }
        return lock();
    }

    private boolean lock() throws SQLException {
        try (var keepAlive = connection.createStatement();
                var select = connection.prepareStatement(LOCK)) {
            keepAlive.execute(KEEPALIVE);
            select.setString(1, name);
            try (var rows = select.executeQuery()) {
                rows.next();
                session = rows.getInt(2);
                return rows.getBoolean(1);
            }
        }
    }

    @Override
    public void close() {
        try (var unlock = connection.prepareStatement("select pg_advisory_unlock_all()")) {
            unlock.execute();
        } catch (SQLException e) {
            // The connection is gone, and the lock with it.
        }
        disconnect();
    }

    private void disconnect() {
        try {
            connection.close();
        } catch (SQLException e) {
            // Gone already.
        }
    }
}
