package dev.carillon.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RunStateTest {
    /** Written out a second time, on purpose: state, what happens, state after. */
    private static final Object[][] LEGAL = {
        {RunState.RUNNING, RunEvent.ATTEMPT_SUCCEEDED, RunState.SUCCEEDED},
        {RunState.RUNNING, RunEvent.ATTEMPT_FAILED, RunState.FAILED},
        {RunState.RUNNING, RunEvent.RETRY_PLANNED, RunState.RETRYING},
        {RunState.RUNNING, RunEvent.PROCESS_LOST, RunState.INTERRUPTED},
        {RunState.RETRYING, RunEvent.ATTEMPT_STARTED, RunState.RUNNING},
        {RunState.RETRYING, RunEvent.RETRY_DROPPED, RunState.FAILED},
        {RunState.RETRYING, RunEvent.PROCESS_LOST, RunState.INTERRUPTED},
        {RunState.RUNNING, RunEvent.TAKEN_OVER, RunState.RUNNING},
        {RunState.INTERRUPTED, RunEvent.TAKEN_OVER, RunState.RUNNING},
        {RunState.RUNNING, RunEvent.TAKEOVERS_SPENT, RunState.FAILED},
        {RunState.INTERRUPTED, RunEvent.TAKEOVERS_SPENT, RunState.FAILED},
    };

    static Stream<Arguments> every_pair() {
        return Arrays.stream(RunState.values())
                .flatMap(state -> Arrays.stream(RunEvent.values()).map(event -> Arguments.of(state, event)));
    }

    @ParameterizedTest
    @MethodSource("every_pair")
    void a_legal_transition_is_taken_and_an_illegal_one_refused_by_name(RunState state, RunEvent event) {
        var expected = Arrays.stream(LEGAL)
                .filter(row -> row[0] == state && row[1] == event)
                .findFirst();
        if (expected.isPresent()) {
            assertThat(state.after(event)).isEqualTo(expected.get()[2]);
        } else {
            assertThatThrownBy(() -> state.after(event))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a run that is " + state + " cannot take " + event);
        }
    }

    @Test
    void a_run_begins_by_a_start_or_a_skip_and_by_nothing_else() {
        Map<RunEvent, RunState> first = new EnumMap<>(
                Map.of(RunEvent.ATTEMPT_STARTED, RunState.RUNNING, RunEvent.OCCURRENCE_SKIPPED, RunState.SKIPPED));
        for (var event : RunEvent.values()) {
            var expected = first.get(event);
            if (expected != null) {
                assertThat(RunState.first(event)).isEqualTo(expected);
            } else {
                assertThatThrownBy(() -> RunState.first(event))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(event.name());
            }
        }
    }

    @Test
    void words_are_read_back_and_unknown_ones_are_refused_with_the_list() {
        for (var state : RunState.values()) {
            assertThat(RunState.of(state.toString())).isEqualTo(state);
        }
        assertThatThrownBy(() -> RunState.of("broken"))
                .hasMessageContaining("'broken'")
                .hasMessageContaining("retrying");
    }
}
