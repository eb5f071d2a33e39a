package dev.carillon.cron.schedule;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The schedule rules once more, the plain way: sets of numbers, regular expressions, calendar objects, and a search
 * that looks at one day after the other. Written from the rules, sharing no code with the engine, to check it.
 */
final class SlowSchedule {
    private static final String MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC";
    private static final String WEEKDAYS = "SUN|MON|TUE|WED|THU|FRI|SAT";
    private static final Pattern WORKDAY = Pattern.compile("(\\d{1,2})W");
    private static final Pattern FROM_LAST = Pattern.compile("L-(\\d{1,2})(W?)");
    private static final Pattern LAST_WEEKDAY = Pattern.compile("(\\d{1,2}|(?i:" + WEEKDAYS + "))L");
    private static final Pattern NTH_WEEKDAY = Pattern.compile("(\\d{1,2}|(?i:" + WEEKDAYS + "))#(\\d{1,2})");

    private final TreeSet<Integer> minutes;
    private final TreeSet<Integer> hours;
    private final TreeSet<Integer> months;
    private final Predicate<LocalDate> day;

    private SlowSchedule(
            TreeSet<Integer> minutes, TreeSet<Integer> hours, TreeSet<Integer> months, Predicate<LocalDate> day) {
        this.minutes = minutes;
        this.hours = hours;
        this.months = months;
        this.day = day;
    }

