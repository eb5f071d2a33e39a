package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.run.AttemptRow;
import dev.carillon.scheduler.run.AttemptState;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes as real processes on one PostgreSQL, killed, frozen and stopped. */
@Timeout(180)
class ClusterTest {
    private static final int JOBS = 8;

    private final List<Node> nodes = new ArrayList<>();
    private EmbeddedPostgres server;
    private String url;

    @BeforeEach
    void start() throws Exception {
        server = EmbeddedPostgres.builder().start();
        url = server.getJdbcUrl("postgres", "postgres");
        JdbcRunStore.open(new StoreConfig(url)).close(); // the tables, before three processes want them
    }

    @AfterEach
    void stop() throws Exception {
        nodes.forEach(node -> node.process.toHandle().destroyForcibly());
        server.close();
    }

    @Test
    void of_a_node_killed_in_mid_run_the_others_take_over_and_no_occurrence_is_missed_or_doubled() throws Exception {
        for (int i = 1; i <= 3; i++) {
            node("n" + i, "* * * * * *", 300);
        }
        await(
                "every node works",
                () -> nodes.stream().allMatch(node -> node.heard("started").size() > 3));
        var victim = nodes.getFirst();
        var before = victim.heard("started").size();
        await("the victim is in mid-run", () -> victim.heard("started").size() > before);
        victim.process.toHandle().destroyForcibly();
        var killed = Instant.now();
        await("a run is taken over", () -> attempts(2) > 0);
        var settled = nodes.get(1).heard("started").size();
        await("life goes on", () -> nodes.get(1).heard("started").size() > settled + 10);
        var leaving = Instant.now().minusSeconds(1); // what runs when the last node leaves is interrupted, rightly
        nodes.get(1).leave();
        nodes.get(2).leave();

        var runs = runs().stream()
                .filter(run -> run.scheduledTime().isBefore(leaving))
                .toList();
        assertThat(starts()).doesNotHaveDuplicates();
        for (int job = 0; job < JOBS; job++) {
            var name = "job " + job;
            var seconds = runs.stream()
                    .filter(run -> run.name().equals(name))
                    .map(run -> run.scheduledTime().getEpochSecond())
                    .sorted()
                    .toList();
            assertThat(seconds).as(name).doesNotHaveDuplicates();
            assertThat(seconds.getLast() - seconds.getFirst())
                    .as("%s: every second from %s has its row", name, seconds.getFirst())
                    .isEqualTo(seconds.size() - 1);
        }
        assertThat(runs)
                .allMatch(run ->
                        run.state() == RunState.SUCCEEDED || run.state() == RunState.SKIPPED && run.reason() != null);
        var takenOver = runs.stream().filter(run -> run.attempts() > 1).toList();
        assertThat(takenOver).isNotEmpty();
        for (var run : takenOver) {
            var attempts = attemptsOf(run);
            assertThat(attempts.getLast().node()).isIn("n2", "n3");
            assertThat(attempts.getLast().state()).isEqualTo(AttemptState.SUCCEEDED);
            if (attempts.size() > 1) {
                assertThat(attempts.getFirst().node()).isEqualTo("n1");
                assertThat(attempts.getFirst().state()).isEqualTo(AttemptState.INTERRUPTED);
            }
        }
        var slowest = takenOver.stream()
                .map(run -> Duration.between(killed, attemptsOf(run).getLast().startedAt()))
                .max(Duration::compareTo)
                .orElseThrow();
        System.err.println("takeover of " + takenOver.size() + " runs, the last after " + slowest.toMillis() + " ms");
    }

