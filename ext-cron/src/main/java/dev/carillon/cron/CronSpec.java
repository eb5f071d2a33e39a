package dev.carillon.cron;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.cron.schedule.InvalidSchedule;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What guest code asked for, validated.
 *
 * @param name 0-64 UTF-8 bytes of ASCII letters, digits, blanks, hyphens and underscores
 * @param schedule when it is due
 * @param backoff waits before the second and later attempts; empty for no retries
 */
public record CronSpec(String name, CronSchedule schedule, List<Duration> backoff) {
    /** Deno's policy for a cron that names none (ext/cron/local.rs). */
    public static final List<Duration> DEFAULT_BACKOFF = List.of(
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60));

    /** Source: Deno ext/cron. */
    public static final int NAME_BYTES_MAX = 64;

    /** Source: Deno ext/cron. */
    public static final int BACKOFF_STEPS_MAX = 5;

    /** Source: Deno ext/cron. */
    public static final Duration BACKOFF_STEP_MAX = Duration.ofHours(1);

    /** @throws CronException for a name or backoff out of bounds; guest code sees a TypeError, as in Deno */
    public CronSpec {
        checkName(name);
        backoff = List.copyOf(backoff);
        if (backoff.size() > BACKOFF_STEPS_MAX
                || backoff.stream().anyMatch(step -> step.isNegative() || step.compareTo(BACKOFF_STEP_MAX) > 0)) {
            throw new CronException("Invalid backoff schedule");
        }
    }

    /**
     * What guest code passed, checked in Deno's order once the name has been.
     *
     * @param backoffMs waits in milliseconds, or null for {@link #DEFAULT_BACKOFF}
     * @param dialect reads the schedule's text
     * @throws CronException for an invalid schedule, naming field, value and bound, and then for a backoff out of bounds
     */
    static CronSpec parse(
            String name, String schedule, @Nullable List<Long> backoffMs, Function<String, CronSchedule> dialect) {
        try {
            var parsed = dialect.apply(schedule);
            var backoff = backoffMs == null
                    ? DEFAULT_BACKOFF
                    : backoffMs.stream().map(Duration::ofMillis).toList();
            return new CronSpec(name, parsed, backoff);
        } catch (InvalidSchedule e) {
            throw new CronException(e.messageFor(name));
        }
    }

    /** @throws CronException for a name too long or with a character outside the set; the length is looked at first */
    static void checkName(String name) {
        int bytes = utf8Bytes(name);
        if (bytes > NAME_BYTES_MAX) {
            throw new CronException(
                    "Cron name cannot exceed %d characters: current length %d".formatted(NAME_BYTES_MAX, bytes));
        }
        if (!name.chars().allMatch(CronSpec::allowed)) {
            throw new CronException(
                    "Invalid cron name: only alphanumeric characters, whitespace, hyphens, and underscores"
                            + " are allowed");
        }
    }

    /** ASCII whitespace has no vertical tab. */
    private static boolean allowed(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '_'
                || " \t\n\f\r".indexOf(c) >= 0;
    }

    /** As Deno counts: half a surrogate pair becomes U+FFFD on its way into the runtime, three bytes. */
    private static int utf8Bytes(String text) {
        return text.codePoints()
                .map(point -> point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4)
                .sum();
    }
}
