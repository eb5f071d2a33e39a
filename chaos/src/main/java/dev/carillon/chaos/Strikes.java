package dev.carillon.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Does to a cluster what a {@link Nemesis} stands for, heals it again, and notes what was done and asked. */
final class Strikes {
    /** Longer than any node needs to be taken for dead. */
    private static final Duration PAST_DETECTION = Duration.ofSeconds(6);

    private static final Duration SLOW_FOR = Duration.ofSeconds(8);
    private static final Duration SLOW_BY = Duration.ofMillis(100);
    private static final Duration CLOCK_FOR = Duration.ofSeconds(10);
    private static final Duration LOCKED_FOR = Duration.ofSeconds(4);
    private static final Duration JOBS_PAUSED_FOR = Duration.ofSeconds(8);
    private static final Duration TAKEN_UP = Duration.ofSeconds(3); // a changed script
    private static final int READERS = 64; // more than any pool has connections

    /** Beyond what is refused and within it, ahead and behind. */
    private static final List<Duration> OFFSETS = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(-5),
            Duration.ofMillis(400),
            Duration.ofMillis(-400),
            Duration.ofHours(1),
            Duration.ofHours(-1));

    private final Cluster cluster;
    private final AskedJobs asked;
    private final Random random;
    private final List<Fault> faults = new ArrayList<>();
    private int clocksSet;

    Strikes(Cluster cluster, AskedJobs asked, Random random) {
        this.cluster = cluster;
        this.asked = asked;
        this.random = random;
    }

    /** What was done so far. */
    List<Fault> faults() {
        return List.copyOf(faults);
    }

    /** Returns when it is healed and every node is ready again. */
    void strike(Nemesis nemesis) throws IOException, InterruptedException, SQLException {
        int victim = random.nextInt(cluster.size());
        var node = cluster.node(victim);
        var wire = cluster.wire(victim);
        awaitWork();
        var from = Instant.now();
        switch (nemesis) {
            case KILL -> {
                node.kill();
                Cluster.rest(PAST_DETECTION);
                node.start();
            }
            case PAUSE -> {
                node.pause();
                Cluster.rest(PAST_DETECTION);
                node.resume();
            }
            case CUT -> {
                wire.cut(true);
                Cluster.rest(PAST_DETECTION);
                wire.cut(false);
            }
            case RESET -> wire.reset();
            case SLOW -> {
                wire.slow(SLOW_BY);
                Cluster.rest(SLOW_FOR);
                wire.slow(Duration.ZERO);
            }
            case CLOCK -> setClockOff(node);
            case DATABASE_RESTART -> cluster.postgres().restart();
            case CONNECTIONS_TAKEN -> {
                try (var _ = cluster.postgres().takeAllConnections()) {
                    wire.reset();
                    Cluster.rest(PAST_DETECTION);
                }
            }
            case POOL_EXHAUSTED -> exhaustPool(node);
            case ROLLING_RESTART -> rollingRestart();
            case EDIT -> edit();
            case PAUSE_JOBS -> pauseJobs(node);
        }
        cluster.awaitReady(node);
        switch (nemesis) {
            case ROLLING_RESTART -> {} // noted node by node
            case DATABASE_RESTART, EDIT, PAUSE_JOBS, POOL_EXHAUSTED -> note(nemesis, Fault.EVERYWHERE, from);
            default -> note(nemesis, node.name(), from);
        }
    }

    /** Jobs are due on the full second and are done soon: a moment later there is something to hit. */
    private void awaitWork() {
        var now = Instant.now();
        var second = now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        Cluster.rest(Duration.between(now, second).plusMillis(50 + random.nextInt(300)));
    }

    private void note(Nemesis nemesis, String node, Instant from) {
        faults.add(new Fault(nemesis.words(), node, from, Instant.now()));
    }

    private void setClockOff(Node node) throws IOException {
        var clock = node.clock();
        if (clock == null) {
            throw new IllegalStateException("no clock of node " + node.name() + " to set");
        }
        clock.set(OFFSETS.get(clocksSet++ % OFFSETS.size()));
        Cluster.rest(CLOCK_FOR);
        clock.set(Duration.ZERO);
    }

    /** Nothing that touches runs or triggers gets on, and readers sit on every connection the node has. */
    private void exhaustPool(Node node) throws SQLException, InterruptedException {
        var readers = new ArrayList<Thread>();
        try (var _ = cluster.postgres().lockTables()) {
            for (int i = 0; i < READERS; i++) {
                readers.add(Thread.ofVirtual().start(() -> node.get("/api/runs?limit=1")));
            }
            Cluster.rest(LOCKED_FOR);
        }
        for (var reader : readers) {
            reader.join();
        }
    }

    private void rollingRestart() throws IOException, InterruptedException {
        var begun = Instant.now();
        int revision = asked.nextRevision();
        for (var node : cluster.nodes()) {
            var from = Instant.now();
            node.stop();
            node.install(revision);
            node.start();
            cluster.awaitReady(node);
            note(Nemesis.ROLLING_RESTART, node.name(), from);
        }
        asked.edited(begun, Instant.now());
    }

    private void edit() throws IOException {
        var begun = Instant.now();
        int revision = asked.nextRevision();
        for (var node : cluster.nodes()) {
            node.install(revision);
        }
        Cluster.rest(TAKEN_UP);
        asked.edited(begun, Instant.now());
    }

    /** By one node; it holds for all of them. */
    private void pauseJobs(Node node) {
        for (int job : asked.pausable()) {
            var from = Instant.now();
            if (node.ask(AskedJobs.id(job), "pause")) {
                asked.paused(job, from, Instant.now());
            }
        }
        Cluster.rest(JOBS_PAUSED_FOR);
        for (int job : asked.pausable()) {
            var from = Instant.now();
            if (node.ask(AskedJobs.id(job), "resume")) {
                asked.resumed(job, from, Instant.now());
            }
        }
    }
}
