package dev.carillon.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The distribution as it was just built, three nodes of it as processes, killed at random: what the short form of {@code
 * bench/soak} says. Wants {@code scheduler/target/carillon}, which {@code mvn verify} has packaged before; leaves report and logs in {@code target/soak}.
 */
@Timeout(300)
class SoakTest {
    @Test
    @Tag("pitfall-18")
    void of_many_jobs_on_nodes_killed_at_random_the_checker_finds_none_missed_doubled_or_lied_about() throws Exception {
        clear(Path.of("target/soak"));
        var findings = new Chaos(Map.of(
                        "carillon", "../carillon",
                        "only", "KILL",
                        "minutes", "0.4",
                        "jobs", "600",
                        "period", "10",
                        "calm", "2",
                        "warm-up", "10",
                        "settle", "8",
                        "out", "target/soak"))
                .run();
        assertThat(findings.counts().get(Verdict.Kind.OK)).isGreaterThan(500);
        assertThat(findings.valid()).as("target/soak/report.md").isTrue();
    }

    /** What an earlier run left. */
    private static void clear(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var all = Files.walk(folder)) {
                for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
