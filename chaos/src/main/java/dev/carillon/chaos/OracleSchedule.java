package dev.carillon.chaos;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a five- or six-field (seconds first) schedule means, found the slow and obvious way: every second of a span is
 * looked at. Knows lists, ranges, steps and names; weekdays are 1-7 from Sunday; a plain wrapping range is not supported
 * (the checker's jobs use none). UTC.
 */
final class OracleSchedule {
    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    private final Set<Integer> seconds;
    private final Set<Integer> minutes;
    private final Set<Integer> hours;
    private final Set<Integer> daysOfMonth;
    private final Set<Integer> months;
    private final Set<Integer> daysOfWeek;
    private final boolean anyDayOfMonth;
    private final boolean anyDayOfWeek;

    OracleSchedule(String text) {
        var fields = new ArrayList<>(List.of(text.split("[ \t]+")));
        if (fields.size() == 5) {
            fields.addFirst("0");
        }
        if (fields.size() != 6) {
            throw new IllegalArgumentException("the oracle reads five or six fields, got '" + text + "'");
        }
        seconds = values(fields.get(0), 0, 59, List.of(), 0);
        minutes = values(fields.get(1), 0, 59, List.of(), 0);
        hours = values(fields.get(2), 0, 23, List.of(), 0);
        daysOfMonth = values(fields.get(3), 1, 31, List.of(), 0);
        months = values(fields.get(4), 1, 12, MONTHS, 1);
        daysOfWeek = values(fields.get(5), 1, 7, DAYS, 1);
        anyDayOfMonth = fields.get(3).equals("*");
        anyDayOfWeek = fields.get(5).equals("*");
    }

    /** Every due instant in {@code [from, until)}. */
    List<Instant> dueBetween(Instant from, Instant until) {
        var due = new ArrayList<Instant>();
        var first = from.getNano() == 0 ? from : from.plusSeconds(1).minusNanos(from.getNano());
        for (var instant = first; instant.isBefore(until); instant = instant.plusSeconds(1)) {
            if (matches(instant.atZone(ZoneOffset.UTC))) {
                due.add(instant);
            }
        }
        return due;
    }

    private boolean matches(ZonedDateTime time) {
        return seconds.contains(time.getSecond())
                && minutes.contains(time.getMinute())
                && hours.contains(time.getHour())
                && months.contains(time.getMonthValue())
                && dayMatches(time);
    }

    private boolean dayMatches(ZonedDateTime time) {
        boolean monthDay = daysOfMonth.contains(time.getDayOfMonth());
        boolean weekDay = daysOfWeek.contains(
                time.getDayOfWeek() == DayOfWeek.SUNDAY
                        ? 1
                        : time.getDayOfWeek().getValue() + 1);
        if (anyDayOfMonth) {
            return weekDay;
        }
        return anyDayOfWeek ? monthDay : monthDay || weekDay;
    }

    private static Set<Integer> values(String field, int min, int max, List<String> names, int firstName) {
        var values = new TreeSet<Integer>();
        for (var item : field.split(",")) {
            var parts = item.split("/");
            int step = parts.length == 2 ? Integer.parseInt(parts[1]) : 1;
            int from = min;
            int to = max;
            if (!parts[0].equals("*")) {
                var ends = parts[0].split("-");
                from = value(ends[0], names, firstName);
                to = ends.length == 2 ? value(ends[1], names, firstName) : parts.length == 2 ? max : from;
            }
            if (from > to || from < min || to > max) {
                throw new IllegalArgumentException("the oracle cannot read '" + item + "' as " + min + "-" + max);
            }
            for (int value = from; value <= to; value += step) {
                values.add(value);
            }
        }
        return values;
    }

    private static int value(String text, List<String> names, int firstName) {
        int name = names.indexOf(text.toUpperCase(Locale.ROOT));
        return name >= 0 ? name + firstName : Integer.parseInt(text);
    }
}
