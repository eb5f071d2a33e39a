package dev.carillon.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimersTest {
    @Test
    void a_timer_is_an_object_that_turns_into_its_number() {
        assertThat(Script.run("""
                const timer = setTimeout(() => console.log("never"), 1);
                console.log(typeof timer, +timer === timer[Symbol.toPrimitive](), timer.hasRef());
                clearTimeout(+timer);
                """).out()).isEqualTo("object true true\n");
    }

    @Test
    void timers_are_cleared_by_object_number_or_text_and_by_either_function() {
        assertThat(Script.run("""
                const fail = () => console.log("never");
                clearTimeout(setTimeout(fail, 1)); clearInterval(setTimeout(fail, 1)); clearTimeout(+setInterval(fail, 1));
                clearTimeout(`${setTimeout(fail, 1)}`); clearTimeout(undefined); clearTimeout(99999); clearTimeout({});
                """).out()).isEmpty();
    }

    @Test
    void an_unreferenced_timer_does_not_keep_the_script_alive() {
        assertThat(Script.run("""
                setTimeout(() => console.log("never"), 60000).unref();
                const other = setInterval(() => console.log("never"), 60000);
                Deno.unrefTimer(other);
                """).out()).isEmpty();
    }

    @Test
    void arguments_are_passed_on_and_an_interval_can_clear_itself() {
        assertThat(Script.run("""
                setTimeout((a, b) => console.log(a, b), 1, "x", 2);
                let n = 0;
                const every = setInterval(() => { console.log(++n); if (n === 3) clearInterval(every); }, 1);
                """).out()).contains("x 2\n").endsWith("3\n").containsSubsequence("1\n", "2\n", "3\n");
    }

    @Test
    void what_is_no_function_is_refused_in_denos_words() {
        assertThat(Script.run("""
                for (const f of [() => setTimeout("x"), () => setInterval(null), () => queueMicrotask(1)]) {
                  try { f(); } catch (e) { console.log(e.name, e.message, e.code); }
                }
                """).out()).isEqualTo("""
                TypeError The "callback" argument must be of type function. Received type string ('x') ERR_INVALID_ARG_TYPE
                TypeError The "callback" argument must be of type function. Received null ERR_INVALID_ARG_TYPE
                TypeError expected a function undefined
                """);
    }

    @Test
    void an_immediate_runs_after_microtasks_and_can_be_cleared() {
        assertThat(Script.run("""
                clearImmediate(setImmediate(() => console.log("never")));
                setImmediate((x) => console.log("immediate", x), 1);
                queueMicrotask(() => console.log("microtask"));
                console.log("sync");
                """).out()).isEqualTo("sync\nmicrotask\nimmediate 1\n");
    }

    @Test
    void a_timeout_signal_aborts_while_somebody_listens_and_keeps_nothing_alive_otherwise() {
        assertThat(Script.run("AbortSignal.timeout(60000)").out()).isEmpty();
        assertThat(Script.run("""
                const signal = AbortSignal.any([AbortSignal.timeout(1)]);
                signal.onabort = () => console.log(signal.reason.name, signal.reason.code);
                """).out()).isEqualTo("TimeoutError 23\n");
    }
}
