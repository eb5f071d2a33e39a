package dev.carillon.cron.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {
    @ParameterizedTest(name = "{0} after {1} is {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                // The minute that holds the instant is never returned.
                "* * * * *|              2024-01-01T00:00:00Z|     2024-01-01T00:01:00Z",
                "* * * * *|              2024-01-01T00:00:59.999Z| 2024-01-01T00:01:00Z",
                "* * * * *|              2023-12-31T23:59:59.999Z| 2024-01-01T00:00:00Z",
                "* * * * *|              1969-12-31T23:58:30Z|     1969-12-31T23:59:00Z",
                "5/20 * * * *|           2024-01-01T00:25:00Z|     2024-01-01T00:45:00Z",
                // 29 February, also across 2100, which has none.
                "0 0 29 2 *|             2024-02-29T00:00:00Z|     2028-02-29T00:00:00Z",
                "0 0 29 2 *|             2096-03-01T00:00:00Z|     2104-02-29T00:00:00Z",
                "0 0 29 2 *|             2000-02-28T23:59:59Z|     2000-02-29T00:00:00Z",
                // The 31st skips short months; the last day does not.
                "0 0 31 * *|             2024-01-31T00:00:00Z|     2024-03-31T00:00:00Z",
                "0 0 L * *|              2023-02-01T00:00:00Z|     2023-02-28T00:00:00Z",
                "0 0 L-30 * *|           2024-01-31T00:00:00Z|     2024-03-01T00:00:00Z",
                // The nearest weekday never leaves the month.
                "0 0 1W * *|             2024-05-31T00:00:00Z|     2024-06-03T00:00:00Z",
                "0 0 LW * *|             2024-06-01T00:00:00Z|     2024-06-28T00:00:00Z",
                "0 0 31W 3 *|            2024-01-01T00:00:00Z|     2024-03-29T00:00:00Z",
                "0 0 31W 4,5 *|          2024-04-01T00:00:00Z|     2024-05-31T00:00:00Z",
                "0 0 L-29W 2 *|          2023-01-01T00:00:00Z|     never",
                "0 0 L-28W 2 *|          2021-01-01T00:00:00Z|     2024-02-01T00:00:00Z",
                // Weekdays count from Sunday; a fifth Friday in February is 28 to 40 years away.
                "0 0 * * 1|              2024-01-01T00:00:00Z|     2024-01-07T00:00:00Z",
                "0 0 * * 7/1|            2024-01-01T00:00:00Z|     2024-01-06T00:00:00Z",
                "0 0 * * L|              2024-01-01T00:00:00Z|     2024-01-06T00:00:00Z",
                "0 0 * * FRIL|           2024-01-27T00:00:00Z|     2024-02-23T00:00:00Z",
                "0 0 * 2 FRI#5|          2064-03-01T00:00:00Z|     2092-02-29T00:00:00Z",
                "0 0 * 2 THU#5|          2024-02-29T00:00:00Z|     2052-02-29T00:00:00Z",
                // Two restricted day fields are alternatives, and only the bare star is no restriction.
                "0 0 13 * FRI|           2024-01-01T00:00:00Z|     2024-01-05T00:00:00Z",
                "0 0 13 * FRI|           2024-01-12T00:00:00Z|     2024-01-13T00:00:00Z",
                "0 0 */1 * MON|          2024-01-02T00:00:00Z|     2024-01-03T00:00:00Z",
                // A plain range that wraps begins one value early; one with a step does not.
                "0 22-2 * * *|           2024-01-01T12:00:00Z|     2024-01-01T21:00:00Z",
                "0 22-2/1 * * *|         2024-01-01T12:00:00Z|     2024-01-01T22:00:00Z",
                "50-10/7 * * * *|        2024-01-01T00:57:00Z|     2024-01-01T01:04:00Z",
                "0 0 1 11-2 *|           2024-03-01T00:00:00Z|     2024-10-01T00:00:00Z",
                "0 0 30 2 *|             2024-01-01T00:00:00Z|     never",
                "0 0 31 4,6,9,11 *| 2024-01-01T00:00:00Z|    never",
            })
    void is_next_due(String text, Instant after, String expected) {
        var next = CronSchedule.parse(text).nextAfter(after);
        assertThat(next.map(Instant::toString).orElse("never")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "61 * * * *;        minute 61 is not in 0-59 ('61 * * * *')",
                "* 24 * * *;        hour 24 is not in 0-23 ('* 24 * * *')",
                "* * 0 * *;         day-of-month 0 is not in 1-31 ('* * 0 * *')",
                "* * 32W * *;       day-of-month 32 is not in 1-31 ('* * 32W * *')",
                "* * * 13 *;        month 13 is not in 1-12 or JAN-DEC ('* * * 13 *')",
                "* * * JANUARY *;   month 'JANUARY' is not in 1-12 or JAN-DEC ('* * * JANUARY *')",
                "* * * * 0;         day-of-week 0 is not in 1-7 (1 is SUN, 7 is SAT) ('* * * * 0')",
                "* * * * \u017fUN;  day-of-week '\u017fUN' is not in 1-7 (1 is SUN, 7 is SAT) ('* * * * \u017fUN')",
                "*/60 * * * *;      minute '*/60': step '60' is not in 1-59 ('*/60 * * * *')",
                "*/0 * * * *;       minute '*/0': step '0' is not in 1-59 ('*/0 * * * *')",
                "/5 * * * *;        minute /5 has no start: write */5 ('/5 * * * *')",
                "1,,2 * * * *;      minute '1,,2' has an empty item ('1,,2 * * * *')",
                "5- * * * *;        minute: a range needs a value on both sides of the hyphen ('5- * * * *')",
                "*-5 * * * *;       minute '*': * stands alone or before a step ('*-5 * * * *')",
                "* * ? * *;         day-of-month '?' is Quartz's word for no restriction: write * ('* * ? * *')",
                "* * l * *;         day-of-month 'l' is not in 1-31 ('* * l * *')",
                "* * L-31 * *;      day-of-month 'L-31': the days before the last (L-n) are 1-30 ('* * L-31 * *')",
                "* * L,15 * *;      day-of-month 'L,15': L may stand only as L, LW, L-n or L-nW, and alone in its field ('* * L,15 * *')",
                "* * 1-5W * *;      day-of-month '1-5W': W may stand only after one day, as in 15W or LW, and alone in its field ('* * 1-5W * *')",
                "* * * * 2#6;       day-of-week '2#6': the count after # is 1-5 ('* * * * 2#6')",
                "* * * * 1-5L;      day-of-week '1-5L': L may stand only after one weekday, as in 6L or FRIL, and alone in its field ('* * * * 1-5L')",
                "* * * *;           expected 5 fields (minute hour day-of-month month day-of-week), got 4 ('* * * *')",
                "0 * * * * *;       expected 5 fields (minute hour day-of-month month day-of-week), got 6 ('0 * * * * *')",
                "@hourly;           expected 5 fields (minute hour day-of-month month day-of-week), got 1 ('@hourly')",
                "\"\";              it is empty ('')",
                "\" * * * * *\";    blanks before the first field or after the last are not allowed (' * * * * *')",
                "\"*\u00a0* * * *\"; fields are separated by spaces or tabs, not by U+00A0 ('*U+00A0* * * *')",
            })
    void names_what_is_wrong(String text, String message) {
        assertThatThrownBy(() -> CronSchedule.parse(text))
                .isInstanceOf(InvalidSchedule.class)
                .hasMessage("Invalid cron schedule: " + message);
    }

    @Test
    void the_message_for_a_cron_names_it() {
        assertThatThrownBy(() -> CronSchedule.parse("61 * * * *"))
                .isInstanceOfSatisfying(
                        InvalidSchedule.class,
                        e -> assertThat(e.messageFor("report"))
                                .isEqualTo(
                                        "Invalid cron schedule: minute 61 is not in 0-59 (cron 'report', '61 * * * *')"));
    }

    @Test
    void a_message_stays_one_line_whatever_the_text() {
        assertThatThrownBy(() -> CronSchedule.parse("x\n".repeat(100_000) + "x"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(1_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0 9 * * MON-FRI", "*/5 * * * *", "0 0 L * *", "0 0 * * MON#1", "0 22-2/1 * * *", "0 0 * * L"})
    void a_clear_schedule_has_no_warnings(String text) {
        assertThat(CronSchedule.parse(text).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 9 * * 1-5| day-of-week 1-5 means SUN, MON, TUE, WED, THU: numbers count from 1 = SUN, not from 1 = MON as in crontab; names say it clearly",
                "0 9 * * 2#1| day-of-week 2#1 means MON: numbers count from 1 = SUN, not from 1 = MON as in crontab; names say it clearly",
                "0 9 * * 6L|  day-of-week 6L means FRI: numbers count from 1 = SUN, not from 1 = MON as in crontab; names say it clearly",
                "0 0 30 2 *|  never fires: no month has a day that matches",
                "0 22-2 * * *| hour 22-2 wraps and so also includes 21, the value before its start; write 22-2/1 to leave it out",
            })
    void warns(String text, String warning) {
        assertThat(CronSchedule.parse(text).warnings()).containsExactly(warning);
    }

    @Test
    void schedules_written_alike_are_equal_and_print_as_written() {
        assertThat(CronSchedule.parse("0 0  1 * *")).isEqualTo(CronSchedule.parse("0 0  1 * *"));
        assertThat(CronSchedule.parse("0 0  1 * *")).hasSameHashCodeAs(CronSchedule.parse("0 0  1 * *"));
        assertThat(CronSchedule.parse("0 0  1 * *")).isNotEqualTo(CronSchedule.parse("0 0 1 * *"));
        assertThat(CronSchedule.parse("0 0  1 * *")).hasToString("0 0  1 * *");
    }

    @Test
    void seconds_are_a_leading_sixth_field_and_only_on_request() {
        var schedule = CronSchedule.parseWithSeconds("*/20 59 23 31 12 *");
        var seen = new ArrayList<String>();
        var at = Instant.parse("2024-12-31T23:59:19.5Z");
        for (int i = 0; i < 3; i++) {
            at = schedule.nextAfter(at).orElseThrow();
            seen.add(at.toString());
        }
        assertThat(seen).containsExactly("2024-12-31T23:59:20Z", "2024-12-31T23:59:40Z", "2025-12-31T23:59:00Z");
        assertThat(schedule.withSeconds()).isTrue();
        assertThat(CronSchedule.parseWithSeconds("* * * * *").withSeconds()).isFalse();
        assertThatThrownBy(() -> CronSchedule.parseWithSeconds("* * * * * * *"))
                .hasMessageContaining(
                        "expected 5 fields (minute hour day-of-month month day-of-week) or 6 with seconds first, got 7");
        assertThatThrownBy(() -> CronSchedule.parse("*/20 59 23 31 12 *"))
                .hasMessageContaining("expected 5 fields (minute hour day-of-month month day-of-week), got 6");
    }

    @Test
    void milliseconds_and_instants_agree_and_never_has_a_sentinel() {
        var schedule = CronSchedule.parse("0 0 29 2 *");
        assertThat(schedule.nextAfterMillis(0))
                .isEqualTo(Instant.parse("1972-02-29T00:00:00Z").toEpochMilli());
        assertThat(CronSchedule.parse("0 0 30 2 *").nextAfterMillis(0)).isEqualTo(CronSchedule.NEVER);
    }

    @Test
    void the_ends_of_time_are_no_special_case() {
        var schedule = CronSchedule.parse("0 0 1 1 *");
        assertThat(schedule.nextAfter(Instant.MAX)).isEmpty();
        assertThat(schedule.nextAfter(Instant.MIN)).contains(Instant.parse("-999999999-01-01T00:00:00Z"));
        assertThat(schedule.nextAfterMillis(Long.MAX_VALUE)).isEqualTo(CronSchedule.NEVER);
        assertThat(schedule.nextAfterMillis(Long.MIN_VALUE)).isGreaterThan(Long.MIN_VALUE);
    }

    @ParameterizedTest(name = "{0} in {1} after {2} is {3}")
    @CsvSource({
        // 2024-03-31 02:00-03:00 does not exist in Berlin; 2024-10-27 02:00-03:00 happens twice.
        "30 2 * * *,   Europe/Berlin,    2024-03-30T12:00:00Z, 2024-04-01T00:30:00Z",
        "30 * * * *,   Europe/Berlin,    2024-03-31T00:30:00Z, 2024-03-31T01:30:00Z",
        "30 2 * * *,   Europe/Berlin,    2024-10-26T12:00:00Z, 2024-10-27T00:30:00Z",
        "30 2 * * *,   Europe/Berlin,    2024-10-27T00:30:00Z, 2024-10-28T01:30:00Z",
        "0 9 * * MON,  America/New_York, 2024-07-01T12:59:59Z, 2024-07-01T13:00:00Z",
        "15 0 * * *,   Asia/Kathmandu,   2024-01-01T00:00:00Z, 2024-01-01T18:30:00Z",
        "0 0 * * *,    UTC,              2024-01-01T00:00:00Z, 2024-01-02T00:00:00Z",
        "0 0 30 2 *,   Europe/Berlin,    2024-01-01T00:00:00Z, never",
        // Samoa left out 30 December 2011 whole.
        "0 12 30 12 *, Pacific/Apia,     2011-12-01T00:00:00Z, 2012-12-29T22:00:00Z",
    })
    void is_next_due_in_a_zone(String text, ZoneId zone, Instant after, String expected) {
        var next = CronSchedule.parse(text).nextAfter(after, zone);
        assertThat(next.map(Instant::toString).orElse("never")).isEqualTo(expected);
    }
}
