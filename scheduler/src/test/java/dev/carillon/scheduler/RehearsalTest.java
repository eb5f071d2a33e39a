package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RehearsalTest {
    @TempDir
    Path folder;

    @Test
    void a_rehearsal_fires_all_it_wants_and_ends_by_itself() {
        try (var engine = JsEngine.create()) {
            assertThat(Rehearsal.run(engine)).isEqualTo(new JsRuntime.Exit.Exited(0));
        }
    }

    @Test
    void one_that_is_recorded_leaves_nothing_behind_not_even_of_one_that_was_killed() throws IOException {
        var own = folder.resolve("rehearsal");
        Files.createDirectory(own);
        Files.writeString(own.resolve("runs.mv.db"), "of a process that was killed");
        try (var engine = JsEngine.create()) {
            assertThat(Rehearsal.runRecorded(engine, TimeSource.system(), own, RehearsalTest::open, 20_000))
                    .hasSize(10)
                    .containsOnly(new JsRuntime.Exit.Exited(0));
        }
        assertThat(own).doesNotExist();
    }

    private static RunStore open(Path in) {
        assertThat(in.resolve("runs.mv.db")).doesNotExist();
        return JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + in.resolve("runs")));
    }

    @ParameterizedTest
    @CsvSource({"0, 200", "199, 1", "200, 20", "599, 20", "600, 600", "999, 201", "1700000000100, 100"})
    void its_fires_keep_away_from_the_beginning_of_a_second(long nowMs, long waitMs) {
        assertThat(Rehearsal.untilNextMs(nowMs)).isEqualTo(waitMs);
    }

    @ParameterizedTest
    @CsvSource({"0, 20000", "2000, 20000", "2001, 20010", "10000, 100000", "10001, 100000", "2147483647, 100000"})
    void it_is_as_large_as_what_may_be_due_at_once(int jobs, int fires) {
        assertThat(Rehearsal.fires(jobs)).isEqualTo(fires);
    }
}
