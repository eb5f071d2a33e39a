package dev.carillon.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunIdTest {
    private static final Instant DUE = Instant.parse("2024-05-06T07:08:00Z");

    @Test
    void an_occurrence_has_one_id_on_every_node() {
        assertThat(RunId.of(new JobKey("a/b.ts", "report"), DUE))
                .isEqualTo(RunId.of(JobKey.parse("a/b.ts/report"), DUE));
    }

    @Test
    void other_jobs_and_other_instants_have_other_ids() {
        var seen = new HashSet<RunId>();
        for (int job = 0; job < 100; job++) {
            for (int minute = 0; minute < 100; minute++) {
                seen.add(RunId.of(new JobKey("s.ts", "job " + job), DUE.plusSeconds(60L * minute)));
            }
        }
        assertThat(seen).hasSize(10_000);
    }

    @Test
    void ids_sort_as_text_by_due_time() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            var a = Instant.ofEpochMilli(random.nextLong(1L << 45));
            var b = Instant.ofEpochMilli(random.nextLong(1L << 45));
            var first = RunId.of(new JobKey("s", "x" + i), a);
            var second = RunId.random(b);
            assertThat(Integer.signum(first.text().compareTo(second.text())))
                    .as("seed %d, %s and %s", seed, a, b)
                    .isEqualTo(Integer.signum(a.compareTo(b)));
            assertThat(RunId.floor(a)).isLessThanOrEqualTo(first.text());
            assertThat(RunId.floor(a.plusMillis(1))).isGreaterThan(first.text());
        }
    }

    @Test
    void text_that_is_no_id_is_refused() {
        for (var text : new String[] {"", "short", "8".repeat(26), "U".repeat(26), "0".repeat(27), "é".repeat(26)}) {
            assertThat(RunId.isValid(text)).isFalse();
            assertThatThrownBy(() -> new RunId(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_job_key_splits_at_its_last_slash() {
        assertThat(JobKey.parse("crons/daily.ts/send report")).isEqualTo(new JobKey("crons/daily.ts", "send report"));
        assertThat(JobKey.parse("a.ts/")).isEqualTo(new JobKey("a.ts", ""));
        assertThatThrownBy(() -> JobKey.parse("nothing")).hasMessageContaining("'nothing'");
    }
}
