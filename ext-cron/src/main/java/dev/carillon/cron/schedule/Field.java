package dev.carillon.cron.schedule;

import java.util.List;
import java.util.Locale;

/**
 * One field of a schedule: its name, its bounds as written, its names. Values are bits of a {@code long}, one for each
 * value as it is written; so in the day-of-week field bit 1 is Sunday.
 */
enum Field {
    SECOND("second", 0, 59, List.of()),
    MINUTE("minute", 0, 59, List.of()),
    HOUR("hour", 0, 23, List.of()),
    DAY_OF_MONTH("day-of-month", 1, 31, List.of()),
    MONTH("month", 1, 12, List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
    DAY_OF_WEEK("day-of-week", 1, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"));

    final String label;
    final int min;
    final int max;
    /** The name of {@code min} first; empty for a field written in numbers only. */
    final List<String> names;

    Field(String label, int min, int max, List<String> names) {
        this.label = label;
        this.min = min;
        this.max = max;
        this.names = names;
    }

    int stepMax() {
        return max - min;
    }

    long all() {
        return bits(min, max);
    }

    /** Bits {@code from} to {@code to}, both included. */
    static long bits(int from, int to) {
        return (-1L << from) & (-1L >>> (63 - to));
    }

    /** The value a name stands for, in any letter case; -1 if it is none. */
    int named(String text) {
        // Upper-casing alone would let U+017F pass for an S.
        boolean ascii = text.chars().allMatch(c -> c < 128);
        int index = ascii ? names.indexOf(text.toUpperCase(Locale.ROOT)) : -1;
        return index < 0 ? -1 : min + index;
    }

    /** The bounds as a message says them. */
    String bounds() {
        return switch (this) {
            case MONTH -> "1-12 or JAN-DEC";
            case DAY_OF_WEEK -> "1-7 (1 is SUN, 7 is SAT)";
            default -> min + "-" + max;
        };
    }
}
