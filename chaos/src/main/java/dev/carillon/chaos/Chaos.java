package dev.carillon.chaos;

import dev.carillon.chaos.JobHistory.Change;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Hurts a real cluster for a while and grades what it did: nodes as processes, a real PostgreSQL, one proxy between each
 * node and it. Everything that is drawn comes from the seed.
 *
 * <p>Usage: {@code bench/chaos --minutes N --seed S [--nodes 3] [--jobs 200] [--schedule "* * * * *"] [--out folder]}; exit code 0 if valid.
 */
public final class Chaos {
    private static final Duration START_UP_MAX = Duration.ofSeconds(90);
    private static final Duration CALM = Duration.ofSeconds(10);
    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final Duration EPSILON = Duration.ofMillis(1_000);
    private static final Duration OVERDUE = Duration.ofSeconds(15);
    private static final List<Duration> BACKOFF = List.of(Duration.ofMillis(500), Duration.ofSeconds(1));

    private final Map<String, String> options;
    private final Random random;
    private final Path folder;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Proxy> proxies = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();

    private Chaos(Map<String, String> options) throws IOException {
        this.options = options;
        random = new Random(number("seed", 1));
        folder = Path.of(options.getOrDefault("out", "target/chaos-" + number("seed", 1)))
                .toAbsolutePath();
        Files.createDirectories(folder);
    }

