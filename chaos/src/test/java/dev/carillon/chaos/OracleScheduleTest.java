package dev.carillon.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class OracleScheduleTest {
    private static final Instant MONDAY = Instant.parse("2024-01-01T00:00:00Z");

    @Test
    void five_fields_are_due_at_second_zero() {
        assertThat(new OracleSchedule("*/20 1 * * *").dueBetween(MONDAY, MONDAY.plusSeconds(86_400)))
                .containsExactly(at("01:00:00"), at("01:20:00"), at("01:40:00"));
    }

    @Test
    void six_fields_start_with_seconds() {
        assertThat(new OracleSchedule("30-32 59 23 * * MON").dueBetween(MONDAY, MONDAY.plusSeconds(7 * 86_400)))
                .containsExactly(at("23:59:30"), at("23:59:31"), at("23:59:32"));
    }

    @Test
    void weekdays_count_from_sunday_and_restricted_days_are_a_union() {
        assertThat(new OracleSchedule("0 0 3 * 2").dueBetween(MONDAY, MONDAY.plusSeconds(8 * 86_400)))
                .containsExactly(MONDAY, Instant.parse("2024-01-03T00:00:00Z"), Instant.parse("2024-01-08T00:00:00Z"));
    }

    private static Instant at(String time) {
        return Instant.parse("2024-01-01T" + time + "Z");
    }
}
