package dev.carillon.cron;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cron.RetryPlan.Step;
import dev.carillon.cron.schedule.CronSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryPlanTest {
    private static final Outcome SUCCEEDED = new Outcome.Succeeded();
    private static final Outcome FAILED = new Outcome.Failed("Error: boom");
    private static final Instant NOON = Instant.parse("2024-01-01T12:00:00Z");

    private final CronSpec spec =
            new CronSpec("a", CronSchedule.parse("*/5 * * * *"), List.of(Duration.ofMillis(100), Duration.ofHours(1)));

    @Test
    void registration_and_success_wait_for_the_schedule() {
        var next = new Step.NextFire(NOON.plusSeconds(300));
        assertThat(RetryPlan.after(new Outcome.Registered(), spec, 0, Instant.MIN, NOON))
                .isEqualTo(next);
        assertThat(RetryPlan.after(SUCCEEDED, spec, 2, NOON, NOON)).isEqualTo(next);
    }

    @Test
    void each_failure_takes_the_next_backoff_step_from_now() {
        assertThat(RetryPlan.after(FAILED, spec, 0, NOON, NOON.plusSeconds(7)))
                .isEqualTo(new Step.Retry(NOON.plusMillis(7_100), 1));
        assertThat(RetryPlan.after(FAILED, spec, 1, NOON, NOON.plusSeconds(9)))
                .isEqualTo(new Step.Retry(NOON.plusSeconds(3_609), 2));
    }

    @Test
    void a_failure_without_a_step_left_waits_for_the_schedule() {
        assertThat(RetryPlan.after(FAILED, spec, 2, NOON, NOON.plusSeconds(600)))
                .isEqualTo(new Step.NextFire(NOON.plusSeconds(900)));
    }

    @Test
    void a_schedule_that_never_fires_gives_never_but_a_retry_first() {
        var never = new CronSpec("a", CronSchedule.parse("0 0 30 2 *"), List.of(Duration.ZERO));
        assertThat(RetryPlan.after(SUCCEEDED, never, 0, Instant.MIN, NOON)).isEqualTo(new Step.Never());
        assertThat(RetryPlan.after(FAILED, never, 0, NOON, NOON)).isEqualTo(new Step.Retry(NOON, 1));
    }

    @Test
    void a_clock_corrected_backwards_does_not_bring_a_fire_time_twice() {
        assertThat(RetryPlan.after(SUCCEEDED, spec, 0, NOON, NOON.minusSeconds(1)))
                .isEqualTo(new Step.NextFire(NOON.plusSeconds(300)));
        assertThat(RetryPlan.after(
                        SUCCEEDED,
                        spec,
                        0,
                        NOON,
                        NOON.minus(RetryPlan.CLOCK_CORRECTION_MAX).plusMillis(1)))
                .isEqualTo(new Step.NextFire(NOON.plusSeconds(300)));
    }

    @Test
    void a_clock_that_was_wrong_by_hours_is_followed_back() {
        var early = NOON.minus(RetryPlan.CLOCK_CORRECTION_MAX);
        assertThat(RetryPlan.after(SUCCEEDED, spec, 0, NOON, early))
                .isEqualTo(new Step.NextFire(early.plusSeconds(300)));
    }
}
