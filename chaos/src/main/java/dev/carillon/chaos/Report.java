package dev.carillon.chaos;

import dev.carillon.chaos.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** The findings for a person: a page of text and a plot. */
public final class Report {
    private static final int EXAMPLES_MAX = 10;
    private static final Duration AFTERMATH = Duration.ofSeconds(3);
    private static final Duration UNENDED_MAX = Duration.ofSeconds(2); // no attempt works for longer

    private Report() {}

    /**
     * Counts, lateness, what each kind of fault did, and the first examples of everything wrong; Markdown.
     *
     * @param refused messages the sink turned away for a stale fence
     */
    public static String text(Findings findings, List<Fault> faults, List<Sighting> sightings, int refused) {
        var text = new StringBuilder();
        text.append("**%s** over %d occurrences.\n\n| verdict | count |\n|---|---:|\n"
                .formatted(
                        findings.valid() ? "VALID" : "INVALID",
                        findings.verdicts().size()));
        findings.counts().forEach((kind, count) -> text.append("| %s | %d |\n".formatted(kind, count)));
        text.append("\nLateness p50 %s, p99 %s, max %s. Longest takeover from a lost node: %s.\n"
                .formatted(
                        ms(findings.lateness(0.5)),
                        ms(findings.lateness(0.99)),
                        ms(findings.lateness(1)),
                        ms(findings.takeoverMax())));
        text.append("The sink saw %d attempts and refused %d messages with a stale fence.\n"
                .formatted(sightings.size(), refused));
        skips(text, findings);
        bites(text, findings, faults, sightings);
        wrong(text, findings);
        return text.toString();
    }

    private static void skips(StringBuilder text, Findings findings) {
        var reasons = new TreeMap<String, Integer>();
        findings.verdicts().stream()
                .filter(verdict -> verdict.kind() == Kind.SKIPPED)
                .forEach(verdict -> reasons.merge(verdict.detail(), 1, Integer::sum));
        if (!reasons.isEmpty()) {
            text.append("\n| skipped, as the history says | count |\n|---|---:|\n");
            reasons.forEach((reason, count) -> text.append("| %s | %d |\n".formatted(reason, count)));
        }
    }

