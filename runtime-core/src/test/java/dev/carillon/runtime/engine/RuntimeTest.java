package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.JsError;
import dev.carillon.runtime.JsError.SourcePosition;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class RuntimeTest {
    @Test
    void a_module_prints_and_the_loop_drains() {
        try (var script = new RuntimeHarness(TimeSource.system())) {
            var exit = script.run("Deno[Deno.internal].core.print('hello\\n')");
            assertThat(exit).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("hello\n");
        }
    }

    @Test
    void an_uncaught_error_ends_the_runtime_with_its_class_and_position() {
        try (var script = new RuntimeHarness(TimeSource.system())) {
            var exit = script.run("\n  null.x;");
            assertThat(exit).isInstanceOfSatisfying(Exit.Failed.class, failed -> {
                assertThat(failed.error().errorClass()).isEqualTo("TypeError");
                assertThat(failed.error().position())
                        .extracting(SourcePosition::line)
                        .isEqualTo(2);
            });
        }
    }

    @Test
    void an_unhandled_rejection_ends_the_runtime_and_a_handled_one_does_not() {
        try (var script = new RuntimeHarness(TimeSource.system())) {
            assertThat(script.run("const p = Promise.reject(new Error('kept')); p.catch(() => {});"))
                    .isEqualTo(new Exit.Drained(0));
        }
        try (var script = new RuntimeHarness(TimeSource.system())) {
            assertThat(script.run("Promise.reject(new RangeError('boom'))"))
                    .isInstanceOfSatisfying(
                            Exit.Failed.class,
                            failed -> assertThat(failed.error().report())
                                    .startsWith("Uncaught (in promise) RangeError: boom"));
        }
    }

    @Test
    void timers_fire_in_order_of_time_with_microtasks_between() {
        var time = new VirtualTime();
        try (var script = new RuntimeHarness(time)) {
            script.load("""
                    const { core } = Deno[Deno.internal];
                    const say = (t) => core.print(t);
                    core.createTimer(() => { say('b'); Promise.resolve().then(() => say('b-micro')); }, 20);
                    core.createTimer(() => { say('a'); Promise.resolve().then(() => say('a-micro')); }, 10);
                    core.createTimer(() => say('c'), 20);
                    say('sync');
                    """);
            time.advance(java.time.Duration.ofMillis(30));
            assertThat(script.exit()).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("sync", "a", "a-micro", "b", "b-micro", "c");
        }
    }

    @Test
    void an_executed_script_gives_its_completion_value() {
        try (var script = new RuntimeHarness(TimeSource.system())) {
            assertThat(script.eval("1 + 1")).isEqualTo(2.0);
            assertThat(script.eval("({a: [1, 'x']})")).isEqualTo("{\"a\":[1,\"x\"]}");
            assertThat(script.eval("undefined")).isNull();
            assertThatThrownBy(() -> script.eval("throw new TypeError('no')")).isInstanceOf(JsError.class);
            assertThat(script.runtime.lastException())
                    .get()
                    .extracting(JsError::errorClass)
                    .isEqualTo("TypeError");
        }
    }

    @Test
    void closing_stops_a_busy_loop() {
        try (var script = new RuntimeHarness(TimeSource.system())) {
            script.runtime.loadMain(script.script("main.js", "Deno[Deno.internal].core.print('on'); for (;;) {}")
                    .toUri());
            while (script.lines.isEmpty()) {
                Thread.onSpinWait();
            }
            script.runtime.close();
            assertThat(script.exit()).isInstanceOf(Exit.Stopped.class);
        }
    }
}
