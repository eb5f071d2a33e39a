package dev.carillon.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.cron.schedule.CronSchedule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CronSpecTest {
    private static final String BAD_CHARACTER =
            "Invalid cron name: only alphanumeric characters, whitespace, hyphens, and underscores are allowed";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "A_z-09",
                "\t\n\f\r",
                "0123456789012345678901234567890123456789012345678901234567890123"
            })
    void a_name_of_up_to_64_bytes_of_the_set_is_taken(String name) {
        assertThat(CronSpec.parse(name, "* * * * *", null, CronSchedule::parse).name())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "a/b", "a:b", "\u000b", "\u00a0", "\u00e9", "\u0000", "\u0663", "\ud800"})
    void a_character_outside_the_set_is_refused(String name) {
        assertThatThrownBy(() -> CronSpec.checkName(name))
                .isInstanceOfSatisfying(
                        CronException.class, e -> assertThat(e.jsClass()).isEqualTo("TypeError"))
                .hasMessage(BAD_CHARACTER);
    }

    @Test
    void length_is_counted_in_utf8_bytes_and_before_characters() {
        assertThatThrownBy(() -> CronSpec.checkName("x".repeat(65)))
                .hasMessage("Cron name cannot exceed 64 characters: current length 65");
        assertThatThrownBy(() -> CronSpec.checkName("\u00e9".repeat(33)))
                .hasMessage("Cron name cannot exceed 64 characters: current length 66");
        assertThatThrownBy(() -> CronSpec.checkName("\ud83d\ude00".repeat(17)))
                .hasMessage("Cron name cannot exceed 64 characters: current length 68");
        assertThatThrownBy(() -> CronSpec.checkName("\ud800".repeat(22)))
                .hasMessage("Cron name cannot exceed 64 characters: current length 66");
    }

    @Test
    void an_invalid_schedule_names_the_cron() {
        assertThatThrownBy(() -> CronSpec.parse("report", "61 * * * *", null, CronSchedule::parse))
                .isInstanceOf(CronException.class)
                .hasMessage("Invalid cron schedule: minute 61 is not in 0-59 (cron 'report', '61 * * * *')");
    }

    @Test
    void the_schedule_is_looked_at_before_the_backoff() {
        assertThatThrownBy(() -> CronSpec.parse("a", "x", List.of(9_999_999L), CronSchedule::parse))
                .hasMessageStartingWith("Invalid cron schedule");
    }

    @Test
    void five_backoff_steps_of_an_hour_are_taken_and_more_is_refused() {
        long hour = 3_600_000L;
        assertThat(CronSpec.parse("a", "* * * * *", List.of(hour, hour, hour, hour, 0L), CronSchedule::parse)
                        .backoff())
                .hasSize(5)
                .contains(Duration.ofHours(1), Duration.ZERO);
        assertThatThrownBy(() -> CronSpec.parse("a", "* * * * *", List.of(0L, 0L, 0L, 0L, 0L, 0L), CronSchedule::parse))
                .isInstanceOf(CronException.class)
                .hasMessage("Invalid backoff schedule");
        assertThatThrownBy(() -> CronSpec.parse("a", "* * * * *", List.of(hour + 1), CronSchedule::parse))
                .hasMessage("Invalid backoff schedule");
        assertThatThrownBy(() -> CronSpec.parse("a", "* * * * *", List.of(-1L), CronSchedule::parse))
                .hasMessage("Invalid backoff schedule");
    }

    @Test
    void no_backoff_given_means_the_default_and_an_empty_one_means_none() {
        assertThat(CronSpec.parse("a", "* * * * *", null, CronSchedule::parse).backoff())
                .extracting(Duration::toMillis)
                .containsExactly(100L, 1_000L, 5_000L, 30_000L, 60_000L);
        assertThat(CronSpec.parse("a", "* * * * *", List.of(), CronSchedule::parse)
                        .backoff())
                .isEmpty();
    }
}