    /** What each kind of fault hit; one that hit nothing has tested nothing. */
    private static void bites(StringBuilder text, Findings findings, List<Fault> faults, List<Sighting> sightings) {
        var kinds = new TreeMap<String, List<Fault>>();
        faults.forEach(fault ->
                kinds.computeIfAbsent(fault.kind(), kind -> new ArrayList<>()).add(fault));
        text.append(
                "\nOf each fault: attempts under way on its node when it struck, attempts that node started while it"
                        + " lasted and were seen, and occurrences due meanwhile or up to 3 s later that were not simply on time.\n\n"
                        + "| fault | times | seconds | under way | started | late | taken over | redone | skipped"
                        + " | longest takeover |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        kinds.forEach((kind, of) -> text.append("| %s | %d | %d | %d | %d | %d | %d | %d | %d | %s |\n"
                .formatted(
                        kind,
                        of.size(),
                        of.stream()
                                .mapToLong(fault -> Duration.between(fault.from(), fault.until())
                                        .toSeconds())
                                .sum(),
                        sightings.stream()
                                .filter(seen -> of.stream().anyMatch(fault -> isUnderWay(seen, fault)))
                                .count(),
                        sightings.stream()
                                .filter(seen -> of.stream().anyMatch(fault -> isStartedIn(seen, fault)))
                                .count(),
                        hit(findings, of, Kind.LATE),
                        hit(findings, of, Kind.TAKEN_OVER),
                        hit(findings, of, Kind.REDONE),
                        hit(findings, of, Kind.SKIPPED),
                        findings.takeovers().stream()
                                .filter(takeover -> takeover.fault().kind().equals(kind))
                                .map(Findings.Takeover::delay)
                                .max(Duration::compareTo)
                                .map(Report::ms)
                                .orElse("-"))));
    }

    private static boolean isUnderWay(Sighting seen, Fault fault) {
        var ended = seen.ended();
        return fault.hits(seen.node())
                && seen.started().isBefore(fault.from())
                && (ended == null
                        ? seen.started().isAfter(fault.from().minus(UNENDED_MAX))
                        : ended.isAfter(fault.from()));
    }

    private static boolean isStartedIn(Sighting seen, Fault fault) {
        return fault.hits(seen.node())
                && seen.started().isAfter(fault.from())
                && seen.started().isBefore(fault.until());
    }

    private static long hit(Findings findings, List<Fault> faults, Kind kind) {
        return findings.verdicts().stream()
                .filter(verdict -> verdict.kind() == kind)
                .map(verdict -> verdict.occurrence().scheduledTime())
                .filter(due -> faults.stream().anyMatch(fault -> fault.isFelt(due, due.plusSeconds(1), AFTERMATH)))
                .count();
    }

    private static void wrong(StringBuilder text, Findings findings) {
        var wrong = findings.verdicts().stream()
                .filter(verdict -> verdict.kind().wrong())
                .toList();
        if (wrong.isEmpty() && findings.disagreements().isEmpty()) {
            return;
        }
        text.append("\n## Wrong\n\n");
        for (var kind : Kind.values()) {
            wrong.stream()
                    .filter(verdict -> verdict.kind() == kind)
                    .limit(EXAMPLES_MAX)
                    .forEach(verdict -> text.append("- %s %s %s: %s\n"
                            .formatted(
                                    kind,
                                    verdict.occurrence().job(),
                                    verdict.occurrence().scheduledTime(),
                                    verdict.detail())));
        }
        findings.disagreements().stream()
                .limit(EXAMPLES_MAX)
                .forEach(line ->
                        text.append("- the passes disagree: ").append(line).append('\n'));
    }

    /** The faults one by one, for whoever looks into a run. */
    public static String timeline(List<Fault> faults) {
        var text = new StringBuilder();
        faults.forEach(fault -> text.append("%s %s on %s, %s\n"
                .formatted(
                        fault.from(), fault.kind(), fault.node(), ms(Duration.between(fault.from(), fault.until())))));
        return text.toString();
    }

    /** Lateness of every occurrence over time on a logarithmic scale, wrong ones in red, faults as bands; SVG. */
    public static String plot(Findings findings, List<Fault> faults) {
        var verdicts = findings.verdicts();
        if (verdicts.isEmpty()) {
            return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"20\"/>";
        }
        var plot = new Plot(
                verdicts.getFirst().occurrence().scheduledTime(),
                verdicts.getLast().occurrence().scheduledTime().plusSeconds(1));
        return plot.draw(verdicts, faults);
    }

    private static String ms(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }

    /** The scales of one plot. */
    private record Plot(Instant from, Instant to) {
        private static final int WIDTH = 1200;
        private static final int HEIGHT = 360;
        private static final int LEFT = 70;
        private static final int BOTTOM = 40;
        private static final double DECADES = 5; // 1 ms to 100 s

        String draw(List<Verdict> verdicts, List<Fault> faults) {
            var svg = new StringBuilder();
            svg.append(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n"
                            .formatted(WIDTH, HEIGHT));
            svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
            for (var fault : faults) {
                double left = x(fault.from());
                svg.append(String.format(
                        Locale.ROOT,
                        "<rect x=\"%.1f\" y=\"20\" width=\"%.1f\" height=\"%d\" fill=\"#f3d9a4\" opacity=\"0.55\"><title>%s %s</title></rect>%n",
                        left,
                        Math.max(1.5, x(fault.until()) - left),
                        HEIGHT - BOTTOM - 20,
                        fault.kind(),
                        fault.node()));
            }
            for (int decade = 0; decade <= DECADES; decade++) {
                double y = y(Math.pow(10, decade));
                svg.append(String.format(
                        Locale.ROOT,
                        "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                        LEFT,
                        WIDTH,
                        y,
                        y,
                        LEFT - 6,
                        y + 4,
                        decade < 3 ? (int) Math.pow(10, decade) + " ms" : (int) Math.pow(10, decade - 3) + " s"));
            }
            cells(verdicts)
                    .forEach((paint, cells) -> svg.append("<path stroke=\"%s\" stroke-width=\"%d\" d=\"%s\"/>%n"
                            .formatted(paint.colour(), paint.size(), path(cells))));
            svg.append(
                    "<text x=\"%d\" y=\"%d\">lateness of each start from %s to %s; bands are faults; red is wrong</text>\n"
                            .formatted(LEFT, HEIGHT - 12, from, to));
            return svg.append("</svg>\n").toString();
        }

        /** How a cell of the plot is drawn; what is wrong comes last and so lies on top. */
        private record Paint(int rank, String colour, int size) implements Comparable<Paint> {
            static Paint of(Kind kind) {
                if (kind.wrong()) {
                    return new Paint(4, "#c0392b", 5);
                }
                return switch (kind) {
                    case OK -> new Paint(1, "#2e7d5b", 2);
                    case LATE -> new Paint(2, "#b07a1e", 2);
                    case TAKEN_OVER, REDONE -> new Paint(3, "#2962b8", 3);
                    default -> new Paint(0, "#bbbbbb", 2);
                };
            }

            @Override
            public int compareTo(Paint other) {
                return Integer.compare(rank, other.rank);
            }
        }

        private record Cell(int x, int y) implements Comparable<Cell> {
            @Override
            public int compareTo(Cell other) {
                return x == other.x ? Integer.compare(y, other.y) : Integer.compare(x, other.x);
            }
        }

        /** One mark for all verdicts of a kind that fall on the same place: the file stays small whatever was run. */
        private TreeMap<Paint, TreeSet<Cell>> cells(List<Verdict> verdicts) {
            var cells = new TreeMap<Paint, TreeSet<Cell>>();
            for (var verdict : verdicts) {
                var lateness = Objects.requireNonNullElse(verdict.lateness(), Duration.ofSeconds(100));
                cells.computeIfAbsent(Paint.of(verdict.kind()), paint -> new TreeSet<>())
                        .add(new Cell(
                                (int) x(verdict.occurrence().scheduledTime()),
                                (int) y(lateness.toNanos() / 1e6) / 2 * 2));
            }
            return cells;
        }

        private static String path(TreeSet<Cell> cells) {
            var path = new StringBuilder();
            cells.forEach(cell ->
                    path.append('M').append(cell.x).append(' ').append(cell.y).append("h1"));
            return path.toString();
        }

        private double x(Instant instant) {
            double share = (double) Duration.between(from, instant).toMillis()
                    / Math.max(1, Duration.between(from, to).toMillis());
            return LEFT + share * (WIDTH - LEFT - 10);
        }

        private double y(double ms) {
            double share = Math.log10(Math.max(1, ms)) / DECADES;
            return HEIGHT - BOTTOM - Math.min(1, share) * (HEIGHT - BOTTOM - 20);
        }
    }
}