    /** Empty for text that is no schedule. */
    static Optional<SlowSchedule> parse(String text) {
        if (!text.matches("[A-Za-z0-9*,/#-]+([ \\t]+[A-Za-z0-9*,/#-]+){4}")) {
            return Optional.empty();
        }
        var fields = text.split("[ \\t]+");
        try {
            var minutes = list(fields[0], 0, 59, "");
            var hours = list(fields[1], 0, 23, "");
            var dayOfMonth = dayOfMonth(fields[2]);
            var months = list(fields[3], 1, 12, MONTHS);
            var dayOfWeek = dayOfWeek(fields[4]);
            boolean anyDayOfMonth = fields[2].equals("*");
            boolean anyDayOfWeek = fields[4].equals("*");
            Predicate<LocalDate> day = anyDayOfMonth
                    ? anyDayOfWeek ? date -> true : dayOfWeek
                    : anyDayOfWeek ? dayOfMonth : dayOfMonth.or(dayOfWeek);
            return Optional.of(new SlowSchedule(minutes, hours, months, day));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    Optional<LocalDateTime> nextAfter(LocalDateTime after) {
        var first = after.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        var end = first.plus(Duration.ofDays(36_600));
        for (var date = first.toLocalDate(); !date.isAfter(end.toLocalDate()); date = date.plusDays(1)) {
            if (!months.contains(date.getMonthValue())) {
                date = date.with(TemporalAdjusters.lastDayOfMonth());
                continue;
            }
            if (!day.test(date)) {
                continue;
            }
            for (int hour : hours) {
                for (int minute : minutes) {
                    var candidate = date.atTime(hour, minute);
                    if (!candidate.isBefore(first)) {
                        return candidate.isAfter(end) ? Optional.empty() : Optional.of(candidate);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Of milliseconds since 1970, for both sides of a comparison. */
    static LocalDateTime utc(long millis) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(millis, 1000L), (int) Math.floorMod(millis, 1000L) * 1_000_000, ZoneOffset.UTC);
    }

    private static TreeSet<Integer> list(String field, int min, int max, String names) {
        var values = new TreeSet<Integer>();
        for (var item : field.split(",", -1)) {
            values.addAll(item(item, min, max, names));
        }
        return values;
    }

    private static List<Integer> item(String item, int min, int max, String names) {
        var value = names.isEmpty() ? "\\d{1,2}" : "(?:\\d{1,2}|(?i:" + names + "))";
        var shape = Pattern.compile("(?:(\\*)|(" + value + ")(?:-(" + value + "))?)(?:/(\\d{1,2}))?");
        var match = shape.matcher(item);
        if (!match.matches()) {
            throw new IllegalArgumentException(item);
        }
        boolean stepped = match.group(4) != null;
        int step = stepped ? Integer.parseInt(match.group(4)) : 1;
        if (step < 1 || step > max - min) {
            throw new IllegalArgumentException(item);
        }
        var walked = new ArrayList<Integer>();
        if (match.group(1) != null) {
            walk(walked, min, max);
        } else {
            int from = value(match.group(2), min, max, names);
            if (match.group(3) == null) {
                walk(walked, from, stepped ? max : from);
            } else {
                int to = value(match.group(3), min, max, names);
                if (from <= to) {
                    walk(walked, from, to);
                } else {
                    walk(walked, stepped ? from : from - 1, max);
                    walk(walked, min, to);
                }
            }
        }
        var kept = new ArrayList<Integer>();
        for (int i = 0; i < walked.size(); i += step) {
            kept.add(walked.get(i));
        }
        return kept;
    }

    private static void walk(List<Integer> values, int from, int to) {
        for (int value = from; value <= to; value++) {
            values.add(value);
        }
    }

    private static int value(String text, int min, int max, String names) {
        int value;
        if (text.matches("\\d+")) {
            value = Integer.parseInt(text);
        } else {
            value = List.of(names.split("\\|")).indexOf(text.toUpperCase(Locale.ROOT)) + min;
        }
        if (value < min || value > max) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    private static Predicate<LocalDate> dayOfMonth(String field) {
        if (field.equals("L")) {
            return date -> date.getDayOfMonth() == date.lengthOfMonth();
        }
        if (field.equals("LW")) {
            return date -> isWorkdayNear(date, date.lengthOfMonth());
        }
        var fromLast = FROM_LAST.matcher(field);
        if (fromLast.matches()) {
            int before = value(fromLast.group(1), 1, 30, "");
            return fromLast.group(2).isEmpty()
                    ? date -> date.getDayOfMonth() == date.lengthOfMonth() - before
                    : date -> isWorkdayNear(date, date.lengthOfMonth() - before);
        }
        var workday = WORKDAY.matcher(field);
        if (workday.matches()) {
            int wanted = value(workday.group(1), 1, 31, "");
            return date -> isWorkdayNear(date, wanted);
        }
        var days = list(field, 1, 31, "");
        return date -> days.contains(date.getDayOfMonth());
    }

    private static boolean isWorkdayNear(LocalDate date, int day) {
        if (day < 1 || day > date.lengthOfMonth()) {
            return false;
        }
        var wanted = date.withDayOfMonth(day);
        var nearest = switch (wanted.getDayOfWeek()) {
            case SATURDAY -> day == 1 ? wanted.plusDays(2) : wanted.minusDays(1);
            case SUNDAY -> day == date.lengthOfMonth() ? wanted.minusDays(2) : wanted.plusDays(1);
            default -> wanted;
        };
        return date.equals(nearest);
    }

    private static Predicate<LocalDate> dayOfWeek(String field) {
        if (field.equals("L")) {
            return date -> date.getDayOfWeek() == DayOfWeek.SATURDAY;
        }
        var last = LAST_WEEKDAY.matcher(field);
        if (last.matches()) {
            var weekday = weekday(value(last.group(1), 1, 7, WEEKDAYS));
            return date -> date.equals(date.with(TemporalAdjusters.lastInMonth(weekday)));
        }
        var nth = NTH_WEEKDAY.matcher(field);
        if (nth.matches()) {
            var weekday = weekday(value(nth.group(1), 1, 7, WEEKDAYS));
            int count = value(nth.group(2), 1, 5, "");
            return date -> date.getDayOfWeek() == weekday && (date.getDayOfMonth() - 1) / 7 + 1 == count;
        }
        var days = list(field, 1, 7, WEEKDAYS);
        return date -> days.contains(date.getDayOfWeek().getValue() % 7 + 1);
    }

    /** Of Deno's number: 1 is Sunday. */
    private static DayOfWeek weekday(int number) {
        return DayOfWeek.SUNDAY.plus(number - 1);
    }
}
