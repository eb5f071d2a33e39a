package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.run.AttemptState;
import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.StoreConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a node does that cannot say it lives, or has a wrong clock, or a name or cluster that is another's. */
@Timeout(240)
class ContactTest {
    @RegisterExtension
    final Cluster cluster = new Cluster();

    @Test
    void a_node_that_cannot_check_in_tells_its_runs_to_end_and_they_go_on_as_the_next_attempt() throws Exception {
        var node = cluster.up("n1", "work=60000");
        cluster.await("it is in mid-run", () -> !node.starts().isEmpty());
        var run = node.starts().getFirst();
        try (var connection = cluster.connect();
                var lock = connection.createStatement()) {
            connection.setAutoCommit(false);
            lock.execute("lock table qrtz_scheduler_state in exclusive mode");
            cluster.await("its run is told to end", () -> node.said(line -> line.startsWith("aborted " + run.run())));
            assertThat(node.starts()).hasSize(1);
            connection.rollback();
        }
        cluster.await("it goes on", () -> node.starts().size() > 1);
        var next = node.starts().get(1);
        assertThat(next.run()).isEqualTo(run.run());
        assertThat(next.attempt()).isEqualTo(2);
        assertThat(next.scheduled()).isEqualTo(run.scheduled());
        assertThat(cluster.attemptsOf(cluster.runs().getLast()).getFirst().state())
                .isEqualTo(AttemptState.INTERRUPTED);
        assertThat(node.isFenced()).isFalse();
    }

    /** Told to end before it has begun, it would pass for one that ended because it was told to. */
    @Test
    void a_start_that_is_recorded_only_after_contact_was_lost_is_not_begun_but_handed_on() throws Exception {
        var node = cluster.up("n1", "schedule=0 0 1 1 *");
        try (var connection = cluster.connect();
                var lock = connection.createStatement()) {
            connection.setAutoCommit(false);
            lock.execute("lock table run in exclusive mode");
            node.tell("add soon;* * * * * *;10");
            cluster.await("it has claimed", () -> !claims().isEmpty());
            lock.execute("lock table qrtz_scheduler_state in exclusive mode");
            cluster.await("contact is lost", () -> node.logged("tells its 1 runs to end"));
            assertThat(node.starts()).isEmpty();
            connection.rollback();
        }
        cluster.await("it runs", () -> !node.starts().isEmpty());
        var run = node.starts().getFirst();
        assertThat(run.attempt()).isEqualTo(2);
        assertThat(cluster.attemptsOf(cluster.runs().getLast()).getFirst().state())
                .isEqualTo(AttemptState.INTERRUPTED);
    }

    private List<String> claims() {
        return cluster.query("select entry_id from qrtz_fired_triggers");
    }

    @Test
    void a_node_whose_clock_jumps_takes_nobody_for_dead_and_claims_nothing() throws Exception {
        var good = cluster.up("n1", "work=10");
        var wrong = cluster.up("n2", "work=10");
        cluster.await(
                "both work", () -> !good.starts().isEmpty() && !wrong.starts().isEmpty());
        wrong.tell("clock 3600000");
        cluster.await("it notices", () -> wrong.logged("nothing more is claimed until it is right"));
        int goods = good.starts().size();
        int wrongs = wrong.starts().size();
        cluster.await("the good one goes on alone", () -> good.starts().size() >= goods + 4);
        assertThat(wrong.starts().size()).isLessThanOrEqualTo(wrongs + 1);
        assertThat(cluster.query("select detail from audit")).isEmpty();
        wrong.tell("clock 0");
        cluster.await("it claims again", () -> wrong.starts().size() > wrongs + 1);
        assertThat(wrong.logged("good enough")).isTrue();
        cluster.assertNothingDoubled();
    }

    @Test
    void a_node_whose_connection_for_its_name_breaks_keeps_its_name() throws Exception {
        cluster.up("n1", "schedule=0 0 * * * *");
        var before = holders();
        assertThat(before).hasSize(1);
        cluster.query("select pg_terminate_backend(" + before.getFirst() + ")");
        cluster.await(
                "it has it again", () -> holders().size() == 1 && !holders().equals(before));
        var second = cluster.start("n1", "schedule=0 0 * * * *");
        cluster.await("another is refused", () -> second.said(line -> line.startsWith("refused NAME_TAKEN")));
    }

    private List<String> holders() {
        return cluster.query("select pid from pg_locks where locktype = 'advisory' and database = (select oid from"
                + " pg_database where datname = current_database())");
    }

    @Test
    void a_node_of_another_cluster_is_refused_and_the_running_one_does_not_notice() throws Exception {
        var node = cluster.up("n1", "work=10");
        cluster.await("it works", () -> !node.starts().isEmpty());
        try (var database = Database.open(new StoreConfig(cluster.url()), "stranger", 2)) {
            assertThatThrownBy(() -> QuartzBackend.start(
                            database, QuartzConfig.of("other", "n1"), TimeSource.system(), () -> {}))
                    .asInstanceOf(type(StoreException.class))
                    .satisfies(e -> {
                        assertThat(e.code()).isEqualTo(StoreException.Code.OCCUPIED);
                        assertThat(e.getMessage())
                                .isEqualTo("the database holds cluster 'test', and node 'n1' is of cluster 'other'");
                    });
        }
        int before = node.starts().size();
        cluster.await("it works on", () -> node.starts().size() > before + 1);
        assertThat(node.isFenced()).isFalse();
    }
}
