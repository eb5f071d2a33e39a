package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClusterTimeTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    private Instant wall = T0;
    private long nanos;

    private final ClusterTime time = new ClusterTime(
            new TimeSource() {
                @Override
                public Instant now() {
                    return wall;
                }

                @Override
                public long nanoTime() {
                    return nanos;
                }

                @Override
                public Alarm after(Duration delay, Runnable task) {
                    throw new UnsupportedOperationException();
                }
            },
            Duration.ofSeconds(1));

    @Test
    void without_a_check_in_the_own_clock_is_believed() {
        wall = T0.plusSeconds(3600);
        assertThat(time.now()).isEqualTo(wall);
        assertThat(time.isOwnClockWrong()).isFalse();
    }

    @Test
    void a_clock_that_is_right_enough_is_its_own() {
        time.anchor(T0);
        wall = T0.plusMillis(1000);
        assertThat(time.now()).isEqualTo(wall);
        wall = T0.minusMillis(1000);
        assertThat(time.now()).isEqualTo(wall);
    }

    @Test
    void after_a_jump_in_either_direction_the_databases_time_goes_on() {
        time.anchor(T0);
        nanos += Duration.ofMillis(300).toNanos();
        for (var jump : new Duration[] {Duration.ofHours(1), Duration.ofHours(-1), Duration.ofMillis(1302)}) {
            wall = T0.plus(jump);
            assertThat(time.now()).isEqualTo(T0.plusMillis(300));
            assertThat(time.isOwnClockWrong()).isTrue();
            assertThat(time.ownNow()).isEqualTo(wall);
        }
    }
}
