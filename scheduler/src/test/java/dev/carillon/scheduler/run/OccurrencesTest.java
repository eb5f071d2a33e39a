package dev.carillon.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cron.schedule.CronSchedule;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OccurrencesTest {
    private static final Instant NOON = Instant.parse("2024-01-01T12:00:00Z");

    @Test
    void both_ends_count_the_first_excluded_the_last_included() {
        var hourly = CronSchedule.parse("0 * * * *");
        assertThat(Occurrences.between(hourly, NOON, NOON.plusSeconds(7200)))
                .containsExactly(NOON.plusSeconds(3600), NOON.plusSeconds(7200));
        assertThat(Occurrences.between(hourly, NOON, NOON.plusSeconds(3599))).isEmpty();
        assertThat(Occurrences.between(hourly, NOON, NOON.minusSeconds(1))).isEmpty();
    }

    @Test
    void of_too_many_the_newest_are_kept() {
        var minutely = CronSchedule.parse("* * * * *");
        var found = Occurrences.between(minutely, NOON, NOON.plusSeconds(60L * (Occurrences.MAX + 5)));
        assertThat(found).hasSize(Occurrences.MAX);
        assertThat(found.getFirst()).isEqualTo(NOON.plusSeconds(60 * 6));
        assertThat(found.getLast()).isEqualTo(NOON.plusSeconds(60L * (Occurrences.MAX + 5)));
    }

    @Test
    void a_schedule_that_never_fires_has_none() {
        assertThat(Occurrences.between(CronSchedule.parse("0 0 30 2 *"), NOON, NOON.plusSeconds(1_000_000_000)))
                .isEmpty();
    }
}
