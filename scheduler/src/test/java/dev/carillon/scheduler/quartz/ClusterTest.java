package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.quartz.NodeProcess.Fire;
import dev.carillon.scheduler.run.AttemptRow;
import dev.carillon.scheduler.run.AttemptState;
import dev.carillon.scheduler.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes as real processes on one PostgreSQL, killed, frozen and stopped. */
@Timeout(240)
class ClusterTest {
    private static final int JOBS = 8;
    private static final int KILLS = Cluster.LONG ? 100 : 10;
    /** The goal is 3 s; a machine that carries four cold JVMs besides gets more. */
    private static final Duration TAKEOVER_MAX = Duration.ofSeconds(10);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    @Test
    @Tag("pitfall-1")
    void of_nodes_killed_in_mid_run_again_and_again_the_others_take_over_and_nothing_is_missed_or_doubled()
            throws Exception {
        var nodes = new ArrayList<NodeProcess>();
        for (int i = 1; i <= 4; i++) {
            nodes.add(start("n" + i, 300));
        }
        var takeovers = new ArrayList<Duration>();
        for (int kills = 0; kills < KILLS; kills += 2) {
            cluster.await(
                    "three nodes are up",
                    () -> nodes.stream().filter(NodeProcess::isUp).count() >= 3);
            var killedAt = new LinkedHashMap<NodeProcess, Instant>();
            for (int i = 1; i <= 2; i++) {
                var victim = inMidRun(nodes);
                victim.kill();
                killedAt.put(victim, Instant.now());
                nodes.set(nodes.indexOf(victim), start("n" + (4 + kills + i), 300));
            }
            killedAt.forEach((victim, killed) -> takeovers.addAll(takeovers(victim, killed)));
        }
        nodes.forEach(cluster::awaitUp);
        var settled = Instant.now();
        cluster.await(
                "life goes on",
                () -> cluster.starts().stream()
                        .anyMatch(start -> start.scheduled().isAfter(settled.plusSeconds(2))));
        var leaving = Instant.now().minusSeconds(1); // what runs when the last node leaves is interrupted, rightly
        for (var node : nodes) {
            node.leave();
        }

        System.err.printf(
                "%d kills: %d runs taken over, each within %d ms%n",
                KILLS, takeovers.size(), Collections.max(takeovers).toMillis());
        cluster.assertNothingDoubled();
        cluster.assertNothingMissed(JOBS, leaving);
        assertThat(takeovers).hasSizeGreaterThanOrEqualTo(KILLS).allMatch(took -> took.compareTo(TAKEOVER_MAX) < 0);
        assertThat(cluster.starts().stream()
                        .collect(Collectors.groupingBy(
                                Fire::run, Collectors.mapping(Fire::scheduled, Collectors.toSet())))
                        .values())
                .as("an attempt keeps the scheduled time of its run")
                .allMatch(scheduled -> scheduled.size() == 1);
        for (var run : cluster.runs()) {
            if (run.attempts() > 1 && run.scheduledTime().isBefore(leaving)) {
                var attempts = cluster.attemptsOf(run);
                assertThat(attempts.getLast().state()).as("%s", attempts).isEqualTo(AttemptState.SUCCEEDED);
                assertThat(attempts.subList(0, attempts.size() - 1))
                        .allMatch(attempt -> attempt.state() == AttemptState.INTERRUPTED);
            }
        }
    }

