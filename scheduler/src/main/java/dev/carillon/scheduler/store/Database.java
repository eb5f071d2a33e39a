package dev.carillon.scheduler.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.run.StoreException.Code;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * An open database with our tables at our version.
 *
 * <p>Threads: any.
 * <p>Closing: ends every connection; any number of times.
 */
public final class Database implements AutoCloseable {
    /** Tables of ours live in a schema of their own: whatever else the database holds stays untouched. */
    static final String SCHEMA = "carillon";

    private static final String HISTORY_TABLE = "carillon_schema";
    private static final int CONNECTIONS_MAX = 8;
    private static final long CONNECT_TIMEOUT_MS = 10_000;
    private static final int IDLE_IN_TRANSACTION_MAX_MS = 1_000;

    /** By file: a node of its own on H2 opens it a second time. */
    private static final Map<Path, ReentrantLock> TURNS = new ConcurrentHashMap<>();

    private final Dialect dialect;
    private final StoreConfig config;
    private final HikariDataSource pool;
    /*
     * Held while a transaction writes to an H2 file. H2 (2.5.252) stores its file after each commit, tables and indexes one
     * after another, while other transactions go on. Of one of these the file then has a part, and who is killed before the
     * next commit leaves it like that: an index that says another state than the row. So nothing is stored in the midst
     * of a transaction. Fair, because history is pruned in many short transactions, and starts must get between.
     */
    private final @Nullable ReentrantLock turn;

    private Database(Dialect dialect, StoreConfig config, HikariDataSource pool) {
        this.dialect = dialect;
        this.config = config;
        this.pool = pool;
        this.turn = dialect == Dialect.H2
                ? TURNS.computeIfAbsent(
                        h2File(config.url()).toAbsolutePath().normalize(), file -> new ReentrantLock(true))
                : null;
    }

    /** @throws StoreException in one sentence, whatever is wrong */
    public static Database open(StoreConfig config) {
        return open(config, "carillon-store", CONNECTIONS_MAX);
    }

