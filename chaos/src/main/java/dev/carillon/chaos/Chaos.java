package dev.carillon.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Hurts a real cluster for a while and grades what it did: nodes as processes, a real PostgreSQL, one proxy between each
 * node and it. Everything that is drawn comes from the seed.
 *
 * <p>Usage: {@code bench/chaos --minutes N --seed S [--nodes 3] [--jobs 200] [--period 1] [--only KILL,CUT] [--calm 3]
 * [--warm-up 15] [--settle 15] [--profile service] [--out folder]}; exit code 0 if valid. Times but the first in seconds.
 */
public final class Chaos {
    private static final long WARM_UP_SECONDS = 15;
    private static final long CALM_MIN_SECONDS = 3;
    private static final int CALM_MORE_MS = 4_000;
    private static final long SETTLE_SECONDS = 15;
    private static final Duration READ_EDGE = Duration.ofSeconds(5);
    private static final Duration EPSILON = Duration.ofSeconds(1);
    private static final Duration OVERDUE = Duration.ofSeconds(10);
    private static final Duration RETRY_TOLERANCE = Duration.ofSeconds(3);
    private static final List<Duration> BACKOFF = List.of(Duration.ofMillis(500), Duration.ofSeconds(1));

    private final Map<String, String> options;
    private final Random random;
    private final Path folder;

    Chaos(Map<String, String> options) throws IOException {
        this.options = options;
        random = new Random(number("seed", 1));
        folder = Path.of(options.getOrDefault("out", "target/chaos-" + number("seed", 1)))
                .toAbsolutePath();
        if (Files.exists(folder.resolve("pg"))) {
            throw new IOException(
                    "the folder " + folder + " has an earlier run in it: delete it, or name another with --out");
        }
        Files.createDirectories(folder);
    }

    public static void main(String[] arguments) throws Exception {
        var options = new LinkedHashMap<String, String>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i].replaceFirst("^--", ""), arguments[i + 1]);
        }
        System.exit(new Chaos(options).run().valid() ? 0 : 1);
    }

    Findings run() throws IOException, InterruptedException, SQLException {
        var jobs = new Jobs((int) number("jobs", 200), (int) number("period", 1));
        var launcher = Path.of(options.getOrDefault("carillon", "./carillon")).toAbsolutePath();
        try (var sink = new Sink(folder.resolve("sink.jsonl"), Clock.systemUTC());
                var cluster =
                        new Cluster(folder, launcher, (int) number("nodes", 3), jobs, profile(), sink.address())) {
            var atExit = new Thread(() -> cluster.nodes().forEach(Node::close));
            Runtime.getRuntime().addShutdownHook(atExit); // whatever ends us: no node is left behind
            var from = Instant.now();
            cluster.start();
            var started = new Fault("start of all nodes", Fault.EVERYWHERE, from, Instant.now());
            Cluster.rest(Duration.ofSeconds(number("warm-up", WARM_UP_SECONDS)));
            if (sink.sightings().isEmpty()) {
                throw new IOException("no job ran: see the nodes' logs");
            }
            var asked = new AskedJobs(jobs, from, Instant.now());
            var strikes = new Strikes(cluster, asked, random);
            say("the cluster works; hurting it for " + length().toSeconds() + " s, seed " + number("seed", 1));
            hurt(strikes, nemeses(cluster), Instant.now().plus(length()));
            say("healed; letting it settle");
            Cluster.rest(Duration.ofSeconds(number("settle", SETTLE_SECONDS)));
            var end = Instant.now().minus(READ_EDGE);
            cluster.stop();
            var history =
                    HistoryReader.read(cluster.postgres().url(cluster.postgres().port()));
            Runtime.getRuntime().removeShutdownHook(atExit);
            var faults = new ArrayList<>(List.of(started));
            faults.addAll(strikes.faults());
            return grade(asked, faults, end, sink, history);
        }
    }

    private void hurt(Strikes strikes, List<Nemesis> nemeses, Instant until)
            throws IOException, InterruptedException, SQLException {
        var deck = new ArrayList<Nemesis>();
        while (Instant.now().isBefore(until)) {
            Cluster.rest(Duration.ofSeconds(number("calm", CALM_MIN_SECONDS)).plusMillis(random.nextInt(CALM_MORE_MS)));
            if (deck.isEmpty()) {
                deck.addAll(nemeses);
                Collections.shuffle(deck, random);
            }
            var nemesis = deck.removeLast();
            say(nemesis.words());
            strikes.strike(nemesis);
        }
    }

    private List<Nemesis> nemeses(Cluster cluster) {
        var nemeses = EnumSet.allOf(Nemesis.class);
        if (options.containsKey("only")) {
            nemeses.clear();
            for (var name : options.get("only").split(",")) {
                nemeses.add(Nemesis.valueOf(name));
            }
        }
        if (!cluster.hasClocks() && nemeses.remove(Nemesis.CLOCK)) {
            say("no C compiler (cc): clocks stay right in this run");
        }
        return List.copyOf(nemeses);
    }

    private Findings grade(AskedJobs asked, List<Fault> faults, Instant end, Sink sink, List<Recorded> history)
            throws IOException {
        var settings = new Checker.Settings(EPSILON, OVERDUE, BACKOFF, RETRY_TOLERANCE, end);
        var sightings = sink.sightings();
        var findings = new Checker(settings).check(asked.histories(), sightings, history, faults);
        var text = "# Chaos: seed %d, %.1f minutes, %d nodes (profile %s), %d jobs, each due every %d s\n\n%s\n"
                .formatted(
                        number("seed", 1),
                        length().toSeconds() / 60.0,
                        number("nodes", 3),
                        profile(),
                        number("jobs", 200),
                        number("period", 1),
                        Report.text(findings, faults, sightings, sink.refused()));
        Files.writeString(folder.resolve("report.md"), text);
        Files.writeString(folder.resolve("faults.txt"), Report.timeline(faults));
        Files.writeString(folder.resolve("plot.svg"), Report.plot(findings, faults));
        System.out.println(text);
        return findings;
    }

    private Duration length() {
        return Duration.ofSeconds(Math.round(60 * Double.parseDouble(options.getOrDefault("minutes", "5"))));
    }

    /**
     * Without the JIT unless asked for: nodes are started every few seconds, and a machine of two cores would do little else
     * than compile.
     */
    private String profile() {
        return options.getOrDefault("profile", "one-shot");
    }

    private static void say(String text) {
        System.out.println(Instant.now() + " chaos: " + text);
    }

    private long number(String option, long otherwise) {
        return Long.parseLong(options.getOrDefault(option, Long.toString(otherwise)));
    }
}