    /** A node that has called a job function which has not returned. */
    private NodeProcess inMidRun(List<NodeProcess> nodes) {
        var found = new ArrayList<NodeProcess>();
        cluster.await("a node is in mid-run", () -> {
            nodes.stream()
                    .filter(node ->
                            node.isUp() && node.starts().size() > node.ends().size())
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    /** How long each run the dead node left took to go on elsewhere. */
    private List<Duration> takeovers(NodeProcess dead, Instant killed) {
        var ended = dead.ends().stream().map(Fire::identity).collect(Collectors.toSet());
        return dead.starts().stream()
                .filter(left -> !ended.contains(left.identity()))
                .map(left -> Duration.between(killed, next(left).at()))
                .toList();
    }

    /** The attempt that followed. */
    private Fire next(Fire left) {
        var next = new ArrayList<Fire>();
        cluster.await(left + " goes on elsewhere", () -> {
            cluster.starts().stream()
                    .filter(start -> start.run().equals(left.run()) && start.attempt() > left.attempt())
                    .forEach(next::add);
            return !next.isEmpty();
        });
        return next.getFirst();
    }

    @Test
    @Tag("pitfall-2")
    void a_node_frozen_past_detection_finds_its_runs_taken_over_and_can_end_none_of_them() throws Exception {
        var frozen = start("n1", 1500);
        cluster.await("the node works", () -> frozen.starts().size() >= JOBS);
        cluster.awaitUp(start("n2", 1500));
        int before = frozen.starts().size();
        cluster.await("the victim is in mid-run", () -> frozen.starts().size() > before);
        frozen.freeze();
        cluster.await("a run is taken over", () -> cluster.takeovers().findAny().isPresent());
        frozen.thaw();
        cluster.await("it learns of it", frozen::isFenced);
        long ended = endedAfterTakeover();
        cluster.await("the runs taken over end", () -> endedAfterTakeover() > ended);
        cluster.assertNothingDoubled();
        for (var run : cluster.runs()) {
            var attempts = cluster.attemptsOf(run);
            if (attempts.size() > 1) {
                assertThat(attempts.getFirst().state()).as("%s", attempts).isEqualTo(AttemptState.INTERRUPTED);
                assertThat(attempts.getFirst().node()).isEqualTo("n1");
            }
        }
    }

    private long endedAfterTakeover() {
        return cluster.runs().stream()
                .filter(run -> run.attempts() > 1 && run.state() == RunState.SUCCEEDED)
                .count();
    }

    @Test
    @Tag("pitfall-4")
    void a_second_process_of_the_same_name_is_refused_and_after_a_kill_the_name_is_free() throws Exception {
        var first = cluster.up("n1", "schedule=0 0 * * * *");
        var second = cluster.start("n1", "schedule=0 0 * * * *");
        cluster.await("it is refused", () -> second.said(line -> line.startsWith("refused NAME_TAKEN")));
        assertThat(first.isAlive()).isTrue();
        first.kill();
        cluster.await("the name is free", () -> lockHolders() == 0);
        cluster.up("n1", "schedule=0 0 * * * *");
    }

    /** PostgreSQL notices by itself that the process is gone, a moment later. */
    private long lockHolders() {
        return cluster.count("pg_locks where locktype = 'advisory' and database = (select oid from pg_database"
                + " where datname = current_database())");
    }

    @Test
    @Tag("pitfall-4")
    void a_node_that_comes_back_under_its_name_goes_on_with_its_runs_at_once_and_under_another_after_detection()
            throws Exception {
        for (var name : List.of("n1", "n2")) {
            var first = cluster.up("n1", "schedule=* * * * * *", "work=60000");
            cluster.await("the node works", () -> !first.starts().isEmpty());
            var left = first.starts().getLast();
            first.kill();
            var again = cluster.up(name, "schedule=* * * * * *", "work=60000");
            var up = Instant.now();
            cluster.await("its run goes on", () -> !again.starts().isEmpty());
            var next = again.starts().getFirst();
            System.err.printf(
                    "back as %s: its run goes on %d ms after it is up%n",
                    name, Duration.between(up, next.at()).toMillis());
            assertThat(next.run()).isEqualTo(left.run());
            assertThat(next.attempt()).isEqualTo(left.attempt() + 1);
            assertThat(next.lateness()).isLessThan(TAKEOVER_MAX.plus(Duration.between(left.scheduled(), up)));
            again.leave();
            cluster.execute("delete from qrtz_fired_triggers");
        }
    }

    @Test
    void a_node_that_leaves_in_order_hands_over_what_it_runs() throws Exception {
        var leaving = start("n1", 60_000);
        cluster.await("the node works", () -> leaving.starts().size() >= JOBS);
        var other = cluster.up("n2", "jobs=" + JOBS, "work=100");
        leaving.leave();
        cluster.await(
                "the runs go on",
                () -> other.starts().stream()
                                .filter(start -> start.attempt() == 2)
                                .count()
                        >= JOBS);
        cluster.assertNothingDoubled();
    }

    @Test
    void a_retry_that_is_pending_when_its_node_leaves_is_made_by_another_when_it_is_due() throws Exception {
        retriesGoOn(NodeProcess::leave);
    }

    @Test
    void a_retry_that_is_pending_when_its_node_is_killed_is_made_by_another_when_it_is_due() throws Exception {
        retriesGoOn(NodeProcess::kill);
    }

    private void retriesGoOn(End end) throws Exception {
        var first = cluster.up("n1", "jobs=" + JOBS, "work=10", "fails=4000");
        var other = cluster.up("n2", "jobs=" + JOBS, "work=10", "fails=4000");
        var left = new HashSet<String>();
        cluster.await(
                "a retry is pending",
                () -> left.addAll(cluster.query("select id from run where state = 'retrying' and node = 'n1'")));
        end.of(first);
        var gone = Instant.now();
        cluster.await(
                "their retries have been made",
                () -> cluster.runs().stream()
                        .filter(run -> left.contains(run.id()))
                        .allMatch(run -> run.state().ended()));
        other.leave();

        int pending = 0;
        for (var run : cluster.runs()) {
            if (left.contains(run.id())) {
                var attempts = cluster.attemptsOf(run);
                assertThat(attempts)
                        .as("%s", run)
                        .extracting(AttemptRow::state)
                        .containsExactly(AttemptState.FAILED, AttemptState.SUCCEEDED);
                var due = Objects.requireNonNull(attempts.getFirst().retryAt());
                assertThat(attempts.getLast().startedAt()).isAfterOrEqualTo(due);
                if (due.isAfter(gone)) {
                    pending++;
                    assertThat(attempts.getLast().node()).isEqualTo("n2");
                }
            }
        }
        assertThat(pending).isPositive();
        cluster.assertNothingDoubled();
    }

    /** How a node goes. */
    private interface End {
        void of(NodeProcess node) throws Exception;
    }

    private NodeProcess start(String name, long workMs) throws Exception {
        // One run may be hit by more kills than it would be taken over after.
        return cluster.start(name, "jobs=" + JOBS, "work=" + workMs, "takeovers=100");
    }
}
