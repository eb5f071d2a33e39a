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
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;

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

    /** Its functions note how late they are by their own clock: the history's start is taken before it is durable. */
    private static final String SCRIPT = """
            const late = new Map();
            setInterval(() => {
              if (late.size === 0) return;
              const now = Date.now();
              const lines = [...late].map(([ms, runs]) => `${now} ${ms} ${runs}\n`).join("");
              late.clear();
              Deno.writeTextFileSync("late", lines, { append: true });
            }, 500);
            for (let i = 0; i < JOBS; i++) {
              Deno.cron(`job ${i}`, "SCHEDULE", () => {
                const ms = Date.now() - Date.parse(Carillon.run.scheduledTime);
                late.set(ms, (late.get(ms) ?? 0) + 1);
              });
            }
            """;

    /** What has started in the window has its end on record by then; else its last seconds would be missing. */
    private static final Duration SETTLE = Duration.ofSeconds(5);

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
            var spent = cpu(processes).minus(cpu);
            var serverSpent = serverCpu().minus(serverCpu);
            LockSupport.parkNanos(SETTLE.toNanos());
            report(setup, database, from, until, spent, serverSpent);
        } finally {
            for (var process : processes) {
                process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    private void report(Setup setup, String database, Instant from, Instant until, Duration cpu, Duration serverCpu)
            throws SQLException, IOException {
        var table = setup.kind.equals("carillon") ? "carillon.run" : "history";
        var late = new Lateness();
        long runs = 0;
        try (var connection = connection(database);
                var select = connection.prepareStatement("select started_at - scheduled_at, count(*) from " + table
                        + " where state = 'succeeded' and started_at between ? and ? group by 1")) {
            select.setLong(1, from.toEpochMilli());
            select.setLong(2, until.toEpochMilli());
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    runs += rows.getLong(2);
                    late.add(rows.getLong(1), rows.getLong(2));
                }
            }
        }
        if (setup.kind.equals("carillon")) {
            late = noted(database, from, until);
        }
        double perThousand = Math.max(runs, 1) / 1000.0;
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %,d | %,.0f | %d ms | %d ms | %d ms | %.2f s | %.2f s |%n",
                setup.kind,
                setup.nodes,
                setup.jobs,
                runs / (setup.window.toMillis() / 1000.0),
                late.quantile(0.5),
                late.quantile(0.99),
                late.quantile(1),
                cpu.toMillis() / 1000.0 / perThousand,
                serverCpu.toMillis() / 1000.0 / perThousand);
    }

    /** By the scripts of all nodes. */
    private Lateness noted(String database, Instant from, Instant until) throws IOException {
        var late = new Lateness();
        try (var nodes = Files.newDirectoryStream(folder.resolve(database))) {
            for (var node : nodes) {
                var notes = node.resolve("late");
                for (var line : Files.exists(notes) ? Files.readAllLines(notes) : List.<String>of()) {
                    var words = line.split(" ");
                    var at = Instant.ofEpochMilli(Long.parseLong(words[0]));
                    if (at.isAfter(from) && !at.isAfter(until)) {
                        late.add(Long.parseLong(words[1]), Long.parseLong(words[2]));
                    }
                }
            }
        }
        return late;
    }

    /** How many runs were how many milliseconds late. */
    private static final class Lateness {
        private final TreeMap<Long, Long> runs = new TreeMap<>();

        void add(long ms, long count) {
            runs.merge(ms, count, Long::sum);
        }

        /** -1 if there were no runs. */
        long quantile(double share) {
            long wanted = (long) Math.ceil(
                    share * runs.values().stream().mapToLong(Long::longValue).sum());
            long seen = 0;
            for (var entry : runs.entrySet()) {
                seen += entry.getValue();
                if (seen >= wanted) {
                    return entry.getKey();
                }
            }
            return -1;
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
                    script, SCRIPT.replace("JOBS", Integer.toString(setup.jobs)).replace("SCHEDULE", seconds));
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
                    "--allow-write=" + home,
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
        try (var connection = connection("postgres")) {
            var own = connection.unwrap(PGConnection.class).getBackendPID();
            var server = ProcessHandle.of(own).flatMap(ProcessHandle::parent).orElseThrow();
            return server.descendants()
                    .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                    .reduce(Duration.ZERO, Duration::plus);
        }
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
