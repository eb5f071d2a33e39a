package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.time.TimeSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The texts are those of Deno 2.9.6 for the same scripts, but for the frames of its own glue. */
@ExtendWith(LeakCheck.class)
class UncaughtErrorTest {
    @Test
    void an_error_is_shown_with_its_line_a_caret_and_its_stack_in_typescript_positions() {
        assertThat(report("""
                interface X { a: number }
                function f(x: X) {
                  throw new TypeError("boom");
                }
                f({a:1});
                """)).isEqualTo("""
                Uncaught (in promise) TypeError: boom
                  throw new TypeError("boom");
                        ^
                    at f (main.ts:3:9)
                    at main.ts:5:1""");
    }

    @Test
    void a_cause_follows_with_its_own_stack() {
        assertThat(
                        report(
                                "core.createTimer(() => { throw new Error('outer', { cause: new RangeError('inner') }); }, 1);"))
                .isEqualTo("""
                Uncaught Error: outer
                core.createTimer(() => { throw new Error('outer', { cause: new RangeError('inner') }); }, 1);
                                               ^
                    at main.ts:1:32
                Caused by: RangeError: inner
                    at main.ts:1:60""");
    }

    /** As when glue throws after an await: its own frames are hidden, and the first one left is where the script waits. */
    @Test
    void the_place_a_script_waits_at_is_shown_too() {
        assertThat(report("""
                const late = new Error("late");
                late.stack = late.stack.replace("at ", "at async ");
                throw late;
                """)).isEqualTo("""
                Uncaught (in promise) Error: late
                const late = new Error("late");
                             ^
                    at async main.ts:1:14""");
    }

    @Test
    void an_aggregate_lists_its_errors_before_its_own_line() {
        assertThat(report("throw new AggregateError([new Error(\"one\"), new TypeError(\"two\")], \"agg\");"))
                .isEqualTo("""
                Uncaught (in promise) AggregateError: agg
                    Error: one
                        at main.ts:1:27
                    TypeError: two
                        at main.ts:1:45
                throw new AggregateError([new Error("one"), new TypeError("two")], "agg");
                      ^
                    at main.ts:1:7""");
    }

    @Test
    void a_thrown_value_that_is_no_error_is_inspected() {
        assertThat(report("throw \"str\";")).isEqualTo("Uncaught (in promise) \"str\"");
        assertThat(report("throw null")).isEqualTo("Uncaught (in promise) null");
    }

    @Test
    void a_changed_name_is_the_one_shown() {
        assertThat(report("const e = new Error(\"x\"); e.name = \"Custom\"; throw e;"))
                .isEqualTo("""
                Uncaught (in promise) Custom: x
                const e = new Error("x"); e.name = "Custom"; throw e;
                          ^
                    at main.ts:1:11""");
    }

    @Test
    void an_op_that_fails_asynchronously_shows_where_it_was_awaited() {
        assertThat(report("async function q(){ await ops.op_late_error(); }\nawait q();"))
                .isEqualTo("""
                Uncaught (in promise) NotFound: late
                async function q(){ await ops.op_late_error(); }
                                    ^
                    at async q (main.ts:1:21)
                    at async main.ts:2:1""");
    }

    @Test
    void a_module_that_does_not_load_is_reported_in_the_loaders_words() {
        assertThat(report("import './nope.ts';")).isEqualTo("""
                Module not found "nope.ts".
                    at main.ts:1:8""");
        assertThat(report("const x = ;")).isEqualTo("""
                SyntaxError: Expression expected
                  |
                1 | const x = ;
                  |           ~
                    at main.ts:1:11""");
    }

    @Test
    void a_top_level_await_that_nothing_can_resolve_is_an_error() {
        assertThat(report("await new Promise(() => {});")).startsWith("Top-level await promise never resolved");
    }

    @Test
    void an_error_hook_that_handles_the_error_lets_the_script_go_on() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            var exit = script.run("""
                    core.setReportExceptionCallback((e) => { say('caught ' + e.message); return true; });
                    core.createTimer(() => { throw new Error('first') }, 1);
                    core.createTimer(() => say('second'), 2);
                    core.setUnhandledPromiseRejectionHandler((p, reason) => { say(p instanceof Promise); say(reason); return true; });
                    Promise.reject('why');
                    """);
            assertThat(exit).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("true", "why", "caught first", "second");
        }
    }

    private static String report(String source) {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            var main = script.script("main.ts", source);
            script.runtime.loadMain(main.toUri());
            var exit = script.exit();
            assertThat(exit).isInstanceOf(Exit.Failed.class);
            return ((Exit.Failed) exit)
                    .error()
                    .report()
                    .replace(main.resolveSibling(".").normalize().toUri().toString(), "");
        }
    }
}
