package dev.carillon.cron.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * A schedule in plain English, exact for every schedule the dialect allows: what is said is what will fire.
 *
 * {@snippet :
 * ScheduleWords.of(CronSchedule.parse("0 9 * * MON-FRI")); // "at 09:00, Monday to Friday"
 * }
 */
public final class ScheduleWords {
    private static final List<String> WEEKDAYS =
            List.of("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday");
    private static final List<String> MONTHS = List.of(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December");
    private static final List<String> ORDINALS = List.of("first", "second", "third", "fourth", "fifth");
    /** More clock times than this are said field by field. */
    private static final int CLOCK_TIMES_MAX = 6;

    private final CronSchedule schedule;
    private final String dayOfMonth;
    private final String dayOfWeek;

    private ScheduleWords(CronSchedule schedule) {
        this.schedule = schedule;
        var fields = schedule.toString().split("[ \t]+");
        dayOfMonth = fields[fields.length - 3];
        dayOfWeek = fields[fields.length - 1];
    }

    /** Lower case, no full stop; times are in the schedule's own zone. */
    public static String of(CronSchedule schedule) {
        return new ScheduleWords(schedule).words();
    }

    private String words() {
        var days = days();
        var months = months();
        var time = time();
        var seconds = seconds();
        if (!seconds.isEmpty()) {
            time = time.equals("every minute") ? seconds : seconds + " of " + time;
        }
        if (days.isEmpty() && months.isEmpty() && time.startsWith("at ")) {
            return "every day " + time;
        }
        return time + (days.isEmpty() ? "" : ", " + days) + (months.isEmpty() ? "" : ", in " + months);
    }

    /** Empty when due at second 0 alone, as without a seconds field. */
    private String seconds() {
        return schedule.seconds() == 1 ? "" : unit("second", schedule.seconds(), Field.SECOND);
    }

    private String time() {
        long minutes = schedule.minutes();
        long hours = schedule.hours();
        boolean everyHour = hours == Field.HOUR.all();
        if (everyHour) {
            return minutesOfEveryHour(minutes);
        }
        int clockTimes = Long.bitCount(minutes) * Long.bitCount(hours);
        if (clockTimes <= CLOCK_TIMES_MAX) {
            return "at " + clockTimes(minutes, hours);
        }
        if (Long.bitCount(minutes) == 1) {
            return hoursAt(hours, Long.numberOfTrailingZeros(minutes));
        }
        return minutesOfEveryHour(minutes).replaceFirst(" of every hour$", "") + ", " + hourSpans(hours);
    }

    private static String minutesOfEveryHour(long minutes) {
        if (Long.bitCount(minutes) <= CLOCK_TIMES_MAX && step(minutes, Field.MINUTE) == 0) {
            return "every hour at "
                    + join(values(minutes).stream()
                            .map(m -> ":%02d".formatted(m))
                            .toList());
        }
        return unit("minute", minutes, Field.MINUTE);
    }

    private static String hoursAt(long hours, int minute) {
        int step = step(hours, Field.HOUR);
        var at = minute == 0 ? "" : " at :%02d".formatted(minute);
        if (step > 1) {
            return "every " + step + " hours" + at;
        }
        return "every hour" + at + ", " + hourSpans(hours);
    }

    /** {@code from 09:00 to 17:59}, spans joined; hours on their own count as a span. */
    private static String hourSpans(long hours) {
        var spans = new ArrayList<String>();
        for (var span : spans(hours)) {
            spans.add("from %02d:00 to %02d:59".formatted(span.from, span.to));
        }
        return join(spans);
    }

    private static String clockTimes(long minutes, long hours) {
        var times = new ArrayList<String>();
        for (int hour : values(hours)) {
            for (int minute : values(minutes)) {
                times.add("%02d:%02d".formatted(hour, minute));
            }
        }
        return join(times);
    }

    private static String unit(String name, long values, Field field) {
        if (values == field.all()) {
            return "every " + name;
        }
        int step = step(values, field);
        if (step > 0) {
            return "every " + step + " " + name + "s";
        }
        var spans = listed(values).stream().map(Span::toString).toList();
        return name
                + (Long.bitCount(values) == 1 ? " " : "s ")
                + join(spans)
                + (name.equals("minute") ? " of every hour" : "");
    }

    private String days() {
        boolean anyDayOfMonth = dayOfMonth.equals("*");
        boolean anyDayOfWeek = dayOfWeek.equals("*");
        if (anyDayOfMonth && anyDayOfWeek) {
            return "";
        }
        if (anyDayOfWeek) {
            return "on " + daysOfMonth();
        }
        if (anyDayOfMonth) {
            return daysOfWeek();
        }
        // Two restricted day fields are alternatives, which surprises: so it is said.
        return "on " + daysOfMonth() + " and also " + daysOfWeek();
    }

    private String daysOfMonth() {
        boolean workday = dayOfMonth.endsWith("W");
        var day = workday ? dayOfMonth.substring(0, dayOfMonth.length() - 1) : dayOfMonth;
        var nearest = workday ? "the weekday nearest " : "";
        if (day.equals("L")) {
            return workday ? "the last weekday of the month" : "the last day of the month";
        }
        if (day.startsWith("L-")) {
            int before = Integer.parseInt(day.substring(2));
            return nearest + "the day " + before + (before == 1 ? " day" : " days") + " before the last of the month";
        }
        long values = workday ? 1L << Integer.parseInt(day) : ScheduleParser.values(Field.DAY_OF_MONTH, day);
        if (values == Field.DAY_OF_MONTH.all()) {
            return "every day of the month";
        }
        var spans = listed(values).stream()
                .map(span -> span.from == span.to ? ordinal(span.from) : ordinal(span.from) + " to " + ordinal(span.to))
                .toList();
        return nearest + "the " + join(spans) + " of the month";
    }

    private String daysOfWeek() {
        if (dayOfWeek.equals("L")) {
            return "Saturday";
        }
        int hash = dayOfWeek.indexOf('#');
        if (hash > 0) {
            int nth = Integer.parseInt(dayOfWeek.substring(hash + 1));
            return "on the " + ORDINALS.get(nth - 1) + " " + weekday(dayOfWeek.substring(0, hash)) + " of the month";
        }
        if (dayOfWeek.endsWith("L")) {
            return "on the last " + weekday(dayOfWeek.substring(0, dayOfWeek.length() - 1)) + " of the month";
        }
        long values = ScheduleParser.values(Field.DAY_OF_WEEK, dayOfWeek);
        if (values == Field.DAY_OF_WEEK.all()) {
            return "every day of the week";
        }
        return join(listed(values).stream()
                .map(span -> span.words(WEEKDAYS, Field.DAY_OF_WEEK.min))
                .toList());
    }

    private static String weekday(String text) {
        return WEEKDAYS.get(Long.numberOfTrailingZeros(ScheduleParser.values(Field.DAY_OF_WEEK, text)) - 1);
    }

    private String months() {
        long months = schedule.months();
        if (months == Field.MONTH.all()) {
            return "";
        }
        return join(listed(months).stream()
                .map(span -> span.words(MONTHS, Field.MONTH.min))
                .toList());
    }

    /** The step of values that begin at the field's first and divide it evenly; 0 for others. */
    private static int step(long values, Field field) {
        int count = Long.bitCount(values);
        int size = field.max - field.min + 1;
        if (count < 2 || size % count != 0) {
            return 0;
        }
        int step = size / count;
        for (int value = field.min; value <= field.max; value += step) {
            if ((values & 1L << value) == 0) {
                return 0;
            }
        }
        return step;
    }

    /** Neighbouring values, both ends included. */
    private record Span(int from, int to) {
        String words(List<String> names, int first) {
            var start = names.get(from - first);
            return from == to ? start : start + " to " + names.get(to - first);
        }

        @Override
        public String toString() {
            return from == to ? Integer.toString(from) : from + " to " + to;
        }
    }

    private static List<Span> spans(long values) {
        var spans = new ArrayList<Span>();
        long left = values;
        while (left != 0) {
            int from = Long.numberOfTrailingZeros(left);
            int to = from + Long.numberOfTrailingZeros(~(left >>> from)) - 1;
            spans.add(new Span(from, to));
            left &= ~Field.bits(from, to);
        }
        return spans;
    }

    /** Spans as a list says them: two neighbours stand on their own. */
    private static List<Span> listed(long values) {
        var listed = new ArrayList<Span>();
        for (var span : spans(values)) {
            if (span.to == span.from + 1) {
                listed.add(new Span(span.from, span.from));
                listed.add(new Span(span.to, span.to));
            } else {
                listed.add(span);
            }
        }
        return listed;
    }

    private static List<Integer> values(long mask) {
        var values = new ArrayList<Integer>();
        for (long left = mask; left != 0; left &= left - 1) {
            values.add(Long.numberOfTrailingZeros(left));
        }
        return values;
    }

    private static String ordinal(int day) {
        var suffix = day % 100 / 10 == 1
                ? "th"
                : switch (day % 10) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
        return day + suffix;
    }

    private static String join(List<String> parts) {
        int last = parts.size() - 1;
        return last == 0 ? parts.getFirst() : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
    }
}
