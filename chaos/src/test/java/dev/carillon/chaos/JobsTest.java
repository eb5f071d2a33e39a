package dev.carillon.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobsTest {
    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    @Test
    void each_job_is_due_once_in_every_period_and_together_they_are_spread_over_it() {
        for (int period : List.of(1, 5, 60, 300)) {
            var jobs = new Jobs(600, period);
            var instants = new HashSet<Instant>();
            for (int i = 0; i < jobs.count(); i++) {
                var due = new OracleSchedule(jobs.schedule(i)).dueBetween(NOON, NOON.plusSeconds(period));
                assertThat(due).as("job %d every %d s", i, period).hasSize(1);
                instants.addAll(due);
            }
            assertThat(instants).as("%d s", period).hasSize(period);
        }
    }

    @Test
    void a_period_that_no_schedule_says_is_refused() {
        for (int period : List.of(0, -1, 7, 90, 420)) {
            assertThatThrownBy(() -> new Jobs(20, period)).as("%d", period).hasMessageContaining(period + " s");
        }
    }
}
