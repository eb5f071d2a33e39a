package dev.carillon.scheduler;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Durations as people write and read them: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 12h}, {@code 90d}. */
public final class Durations {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Durations() {}

    /** @throws IllegalArgumentException naming the form expected */
    public static Duration parse(String text) {
        var match = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a duration: write a whole number and a unit, such as 250ms, 30s, 5m, 12h or 90d");
        }
        long amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    /** The two largest units: {@code 2 d 6 h}, {@code 4 min 30 s}, {@code 250 ms}. */
    public static String words(Duration duration) {
        if (duration.isNegative()) {
            return "-" + words(duration.negated());
        }
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + " ms";
        }
        var units = new String[] {"d", "h", "min", "s"};
        var amounts = new long[] {
            duration.toDays(), duration.toHoursPart(), duration.toMinutesPart(), duration.toSecondsPart()
        };
        int first = 0;
        while (amounts[first] == 0) {
            first++;
        }
        var words = amounts[first] + " " + units[first];
        return first < 3 && amounts[first + 1] > 0 ? words + " " + amounts[first + 1] + " " + units[first + 1] : words;
    }
}
