package dev.carillon.cron.schedule;

import com.cronutils.descriptor.CronDescriptor;
import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The cron dialects a person may bring along; only {@link #DENO} is what {@code Deno.cron} means. The others are
 * cron-utils' and are for looking up what a schedule of another tool does.
 */
public enum Dialect {
    /** Five fields, weekdays 1-7 from Sunday; our own parser. */
    DENO {
        @Override
        public Reading parse(String expression) {
            return new Own(CronSchedule.parse(expression));
        }
    },
    /** Five fields, weekdays 0-7, 0 and 7 Sunday. */
    UNIX {
        @Override
        public Reading parse(String expression) {
            return foreign(expression, CronType.UNIX);
        }
    },
    /** Six or seven fields, seconds first, {@code ?} in one of the day fields. */
    QUARTZ {
        @Override
        public Reading parse(String expression) {
            return foreign(expression, CronType.QUARTZ);
        }
    },
    /** Six fields, seconds first. */
    SPRING {
        @Override
        public Reading parse(String expression) {
            return foreign(expression, CronType.SPRING53);
        }
    };

    /** cron-utils takes seconds over very long text. */
    private static final int LENGTH_MAX = 256;

    /** A schedule in any dialect. */
    public interface Reading {
        /** The first fire time after {@code instant} by the local times of {@code zone}; empty if it never fires again. */
        Optional<Instant> nextAfter(Instant instant, ZoneId zone);

        String words();

        List<String> warnings();
    }

    /** @throws InvalidSchedule if the text is none of this dialect */
    public abstract Reading parse(String expression);

    /** The dialect called {@code name} in lower case. */
    public static Optional<Dialect> named(String name) {
        return Arrays.stream(values())
                .filter(dialect -> dialect.lowerCase().equals(name))
                .findFirst();
    }

    public static List<String> names() {
        return Arrays.stream(values()).map(Dialect::lowerCase).toList();
    }

    private String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }

    private record Own(CronSchedule schedule) implements Reading {
        @Override
        public Optional<Instant> nextAfter(Instant instant, ZoneId zone) {
            return schedule.nextAfter(instant, zone);
        }

        @Override
        public String words() {
            return ScheduleWords.of(schedule);
        }

        @Override
        public List<String> warnings() {
            return schedule.warnings();
        }
    }

    private record Foreign(Cron cron, ExecutionTime times) implements Reading {
        @Override
        public Optional<Instant> nextAfter(Instant instant, ZoneId zone) {
            return times.nextExecution(instant.atZone(zone)).map(ZonedDateTime::toInstant);
        }

        @Override
        public String words() {
            return CronDescriptor.instance(Locale.ENGLISH).describe(cron);
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }
    }

    private static Reading foreign(String expression, CronType type) {
        var name = type.name().toLowerCase(Locale.ROOT);
        if (expression.length() > LENGTH_MAX || expression.indexOf('|') >= 0) {
            throw new InvalidSchedule(
                    name + " schedules are at most " + LENGTH_MAX + " characters without '|'", expression);
        }
        try {
            var cron = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(type)).parse(expression);
            return new Foreign(cron, ExecutionTime.forCron(cron));
        } catch (RuntimeException refused) {
            // Not only its own exception: some texts run it out of bounds.
            throw new InvalidSchedule(name + ": " + refused.getMessage(), expression);
        }
    }
}
