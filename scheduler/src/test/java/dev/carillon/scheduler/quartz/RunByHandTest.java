package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.quartz.NodeProcess.Fire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A run by hand on one node, and those of the schedule on all. */
@Timeout(120)
class RunByHandTest {
    private static final String EVERY_THREE_SECONDS = "schedule=*/3 * * * * *";
    private static final Duration WORK = Duration.ofMillis(1800);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final List<NodeProcess> nodes = new ArrayList<>();

    @Test
    void it_waits_for_nobody_and_nobody_starts_the_job_until_it_has_ended() throws Exception {
        up("n1");
        var other = up("n2");
        int before = cluster.starts().size();
        cluster.await("an occurrence runs", () -> cluster.starts().size() > before);
        var scheduled = last();
        awaitEnd(scheduled);
        other.tell("trigger job 0"); // 1.2 s before the next is due, and 1.8 s long
        cluster.await("a run by hand starts", () -> other.said(("by hand " + last().run())::equals));
        var byHand = last();
        cluster.await("the occurrence due meanwhile starts", () -> !last().equals(byHand));
        assertThat(last().at())
                .as("%s began before %s had ended", last(), byHand)
                .isAfterOrEqualTo(byHand.at().plus(WORK).minusMillis(50));
        assertThat(last().attempt()).isEqualTo(1);
        cluster.assertNothingDoubled();
    }

    @Test
    void it_is_refused_while_another_node_runs_the_job_and_what_its_own_death_leaves_is_free() throws Exception {
        var first = up("n1");
        cluster.await("it runs", () -> !first.starts().isEmpty());
        var second = up("n2");
        int before = cluster.starts().size();
        cluster.await("an occurrence runs", () -> cluster.starts().size() > before);
        var runner = first.starts().contains(last()) ? first : second;
        var other = runner == first ? second : first;
        other.tell("trigger job 0");
        cluster.await(
                "it is refused",
                () -> other.said(("refused BUSY job 'cluster.ts/job 0' is still running on node '" + runner.name()
                        + "'")::equals));
        var scheduled = last();
        awaitEnd(scheduled);
        other.tell("trigger job 0");
        cluster.await("a run by hand starts", () -> other.said(("by hand " + last().run())::equals));
        var byHand = last();
        other.kill();
        cluster.await("the schedule goes on", () -> !last().equals(byHand));
        assertThat(last().attempt()).isEqualTo(1);
        assertThat(runner.starts()).contains(last());
        assertThat(cluster.query("select reason from run where id = '" + byHand.run() + "'"))
                .containsExactly("PROCESS_DIED");
    }

    private Fire last() {
        return cluster.starts().stream().max(Comparator.comparing(Fire::at)).orElseThrow();
    }

    /** And the claim is given up, which its node does next. */
    private void awaitEnd(Fire fire) {
        cluster.await(
                "it has ended",
                () -> nodes.stream()
                        .flatMap(node -> node.ends().stream())
                        .anyMatch(end -> end.identity().equals(fire.identity())));
        cluster.await("nobody holds the job", () -> cluster.count("qrtz_fired_triggers") == 0);
    }

    private NodeProcess up(String name) throws Exception {
        var node = cluster.up(name, "jobs=1", EVERY_THREE_SECONDS, "work=" + WORK.toMillis());
        nodes.add(node);
        return node;
    }
}
