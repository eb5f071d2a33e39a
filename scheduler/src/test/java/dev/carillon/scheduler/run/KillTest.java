package dev.carillon.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real process, killed in the middle of its work, again and again on the same file. */
class KillTest {
    private static final int ROUNDS = Integer.getInteger("carillon.kill-rounds", 6);

    @TempDir
    Path folder;

    /** A few crons write row by row; of many due together, the starts are a batch first. */
    @ParameterizedTest
    @ValueSource(ints = {20, 200})
    @Timeout(240)
    void no_acknowledged_start_or_end_is_lost_however_often_the_process_is_killed(int crons) throws Exception {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var file = folder.resolve("runs");
        var started = new HashMap<String, Integer>();
        var ended = new HashMap<String, String>();
        for (int round = 0; round < ROUNDS; round++) {
            // Of many crons no end may be said among the first thousands of starts: their rows come first.
            var word = round % 2 == 0 ? "started" : "ended";
            int lines = 50 + random.nextInt(1500);
            for (var line : killedAfter(file, crons, word, lines)) {
                var words = line.split(" ");
                switch (words[0]) {
                    case "started" -> started.merge(words[1], Integer.parseInt(words[2]), Math::max);
                    case "ended" -> ended.put(words[1], words[2]);
                    default -> throw new AssertionError(line);
                }
            }
            verify(file, started, ended, "seed " + seed + ", round " + round);
        }
        assertThat(started).hasSizeGreaterThan(ROUNDS * 10);
        assertThat(ended).isNotEmpty();
    }

    /**
     * What the process said until it was killed after so many lines with that word; one cut off by the kill was never
     * said.
     */
    private static List<String> killedAfter(Path file, int crons, String word, int lines)
            throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BusyService.class.getName(),
                        file.toString(),
                        String.valueOf(crons))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var text = new StringBuilder();
        try (var said = process.inputReader()) {
            int seen = 0;
            int line = 0;
            for (int c = said.read(); c >= 0; c = said.read()) {
                text.append((char) c);
                if (c == '\n') {
                    if (text.indexOf(word, line) == line && ++seen == lines) {
                        process.toHandle().destroyForcibly(); // kill -9, and its pipe stays open
                    }
                    line = text.length();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        process.waitFor();
        int complete = text.lastIndexOf("\n") + 1;
        return new ArrayList<>(text.substring(0, complete).lines().toList());
    }

    private static void verify(Path file, Map<String, Integer> started, Map<String, String> ended, String where) {
        var store = JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + file));
        try (store;
                var recorder = new RunRecorder(store, TimeSource.system(), "after")) {
            recorder.start();
            store.flushed().join();
            var states = new HashMap<String, RunSummary>();
            var occurrences = new HashSet<String>();
            String cursor = null;
            do {
                var page = store.runs(new RunQuery(null, Set.of(), null, null, null, cursor, 1000));
                for (var run : page.items()) {
                    states.put(run.id(), run);
                    assertThat(occurrences.add(run.job() + " " + run.scheduledTime()))
                            .as("%s: %s twice", where, run)
                            .isTrue();
                    assertThat(run.state().ended()).as("%s: %s", where, run).isTrue();
                }
                cursor = page.cursor();
            } while (cursor != null);
            started.forEach((id, attempt) -> {
                assertThat(states).as("%s: started %s", where, id).containsKey(id);
                assertThat(Objects.requireNonNull(states.get(id)).attempts())
                        .as("%s: attempts of %s", where, id)
                        .isGreaterThanOrEqualTo(attempt);
            });
            ended.forEach((id, state) -> assertThat(
                            Objects.requireNonNull(states.get(id)).state().toString())
                    .as("%s: end of %s", where, id)
                    .isEqualTo(state));
        }
    }
}
