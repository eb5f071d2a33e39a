package dev.carillon.scheduler.quartz;

import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.store.Database;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The right to a node's name, as long as one connection lives: PostgreSQL lets go of it when the process dies.
 *
 * <p>Closing: lets go; any number of times.
 */
final class NodeLease implements AutoCloseable {
    private final Connection connection;

    private NodeLease(Connection connection) {
        this.connection = connection;
    }

    /** @throws StoreException if another process has it */
    static NodeLease take(Database database, QuartzConfig config) {
        var connection = database.connection();
        try (var select = connection.prepareStatement("select pg_try_advisory_lock(hashtextextended(?, 4711))")) {
            select.setString(1, config.cluster() + "/" + config.node());
            try (var rows = select.executeQuery()) {
                rows.next();
                if (rows.getBoolean(1)) {
                    return new NodeLease(connection);
                }
            }
        } catch (SQLException e) {
            close(connection);
            throw database.explain(e);
        }
        close(connection);
        throw new StoreException(
                StoreException.Code.NAME_TAKEN,
                "another live process is node '" + config.node() + "' of cluster '" + config.cluster() + "'",
                "give each process a node.name of its own",
                null);
    }

    @Override
    public void close() {
        try (var unlock = connection.prepareStatement("select pg_advisory_unlock_all()")) {
            unlock.execute();
        } catch (SQLException e) {
            // The connection is gone, and the lock with it.
        }
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // Gone already.
        }
    }
}
