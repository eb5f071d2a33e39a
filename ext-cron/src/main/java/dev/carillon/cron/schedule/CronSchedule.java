package dev.carillon.cron.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a cron is due: five fields (minute, hour, day-of-month, month, day-of-week) in Deno's exact dialect, UTC.
 *
 * <p>A value: equal when written alike, {@link #toString} is the text it came from.
 *
 * <p>Threads: immutable.
 *
 * <p>Source: Deno 2.9.6, ext/cron.
 *
 * {@snippet :
 * var schedule = CronSchedule.parse("0 9 * * MON-FRI");
 * schedule.nextAfter(Instant.parse("2024-01-05T12:00:00Z")); // 2024-01-08T09:00:00Z
 * }
 */
public final class CronSchedule {
    /*
     * Seconds, minutes, hours and months are bit masks; the next value is a shift and a count of trailing zeros. For
     * days, a month is one of 28 shapes (28-31 days, seven weekdays for the 1st), and whatever the two day fields say
     * depends on nothing else: so the parser asks the day rule once per shape, and a search through years reads one
     * int per month, skipping the months that are not in the mask. Dates are counted in days since 1970 by the
     * proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms"); no calendar object
     * is made.
     *
     * A five-field schedule is due at second 0 alone. Searching from the second after the given instant then gives
     * what Deno gives by cutting to the minute and adding one.
     */

    /** Answer of {@link #nextAfterMillis} for "never again"; later than any instant. */
    public static final long NEVER = Long.MAX_VALUE;

    /** How far the next fire time may lie ahead; no schedule that fires at all has a gap this long. */
    public static final int SEARCH_DAYS_MAX = 36_600; // about 100 years; source: Deno ext/cron

    private static final int SECONDS_PER_DAY = 86_400;
    private static final long DAYS_TO_1970 = 719_468; // from 0000-03-01
    private static final int DAYS_PER_ERA = 146_097; // 400 years

    private final String text;
    private final boolean withSeconds;
    private final long seconds;
    private final long minutes;
    private final int hours;
    private final int months;
    /** True when every day of every month is meant: then the calendar need not be asked. */
    private final boolean everyDay;
    /** Days of each shape of month, bit 1 the 1st. */
    private final int[] days;

    private final boolean fires;
    private final List<String> warnings;

    CronSchedule(
            String text,
            boolean withSeconds,
            long seconds,
            long minutes,
            int hours,
            int months,
            @Nullable MonthDays days,
            List<String> warnings) {
        this.text = text;
        this.withSeconds = withSeconds;
        this.seconds = seconds;
        this.minutes = minutes;
        this.hours = hours;
        this.months = months;
        this.everyDay = days == null && months == (int) Field.MONTH.all();
        MonthDays rule = days == null ? MonthDays.numbered(-1) : days;
        this.days = rule.byShape();
        this.fires = everyDay || dayAtOrAfter(0, SEARCH_DAYS_MAX) != NEVER;
        if (!fires) {
            warnings.add("never fires: no month has a day that matches");
        }
        this.warnings = List.copyOf(warnings);
    }

    /** @throws InvalidSchedule with Deno's opening words, the field, the value and its bound */
    public static CronSchedule parse(String text) {
        return ScheduleParser.parse(text, false);
    }

    /**
     * As {@link #parse}, and also six fields, seconds first: not Deno's, for services that switch it on.
     *
     * @throws InvalidSchedule as {@link #parse}
     */
    public static CronSchedule parseWithSeconds(String text) {
        return ScheduleParser.parse(text, true);
    }

    /** Bit per value, as {@link #minutes}, {@link #hours} and {@link #months} (bit 1 is January). */
    long seconds() {
        return seconds;
    }

    long minutes() {
        return minutes;
    }

    long hours() {
        return hours;
    }

    long months() {
        return months;
    }

    /** The first due instant after the minute that holds {@code instant}; empty if it never fires again. */
    public Optional<Instant> nextAfter(Instant instant) {
        long next = next(instant.getEpochSecond());
        return next > Instant.MAX.getEpochSecond() ? Optional.empty() : Optional.of(Instant.ofEpochSecond(next));
    }

    /**
     * As {@link #nextAfter(Instant)}, with local times of {@code zone}. A local time that a clock change repeats is due
     * the first time; one it leaves out is passed over for the next match.
     */
    public Optional<Instant> nextAfter(Instant instant, ZoneId zone) {
        if (zone.equals(ZoneOffset.UTC)) {
            return nextAfter(instant);
        }
        long local =
                instant.getEpochSecond() + zone.getRules().getOffset(instant).getTotalSeconds();
        while (true) {
            local = next(local);
            if (local > Instant.MAX.getEpochSecond()) {
                return Optional.empty();
            }
            var offsets = zone.getRules().getValidOffsets(LocalDateTime.ofEpochSecond(local, 0, ZoneOffset.UTC));
            if (!offsets.isEmpty()) {
                long due = local - offsets.getFirst().getTotalSeconds();
                if (due > instant.getEpochSecond()) {
                    return Optional.of(Instant.ofEpochSecond(due));
                }
            }
        }
    }

    /**
     * As {@link #nextAfter(Instant)}, in milliseconds since 1970, making no object.
     *
     * @return the next due instant, or {@link #NEVER}
     */
    public long nextAfterMillis(long millis) {
        long next = next(Math.floorDiv(millis, 1000L));
        return next > Long.MAX_VALUE / 1000 ? NEVER : next * 1000;
    }

    /** False for text that is legal but matches no date, such as {@code 0 0 30 2 *}. */
    public boolean fires() {
        return fires;
    }

    /** Whether the text has the leading field that only {@link #parseWithSeconds} allows. */
    public boolean withSeconds() {
        return withSeconds;
    }

    /** What whoever wrote the text should know: numeric weekdays, ranges that wrap, a schedule that never fires. */
    public List<String> warnings() {
        return warnings;
    }

    /** The text as written. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CronSchedule that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The first due second after {@code second}, or {@link #NEVER}. */
    private long next(long second) {
        if (!fires) {
            return NEVER;
        }
        long from = second + 1;
        long day = Math.floorDiv(from, (long) SECONDS_PER_DAY);
        long dayMax = day + SEARCH_DAYS_MAX;
        long due = dayAtOrAfter(day, dayMax);
        if (due == day) {
            int time = timeAtOrAfter((int) (from - day * SECONDS_PER_DAY));
            if (time >= 0) {
                return day * SECONDS_PER_DAY + time;
            }
            due = dayAtOrAfter(day + 1, dayMax);
        }
        return due == NEVER ? NEVER : due * SECONDS_PER_DAY + firstTime();
    }

    private int firstTime() {
        return Integer.numberOfTrailingZeros(hours) * 3600 + firstTimeInHour();
    }

    private int firstTimeInHour() {
        return Long.numberOfTrailingZeros(minutes) * 60 + Long.numberOfTrailingZeros(seconds);
    }

    /** The first due second of the day from {@code time} on, or -1 if the day has none left. */
    private int timeAtOrAfter(int time) {
        int hour = time / 3600;
        if ((hours >>> hour & 1) != 0) {
            int minute = time / 60 % 60;
            long secondsLeft = (minutes >>> minute & 1) != 0 ? seconds & (-1L << time % 60) : 0;
            if (secondsLeft != 0) {
                return hour * 3600 + minute * 60 + Long.numberOfTrailingZeros(secondsLeft);
            }
            long minutesLeft = minutes & (-1L << minute + 1);
            if (minutesLeft != 0) {
                return hour * 3600 + Long.numberOfTrailingZeros(minutesLeft) * 60 + Long.numberOfTrailingZeros(seconds);
            }
        }
        int hoursLeft = hours & (-1 << hour + 1);
        return hoursLeft == 0 ? -1 : Integer.numberOfTrailingZeros(hoursLeft) * 3600 + firstTimeInHour();
    }

    /** The first matching day from {@code day} to {@code dayMax}, in days since 1970, or {@link #NEVER}. */
    private long dayAtOrAfter(long day, long dayMax) {
        if (everyDay) {
            return day;
        }
        long shifted = day + DAYS_TO_1970;
        long era = Math.floorDiv(shifted, (long) DAYS_PER_ERA);
        int dayOfEra = (int) (shifted - era * DAYS_PER_ERA);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100); // from 1 March
        int marchMonth = (5 * dayOfYear + 2) / 153;
        int dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
        int month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);

        long first = day - dayOfMonth + 1;
        int left = (months >>> month & 1) == 0 ? 0 : daysOf(year, month, first) & (-1 << dayOfMonth);
        while (left == 0) {
            int monthsLeft = months & (-1 << month + 1);
            if (monthsLeft == 0) {
                year++;
                monthsLeft = months;
            }
            month = Integer.numberOfTrailingZeros(monthsLeft);
            first = firstOfMonth(year, month);
            if (first > dayMax) {
                return NEVER;
            }
            left = daysOf(year, month, first);
        }
        long found = first + Integer.numberOfTrailingZeros(left) - 1;
        return found > dayMax ? NEVER : found;
    }

    private int daysOf(long year, int month, long first) {
        int weekday = (int) Math.floorMod(first + 4, 7L); // 1970-01-01 was a Thursday
        return days[MonthDays.shape(length(year, month), weekday)];
    }

    private static int length(long year, int month) {
        if (month == 2) {
            return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        }
        return 30 + ((month + (month >> 3)) & 1); // long ones are odd until July, even from August
    }

    private static long firstOfMonth(long year, int month) {
        long marchYear = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(marchYear, 400L);
        int yearOfEra = (int) (marchYear - era * 400);
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
        return era * DAYS_PER_ERA + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - DAYS_TO_1970;
    }
}
