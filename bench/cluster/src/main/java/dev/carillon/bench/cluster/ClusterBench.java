package dev.carillon.bench.cluster;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts stock Quartz, db-scheduler and Carillon on the same PostgreSQL, one after the other, each in processes of its own with
 * jobs that do nothing, and asks each one's history what it did.
 *
 * <p>Usage: {@code bench/cluster/run [--nodes 2] [--jobs 100,1000,3000] [--period 1] [--warm-up 45] [--seconds 20]
 * [--kinds quartz,db-scheduler,carillon]}; prints Markdown.
 */
public final class ClusterBench {
    private static final String DB_SCHEDULER_TABLE = """
            create table scheduled_tasks (
              task_name text not null, task_instance text not null, task_data bytea,
              execution_time timestamp with time zone not null, picked boolean not null, picked_by text,
              last_success timestamp with time zone, last_failure timestamp with time zone, consecutive_failures int,
              last_heartbeat timestamp with time zone, version bigint not null, priority smallint,
              primary key (task_name, task_instance));
            create index execution_time_idx on scheduled_tasks (execution_time);
            create index last_heartbeat_idx on scheduled_tasks (last_heartbeat);""";
    private static final String HISTORY = "create table history (job text not null, scheduled_at bigint not null,"
            + " started_at bigint not null, ended_at bigint not null, node text not null, state text not null,"
            + " primary key (job, scheduled_at, started_at))";

    private final EmbeddedPostgres postgres;
    private final Path folder;
    private int databases;

    private ClusterBench(EmbeddedPostgres postgres, Path folder) {
        this.postgres = postgres;
        this.folder = folder;
    }

    /** What is measured. */
    private record Setup(String kind, int nodes, int jobs, int period, Duration warmUp, Duration window) {}

    public static void main(String[] arguments) throws Exception {
        var options = new Options(arguments);
        var folder = Files.createTempDirectory("carillon-bench");
        // The library's defaults are for tests that may lose data; these are PostgreSQL's own.
        try (var postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start()) {
            var bench = new ClusterBench(postgres, folder);
            System.out.println(
                    "| scheduler | nodes | due per " + options.number("period", 1)
                            + " s | runs per second | lateness p50 | p99 | max | CPU of nodes per 1,000 runs | of PostgreSQL |");
            System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
            for (var nodes : options.list("nodes", "2")) {
                for (var jobs : options.list("jobs", "100,1000,3000")) {
                    for (var kind : options.list("kinds", "quartz,db-scheduler,carillon")) {
                        bench.measure(new Setup(
                                kind,
                                Integer.parseInt(nodes),
                                Integer.parseInt(jobs),
                                options.number("period", 1),
                                Duration.ofSeconds(options.number("warm-up", 45)),
                                Duration.ofSeconds(options.number("seconds", 20))));
                    }
                }
            }
        }
    }

