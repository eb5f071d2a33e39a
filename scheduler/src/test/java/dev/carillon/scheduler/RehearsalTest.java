package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.engine.JsEngine;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    @Test
    void a_rehearsal_fires_all_it_wants_and_ends_by_itself() {
        try (var engine = JsEngine.create()) {
            assertThat(Rehearsal.run(engine)).isEqualTo(new JsRuntime.Exit.Exited(0));
        }
    }
}
