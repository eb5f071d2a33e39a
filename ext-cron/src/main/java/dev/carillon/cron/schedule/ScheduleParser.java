package dev.carillon.cron.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads schedule text, field by field, into masks; keeps what it noticed as warnings.
 *
 * <p>Source: Deno 2.9.6, whose parser keeps the dialect of the crate saffron.
 */
final class ScheduleParser {
    private static final String SEPARATORS = " \t";
    /** What {@code String.prototype.trim} and Rust's {@code trim} take off and Java's blanks leave on. */
    private static final String OTHER_BLANKS = "\u0085\u00A0\u2007\u202F\uFEFF";

    private final String text;
    private final List<String> warnings = new ArrayList<>();

    private ScheduleParser(String text) {
        this.text = text;
    }

    static CronSchedule parse(String text, boolean secondsAllowed) {
        return new ScheduleParser(text).read(secondsAllowed);
    }

    /** The values of one field of a schedule that has been parsed before. */
    static long values(Field field, String text) {
        return new ScheduleParser(text).list(field, text);
    }

    private CronSchedule read(boolean secondsAllowed) {
        var fields = split();
        boolean withSeconds = secondsAllowed && fields.size() == 6;
        if (fields.size() != 5 && !withSeconds) {
            throw invalid("expected 5 fields (minute hour day-of-month month day-of-week)%s, got %d"
                    .formatted(secondsAllowed ? " or 6 with seconds first" : "", fields.size()));
        }
        long seconds = withSeconds ? list(Field.SECOND, fields.removeFirst()) : 1L; // always at second 0
        long minutes = list(Field.MINUTE, fields.get(0));
        long hours = list(Field.HOUR, fields.get(1));
        var daysOfMonth = dayOfMonth(fields.get(2));
        long months = list(Field.MONTH, fields.get(3));
        var daysOfWeek = dayOfWeek(fields.get(4));
        return new CronSchedule(
                text,
                withSeconds,
                seconds,
                minutes,
                (int) hours,
                (int) months,
                either(daysOfMonth, daysOfWeek),
                warnings);
    }

    /** The day rule: {@code *} leaves the decision to the other field; two restricted fields are alternatives. */
    private static @Nullable MonthDays either(@Nullable MonthDays daysOfMonth, @Nullable MonthDays daysOfWeek) {
        if (daysOfMonth == null) {
            return daysOfWeek;
        }
        return daysOfWeek == null ? daysOfMonth : daysOfMonth.or(daysOfWeek);
    }

