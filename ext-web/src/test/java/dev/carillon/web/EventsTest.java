package dev.carillon.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.JsRuntime.Exit;
import org.junit.jupiter.api.Test;

class EventsTest {
    @Test
    void the_life_of_a_script_is_told_in_order() {
        var outcome = Script.run("""
                addEventListener("load", () => console.log("load"));
                addEventListener("beforeunload", () => console.log("beforeunload"));
                addEventListener("unload", () => console.log("unload"));
                onload = () => console.log("onload");
                console.log("main");
                """);
        assertThat(outcome.out()).isEqualTo("main\nload\nonload\nbeforeunload\nunload\n");
        assertThat(outcome.exit()).isEqualTo(new Exit.Drained(0));
    }

    @Test
    void a_prevented_beforeunload_lets_new_work_go_on() {
        assertThat(Script.run("""
                let asked = 0;
                addEventListener("beforeunload", (e) => {
                  if (asked++ === 0) { e.preventDefault(); setTimeout(() => console.log("more"), 1); }
                });
                addEventListener("unload", () => console.log("unload", asked));
                """).out()).isEqualTo("more\nunload 2\n");
    }

    @Test
    void a_listener_may_take_an_uncaught_error() {
        var outcome = Script.run("""
                addEventListener("error", (e) => { console.log(e.message, e.lineno, e.error.name); e.preventDefault(); });
                setTimeout(() => { throw new RangeError("boom"); }, 1);
                setTimeout(() => console.log("later"), 2);
                """);
        assertThat(outcome.out()).isEqualTo("Uncaught RangeError: boom 2 RangeError\nlater\n");
        assertThat(outcome.exit()).isEqualTo(new Exit.Drained(0));
    }

    @Test
    void an_error_no_listener_prevents_ends_the_script() {
        var outcome = Script.run("""
                addEventListener("error", (e) => console.log("saw", e.error.message));
                reportError(new Error("boom"));
                setTimeout(() => console.log("later"), 1);
                """);
        assertThat(outcome.out()).isEqualTo("saw boom\n");
        assertThat(outcome.exit()).isInstanceOf(Exit.Failed.class);
        assertThat(outcome.err()).startsWith("error: Uncaught Error: boom\n");
    }

    @Test
    void an_error_in_an_error_listener_ends_the_script_instead_of_coming_back() {
        var outcome = Script.run("""
                addEventListener("error", () => { throw new Error("worse"); });
                setTimeout(() => { throw new Error("bad"); }, 1);
                """);
        assertThat(outcome.exit()).isInstanceOf(Exit.Failed.class);
        assertThat(outcome.err()).startsWith("error: Uncaught Error: worse\n");
    }

    @Test
    void a_listener_may_take_an_unhandled_rejection() {
        var outcome = Script.run("""
                addEventListener("unhandledrejection", (e) => { console.log(e.reason, e.promise); e.preventDefault(); });
                Promise.reject("no");
                """);
        assertThat(outcome.out()).isEqualTo("no Promise { <rejected> \"no\" }\n");
        assertThat(outcome.exit()).isEqualTo(new Exit.Drained(0));
    }

    @Test
    void without_a_listener_a_rejection_ends_the_script() {
        var outcome = Script.run("Promise.reject('no'); setTimeout(() => console.log('later'), 1000)");
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).isEqualTo("error: Uncaught (in promise) \"no\"\n");
    }

    @Test
    void the_global_object_is_an_event_target_without_having_been_asked() {
        assertThat(Script.run(
                                "console.log(globalThis instanceof EventTarget, typeof addEventListener, onerror, String(self))")
                        .out())
                .isEqualTo("true function null [object Window]\n");
    }

    @Test
    void a_listener_bound_to_a_signal_goes_with_it() {
        assertThat(Script.run("""
                const controller = new AbortController(), target = new EventTarget();
                target.addEventListener("x", () => console.log("heard"), { signal: controller.signal });
                target.dispatchEvent(new Event("x"));
                controller.abort();
                target.dispatchEvent(new Event("x"));
                """).out()).isEqualTo("heard\n");
    }
}