    /** As {@link #open(StoreConfig)}, with a pool of its own. */
    public static Database open(StoreConfig config, String poolName, int connectionsMax) {
        var dialect = Dialect.of(config);
        if (dialect == Dialect.H2) {
            NewestChunk.pointAt(h2File(config.url()));
        }
        var pool = connect(dialect, config, poolName, connectionsMax);
        try {
            refuseTwoCases(dialect, config, pool);
            migrate(dialect, config, pool);
            var database = new Database(dialect, config, pool);
            database.refuseReadOnly();
            return database;
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    Dialect dialect() {
        return dialect;
    }

    /** @throws StoreException if none is to be had in time */
    public Connection connection() {
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            throw Failures.explain(config, e);
        }
    }

    /** What is done on a connection. */
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Does all of {@code work} or nothing; if the commit itself fails, nobody knows which. */
    public <T> T transaction(Work<T> work) throws SQLException {
        try (var connection = connection()) {
            connection.setAutoCommit(false);
            return transaction(connection, work);
        }
    }

    /** As {@link #transaction(Work)}, on a connection that does not commit by itself. */
    <T> T transaction(Connection connection, Work<T> work) throws SQLException {
        try (var _ = turn()) {
            try {
                var result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                try {
                    connection.rollback(); // within its turn too: it writes, and H2 stores the file after it
                } catch (SQLException failed) {
                    e.addSuppressed(failed);
                }
                throw e;
            }
        }
    }

    /** Ends a turn. */
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** For a transaction that somebody else makes and that writes: no other of this process does before it is closed. */
    public Turn turn() {
        var own = turn;
        if (own == null) {
            return () -> {};
        }
        own.lock();
        return own::unlock;
    }

    /** Several processes may work on it at a time. */
    public boolean isShared() {
        return dialect.isShared();
    }

    /** Only there are rows claimed by their place, bells rung, and Quartz's data written in types of its own. */
    public boolean isPostgres() {
        return dialect == Dialect.POSTGRESQL;
    }

    /** {@code insert} so that what is there stays as it is; a lone process, which sees what it has made, gets an error. */
    public String insertIfAbsent(String insert) {
        return dialect.insertIfAbsent(insert);
    }

    /** So many parameters, for {@code in (...)}. */
    public static String marks(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    /** @throws UnsupportedOperationException unless {@link #isShared} */
    public SessionLock sessionLock() {
        return dialect.sessionLock();
    }

    /**
     * Calls {@code onRing} whenever some process changes a job, and once to begin; null where no other process can, or none
     * can be heard. The caller closes it.
     */
    public @Nullable Bell listen(Runnable onRing) {
        return isPostgres() ? new Bell(config, onRing) : null;
    }

    /** Rings the other processes' bells when the transaction of {@code connection} commits. */
    public void ring(Connection connection) throws SQLException {
        if (isPostgres()) {
            try (var statement = connection.createStatement()) {
                statement.execute(Bell.RING);
            }
        }
    }

    /** How far the database's clock is ahead of {@code now}, as of the middle of one round trip. */
    public Duration clockOffset(Instant now) {
        try (var connection = connection();
                var select = connection.prepareStatement(dialect.clockMillis())) {
            long before = System.nanoTime();
            try (var rows = select.executeQuery()) {
                rows.next();
                long halfTrip = (System.nanoTime() - before) / 2;
                return Duration.ofMillis(rows.getLong(1) - now.toEpochMilli()).minusNanos(halfTrip);
            }
        } catch (SQLException e) {
            throw explain(e);
        }
    }

    /** The database's own clock, milliseconds since 1970. */
    public long clockMillis(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement(dialect.clockMillis());
                var rows = select.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** What went wrong, in a sentence. */
    public StoreException explain(SQLException e) {
        return Failures.explain(config, e);
    }

    @Override
    public void close() {
        pool.close();
    }

    /** Quartz writes the names of its tables in capitals, and we do not. */
    private static void refuseTwoCases(Dialect dialect, StoreConfig config, HikariDataSource pool) {
        if (dialect != Dialect.MARIADB) {
            return; // what is not quoted has one case there
        }
        try (var connection = pool.getConnection();
                var select = connection.createStatement();
                var rows = select.executeQuery("select @@lower_case_table_names")) {
            rows.next();
            if (rows.getInt(1) == 0) {
                throw Dialect.badUrl(
                        config,
                        "the server of '" + config.shownUrl() + "' takes tables QRTZ_LOCKS and qrtz_locks for two",
                        "set lower_case_table_names=1 in its configuration, and make the database anew");
            }
        } catch (SQLException e) {
            throw Failures.explain(config, e);
        }
    }

    /** Tables that are there already can be read from a standby too; the first run could not be written. */
    private void refuseReadOnly() {
        if (!isShared()) {
            return; // H2 says so when its file is opened
        }
        try (var connection = connection();
                var select = connection.prepareStatement(dialect.isReadOnly());
                var rows = select.executeQuery()) {
            rows.next();
            if (rows.getBoolean(1)) {
                throw Failures.readOnly(config);
            }
        } catch (SQLException e) {
            throw explain(e);
        }
    }

    private static Path h2File(String url) {
        var path = url.substring("jdbc:h2:file:".length()).split(";", 2)[0];
        var home = path.startsWith("~/") ? System.getProperty("user.home") + path.substring(1) : path;
        return Path.of(home + ".mv.db");
    }

    private static HikariDataSource connect(Dialect dialect, StoreConfig config, String poolName, int connectionsMax) {
        var hikari = new HikariConfig();
        hikari.setPoolName(poolName);
        hikari.setJdbcUrl(dialect.complete(config));
        if (config.user() != null) {
            hikari.setUsername(config.user());
        } else if (dialect == Dialect.H2) {
            hikari.setUsername("sa");
        }
        if (config.password() != null) {
            hikari.setPassword(config.password());
        }
        hikari.setMaximumPoolSize(connectionsMax);
        hikari.setMinimumIdle(1);
        hikari.setConnectionTimeout(CONNECT_TIMEOUT_MS);
        hikari.setInitializationFailTimeout(1); // one attempt: a wrong password will not get better
        switch (dialect) {
            case POSTGRESQL -> {
                hikari.setSchema(SCHEMA);
                hikari.addDataSourceProperty("tcpKeepAlive", "true");
                hikari.addDataSourceProperty("connectTimeout", "5");
                hikari.addDataSourceProperty("socketTimeout", "30");
                hikari.addDataSourceProperty("ApplicationName", "carillon");
            }
            case MARIADB -> {
                hikari.addDataSourceProperty("tcpKeepAlive", "true");
                hikari.addDataSourceProperty("connectTimeout", "5000");
                hikari.addDataSourceProperty("socketTimeout", "30000");
                hikari.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
            }
            // H2 knows the schema only after the first migration.
            case H2 -> hikari.setConnectionInitSql("create schema if not exists " + SCHEMA + "; set schema " + SCHEMA);
        }
        if (dialect.isShared()) {
            // Ours take milliseconds. A node that stops in the midst of one must not hold its locks: the others would
            // wait.
            hikari.setConnectionInitSql(dialect.deadlineInTransaction(IDLE_IN_TRANSACTION_MAX_MS));
        }
        try {
            return new HikariDataSource(hikari);
        } catch (PoolInitializationException e) {
            throw Failures.explain(config, Failures.sqlCause(e));
        }
    }

    private static void migrate(Dialect dialect, StoreConfig config, HikariDataSource pool) {
        var configuration = Flyway.configure(Database.class.getClassLoader())
                .dataSource(pool)
                .table(HISTORY_TABLE)
                .locations(dialect.migrations().toArray(String[]::new))
                .placeholders(dialect.placeholders())
                // The pool has made the schema on H2: an empty one of ours is nobody else's.
                .baselineOnMigrate(dialect == Dialect.H2)
                .baselineVersion("0")
                // Its lock lasts longer than a transaction of ours may be idle.
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"));
        if (dialect != Dialect.MARIADB) { // there a schema is a database: the one the URL names
            var schema = dialect == Dialect.H2 ? SCHEMA.toUpperCase(Locale.ROOT) : SCHEMA;
            configuration.schemas(schema).defaultSchema(schema).createSchemas(true);
        }
        var flyway = configuration.load();
        try {
            refuseNewer(flyway, config);
            flyway.migrate();
        } catch (FlywayException e) {
            var cause = Failures.sqlCause(e);
            if (cause != null) {
                throw Failures.explain(config, cause);
            }
            throw new StoreException(
                    Code.WRONG_VERSION,
                    "the tables in '" + config.shownUrl() + "' are not those of this Carillon: " + firstLine(e),
                    "use the Carillon that wrote them, or another database",
                    e);
        }
    }

    private static void refuseNewer(Flyway flyway, StoreConfig config) {
        var info = flyway.info();
        var current = info.current();
        if (current == null || current.getVersion() == null) {
            return;
        }
        boolean known = false;
        for (var migration : info.all()) {
            known |= migration.getState().isResolved() && current.getVersion().equals(migration.getVersion());
        }
        if (!known && !"0".equals(current.getVersion().getVersion())) {
            throw new StoreException(
                    Code.WRONG_VERSION,
                    "the database '" + config.shownUrl() + "' has schema version " + current.getVersion()
                            + ", which is newer than this Carillon knows",
                    "start the Carillon that wrote it, or restore a copy from before",
                    null);
        }
    }

    private static @Nullable String firstLine(Throwable e) {
        var message = e.getMessage();
        return message == null ? null : message.lines().findFirst().orElse("");
    }
}
