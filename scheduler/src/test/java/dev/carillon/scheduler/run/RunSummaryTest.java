package dev.carillon.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunSummaryTest {
    @Test
    void a_failure_is_told_in_its_first_line() {
        assertThat(RunSummary.headline("Error: boom\n    at f (job.ts:1:2)")).isEqualTo("Error: boom");
        assertThat(RunSummary.headline("Error: boom")).isEqualTo("Error: boom");
    }

    @Test
    void what_lies_at_its_root_is_told_with_it() {
        assertThat(RunSummary.headline("""
                TypeError: fetch failed
                    at async job.ts:7:20 {
                  [cause]: Error: no answer
                      at async job.ts:7:20 {
                    [cause]: Error: connection refused (os error 111)
                        at async job.ts:7:20
                  }
                }"""))
                .isEqualTo("TypeError: fetch failed (Error: connection refused (os error 111))");
    }
}
