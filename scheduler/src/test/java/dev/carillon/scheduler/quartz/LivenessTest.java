package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LivenessTest {
    private static final QuartzConfig CONFIG = QuartzConfig.of("test", "n1");

    @ParameterizedTest
    @CsvSource({
        "2000, 500, 0, false", // check-in and slack are just over
        "2001, 500, 0, true",
        "2001, 500, 501, false", // who was away himself waits as long
        "9000, 500, 7500, false",
        "9001, 500, 7500, true",
        "-3600000, 500, 0, false" // checked in after now
    })
    void a_node_is_dead_when_its_check_in_and_the_slack_have_passed(long agoMs, long every, long gap, boolean dead) {
        long now = 1_700_000_000_000L;
        assertThat(Liveness.isDead(now - agoMs, every, gap, CONFIG.slack(), now))
                .isEqualTo(dead);
    }

    @Test
    void a_node_stops_by_itself_before_the_others_take_it_for_dead() {
        var since = CONFIG.slack();
        assertThat(Liveness.isOutOfTouch(since, CONFIG)).isTrue();
        assertThat(Liveness.isOutOfTouch(since.minusMillis(1), CONFIG)).isFalse();
        assertThat(Liveness.isDead(0, CONFIG.checkIn().toMillis(), 0, CONFIG.slack(), since.toMillis()))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0, GOOD",
        "250, GOOD",
        "-250, GOOD",
        "251, OFF",
        "-251, OFF",
        "1000, OFF",
        "1001, WRONG",
        "-1001, WRONG"
    })
    void a_clock_is_judged_by_how_far_it_is_off_in_either_direction(long offsetMs, ClockVerdict verdict) {
        assertThat(ClockVerdict.of(Duration.ofMillis(offsetMs), CONFIG.clockWarn(), CONFIG.clockRefuse()))
                .isEqualTo(verdict);
    }
}
