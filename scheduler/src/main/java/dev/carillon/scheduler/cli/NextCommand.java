package dev.carillon.scheduler.cli;

import dev.carillon.cron.schedule.Dialect;
import dev.carillon.cron.schedule.InvalidSchedule;
import dev.carillon.scheduler.Durations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code carillon next}: when schedules fire. */
final class NextCommand implements Callable<Integer> {
    static final int COUNT_MAX = 10_000;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("EEE uuuu-MM-dd HH:mm:ss z", Locale.ROOT);

    private final Main main;

    @Option(names = "--from")
    private @Nullable String from;

    @Option(names = "--count")
    private int count = 5;

    @Option(names = "--timezone")
    private String timezone = "UTC";

    @Option(names = "--dialect")
    private String dialect = "deno";

    @Option(names = "--json")
    private boolean json;

    @Parameters(arity = "1..*", paramLabel = "<expression>")
    private List<String> expressions = new ArrayList<>();

    NextCommand(Main main) {
        this.main = main;
    }

    /** @param next the first fire time after an instant */
    private record Reading(String words, List<String> warnings, Function<Instant, Optional<Instant>> next) {}

    @Override
    public Integer call() {
        if (count < 1 || count > COUNT_MAX) {
            throw new Usage("--count is " + count + ": it may be 1-" + COUNT_MAX);
        }
        var zone = zone();
        var now = ServiceClock.now();
        var start = from == null ? now : instant(from);
        var results = new ArrayList<Map<String, Object>>();
        boolean ok = true;
        for (var expression : expressions) {
            try {
                results.add(show(expression, read(expression, zone), start, now, zone));
            } catch (IllegalArgumentException e) {
                ok = false;
                main.err().println("error: " + e.getMessage());
            }
        }
        if (json) {
            main.out()
                    .println(JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(Map.of("items", results)));
        }
        return ok ? Main.OK : Main.WRONG_USAGE;
    }

    private Map<String, Object> show(String expression, Reading reading, Instant start, Instant now, ZoneId zone) {
        var times = new ArrayList<Instant>();
        var at = start;
        while (times.size() < count) {
            var next = reading.next.apply(at);
            if (next.isEmpty()) {
                break;
            }
            at = next.get();
            times.add(at);
        }
        var item = new LinkedHashMap<String, Object>();
        item.put("expression", expression);
        item.put("dialect", dialect);
        item.put("timezone", zone.getId());
        item.put("words", reading.words);
        item.put("warnings", reading.warnings);
        item.put("next", times.stream().map(Instant::toString).toList());
        if (!json) {
            print(expression, reading, times, now, zone);
        }
        return item;
    }

    private void print(String expression, Reading reading, List<Instant> times, Instant now, ZoneId zone) {
        var out = main.out();
        out.println(expression);
        out.println("  " + reading.words);
        reading.warnings.forEach(warning -> out.println("  warning: " + warning));
        if (times.isEmpty()) {
            out.println("  never fires");
        }
        for (var time : times) {
            var wait = Duration.between(now, time);
            out.println("  " + TIME.format(ZonedDateTime.ofInstant(time, zone)) + "   "
                    + (wait.isNegative() ? Durations.words(wait.negated()) + " ago" : "in " + Durations.words(wait)));
        }
    }

    private Reading read(String expression, ZoneId zone) {
        try {
            var schedule = dialect().parse(expression);
            return new Reading(schedule.words(), schedule.warnings(), after -> schedule.nextAfter(after, zone));
        } catch (InvalidSchedule e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private Dialect dialect() {
        return Dialect.named(dialect)
                .orElseThrow(() -> Usage.unknown("dialect", dialect, Dialect.names(), "carillon next --help"));
    }

    private ZoneId zone() {
        try {
            return timezone.equalsIgnoreCase("UTC") ? ZoneOffset.UTC : ZoneId.of(timezone);
        } catch (DateTimeException e) {
            throw new Usage("--timezone is '" + timezone + "', which is no time zone"
                    + dev.carillon.scheduler.NearestWord.to(timezone, ZoneId.getAvailableZoneIds())
                            .map(near -> ", did you mean '" + near + "'?")
                            .orElse(": write UTC or such as Europe/Berlin"));
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new Usage("--from is '" + text + "', which is no instant: write it as 2027-01-31T08:00:00Z");
        }
    }
}
