package dev.carillon.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeighboursTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "local, other, local, 1, false, true",
        "local, other, quartz, 1, false, true",
        "quartz, other, local, 1, false, true",
        "quartz, other, quartz, 1, false, false",
        "local, other, local, 15, false, false", // not seen for too long
        "local, other, local, 1, true, false", // it has said goodbye
        "local, me, local, 1, false, false" // what is left of its own last life
    })
    void only_nodes_of_a_cluster_share_a_database(
            String backend, String name, String others, long seenAgo, boolean stopped, boolean refused) {
        var other = new NodeRow(name, NOW.minusSeconds(60), NOW.minusSeconds(seenAgo), stopped, "1", others);
        assertThat(Neighbours.inTheWay("me", backend.equals("quartz"), "quartz", List.of(other), NOW)
                        .isPresent())
                .isEqualTo(refused);
    }
}
