package dev.carillon.scheduler;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.cron.schedule.InvalidSchedule;
import dev.carillon.cron.schedule.ScheduleWords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is known of a schedule from its text alone: words, warnings, next fire times. Remembers what it has parsed. */
final class ScheduleFacts {
    private static final int REMEMBERED_MAX = 20_000;

    private final Map<String, Facts> known = new ConcurrentHashMap<>();

    /** @param schedule null for a text of an older version that is none */
    private record Facts(@Nullable CronSchedule schedule, String words, List<String> warnings) {}

    String words(String text) {
        return of(text).words;
    }

    List<String> warnings(String text) {
        return of(text).warnings;
    }

    /** The first {@code count} fire times after {@code from}; fewer if it stops firing. */
    List<Instant> next(String text, Instant from, int count) {
        var schedule = of(text).schedule;
        var times = new ArrayList<Instant>();
        var at = from;
        while (schedule != null && times.size() < count) {
            var next = schedule.nextAfter(at);
            if (next.isEmpty()) {
                break;
            }
            at = next.get();
            times.add(at);
        }
        return times;
    }

    private Facts of(String text) {
        var facts = known.get(text);
        if (facts == null) {
            facts = parse(text);
            if (known.size() < REMEMBERED_MAX) {
                known.put(text, facts);
            }
        }
        return facts;
    }

    private static Facts parse(String text) {
        try {
            var schedule = CronSchedule.parseWithSeconds(text);
            return new Facts(schedule, ScheduleWords.of(schedule), schedule.warnings());
        } catch (InvalidSchedule e) {
            return new Facts(null, text, List.of(String.valueOf(e.getMessage())));
        }
    }
}
