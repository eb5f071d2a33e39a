package dev.carillon.cron.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The engine against {@link SlowSchedule} on random text; the seed is printed and may be given back to replay. */
class CronScheduleRandomTest {
    private static final int CASES = Integer.getInteger("carillon.cron.random.cases", 1_000_000);
    private static final long SEED = Long.getLong("carillon.cron.random.seed", System.nanoTime());

    @Test
    void the_engine_accepts_and_answers_what_the_slow_one_does() {
        var source = new RandomSchedules(SEED);
        int valid = 0;
        int fired = 0;
        for (int i = 0; i < CASES; i++) {
            var text = source.text();
            long millis = source.instantMillis();
            var schedule = parse(text);
            var slow = SlowSchedule.parse(text);
            assertThat(schedule.isPresent())
                    .as("seed %d case %d: is '%s' a schedule?", SEED, i, text)
                    .isEqualTo(slow.isPresent());
            if (schedule.isEmpty()) {
                continue;
            }
            valid++;
            long next = schedule.get().nextAfterMillis(millis);
            var expected = slow.orElseThrow().nextAfter(SlowSchedule.utc(millis));
            if (next == CronSchedule.NEVER
                    ? expected.isPresent()
                    : !expected.equals(Optional.of(SlowSchedule.utc(next)))) {
                throw new AssertionError("seed %d case %d: '%s' after %s is %s, not %s"
                        .formatted(
                                SEED,
                                i,
                                text,
                                SlowSchedule.utc(millis),
                                expected,
                                next == CronSchedule.NEVER ? "never" : SlowSchedule.utc(next)));
            }
            if (next != CronSchedule.NEVER) {
                fired++;
                assertThat(next).isGreaterThan(millis);
            }
        }
        System.out.printf(
                "random schedules: seed %d, %,d texts, %,d valid, %,d with a next run%n", SEED, CASES, valid, fired);
        assertThat(valid).as("share of valid text").isBetween(CASES / 2, CASES - 1);
    }

    private static Optional<CronSchedule> parse(String text) {
        try {
            return Optional.of(CronSchedule.parse(text));
        } catch (InvalidSchedule e) {
            return Optional.empty();
        }
    }
}
