package dev.carillon.cron.schedule;

/**
 * A rule that picks days of a month by the month's shape alone: how long it is and the weekday of its 1st. Bit
 * {@code d} stands for day {@code d}; weekdays count from 0, Sunday.
 */
@FunctionalInterface
interface MonthDays {
    /** The days picked; bits past {@code length} mean nothing. */
    int in(int length, int firstWeekday);

    /** Months are 28 to 31 days long and begin on one of seven weekdays. */
    int SHAPES = 4 * 7;

    static int shape(int length, int firstWeekday) {
        return (length - 28) * 7 + firstWeekday;
    }

    /** The days of every shape of month. */
    default int[] byShape() {
        var days = new int[SHAPES];
        for (int length = 28; length <= 31; length++) {
            for (int first = 0; first < 7; first++) {
                days[shape(length, first)] = in(length, first) & (int) Field.bits(1, length);
            }
        }
        return days;
    }

    default MonthDays or(MonthDays other) {
        return (length, first) -> in(length, first) | other.in(length, first);
    }

    /** The days whose bits are set, in months that have them. */
    static MonthDays numbered(int days) {
        return (length, first) -> days;
    }

    /** {@code before} days before the last; none in a month too short for it. */
    static MonthDays last(int before) {
        return (length, first) -> length > before ? 1 << (length - before) : 0;
    }

    /** The weekday nearest to {@code day} that lies in the same month; none in a month without that day. */
    static MonthDays workdayNear(int day) {
        return (length, first) -> workday(day, length, first);
    }

    /** The weekday nearest to {@code before} days before the last. */
    static MonthDays workdayNearLast(int before) {
        return (length, first) -> workday(length - before, length, first);
    }

    /** Every day that falls on one of the weekdays, bit 0 for Sunday. */
    static MonthDays weekdays(int weekdays) {
        return (length, first) -> {
            int days = 0;
            for (int day = 1; day <= length; day++) {
                days |= (weekdays >> weekday(day, first) & 1) << day;
            }
            return days;
        };
    }

    /** The last day that falls on {@code weekday}. */
    static MonthDays lastOn(int weekday) {
        return (length, first) -> 1 << (length - Math.floorMod(weekday(length, first) - weekday, 7));
    }

    /** The {@code count}th day that falls on {@code weekday}; none in a month without it. */
    static MonthDays nthOn(int weekday, int count) {
        return (length, first) -> {
            int day = 1 + Math.floorMod(weekday - first, 7) + 7 * (count - 1);
            return day <= length ? 1 << day : 0;
        };
    }

    private static int workday(int day, int length, int first) {
        if (day < 1 || day > length) {
            return 0;
        }
        return switch (weekday(day, first)) {
            case 6 -> 1 << (day == 1 ? 3 : day - 1);
            case 0 -> 1 << (day == length ? day - 2 : day + 1);
            default -> 1 << day;
        };
    }

    private static int weekday(int day, int first) {
        return (first + day - 1) % 7;
    }
}