    private void measure(Setup setup) throws Exception {
        var database = "bench" + ++databases;
        execute("postgres", "create database " + database);
        if (!setup.kind.equals("carillon")) {
            execute(database, HISTORY);
            execute(database, setup.kind.equals("quartz") ? quartzTables() : DB_SCHEDULER_TABLE);
        }
        var processes = new ArrayList<Process>();
        try {
            for (int node = 1; node <= setup.nodes; node++) {
                processes.add(start(setup, database, "n" + node));
                if (node == 1 && setup.kind.equals("quartz")) {
                    awaitJobs(
                            database,
                            setup.jobs,
                            processes.getFirst()); // its nodes would collide over who registers them
                }
            }
            LockSupport.parkNanos(setup.warmUp.toNanos());
            var cpu = cpu(processes);
            var serverCpu = serverCpu();
            var from = Instant.now();
            LockSupport.parkNanos(setup.window.toNanos());
            var until = Instant.now();
            report(
                    setup,
                    database,
                    from,
                    until,
                    cpu(processes).minus(cpu),
                    serverCpu().minus(serverCpu));
        } finally {
            for (var process : processes) {
                process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    private void report(Setup setup, String database, Instant from, Instant until, Duration cpu, Duration serverCpu)
            throws SQLException {
        var table = setup.kind.equals("carillon") ? "carillon.run" : "history";
        try (var connection = connection(database);
                var select = connection.prepareStatement("select count(*), percentile_disc(array[0.5, 0.99, 1.0])"
                        + " within group (order by started_at - scheduled_at) from " + table
                        + " where state = 'succeeded' and started_at between ? and ?")) {
            select.setLong(1, from.toEpochMilli());
            select.setLong(2, until.toEpochMilli());
            try (var rows = select.executeQuery()) {
                rows.next();
                long runs = rows.getLong(1);
                var lateness = rows.getArray(2) == null
                        ? new Number[] {-1, -1, -1}
                        : (Number[]) rows.getArray(2).getArray();
                double perThousand = Math.max(runs, 1) / 1000.0;
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %d | %,d | %,.0f | %d ms | %d ms | %d ms | %.2f s | %.2f s |%n",
                        setup.kind,
                        setup.nodes,
                        setup.jobs,
                        runs / (setup.window.toMillis() / 1000.0),
                        lateness[0].longValue(),
                        lateness[1].longValue(),
                        lateness[2].longValue(),
                        cpu.toMillis() / 1000.0 / perThousand,
                        serverCpu.toMillis() / 1000.0 / perThousand);
            }
        }
    }

    private Process start(Setup setup, String database, String node) throws IOException {
        var url = url(database);
        var home = Files.createDirectories(folder.resolve(database).resolve(node));
        ProcessBuilder builder;
        if (setup.kind.equals("carillon")) {
            var script = home.resolve("bench.js");
            var seconds = setup.period == 1 ? "* * * * * *" : "0 * * * * *";
            Files.writeString(
                    script,
                    "for (let i = 0; i < " + setup.jobs + "; i++) Deno.cron(`job ${i}`, \"" + seconds
                            + "\", () => {});\n");
            builder = new ProcessBuilder(
                    Path.of("carillon").toAbsolutePath().toString(),
                    "serve",
                    "--backend",
                    "quartz",
                    "--database",
                    url,
                    "--node",
                    node,
                    "--port",
                    Integer.toString(freePort()),
                    "--log-level",
                    "error",
                    script.toString());
            builder.environment().put("CARILLON_SCHEDULES_SECONDS", "true");
            builder.environment().put("CARILLON_BUILD", "never");
        } else {
            builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Peer.class.getName(),
                    setup.kind,
                    url,
                    node,
                    Integer.toString(setup.jobs),
                    Integer.toString(setup.period));
        }
        return builder.directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
    }

    private void awaitJobs(String database, int jobs, Process node) throws SQLException, IOException {
        while (count(database, "select count(*) from qrtz_triggers") < jobs) {
            if (!node.isAlive()) {
                throw new IOException("a node ended: see the logs in " + folder);
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private long count(String database, String query) throws SQLException {
        try (var connection = connection(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Duration cpu(List<Process> processes) {
        var sum = Duration.ZERO;
        for (var process : processes) {
            sum = sum.plus(process.info().totalCpuDuration().orElse(Duration.ZERO));
        }
        return sum;
    }

    /** Of every process of our server; connections are pooled, so hardly one ends meanwhile. */
    private Duration serverCpu() throws SQLException {
        var server = ProcessHandle.of(count("postgres", "select pg_backend_pid()"))
                .flatMap(ProcessHandle::parent)
                .orElseThrow();
        return server.descendants()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static String quartzTables() throws IOException {
        try (var in = ClusterBench.class.getResourceAsStream("/org/quartz/impl/jdbcjobstore/tables_postgres.sql")) {
            if (in == null) {
                throw new IOException("Quartz's tables are not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void execute(String database, String sql) throws SQLException {
        try (var connection = connection(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connection(String database) throws SQLException {
        return postgres.getDatabase("postgres", database).getConnection();
    }

    private String url(String database) {
        return postgres.getJdbcUrl("postgres", database);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** {@code --name value} pairs. */
    private record Options(String[] arguments) {
        String text(String name, String otherwise) {
            for (int i = 0; i + 1 < arguments.length; i += 2) {
                if (arguments[i].equals("--" + name)) {
                    return arguments[i + 1];
                }
            }
            return otherwise;
        }

        int number(String name, int otherwise) {
            return Integer.parseInt(text(name, Integer.toString(otherwise)));
        }

        List<String> list(String name, String otherwise) {
            return List.of(text(name, otherwise).split(","));
        }
    }
}