    public static void main(String[] arguments) throws Exception {
        var options = new LinkedHashMap<String, String>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i].replaceFirst("^--", ""), arguments[i + 1]);
        }
        var findings = new Chaos(options).run();
        System.exit(findings.valid() ? 0 : 1);
    }

    private Findings run() throws Exception {
        int jobs = (int) number("jobs", 200);
        try (var postgres = new Postgres(folder, freePort());
                var sink = new Sink(folder.resolve("sink.jsonl"), Clock.systemUTC())) {
            Files.write(folder.resolve("target.js"), resource("target.js"));
            int port = postgres.port();
            for (int i = 0; i < number("nodes", 3); i++) {
                proxies.add(new Proxy(port));
                nodes.add(node("n" + (i + 1), postgres.url(proxies.get(i).port()), sink, jobs));
            }
            for (var node : nodes) {
                node.start();
            }
            var firstSighting = awaitFirst(sink);
            say("the cluster works; hurting it for " + number("minutes", 5) + " minutes, seed " + number("seed", 1));
            hurt(postgres, Instant.now().plus(Duration.ofMinutes(number("minutes", 5))));
            say("healed; letting it settle");
            rest(SETTLE);
            var end = Instant.now().minusSeconds(5);
            for (var node : nodes) {
                node.stop();
            }
            return grade(jobs, firstSighting, end, sink, HistoryReader.read(postgres.url(port)));
        } finally {
            for (var node : nodes) {
                node.close();
            }
            for (var proxy : proxies) {
                proxy.close();
            }
        }
    }

    private Findings grade(int jobs, Instant from, Instant end, Sink sink, List<Recorded> history) throws IOException {
        var asked = new ArrayList<JobHistory>();
        for (int i = 0; i < jobs; i++) {
            asked.add(new JobHistory(
                    "target/job " + i, List.of(new Change(from.minusSeconds(60), from.plusSeconds(5), schedule()))));
        }
        var settings = new Checker.Settings(EPSILON, OVERDUE, BACKOFF, Duration.ofSeconds(3), end);
        var findings = new Checker(settings).check(asked, sink.sightings(), history, faults);
        var text =
                "# Chaos: seed %d, %d minutes, %d nodes, %d jobs due by %s\n\n%s\nThe sink refused %d stale messages.\n"
                        .formatted(
                                number("seed", 1),
                                number("minutes", 5),
                                nodes.size(),
                                jobs,
                                schedule(),
                                Report.text(findings, faults),
                                sink.refused());
        Files.writeString(folder.resolve("report.md"), text);
        Files.writeString(folder.resolve("plot.svg"), Report.plot(findings, faults));
        System.out.println(text);
        return findings;
    }

    private void hurt(Postgres postgres, Instant until) throws Exception {
        var deck = new ArrayList<Nemesis>();
        while (Instant.now().isBefore(until)) {
            rest(CALM);
            if (deck.isEmpty()) {
                deck.addAll(List.of(Nemesis.values()));
                Collections.shuffle(deck, random);
            }
            var nemesis = deck.removeLast();
            int victim = random.nextInt(nodes.size());
            var from = Instant.now();
            var name = nemesis.everywhere ? "*" : nodes.get(victim).name();
            say(nemesis.words + " on " + name);
            strike(nemesis, victim, postgres);
            faults.add(new Fault(nemesis.words, name, from, Instant.now()));
        }
    }

    private void strike(Nemesis nemesis, int victim, Postgres postgres) throws Exception {
        var node = nodes.get(victim);
        var proxy = proxies.get(victim);
        switch (nemesis) {
            case KILL -> {
                node.kill();
                rest(Duration.ofSeconds(6));
                node.start();
            }
            case PAUSE -> {
                node.pause();
                rest(Duration.ofSeconds(6));
                node.resume();
            }
            case CUT -> {
                proxy.cut(true);
                rest(Duration.ofSeconds(6));
                proxy.cut(false);
            }
            case RESET -> proxy.reset();
            case SLOW -> {
                proxy.slow(Duration.ofMillis(100));
                rest(Duration.ofSeconds(8));
                proxy.slow(Duration.ZERO);
            }
            case DATABASE_RESTART -> postgres.restart();
            case ROLLING_RESTART -> {
                for (var each : nodes) {
                    each.stop();
                    each.start();
                    rest(Duration.ofSeconds(6));
                }
            }
        }
    }

    /** What can be done to a cluster. */
    private enum Nemesis {
        KILL("kill -9", false),
        PAUSE("SIGSTOP past detection", false),
        CUT("connection cut", false),
        RESET("connections reset", false),
        SLOW("slow database", false),
        DATABASE_RESTART("database restart", true),
        ROLLING_RESTART("rolling restart", true);

        private final String words;
        private final boolean everywhere;

        Nemesis(String words, boolean everywhere) {
            this.words = words;
            this.everywhere = everywhere;
        }
    }

    private Node node(String name, String url, Sink sink, int jobs) throws IOException {
        var launcher = Path.of(options.getOrDefault("carillon", "./carillon")).toAbsolutePath();
        var configuration = """
                backend: quartz
                database: { url: "%s" }
                node: { name: %s }
                http: { host: 127.0.0.1, port: %d }
                scripts:
                  - path: target.js
                    permissions: { net: ["127.0.0.1"], env: ["CHAOS_SINK", "CHAOS_JOBS", "CHAOS_SCHEDULE"] }
                """.formatted(url, name, freePort());
        return new Node(
                name,
                launcher,
                folder,
                configuration,
                Map.of(
                        "CHAOS_SINK", sink.address().toString(),
                        "CHAOS_JOBS", Integer.toString(jobs),
                        "CHAOS_SCHEDULE", schedule()));
    }

    private static Instant awaitFirst(Sink sink) throws IOException {
        var deadline = Instant.now().plus(START_UP_MAX);
        while (sink.sightings().isEmpty()) {
            if (Instant.now().isAfter(deadline)) {
                throw new IOException("no job ran within " + START_UP_MAX + ": see the nodes' logs");
            }
            rest(Duration.ofMillis(200));
        }
        return Instant.now();
    }

    private static void rest(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }

    private static void say(String text) {
        System.out.println(Instant.now() + " chaos: " + text);
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = Chaos.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("not on the class path: " + name);
            }
            return in.readAllBytes();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** When every job is due; every minute unless said otherwise. */
    private String schedule() {
        return options.getOrDefault("schedule", "* * * * *");
    }

    private long number(String option, long otherwise) {
        return Long.parseLong(options.getOrDefault(option, Long.toString(otherwise)));
    }
}
