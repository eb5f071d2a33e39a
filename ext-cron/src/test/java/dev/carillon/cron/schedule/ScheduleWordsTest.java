package dev.carillon.cron.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleWordsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            * * * * *            | every minute
            */5 * * * *          | every 5 minutes
            0 * * * *            | every hour at :00
            18,38,58 * * * *     | every hour at :18, :38 and :58
            */15 * * * *         | every 15 minutes
            5/20 * * * *         | every hour at :05, :25 and :45
            10-30 * * * *        | minutes 10 to 30 of every hour
            58-1 * * * *         | every hour at :00, :01, :57, :58 and :59
            0 9 * * *            | every day at 09:00
            0 6,18 * * *         | every day at 06:00 and 18:00
            17 */3 * * *         | every 3 hours at :17
            0 */6 * * *          | every day at 00:00, 06:00, 12:00 and 18:00
            0 */2 * * *          | every 2 hours
            0 9-17 * * MON-FRI   | every hour, from 09:00 to 17:59, Monday to Friday
            */5 9-17 * * 2-6     | every 5 minutes, from 09:00 to 17:59, Monday to Friday
            * 0-3,10-23 * * *    | every minute, from 00:00 to 03:59 and from 10:00 to 23:59
            0 9 * * MON-FRI      | at 09:00, Monday to Friday
            0 0 * * 1-5          | at 00:00, Sunday to Thursday
            0 8 * * 1,3,4        | at 08:00, Sunday, Tuesday and Wednesday
            0 0 1 * *            | at 00:00, on the 1st of the month
            0 0 */10 * *         | at 00:00, on the 1st, 11th, 21st and 31st of the month
            30 6 L * *           | at 06:30, on the last day of the month
            0 0 L-3 * *          | at 00:00, on the day 3 days before the last of the month
            0 0 15W * *          | at 00:00, on the weekday nearest the 15th of the month
            0 0 LW * *           | at 00:00, on the last weekday of the month
            0 0 L-3W * *         | at 00:00, on the weekday nearest the day 3 days before the last of the month
            0 12 * * 6L          | at 12:00, on the last Friday of the month
            0 12 * * FRI#2       | at 12:00, on the second Friday of the month
            0 12 * * L           | at 12:00, Saturday
            0 0 13 * FRI         | at 00:00, on the 13th of the month and also Friday
            0 0 29 2 *           | at 00:00, on the 29th of the month, in February
            0 0 1 JAN,JUL *      | at 00:00, on the 1st of the month, in January and July
            0 0 * 11-2 *         | at 00:00, in January, February and October to December
            """)
    void a_schedule_is_said_in_words(String expression, String words) {
        assertThat(ScheduleWords.of(CronSchedule.parse(expression))).isEqualTo(words);
    }

    @Test
    void seconds_are_said_first() {
        assertThat(ScheduleWords.of(CronSchedule.parseWithSeconds("*/10 * * * * *")))
                .isEqualTo("every 10 seconds");
        assertThat(ScheduleWords.of(CronSchedule.parseWithSeconds("* * * * * *")))
                .isEqualTo("every second");
    }

    @Test
    void every_random_schedule_has_words() {
        var random = new RandomSchedules(20261121);
        for (int i = 0; i < 10_000; i++) {
            var text = random.text();
            try {
                assertThat(ScheduleWords.of(CronSchedule.parse(text))).as(text).isNotBlank();
            } catch (InvalidSchedule invalid) {
                continue;
            }
        }
    }
}
