package dev.carillon.scheduler.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Tells this process at once that another has changed a job: registered, edited, paused, handed over. Whoever hears it
 * looks into the tables again; nothing is in the message. What is rung while the connection is down is lost, so it rings
 * by itself when it is up again, and nobody may rely on it alone.
 *
 * <p>Threads: rings on a thread of its own, which may block.
 * <p>Closing: ends its connection; any number of times.
 */
public final class Bell implements AutoCloseable {
    static final String RING = "select pg_notify('carillon_jobs', '')";

    private static final String LISTEN = "listen carillon_jobs";
    private static final int WAIT_MS = 5_000; // then see whether the connection lives
    private static final int ALIVE_SECONDS = 2;
    private static final long PAUSE_MS = 500;
    private static final System.Logger LOG = System.getLogger(Bell.class.getName());

    private final StoreConfig config;
    private final Runnable onRing;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Connection connection;

    Bell(StoreConfig config, Runnable onRing) {
        this.config = config;
        this.onRing = onRing;
        Thread.ofPlatform().name("carillon-bell").daemon().start(this::loop);
    }

    private void loop() {
        boolean told = false;
        while (!isClosed()) {
            try (var own = connect()) {
                told = false;
                listen(own);
            } catch (SQLException e) {
                if (!told && !isClosed()) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "changes of other nodes are heard of late until the database answers: {0}",
                            e.getMessage());
                    told = true;
                }
                pause();
            }
        }
    }

    private Connection connect() throws SQLException {
        var properties = new Properties();
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("ApplicationName", "carillon bell");
        if (config.user() != null) {
            properties.setProperty("user", config.user());
        }
        if (config.password() != null) {
            properties.setProperty("password", config.password());
        }
        return DriverManager.getConnection(config.url(), properties);
    }

    private void listen(Connection own) throws SQLException {
        synchronized (this) {
            if (isClosed()) {
                return;
            }
            connection = own;
        }
        try (var statement = own.createStatement()) {
            statement.execute(LISTEN);
        }
        var server = own.unwrap(PGConnection.class);
        ring();
        while (!isClosed()) {
            var heard = server.getNotifications(WAIT_MS);
            if (heard != null && heard.length > 0) {
                ring();
            } else if (!own.isValid(ALIVE_SECONDS)) {
                return;
            }
        }
    }

    private void ring() {
        try {
            onRing.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "could not look again: {0}", e.getMessage());
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void pause() {
        try {
            closed.await(PAUSE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown();
        }
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        if (connection != null) {
            try {
                connection.abort(Runnable::run); // a close would wait for the one who listens
            } catch (SQLException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing the bell''s connection: {0}", e.getMessage());
            }
        }
    }
}
