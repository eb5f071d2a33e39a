package dev.carillon.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The findings for a person: a page of text and a plot. */
public final class Report {
    private static final int EXAMPLES_MAX = 10;

    private Report() {}

    /** Counts, lateness, takeovers, and the first examples of everything wrong; Markdown. */
    public static String text(Findings findings, List<Fault> faults) {
        var text = new StringBuilder();
        text.append("**")
                .append(findings.valid() ? "VALID" : "INVALID")
                .append("** over ")
                .append(findings.verdicts().size())
                .append(" occurrences\n\n| verdict | count |\n|---|---|\n");
        findings.counts()
                .forEach((kind, count) -> text.append("| ")
                        .append(kind)
                        .append(" | ")
                        .append(count)
                        .append(" |\n"));
        text.append("\nLateness p50 %s, p99 %s, max %s. Takeovers: %d, longest %s.\n"
                .formatted(
                        ms(findings.lateness(0.5)),
                        ms(findings.lateness(0.99)),
                        ms(findings.lateness(1)),
                        findings.takeovers().size(),
                        ms(findings.takeoverMax())));
        text.append("\n## Faults\n\n");
        faults.forEach(fault -> text.append("- %s %s on %s, %s\n"
                .formatted(
                        fault.from(), fault.kind(), fault.node(), ms(Duration.between(fault.from(), fault.until())))));
        var wrong = findings.verdicts().stream()
                .filter(verdict -> verdict.kind().wrong())
                .toList();
        if (!wrong.isEmpty() || !findings.disagreements().isEmpty()) {
            text.append("\n## Wrong\n\n");
            wrong.stream()
                    .limit(EXAMPLES_MAX)
                    .forEach(verdict -> text.append("- %s %s %s: %s\n"
                            .formatted(
                                    verdict.kind(),
                                    verdict.occurrence().job(),
                                    verdict.occurrence().scheduledTime(),
                                    verdict.detail())));
            findings.disagreements()
                    .forEach(line ->
                            text.append("- the passes disagree: ").append(line).append('\n'));
        }
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
            for (var verdict : verdicts) {
                var lateness = Objects.requireNonNullElse(verdict.lateness(), Duration.ofSeconds(100));
                var colour = verdict.kind().wrong()
                        ? "#c0392b"
                        : switch (verdict.kind()) {
                            case OK -> "#2e7d5b";
                            case TAKEN_OVER -> "#2962b8";
                            case LATE -> "#b07a1e";
                            default -> "#999";
                        };
                svg.append(String.format(
                        Locale.ROOT,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"%s\"/>%n",
                        x(verdict.occurrence().scheduledTime()),
                        y(lateness.toNanos() / 1e6),
                        verdict.kind().wrong() ? "3" : "1.2",
                        colour));
            }
            svg.append(
                    "<text x=\"%d\" y=\"%d\">lateness of each start from %s to %s; bands are faults; red is wrong</text>\n"
                            .formatted(LEFT, HEIGHT - 12, from, to));
            return svg.append("</svg>\n").toString();
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
