package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.quartz.NodeProcess.Fire;
import dev.carillon.scheduler.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes as real processes, with much to do. */
@Timeout(900)
class BusyClusterTest {
    private static final Duration BUSY = Cluster.LONG ? Duration.ofMinutes(10) : Duration.ofSeconds(12);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    @Test
    @Tag("pitfall-3")
    void three_nodes_share_two_hundred_jobs_due_every_second_and_none_is_doubled_or_missed() throws Exception {
        int jobs = 200;
        var nodes = new ArrayList<NodeProcess>();
        for (int i = 1; i <= 3; i++) {
            nodes.add(cluster.start("n" + i, "jobs=" + jobs, "work=5"));
        }
        nodes.forEach(cluster::awaitUp);
        var until = Instant.now().plus(BUSY);
        cluster.await(
                "it has worked for " + BUSY,
                BUSY.plusSeconds(60),
                () -> cluster.starts().stream()
                        .anyMatch(start -> start.scheduled().isAfter(until)));
        for (var node : nodes) {
            node.leave();
        }
        cluster.assertNothingDoubled();
        cluster.assertNothingMissed(jobs, until);
        var runs = cluster.runs();
        var shares = nodes.stream().map(node -> node.starts().size()).toList();
        long skipped =
                runs.stream().filter(run -> run.state() == RunState.SKIPPED).count();
        System.err.printf(
                "%d jobs every second for %s: shares of the nodes %s, skipped %d of %d%n",
                jobs, BUSY, shares, skipped, runs.size());
        assertThat(shares).as("all nodes work").allMatch(share -> share > 0);
        // What was due later may have been under way on a node as it left, which hands it on as the next attempt.
        assertThat(runs.stream()
                        .filter(run ->
                                run.attempts() > 1 && !run.scheduledTime().isAfter(until)))
                .as("nobody died")
                .isEmpty();
    }

    @Test
    @Tag("pitfall-12")
    void a_thousand_jobs_due_at_one_instant_start_promptly_on_a_pool_of_five_connections() throws Exception {
        int jobs = 1000;
        var due = Instant.now().plusSeconds(8).atOffset(ZoneOffset.UTC);
        var schedule = due.getSecond() + " " + due.getMinute() + " " + due.getHour() + " * * *";
        var node =
                cluster.up("n1", "jobs=" + jobs, "schedule=" + schedule, "limit=" + jobs, "connections=5", "work=100");
        cluster.await("all have run", () -> node.ends().size() == jobs);
        var lateness = node.starts().stream().map(Fire::lateness).sorted().toList();
        System.err.printf(
                "%d jobs due at one instant, 5 connections: lateness p50 %d ms, p99 %d ms, max %d ms%n",
                jobs,
                lateness.get(jobs / 2).toMillis(),
                lateness.get(jobs * 99 / 100).toMillis(),
                lateness.getLast().toMillis());
        assertThat(lateness).hasSize(jobs);
        assertThat(lateness.getLast()).as("no stall").isLessThan(Duration.ofSeconds(10));
        node.leave();
        assertThat(node.logged("onnection is not available"))
                .as("no connection timeout")
                .isFalse();
        assertThat(node.logged("ERROR")).isFalse();
        assertThat(cluster.runs()).hasSize(jobs).allMatch(run -> run.state() == RunState.SUCCEEDED);
    }
}
