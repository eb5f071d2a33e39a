package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.quartz.NodeProcess.Fire;
import dev.carillon.scheduler.run.AttemptRow;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Nodes as real processes on one PostgreSQL, a fresh database for each test. The server is started once for all tests of
 * the JVM; a test that fails prints what its nodes said last.
 */
@NullUnmarked // a test's fields are set before it
final class Cluster implements BeforeEachCallback, AfterEachCallback {
    /** Tests that prove more the longer they take, take their time: {@code -Dlong}. */
    static final boolean LONG = System.getProperty("long") != null;

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int CONNECTIONS_MAX = 300;

    private final Object news = new Object();
    private final List<NodeProcess> nodes = new ArrayList<>();
    private Server server;
    private String database;
    private JdbcRunStore store;

    /** One for all tests: starting it costs more than most of them. */
    private static final class Server implements AutoCloseable {
        private static final String TEMPLATE = "migrated";

        private final EmbeddedPostgres postgres;
        private int databases;

        Server() {
            try {
                postgres = EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", Integer.toString(CONNECTIONS_MAX))
                        .start();
                create(TEMPLATE, "template1");
                JdbcRunStore.open(new StoreConfig(url(TEMPLATE))).close();
            } catch (IOException | SQLException e) {
                throw new IllegalStateException("no PostgreSQL to test on", e);
            }
        }

        /** A database with our tables, or an empty one. */
        synchronized String database(boolean migrated) throws SQLException {
            var name = "test" + ++databases;
            create(name, migrated ? TEMPLATE : "template1");
            return name;
        }

        String url(String database) {
            return postgres.getJdbcUrl("postgres", database);
        }

        private void create(String database, String template) throws SQLException {
            try (var connection = postgres.getPostgresDatabase().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("create database " + database + " template " + template);
            }
        }

        @Override
        public void close() throws IOException {
            postgres.close();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws SQLException {
        server = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(Server.class, key -> new Server(), Server.class);
        database = server.database(true);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (context.getExecutionException().isPresent()) {
            nodes.forEach(node -> System.err.print(node.story()));
        }
        for (var node : nodes) {
            node.kill();
        }
        if (store != null) {
            store.close();
        }
    }

    String url() {
        return server.url(database);
    }

    /** From now on nodes work on a database without a single table. */
    void useEmptyDatabase() throws SQLException {
        database = server.database(false);
    }

    /** Starts a node on the cluster's database; it is not up yet. */
    NodeProcess start(String name, String... settings) throws IOException {
        return startOn(url(), name, settings);
    }

    /** Starts a node on another database. */
    NodeProcess startOn(String url, String name, String... settings) throws IOException {
        var arguments = new ArrayList<>(List.of("url=" + url, "name=" + name));
        arguments.addAll(List.of(settings));
        return add(new NodeProcess(name, ClusterNode.class, List.of(), arguments, this::tellNews));
    }

    NodeProcess add(NodeProcess node) {
        nodes.add(node);
        return node;
    }

    /** The newest of that name. */
    NodeProcess node(String name) {
        return nodes.reversed().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    List<NodeProcess> alive() {
        return nodes.stream().filter(NodeProcess::isAlive).toList();
    }

    /** Starts a node and waits until it is up. */
    NodeProcess up(String name, String... settings) throws Exception {
        var node = start(name, settings);
        awaitUp(node);
        return node;
    }

    void awaitUp(NodeProcess node) {
        await(node.name() + " is up", () -> node.isUp() || !node.isAlive());
        assertThat(node.isUp()).as("%s is up", node.name()).isTrue();
    }

    void tellNews() {
        synchronized (news) {
            news.notifyAll();
        }
    }

    void await(String what, BooleanSupplier condition) {
        await(what, PATIENCE, condition);
    }

    /** Looks whenever a node has said something, and, for what only the database tells, a few times a second. */
    void await(String what, Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (news) {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not within " + patience + ": " + what);
                }
                try {
                    news.wait(200);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted while waiting until " + what, e);
                }
            }
        }
    }

    /** Every call of a job function in any process, as the processes told it. */
    List<Fire> starts() {
        return nodes.stream().flatMap(node -> node.starts().stream()).toList();
    }

    Stream<Fire> takeovers() {
        return starts().stream().filter(start -> start.attempt() > 1);
    }

    List<RunSummary> runs() {
        var runs = new ArrayList<RunSummary>();
        String cursor = null;
        do {
            var page = store().runs(new RunQuery(null, Set.of(), null, null, null, cursor, 1000));
            runs.addAll(page.items());
            cursor = page.cursor();
        } while (cursor != null);
        return runs;
    }

    List<AttemptRow> attemptsOf(RunSummary run) {
        return store().run(new RunId(run.id())).orElseThrow().attemptList();
    }

    /** First column of each row. */
    List<String> query(String sql) {
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var values = new ArrayList<String>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    long count(String from) {
        return Long.parseLong(query("select count(*) from " + from).getFirst());
    }

    int execute(String sql) {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** A connection to our tables' schema. */
    Connection connect() throws SQLException {
        var connection = server.postgres.getDatabase("postgres", database).getConnection();
        connection.setSchema("carillon");
        return connection;
    }

    /** No job function was called twice as the same attempt of the same run, whatever the database says. */
    void assertNothingDoubled() {
        assertThat(starts().stream().map(Fire::identity)).doesNotHaveDuplicates();
    }

    /**
     * Every job that was due every second has one row for each second between its first and last, before {@code until};
     * each row tells of a success, or why there was no run.
     */
    void assertNothingMissed(int jobs, Instant until) {
        var seconds = new TreeMap<String, TreeSet<Long>>();
        for (var run : runs()) {
            if (!run.scheduledTime().isBefore(until)) {
                continue;
            }
            assertThat(seconds.computeIfAbsent(run.name(), key -> new TreeSet<>())
                            .add(run.scheduledTime().getEpochSecond()))
                    .as("one row for %s", run)
                    .isTrue();
            assertThat(run.state() == RunState.SUCCEEDED || run.state() == RunState.SKIPPED && run.reason() != null)
                    .as("%s", run)
                    .isTrue();
        }
        assertThat(seconds).hasSize(jobs);
        var gaps = new HashMap<String, Long>();
        seconds.forEach((job, told) -> gaps.put(job, told.last() - told.first() + 1 - told.size()));
        assertThat(gaps.values()).as("seconds without a row: %s", gaps).containsOnly(0L);
    }

    private JdbcRunStore store() {
        if (store == null) {
            store = JdbcRunStore.open(new StoreConfig(url()));
        }
        return store;
    }
}
