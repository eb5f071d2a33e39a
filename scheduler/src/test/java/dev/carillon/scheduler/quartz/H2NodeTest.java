package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.quartz.NodeProcess.Fire;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One node, a real process, on a file of its own. */
@Timeout(600)
@Tag("pitfall-13")
class H2NodeTest {
    private static final int ROUNDS = Cluster.LONG ? 60 : 5;

    @RegisterExtension
    final Cluster cluster = new Cluster();

    @TempDir
    Path folder;

    @Test
    void however_often_it_is_killed_no_start_it_told_of_is_lost_or_made_again_as_the_same_attempt() throws Exception {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var url = "jdbc:h2:file:" + folder.resolve("node");
        var told = new ArrayList<Fire>();
        for (int round = 0; round < ROUNDS; round++) {
            var node = cluster.startOn(url, "n1", "jobs=20", "work=150");
            int starts = 1 + random.nextInt(60);
            cluster.await(
                    "it has told of " + starts + " starts", () -> node.starts().size() >= starts);
            node.kill();
            told.addAll(node.starts());
            verify(url, node, "seed " + seed + ", round " + round);
        }
        assertThat(told.stream().map(Fire::identity)).as("seed %d", seed).doesNotHaveDuplicates();
        var attempts = new HashMap<String, Integer>();
        told.forEach(start -> attempts.merge(start.run(), start.attempt(), Math::max));
        System.err.printf(
                "%d kills on one file: %d starts told, %d runs made again as a later attempt%n",
                ROUNDS,
                told.size(),
                attempts.values().stream().filter(attempt -> attempt > 1).count());
        assertThat(attempts.values()).as("some run was cut off and made again").anyMatch(attempt -> attempt > 1);
    }

    private static void verify(String url, NodeProcess node, String where) {
        try (var store = JdbcRunStore.open(new StoreConfig(url))) {
            for (var start : node.starts()) {
                var run = store.run(new RunId(start.run()));
                assertThat(run).as("%s: %s has its row", where, start).isPresent();
                assertThat(run.orElseThrow().attemptList().getLast().attempt())
                        .as("%s: %s", where, start)
                        .isGreaterThanOrEqualTo(start.attempt());
            }
        }
    }

    @Test
    void a_url_whose_options_could_lose_runs_is_refused_at_the_start() throws Exception {
        for (var option : List.of("WRITE_DELAY=500", "LOCK_TIMEOUT=1", "DB_CLOSE_ON_EXIT=TRUE", "AUTO_SERVER=TRUE")) {
            var node = cluster.startOn("jdbc:h2:file:" + folder.resolve("refused") + ";" + option, "n1");
            node.exitCode();
            assertThat(node.said(line -> line.startsWith("refused BAD_URL")
                            && line.contains(option.substring(0, option.indexOf('=')))))
                    .as(option + "\n" + node.story())
                    .isTrue();
        }
        assertThat(folder).as("nothing was made").isEmptyDirectory();
    }
}
