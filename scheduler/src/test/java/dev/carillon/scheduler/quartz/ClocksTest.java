package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes as real processes, one of which has its clock set wrong. */
@Timeout(180)
@Tag("pitfall-10")
class ClocksTest {
    @RegisterExtension
    final Cluster cluster = new Cluster();

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
