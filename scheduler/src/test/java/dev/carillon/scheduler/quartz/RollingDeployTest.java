package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.quartz.NodeProcess.Fire;
import dev.carillon.scheduler.run.Reason;
import dev.carillon.scheduler.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes as real processes that leave, come back, and do not all have the same jobs. */
@Timeout(180)
class RollingDeployTest {
    /** A node that is told nothing looks for due triggers this seldom: what starts sooner was told of. */
    private static final String UNTOLD = "idle=30000";

    /** The goal is 250 ms; a machine that starts JVMs besides gets more, but less than an untold node would need. */
    private static final Duration HAND_OVER_MAX = Duration.ofSeconds(10);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    @Test
    @Tag("pitfall-16")
    void nodes_that_leave_one_after_the_other_under_load_hand_over_at_once_what_they_ran_and_what_is_due()
            throws Exception {
        int jobs = 50;
        var load = new String[] {"jobs=" + jobs, "work=5", UNTOLD};
        var nodes = new ArrayList<>(List.of(cluster.up("n1", load), cluster.up("n2", load)));
        for (var node : nodes) {
            node.tell("add long;* * * * * *;60000");
        }
        var handOvers = new ArrayList<Duration>();
        for (int i = 0; i < 4; i++) {
            cluster.await("the long job runs", () -> !running("long").isEmpty());
            var busy = running("long").getLast();
            var leaving = nodes.stream()
                    .filter(node -> node.starts().contains(busy))
                    .findFirst()
                    .orElseThrow();
            leaving.leave();
            var left = Instant.now();
            var next = new ArrayList<Fire>();
            cluster.await("the long job goes on", () -> {
                cluster.starts().stream()
                        .filter(start -> start.run().equals(busy.run()) && start.attempt() == busy.attempt() + 1)
                        .forEach(next::add);
                return !next.isEmpty();
            });
            handOvers.add(Duration.between(left, next.getFirst().at()));
            var again = cluster.up(leaving.name(), load);
            again.tell("add long;* * * * * *;60000");
            nodes.set(nodes.indexOf(leaving), again);
        }
        var until = Instant.now().minusSeconds(1);
        for (var node : nodes) {
            node.leave();
        }
        var worst = cluster.starts().stream()
                .filter(start -> start.attempt() == 1 && !start.job().equals("long"))
                .map(Fire::lateness)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        System.err.printf(
                "rolling restart of two nodes, twice: what ran goes on after %s ms at most, what was due started %d ms"
                        + " late at most%n",
                Collections.max(handOvers).toMillis(), worst.toMillis());
        assertThat(handOvers).allMatch(took -> took.compareTo(HAND_OVER_MAX) < 0);
        assertThat(worst).isLessThan(HAND_OVER_MAX);
        cluster.assertNothingDoubled();
        var missed = cluster.runs().stream()
                .filter(run -> !run.name().equals("long") && run.scheduledTime().isBefore(until))
                .filter(run -> run.state() != RunState.SUCCEEDED && run.reason() == null)
                .toList();
        assertThat(missed).isEmpty();
    }

    /** Starts of the job that have not returned, on nodes that are still there. */
    private List<Fire> running(String job) {
        return cluster.alive().stream()
                .flatMap(node -> node.starts().stream())
                .filter(start -> start.job().equals(job))
                .toList();
    }

    @Test
    @Tag("pitfall-16")
    void a_job_one_node_lacks_runs_on_the_others_and_when_nobody_has_it_history_says_so() throws Exception {
        var has = cluster.up("n1", "jobs=1");
        has.tell("add special;* * * * * *;5");
        var lacks = cluster.up("n2", "jobs=1");
        cluster.await("it runs", () -> count(has, "special") > 2);
        has.leave();
        cluster.await(
                "history tells that nobody has it",
                () -> cluster.count("run where reason = '" + Reason.HANDLER_MISSING.name() + "'") > 1);
        assertThat(count(lacks, "special")).isZero();
        var again = cluster.up("n1", "jobs=1");
        again.tell("add special;* * * * * *;5");
        cluster.await("it runs again", () -> count(again, "special") > 2);
        var until = Instant.now().minusSeconds(1);
        again.leave();
        lacks.leave();
        assertThat(cluster.query("select distinct j.name from run r join job j on j.num = r.job where r.reason = '"
                        + Reason.HANDLER_MISSING.name() + "'"))
                .containsExactly("special");
        cluster.assertNothingDoubled();
        cluster.assertNothingMissed(2, until);
    }

    private static long count(NodeProcess node, String job) {
        return node.starts().stream().filter(start -> start.job().equals(job)).count();
    }

    @Test
    @Tag("pitfall-17")
    void a_job_added_on_a_saturated_node_starts_in_time_on_an_idle_one() throws Exception {
        var saturated = cluster.up("n1", "jobs=1", "work=60000", "limit=1", UNTOLD);
        cluster.await("it is saturated", () -> saturated.starts().size() == 1);
        var idle = cluster.up("n2", "jobs=0", UNTOLD);
        for (var node : List.of(saturated, idle)) {
            node.tell("add new;*/3 * * * * *;5");
        }
        cluster.await("it starts", () -> count(idle, "new") >= 3);
        assertPrompt(idle, "new");
        assertThat(count(saturated, "new")).isZero();
    }

    @Test
    @Tag("pitfall-17")
    void what_a_node_arms_and_has_no_slot_for_is_started_in_time_by_one_that_was_idle_meanwhile() throws Exception {
        var busy = cluster.up("n1", "jobs=0", "limit=1", UNTOLD);
        busy.tell("add shared;*/5 * * * * *;4000");
        cluster.await("it runs on the busy node", () -> count(busy, "shared") == 1);
        var idle = cluster.up("n2", "jobs=0", UNTOLD);
        idle.tell("add shared;*/5 * * * * *;4000");
        busy.tell("add hog;* * * * * *;60000"); // takes the one slot as soon as it is free
        cluster.await("the idle node starts it", () -> count(idle, "shared") >= 1);
        assertPrompt(idle, "shared");
    }

    private static void assertPrompt(NodeProcess node, String job) {
        var worst = node.starts().stream()
                .filter(start -> start.job().equals(job))
                .map(Fire::lateness)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        System.err.printf("job '%s' started by the idle node %d ms late at most%n", job, worst.toMillis());
        assertThat(worst).isLessThan(HAND_OVER_MAX);
    }
}
