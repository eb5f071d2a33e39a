package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuartzConfigTest {
    @Test
    void a_slack_that_takes_slow_nodes_for_dead_ones_is_refused() {
        assertThatThrownBy(() -> config("n1", Duration.ofMillis(500), Duration.ofMillis(999)))
                .hasMessageContaining("PT0.999S")
                .hasMessageContaining("two check-ins");
    }

    @Test
    void names_that_are_nobodys_own_are_refused() {
        for (var name : new String[] {"", " ", "AUTO", "NON_CLUSTERED", "x".repeat(81)}) {
            assertThatThrownBy(() -> config(name, Duration.ofMillis(500), Duration.ofSeconds(2)))
                    .as(name)
                    .hasMessageContaining("'" + name + "'");
        }
    }

    @Test
    void a_check_in_of_no_time_is_refused() {
        assertThatThrownBy(() -> config("n1", Duration.ZERO, Duration.ofSeconds(2)))
                .hasMessageContaining("PT0S");
    }

    private static QuartzConfig config(String node, Duration checkIn, Duration slack) {
        return new QuartzConfig(
                "test",
                node,
                checkIn,
                slack,
                Duration.ofSeconds(1),
                10,
                Duration.ofSeconds(30),
                Duration.ofMillis(250),
                Duration.ofSeconds(1),
                3);
    }
}
