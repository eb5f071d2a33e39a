package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes as real processes, one of which has its clock set wrong. */
@Timeout(180)
@Tag("pitfall-10")
class ClocksTest {
    private static final int JOBS = 6;

    @RegisterExtension
    final Cluster cluster = new Cluster();

    @Test
    void a_node_whose_clock_is_set_wrong_says_so_and_claims_nothing_until_it_is_right_again() throws Exception {
        var right = cluster.up("n1", "jobs=" + JOBS);
        var wrong = cluster.up("n2", "jobs=" + JOBS);
        cluster.await("it works", () -> right.starts().size() + wrong.starts().size() > JOBS);
        for (var ahead : List.of(Duration.ofSeconds(5), Duration.ofSeconds(-5), Duration.ofHours(1))) {
            long told = wrong.logs("nothing more is claimed");
            wrong.tell("clock " + ahead.toMillis());
            cluster.await("it says its clock is off by " + ahead, () -> wrong.logs("nothing more is claimed") > told);
            var fenced = Instant.now();
            cluster.await(
                    "what it had begun has ended",
                    () -> right.starts().stream()
                            .anyMatch(start -> start.scheduled().isAfter(fenced.plusSeconds(1))));
            int before = wrong.starts().size();
            cluster.await(
                    "the other goes on with every job",
                    () -> right.starts().stream()
                                    .filter(start -> start.scheduled().isAfter(fenced.plusSeconds(2)))
                                    .map(NodeProcess.Fire::job)
                                    .distinct()
                                    .count()
                            == JOBS);
            assertThat(wrong.starts()).as("off by %s: it starts nothing", ahead).hasSize(before);
            long again = wrong.logs("good enough");
            wrong.tell("clock 0");
            cluster.await("it is right again", () -> wrong.logs("good enough") > again);
        }
        right.leave();
        cluster.await("and works again", () -> wrong.starts().size() > JOBS * 2);
        var until = Instant.now().minusSeconds(1);
        wrong.leave();
        cluster.assertNothingDoubled();
        cluster.assertNothingMissed(JOBS, until);
    }

    @Test
    void a_node_that_comes_with_a_wrong_clock_is_refused() throws Exception {
        for (var ahead : List.of(Duration.ofSeconds(5), Duration.ofSeconds(-5), Duration.ofHours(1))) {
            var node = cluster.start("n1", "clock=" + ahead.toMillis());
            node.exitCode();
            assertThat(node.said(line -> line.startsWith("refused CLOCK_SKEW")))
                    .as(node.story())
                    .isTrue();
        }
    }
}
