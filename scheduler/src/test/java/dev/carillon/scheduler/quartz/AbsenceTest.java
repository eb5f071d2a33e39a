package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.run.Reason;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * All nodes of a cluster, real processes, were gone for an hour: they lived with clocks an hour behind, and come back with
 * right ones.
 */
@Timeout(180)
class AbsenceTest {
    private static final Duration HOUR = Duration.ofHours(1);
    /** How overdue a trigger may be and still start: that, and a second more for the start itself. */
    private static final Duration LATENESS_MAX = Duration.ofSeconds(6);

    @RegisterExtension
    final Cluster cluster = new Cluster();

    @Test
    @Tag("pitfall-8")
    void what_was_due_meanwhile_is_skipped_row_by_row_and_what_was_under_way_goes_on() throws Exception {
        var behind = new String[] {"jobs=0", "any-clock=true", "clock=-" + HOUR.toMillis()};
        var before = List.of(cluster.up("n1", behind), cluster.up("n2", behind));
        for (var node : before) {
            register(node);
        }
        cluster.await(
                "it works",
                () -> before.stream()
                                .flatMap(node -> node.ends().stream())
                                .filter(end -> end.job().equals("often"))
                                .count()
                        > 3);
        cluster.await(
                "the long job runs",
                () -> cluster.starts().stream().anyMatch(start -> start.job().equals("long")));
        var underWay = cluster.starts().stream()
                .filter(start -> start.job().equals("long"))
                .findFirst()
                .orElseThrow();
        for (var node : before) {
            node.kill();
        }
        var left = Instant.now().minus(HOUR);

        var back = Instant.now();
        var after = List.of(
                cluster.start("n1", "jobs=0", "any-clock=true"), cluster.start("n2", "jobs=0", "any-clock=true"));
        for (var node : after) { // each finds the other alive when it registers
            cluster.awaitUp(node);
        }
        for (var node : after) {
            register(node);
        }
        cluster.await("the long job goes on", () -> started(after, "long") > 0);
        cluster.await("the frequent job goes on", () -> started(after, "often") > 3);
        var settled = Instant.now().minusSeconds(1);
        for (var node : after) {
            node.leave();
        }

        cluster.assertNothingDoubled();
        var again = after.stream()
                .flatMap(node -> node.starts().stream())
                .filter(start -> start.job().equals("long"))
                .min(Comparator.comparing(NodeProcess.Fire::at))
                .orElseThrow();
        assertThat(again.run()).as("a run that was under way is run again").isEqualTo(underWay.run());
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.scheduled()).isEqualTo(underWay.scheduled());

        var often = rows("often", left, settled);
        assertThat(often).as("a row for every second").hasSizeGreaterThan((int) HOUR.toSeconds());
        for (int i = 1; i < often.size(); i++) {
            assertThat(often.get(i).scheduledTime())
                    .isEqualTo(often.get(i - 1).scheduledTime().plusSeconds(1));
        }
        for (var run : rows("often", left.plusSeconds(3), back.minusSeconds(6))) {
            assertThat(run.state()).as("%s", run).isEqualTo(RunState.SKIPPED);
            assertThat(run.reason()).as("%s", run).isEqualTo(Reason.SERVICE_DOWN.words());
        }
        var seldom = rows("seldom", left.plusSeconds(3), back.minusSeconds(6));
        assertThat(seldom.stream().map(RunSummary::scheduledTime))
                .as("every five minutes of the hour")
                .containsExactlyElementsOf(fiveMinutes(left.plusSeconds(3), back.minusSeconds(6)));
        assertThat(seldom).allMatch(run -> run.state() == RunState.SKIPPED);

        var worst = after.stream()
                .flatMap(node -> node.starts().stream())
                .filter(start -> start.attempt() == 1)
                .map(NodeProcess.Fire::lateness)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        System.err.printf("back after an hour: %d rows, lateness at most %d ms%n", often.size(), worst.toMillis());
        assertThat(worst).isLessThan(LATENESS_MAX);
    }

    private static void register(NodeProcess node) throws Exception {
        node.tell("add often;* * * * * *;10");
        node.tell("add seldom;0 */5 * * * *;10");
        node.tell("add long;* * * * * *;60000");
    }

    private static long started(List<NodeProcess> nodes, String job) {
        return nodes.stream()
                .flatMap(node -> node.starts().stream())
                .filter(start -> start.job().equals(job))
                .count();
    }

    /** What history tells of a job, oldest first. */
    private List<RunSummary> rows(String job, Instant from, Instant until) {
        return cluster.runs().stream()
                .filter(run -> run.name().equals(job))
                .filter(run ->
                        run.scheduledTime().isAfter(from) && run.scheduledTime().isBefore(until))
                .sorted(Comparator.comparing(RunSummary::scheduledTime))
                .toList();
    }

    private static List<Instant> fiveMinutes(Instant from, Instant until) {
        var due = new ArrayList<Instant>();
        for (long second = from.getEpochSecond() + 1; second < until.getEpochSecond(); second++) {
            if (second % 300 == 0) {
                due.add(Instant.ofEpochSecond(second));
            }
        }
        return due;
    }
}
