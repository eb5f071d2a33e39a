package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.run.AttemptRow;
import dev.carillon.scheduler.run.AttemptState;
import dev.carillon.scheduler.run.Reason;
import dev.carillon.scheduler.run.RunState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A run that ends every process which takes it over. */
@Timeout(120)
class TakeoverLimitTest {
    @RegisterExtension
    final Cluster cluster = new Cluster();

    @Test
    void a_run_whose_processes_die_fails_after_its_takeovers_and_the_schedule_goes_on() throws Exception {
        var first = up("n1");
        cluster.await("it runs", () -> !first.starts().isEmpty());
        var run = first.starts().getFirst().run();
        var second = up("n2");
        first.kill();
        cluster.await("it is taken over", () -> !second.starts().isEmpty());
        assertThat(second.starts().getFirst().run()).isEqualTo(run);
        var third = up("n3");
        second.kill();
        cluster.await("the next occurrence runs", () -> !third.starts().isEmpty());

        assertThat(third.starts())
                .as("nobody tries it a third time")
                .noneMatch(start -> start.run().equals(run));
        var ended = cluster.runs().stream()
                .filter(each -> each.id().equals(run))
                .findFirst()
                .orElseThrow();
        assertThat(ended.state()).isEqualTo(RunState.FAILED);
        assertThat(ended.reason()).isEqualTo(Reason.TAKEOVERS_SPENT.words());
        assertThat(ended.error())
                .contains("node n2 was taken for dead by node n3")
                .contains("had used its takeovers (limit 1)");
        assertThat(cluster.attemptsOf(ended))
                .extracting(AttemptRow::state)
                .startsWith(AttemptState.INTERRUPTED)
                .endsWith(AttemptState.FAILED);
        assertThat(cluster.query("select detail from audit where what = 'TAKEOVERS_SPENT'"))
                .singleElement()
                .asString()
                .contains("job 'cluster.ts/job 0'")
                .contains("node n2 was taken for dead by node n3");
    }

    @Test
    void a_lone_node_that_dies_of_a_run_and_comes_back_gives_it_up_too() throws Exception {
        var first = up("n1");
        cluster.await("it runs", () -> !first.starts().isEmpty());
        var run = first.starts().getFirst().run();
        first.kill();
        var again = up("n1");
        cluster.await("it is begun again", () -> !again.starts().isEmpty());
        assertThat(again.starts().getFirst().run()).isEqualTo(run);
        again.kill();
        var last = up("n1");
        cluster.await("the next occurrence runs", () -> !last.starts().isEmpty());
        assertThat(last.starts()).noneMatch(start -> start.run().equals(run));
        assertThat(cluster.runs())
                .filteredOn(each -> each.id().equals(run))
                .singleElement()
                .matches(each ->
                        each.state() == RunState.FAILED && each.reason().equals(Reason.TAKEOVERS_SPENT.words()));
    }

    private NodeProcess up(String name) throws Exception {
        return cluster.up(name, "jobs=1", "work=60000", "takeovers=1");
    }
}
