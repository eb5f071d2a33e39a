package dev.carillon.scheduler.quartz;

import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.SessionLock;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The right to a node's name, as long as one connection lives: the server lets go of it when the process dies.
 *
 * <p>Threads: one at a time.
 * <p>Closing: lets go; any number of times.
 */
final class NodeLease implements AutoCloseable {
    private final Database database;
    private final SessionLock lock;
    private final String name;
    private Connection connection;
    private long session;

    private NodeLease(Database database, QuartzConfig config) {
        this.database = database;
        this.lock = database.sessionLock();
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
        long before = session;
        connection = database.connection();
        if (lock()) {
            return true;
        }
        session = before;
        return endIfHolder(before) && lock();
    }

    /** Our session from before the connection broke may linger, and must not keep us out. */
    private boolean endIfHolder(long before) throws SQLException {
        try (var holders = connection.prepareStatement(lock.holders())) {
            holders.setString(1, name);
            try (var rows = holders.executeQuery()) {
                while (rows.next()) {
                    if (rows.getLong(1) == before) {
                        return end(before);
                    }
                }
            }
        }
        return false;
    }

    private boolean end(long holder) throws SQLException {
        try (var end = connection.prepareStatement(lock.end())) {
            end.setInt(1, (int) holder);
            end.execute();
            return true;
        }
    }

    private boolean lock() throws SQLException {
        try (var prepare = connection.createStatement();
                var take = connection.prepareStatement(lock.take())) {
            for (var statement : lock.prepare()) {
                prepare.execute(statement);
            }
            take.setString(1, name);
            try (var rows = take.executeQuery()) {
                rows.next();
                session = rows.getLong(2);
                return rows.getBoolean(1);
            }
        }
    }

    @Override
    public void close() {
        try (var unlock = connection.prepareStatement(lock.release())) {
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
