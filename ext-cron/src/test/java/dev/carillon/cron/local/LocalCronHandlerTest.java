package dev.carillon.cron.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronHandlerContract;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalCronHandlerTest extends CronHandlerContract {
    private final Map<String, String> environment = new HashMap<>();

    @Override
    protected CronHandler open() {
        return new LocalCronHandler(loop, time, environment::get, new Limits(CRONS_MAX, RUNNING_MAX), "here");
    }

    @Test
    @Tag("S1.10")
    void denos_limits_are_101_crons_and_50_at_once() {
        handler = new LocalCronHandler(loop, time, environment::get, Limits.DENO, "here");
        for (int i = 0; i < 101; i++) {
            job("c" + i, "* * * * *");
        }
        assertThatThrownBy(() -> handler.admit("x")).hasMessage("Too many crons");
        advance("PT1M");
        assertThat(order).hasSize(50);
    }

    @Test
    void limits_below_one_are_refused() {
        assertThatThrownBy(() -> new Limits(0, 50)).hasMessageContaining("got 0 crons");
        assertThatThrownBy(() -> new Limits(101, 0)).hasMessageContaining("0 running");
    }

    @Test
    void the_test_offset_replaces_the_schedule_for_regular_deadlines_only() {
        environment.put(LocalCronHandler.OFFSET_VARIABLE, "2000");
        var job = job("a", "0 0 30 2 *", List.of(Duration.ofMillis(500)));
        advance("PT2S");
        job.fail();
        settle();
        advance("PT0.5S");
        job.succeed();
        advance("PT2S");
        assertThat(job.actual())
                .containsExactly("2024-01-01T00:00:02Z", "2024-01-01T00:00:02.500Z", "2024-01-01T00:00:04.500Z");
    }

    @Test
    void the_test_offset_is_read_at_every_regular_deadline() {
        environment.put(LocalCronHandler.OFFSET_VARIABLE, "1000");
        var job = job("a", "* * * * *");
        advance("PT1S");
        environment.put(LocalCronHandler.OFFSET_VARIABLE, "+3000");
        job.succeed();
        advance("PT3S");
        environment.remove(LocalCronHandler.OFFSET_VARIABLE);
        job.succeeding().succeed();
        advance("PT1M");
        assertThat(job.actual())
                .containsExactly("2024-01-01T00:00:01Z", "2024-01-01T00:00:04Z", "2024-01-01T00:01:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "1.5", " 100", "", "x", "\u0663", "0x10", "1e3", "99999999999999999999"})
    void a_test_offset_that_is_no_unsigned_integer_is_ignored(String value) {
        environment.put(LocalCronHandler.OFFSET_VARIABLE, value);
        var job = job("a", "* * * * *").succeeding();
        advance("PT1M");
        assertThat(job.actual()).containsExactly("2024-01-01T00:01:00Z");
    }

    @Test
    void an_offset_of_zero_starts_again_in_a_later_turn_and_never_inside_one() {
        environment.put(LocalCronHandler.OFFSET_VARIABLE, "0");
        var job = job("a", "* * * * *");
        job.succeeding().succeed();
        assertThat(job.starts()).hasSize(1);
        assertThat(loop.turn()).isTrue();
        assertThat(job.starts()).hasSize(2);
        assertThat(loop.turn()).isTrue();
        assertThat(job.starts()).hasSize(3);
        environment.clear();
        assertThat(loop.turn()).isTrue();
        assertThat(job.starts()).hasSize(3);
        assertThat(loop.turn()).isFalse();
    }

    @Test
    void a_clock_that_jumps_ahead_is_found_when_another_cron_is_armed() {
        var job = job("a", "* * * * *").succeeding();
        time.stepWallClock(Duration.ofMinutes(10));
        settle();
        assertThat(job.starts()).isEmpty();
        job("b", "* * * * *");
        assertThat(job.actual()).containsExactly("2024-01-01T00:10:00Z");
    }

    @Test
    void a_clock_set_back_by_hours_was_wrong_before_and_is_followed() {
        var job = job("a", "* * * * *");
        advance("PT1M");
        time.stepWallClock(Duration.ofDays(-365));
        job.succeed();
        job.succeeding();
        advance("PT1M");
        assertThat(job.scheduled()).containsExactly("2024-01-01T00:01:00Z", "2023-01-01T00:02:00Z");
    }

    @Test
    void one_alarm_is_set_for_the_soonest_deadline() {
        job("a", "0 0 1 2 *");
        job("b", "*/5 * * * *");
        job("c", "0 * * * *");
        assertThat(time.waiting()).containsExactly(Duration.ofMinutes(5));
    }

    @Test
    void asking_twice_is_a_bug_and_says_so() {
        var job = job("a", "* * * * *");
        assertThatThrownBy(() -> job.handle().next(new Outcome.Succeeded()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cron 'a' is ARMED: next is pending already");
    }

    @Test
    void ten_thousand_crons_due_at_the_same_minute_start_in_one_turn() {
        handler = new LocalCronHandler(loop, time, environment::get, new Limits(10_000, 10_000), "here");
        for (int i = 0; i < 10_000; i++) {
            job("c" + i, "* * * * *").succeeding();
        }
        advance("PT1M");
        assertThat(order).hasSize(10_000).doesNotHaveDuplicates();
    }
}
