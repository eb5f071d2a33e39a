package dev.carillon.cron.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectTest {
    private static final Instant MONDAY = Instant.parse("2024-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "DENO,   0 9 * * 1,     2024-01-07T09:00:00Z", // 1 is Sunday
        "UNIX,   0 9 * * 1,     2024-01-01T09:00:00Z", // 1 is Monday
        "QUARTZ, 0 0 9 ? * 1,   2024-01-07T09:00:00Z",
        "SPRING, 0 0 9 * * 1,   2024-01-01T09:00:00Z"
    })
    void each_dialect_counts_weekdays_its_own_way(Dialect dialect, String expression, Instant first) {
        assertThat(dialect.parse(expression).nextAfter(MONDAY, ZoneOffset.UTC)).contains(first);
    }

    @Test
    void local_times_are_those_of_the_zone() {
        assertThat(Dialect.UNIX.parse("0 9 * * *").nextAfter(MONDAY, ZoneId.of("Asia/Tokyo")))
                .contains(Instant.parse("2024-01-02T00:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({"UNIX, 61 * * * *", "QUARTZ, * * * * *", "SPRING, hello", "UNIX, w|", "DENO, 0 0 * * 0"})
    void what_is_not_of_the_dialect_is_refused_with_the_text(Dialect dialect, String expression) {
        assertThatThrownBy(() -> dialect.parse(expression))
                .isInstanceOf(InvalidSchedule.class)
                .hasMessageContaining(expression);
    }

    @Test
    void dialects_are_named_in_lower_case() {
        assertThat(Dialect.names()).containsExactly("deno", "unix", "quartz", "spring");
        assertThat(Dialect.named("unix")).contains(Dialect.UNIX);
        assertThat(Dialect.named("UNIX")).isEmpty();
    }
}
