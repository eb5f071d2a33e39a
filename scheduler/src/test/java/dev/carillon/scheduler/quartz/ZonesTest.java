package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.quartz.NodeProcess.Fire;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A schedule of {@code Deno.cron} is in UTC. So what a cron fires must not depend on where its process thinks it lives,
 * least of all when the clocks there change: real processes in ten zones, through both changes of a year, on virtual time.
 */
@Timeout(240)
class ZonesTest {
    /** Zones, and a year in which their clocks change twice. */
    private static final Map<String, Integer> ZONES = new LinkedHashMap<>();

    static {
        ZONES.put("Africa/Casablanca", 2024); // the other way round, for Ramadan
        ZONES.put("Australia/Lord_Howe", 2024); // by half an hour
        ZONES.put("America/Sao_Paulo", 2018); // at midnight
        ZONES.put("Europe/Berlin", 2024);
        ZONES.put("Europe/Dublin", 2024); // winter is the exception
        ZONES.put("America/New_York", 2024);
        ZONES.put("America/St_Johns", 2024); // half an hour off
        ZONES.put("America/Santiago", 2024); // at midnight, in the south
        ZONES.put("Asia/Tehran", 2021);
        ZONES.put("Pacific/Chatham", 2024); // three quarters of an hour off
    }

    /** When each job is due, as arithmetic on seconds since 1970: no calendar, no zone, none of our code. */
    private static final Map<String, Due> ORACLE = Map.of(
            "quarterly", second -> second % 900 == 0,
            "at half past two", second -> second % 86_400 == 9_000,
            "at midnight", second -> second % 86_400 == 0,
            "every second hour", second -> second % 7_200 == 300);

    private interface Due {
        boolean at(long second);
    }

    private record Span(Instant from, Instant until) {
        @Override
        public String toString() {
            return from + "/" + until;
        }
    }

    @TempDir
    Path folder;

    @Test
    @Tag("pitfall-9")
    void what_fires_is_in_utc_wherever_the_process_lives_and_whenever_its_clocks_change() throws Exception {
        int fires = 0;
        for (var zone : ZONES.entrySet()) {
            var spans = changes(zone.getKey(), zone.getValue());
            assertThat(spans).as("changes in %s", zone.getKey()).hasSize(2);
            var arguments = new ArrayList<>(
                    List.of(folder.resolve(zone.getKey().replace('/', '-')).toString()));
            spans.forEach(span -> arguments.add(span.toString()));
            var node = new NodeProcess(
                    zone.getKey(), ZoneNode.class, List.of("-Duser.timezone=" + zone.getKey()), arguments, () -> {});
            assertThat(node.exitCode()).as(node.story()).isZero();
            var due = new TreeMap<String, TreeSet<Instant>>();
            for (var span : spans) {
                due(span)
                        .forEach((job, instants) ->
                                due.computeIfAbsent(job, key -> new TreeSet<>()).addAll(instants));
            }
            assertThat(fired(node)).as(zone.getKey()).isEqualTo(due);
            assertThat(node.starts()).allMatch(start -> start.lateness().isZero());
            fires += node.starts().size();
        }
        System.err.printf("%d zones, %d changes of clocks, %d fires as due%n", ZONES.size(), 2 * ZONES.size(), fires);
    }

    /** A day on either side of each change of the year. */
    private static List<Span> changes(String zone, int year) {
        var rules = ZoneId.of(zone).getRules();
        var spans = new ArrayList<Span>();
        var end = Year.of(year + 1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
        var change = rules.nextTransition(Year.of(year).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC));
        while (change != null && change.getInstant().isBefore(end)) {
            var at = change.getInstant();
            spans.add(new Span(at.minus(Duration.ofHours(25)), at.plus(Duration.ofHours(25))));
            change = rules.nextTransition(at);
        }
        return spans;
    }

    private static Map<String, TreeSet<Instant>> due(Span span) {
        var due = new TreeMap<String, TreeSet<Instant>>();
        ORACLE.forEach((job, rule) -> {
            var instants = new TreeSet<Instant>();
            for (long second = span.from().getEpochSecond() + 1;
                    second <= span.until().getEpochSecond();
                    second++) {
                if (rule.at(second)) {
                    instants.add(Instant.ofEpochSecond(second));
                }
            }
            due.put(job, instants);
        });
        return due;
    }

    private static Map<String, TreeSet<Instant>> fired(NodeProcess node) {
        var fired = new TreeMap<String, TreeSet<Instant>>();
        for (Fire start : node.starts()) {
            assertThat(fired.computeIfAbsent(start.job(), key -> new TreeSet<>())
                            .add(start.scheduled()))
                    .as("%s once", start)
                    .isTrue();
        }
        return fired;
    }
}
