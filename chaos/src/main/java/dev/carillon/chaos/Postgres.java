package dev.carillon.chaos;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A real PostgreSQL of our own that can be stopped and started again over the same data. */
final class Postgres implements AutoCloseable {
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final int CONNECTIONS_MAX = 100;

    private final Path binaries;
    private final Path data;
    private final int port;

    /** Unpacks, initialises and starts a server on {@code port} of the loopback address, data under {@code folder}. */
    Postgres(Path folder, int port) throws IOException {
        this.port = port;
        data = folder.resolve("pg");
        // Starting the library's own server once is how its binaries get unpacked.
        EmbeddedPostgres.builder().start().close();
        try (var versions = Files.list(Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg"))) {
            binaries = versions.filter(path -> Files.isExecutable(path.resolve("bin/pg_ctl")))
                    .findFirst()
                    .orElseThrow(() -> new IOException("the PostgreSQL binaries were not unpacked"));
        }
        run("initdb", "-D", data.toString(), "-A", "trust", "-U", "postgres");
        start();
        try (var connection = superuser("postgres");
                var statement = connection.createStatement()) {
            statement.execute("create role carillon login"); // no superuser: those have connections kept for them
            statement.execute("create database carillon owner carillon");
        } catch (SQLException e) {
            throw new IOException("the database could not be made", e);
        }
    }

    int port() {
        return port;
    }

    /** The nodes' address of it as seen through {@code viaPort}: the server's own or a proxy's. */
    String url(int viaPort) {
        return "jdbc:postgresql://127.0.0.1:" + viaPort + "/carillon?user=carillon";
    }

    void restart() throws IOException {
        run("pg_ctl", "-D", data.toString(), "-m", "immediate", "stop");
        start();
    }

    /** Keeps everybody from runs and triggers until it is closed. */
    Connection lockTables() throws SQLException {
        var connection = superuser("carillon");
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("lock table carillon.run, carillon.qrtz_triggers in access exclusive mode");
        }
        return connection;
    }

    /** Takes every connection that is left and each one that comes free, until it is closed. */
    Taken takeAllConnections() throws SQLException {
        var taken = new Taken();
        taken.more();
        Thread.ofVirtual().name("connection-taker").start(taken::keepTaking);
        return taken;
    }

    /** Connections that nobody else can have. */
    final class Taken implements AutoCloseable {
        private final List<Connection> connections = new ArrayList<>();
        private boolean closed;

        /** Until the server has no more. */
        private synchronized void more() throws SQLException {
            while (!closed) {
                try {
                    connections.add(DriverManager.getConnection(url(port)));
                } catch (SQLException e) {
                    if (TOO_MANY_CONNECTIONS.equals(e.getSQLState())) {
                        return;
                    }
                    throw e;
                }
            }
        }

        private synchronized boolean isClosed() {
            return closed;
        }

        private void keepTaking() {
            try {
                while (!isClosed()) {
                    more();
                    Thread.sleep(20);
                }
            } catch (SQLException | InterruptedException e) {
                // The server has gone, or we have: either way nothing is left to take.
            }
        }

        @Override
        public synchronized void close() throws SQLException {
            closed = true;
            for (var connection : connections) {
                connection.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        run("pg_ctl", "-D", data.toString(), "-m", "immediate", "stop");
    }

    private Connection superuser(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres");
    }

    private void start() throws IOException {
        var options = "-p " + port + " -c listen_addresses=127.0.0.1 -c max_connections=" + CONNECTIONS_MAX
                + " -c checkpoint_timeout=30s -k " + data;
        run("pg_ctl", "-D", data.toString(), "-w", "-l", data + "/log", "-o", options, "start");
    }

    /** The server refuses to run as root: a user namespace makes it somebody else. */
    private void run(String tool, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(binaries.resolve("bin").resolve(tool).toString());
        command.addAll(List.of(arguments));
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(data.resolveSibling(tool + ".log").toFile())
                .start()
                .onExit()
                .join()
                .exitValue();
        if (code != 0) {
            throw new IOException(
                    tool + " ended with " + code + ": " + Files.readString(data.resolveSibling(tool + ".log")));
        }
    }
}