    private List<String> split() {
        if (text.isEmpty()) {
            throw invalid("it is empty");
        }
        if (blank(text.charAt(0)) || blank(text.charAt(text.length() - 1))) {
            throw invalid("blanks before the first field or after the last are not allowed");
        }
        var fields = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && SEPARATORS.indexOf(text.charAt(i)) < 0) {
                if (blank(text.charAt(i))) {
                    throw invalid(
                            "fields are separated by spaces or tabs, not by U+%04X".formatted((int) text.charAt(i)));
                }
                continue;
            }
            if (i > start) {
                fields.add(text.substring(start, i));
            }
            start = i + 1;
        }
        return fields;
    }

    private static boolean blank(char c) {
        return Character.isWhitespace(c) || OTHER_BLANKS.indexOf(c) >= 0;
    }

    /** Null for {@code *}: the field leaves the choice to the other one. */
    private @Nullable MonthDays dayOfMonth(String field) {
        var kind = Field.DAY_OF_MONTH;
        if (field.equals("*")) {
            return null;
        }
        if (field.equals("L")) {
            return MonthDays.last(0);
        }
        if (field.equals("LW")) {
            return MonthDays.workdayNearLast(0);
        }
        boolean workday = field.endsWith("W");
        var day = workday ? field.substring(0, field.length() - 1) : field;
        if (day.startsWith("L-")) {
            int before = number(day.substring(2));
            if (before < 1 || before > 30) {
                throw invalid("day-of-month %s: the days before the last (L-n) are 1-30".formatted(quoted(field)));
            }
            return workday ? MonthDays.workdayNearLast(before) : MonthDays.last(before);
        }
        if (workday) {
            int nearest = number(day);
            if (nearest < 0) {
                throw misplaced(kind, field, "W", "after one day, as in 15W or LW, and alone in its field");
            }
            return MonthDays.workdayNear(inBounds(kind, nearest, day));
        }
        if (field.indexOf('L') >= 0) {
            throw misplaced(kind, field, "L", "as L, LW, L-n or L-nW, and alone in its field");
        }
        return MonthDays.numbered((int) list(kind, field));
    }

    /** Null for {@code *}: the field leaves the choice to the other one. */
    private @Nullable MonthDays dayOfWeek(String field) {
        var kind = Field.DAY_OF_WEEK;
        if (field.equals("*")) {
            return null;
        }
        if (field.equals("L")) {
            return MonthDays.weekdays(1 << 6); // plain L is every Saturday
        }
        int hash = field.indexOf('#');
        if (hash >= 0) {
            int weekday = single(field, field.substring(0, hash), "#", "after one weekday, as in 2#1 or MON#1");
            int count = number(field.substring(hash + 1));
            if (count < 1 || count > 5) {
                throw invalid("day-of-week %s: the count after # is 1-5".formatted(quoted(field)));
            }
            noteNumber(field, weekday, field.substring(0, hash));
            return MonthDays.nthOn(weekday - 1, count);
        }
        if (field.endsWith("L")) {
            var day = field.substring(0, field.length() - 1);
            int weekday = single(field, day, "L", "after one weekday, as in 6L or FRIL, and alone in its field");
            noteNumber(field, weekday, day);
            return MonthDays.lastOn(weekday - 1);
        }
        long days = list(kind, field);
        noteNumbers(field, days);
        return MonthDays.weekdays((int) (days >>> 1));
    }

    private int single(String field, String value, String letter, String use) {
        if (value.isEmpty() || value.contains("-") || value.contains(",") || value.contains("/") || value.equals("*")) {
            throw misplaced(Field.DAY_OF_WEEK, field, letter, use);
        }
        return value(Field.DAY_OF_WEEK, value);
    }

    private long list(Field kind, String field) {
        long mask = 0;
        int start = 0;
        while (true) {
            int comma = field.indexOf(',', start);
            var item = field.substring(start, comma < 0 ? field.length() : comma);
            if (item.isEmpty()) {
                throw invalid("%s %s has an empty item".formatted(kind.label, quoted(field)));
            }
            mask |= item(kind, item);
            if (comma < 0) {
                return mask;
            }
            start = comma + 1;
        }
    }

    private long item(Field kind, String item) {
        int slash = item.indexOf('/');
        if (slash < 0) {
            return base(kind, item);
        }
        int step = number(item.substring(slash + 1));
        if (step < 1 || step > kind.stepMax()) {
            throw invalid("%s %s: step %s is not in 1-%d"
                    .formatted(kind.label, quoted(item), quoted(item.substring(slash + 1)), kind.stepMax()));
        }
        return stepped(kind, item.substring(0, slash), step);
    }

    private long base(Field kind, String base) {
        if (base.equals("*")) {
            return kind.all();
        }
        int dash = base.indexOf('-');
        if (dash < 0) {
            return 1L << value(kind, base);
        }
        int from = value(kind, base.substring(0, dash));
        int to = value(kind, base.substring(dash + 1));
        if (from <= to) {
            return Field.bits(from, to);
        }
        // A range that wraps begins one value early, in Deno as in saffron; scripts may depend on it.
        if (from - 1 > to) {
            warnings.add("%s %s wraps and so also includes %s, the value before its start; write %s/1 to leave it out"
                    .formatted(kind.label, base, written(kind, from - 1), base));
        }
        return Field.bits(from - 1, kind.max) | Field.bits(kind.min, to);
    }

    private long stepped(Field kind, String base, int step) {
        if (base.isEmpty()) {
            throw invalid("%s /%d has no start: write */%d".formatted(kind.label, step, step));
        }
        int dash = base.indexOf('-');
        int from = base.equals("*") ? kind.min : value(kind, dash < 0 ? base : base.substring(0, dash));
        int to = dash < 0 || base.equals("*") ? kind.max : value(kind, base.substring(dash + 1));
        int width = kind.max - kind.min + 1;
        int length = Math.floorMod(to - from, width);
        long mask = 0;
        for (int offset = 0; offset <= length; offset += step) {
            mask |= 1L << kind.min + (from - kind.min + offset) % width;
        }
        return mask;
    }

    private int value(Field kind, String text) {
        int named = kind.named(text);
        if (named >= 0) {
            return named;
        }
        int number = number(text);
        if (number < 0) {
            throw notAValue(kind, text);
        }
        return inBounds(kind, number, text);
    }

    private int inBounds(Field kind, int number, String written) {
        if (number < kind.min || number > kind.max) {
            throw invalid("%s %s is not in %s".formatted(kind.label, written, kind.bounds()));
        }
        return number;
    }

    /** One or two ASCII digits, else -1. */
    private static int number(String text) {
        if (text.isEmpty() || text.length() > 2) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private InvalidSchedule notAValue(Field kind, String text) {
        if (text.isEmpty()) {
            return invalid("%s: a range needs a value on both sides of the hyphen".formatted(kind.label));
        }
        if (kind == Field.DAY_OF_WEEK && text.endsWith("L")) {
            return misplaced(kind, text, "L", "after one weekday, as in 6L or FRIL, and alone in its field");
        }
        if (text.equals("?")) {
            return invalid("%s '?' is Quartz's word for no restriction: write *".formatted(kind.label));
        }
        if (text.contains("*")) {
            return invalid("%s %s: * stands alone or before a step".formatted(kind.label, quoted(text)));
        }
        if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return invalid(
                    "%s %s is not in %s".formatted(kind.label, text.length() > 9 ? quoted(text) : text, kind.bounds()));
        }
        return invalid("%s %s is not in %s".formatted(kind.label, quoted(text), kind.bounds()));
    }

    private InvalidSchedule misplaced(Field kind, String field, String letter, String use) {
        return invalid("%s %s: %s may stand only %s".formatted(kind.label, quoted(field), letter, use));
    }

    private void noteNumber(String field, int weekday, String written) {
        if (number(written) >= 0) {
            noteNumbers(field, 1L << weekday);
        }
    }

    /** Crontab counts weekdays from Monday = 1, Deno from Sunday = 1: worth a word to whoever wrote a number. */
    private void noteNumbers(String field, long days) {
        boolean numeric = false;
        for (var item : field.split(",", -1)) {
            int slash = item.indexOf('/');
            var base = slash < 0 ? item : item.substring(0, slash);
            numeric |= base.chars().anyMatch(c -> c >= '0' && c <= '9');
        }
        if (!numeric) {
            return;
        }
        var meant = new ArrayList<String>();
        for (int day = 1; day <= 7; day++) {
            if ((days >> day & 1) != 0) {
                meant.add(written(Field.DAY_OF_WEEK, day));
            }
        }
        warnings.add(
                "day-of-week %s means %s: numbers count from 1 = SUN, not from 1 = MON as in crontab; names say it clearly"
                        .formatted(field, String.join(", ", meant)));
    }

    private static String written(Field kind, int value) {
        return kind.names.isEmpty() ? Integer.toString(value) : kind.names.get(value - kind.min);
    }

    private static String quoted(String text) {
        return InvalidSchedule.quoted(text);
    }

    private InvalidSchedule invalid(String reason) {
        return new InvalidSchedule(reason, text);
    }
}