    @Test
    void a_node_frozen_past_detection_finds_its_runs_taken_over_and_can_end_none_of_them() throws Exception {
        node("n1", "* * * * * *", 1500);
        await("the node works", () -> nodes.getFirst().heard("started").size() >= JOBS);
        node("n2", "* * * * * *", 1500);
        await("the other is up", () -> nodes.getLast().said("up"::equals));
        var frozen = nodes.getFirst();
        var before = frozen.heard("started").size();
        await("the victim is in mid-run", () -> frozen.heard("started").size() > before);
        frozen.signal("STOP");
        await("a run is taken over", () -> attempts(2) > 0);
        frozen.signal("CONT");
        await("it learns of it", () -> frozen.said("fenced"::equals));
        var ended = runs().stream()
                .filter(run -> run.attempts() > 1 && run.state() == RunState.SUCCEEDED)
                .count();
        await(
                "the runs taken over end",
                () -> runs().stream()
                                .filter(run -> run.attempts() > 1 && run.state() == RunState.SUCCEEDED)
                                .count()
                        > ended);
        assertThat(starts()).doesNotHaveDuplicates();
        for (var run : runs()) {
            var attempts = attemptsOf(run);
            if (attempts.size() > 1) {
                assertThat(attempts.getFirst().state()).as("%s", attempts).isEqualTo(AttemptState.INTERRUPTED);
                assertThat(attempts.getFirst().node()).isEqualTo("n1");
            }
        }
    }

    @Test
    void a_second_process_of_the_same_name_is_refused_and_after_a_kill_the_name_is_free() throws Exception {
        node("n1", "0 0 * * * *", 10);
        await("the node is up", () -> nodes.getFirst().said("up"::equals));
        node("n1", "0 0 * * * *", 10);
        await("it is refused", () -> nodes.getLast().said("refused NAME_TAKEN"::equals));
        assertThat(nodes.getFirst().process.isAlive()).isTrue();
        nodes.getFirst().process.toHandle().destroyForcibly();
        nodes.getFirst().process.waitFor();
        await("the name is free", () -> {
            try {
                node("n1", "0 0 * * * *", 10);
                var again = nodes.getLast();
                await("an answer", () -> again.said(line -> line.equals("up") || line.startsWith("refused")));
                return again.said("up"::equals);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void a_node_that_leaves_in_order_hands_over_what_it_runs() throws Exception {
        node("n1", "* * * * * *", 60_000);
        await("the node works", () -> nodes.getFirst().heard("started").size() >= JOBS);
        node("n2", "* * * * * *", 100);
        await("the other is up", () -> nodes.getLast().said("up"::equals));
        nodes.getFirst().leave();
        await(
                "the runs go on",
                () -> nodes.getLast().heard("started").stream()
                                .filter(start -> start.endsWith(" 2"))
                                .count()
                        >= JOBS);
        assertThat(starts()).doesNotHaveDuplicates();
    }

    private Node node(String name, String schedule, long workMs) throws IOException {
        var node = new Node(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx160m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClusterNode.class.getName(),
                        url,
                        name,
                        Integer.toString(JOBS),
                        schedule,
                        Long.toString(workMs))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        nodes.add(node);
        return node;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within a minute: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** What every process said it started: run and attempt. */
    private List<String> starts() {
        return nodes.stream().flatMap(node -> node.heard("started").stream()).toList();
    }

    private long attempts(int number) {
        return new HashSet<>(starts())
                .stream().filter(start -> start.endsWith(" " + number)).count();
    }

    private List<RunSummary> runs() {
        try (var store = JdbcRunStore.open(new StoreConfig(url))) {
            return store.runs(new RunQuery(null, Set.of(), null, null, null, null, 1000))
                    .items();
        }
    }

    private List<AttemptRow> attemptsOf(RunSummary run) {
        try (var store = JdbcRunStore.open(new StoreConfig(url))) {
            return store.run(new RunId(run.id())).orElseThrow().attemptList();
        }
    }

    /** A process and what it has said. */
    private static final class Node {
        final Process process;
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Node(Process process) {
            this.process = process;
            Thread.ofVirtual().start(() -> {
                try (var said = process.inputReader()) {
                    said.lines().forEach(lines::add);
                } catch (IOException | java.io.UncheckedIOException e) {
                    lines.add("gone");
                }
            });
        }

        boolean said(Predicate<String> line) {
            return lines.stream().anyMatch(line);
        }

        /** What followed the word in lines that begin with it. */
        List<String> heard(String word) {
            return lines.stream()
                    .filter(line -> line.startsWith(word + " "))
                    .map(line -> line.substring(word.length() + 1))
                    .toList();
        }

        void signal(String name) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }

        void leave() throws IOException, InterruptedException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            process.waitFor();
        }
    }
}
