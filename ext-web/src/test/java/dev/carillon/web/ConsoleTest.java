package dev.carillon.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.VirtualTime;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    @Test
    void each_method_prints_at_its_level() {
        var printed = Script.printed("""
                console.debug("d"); console.info("i"); console.log("l"); console.warn("w"); console.error("e");
                console.count(); console.assert(false); console.table(1); console.dir(1); console.countReset("nope");
                """);
        assertThat(printed.stream().map(it -> it.level() + ":" + it.text().strip()))
                .containsExactly(
                        "DEBUG:d",
                        "INFO:i",
                        "LOG:l",
                        "WARN:w",
                        "ERROR:e",
                        "INFO:default: 1",
                        "ERROR:Assertion failed",
                        "LOG:1",
                        "LOG:1",
                        "WARN:Count for 'nope' does not exist");
    }

    @Test
    void one_call_is_one_write_with_its_line_end() {
        assertThat(Script.printed("console.log('a\\nb', {c: 1}); console.log()"))
                .extracting(Script.Printed::text)
                .containsExactly("a\nb { c: 1 }\n", "\n");
    }

    @Test
    void lines_carry_the_scope_of_the_code_that_printed_them_even_after_an_await() {
        var printed = Script.printed("""
                const { core } = Deno[Deno.internal];
                core.runInScope(7, async () => {
                  console.log("sync");
                  await 1;
                  setTimeout(() => console.log("timer"), 1);
                });
                console.log("outside");
                """);
        assertThat(printed.stream().map(it -> it.text().strip() + " " + it.scope()))
                .containsExactly("sync 7", "outside 0", "timer 7");
    }

    @Test
    void colours_are_printed_only_where_they_are_allowed() {
        var source = "console.log(1, 'text', %s); console.log('%%c styled', 'color: red')".formatted("{a: 'b'}");
        assertThat(Script.run(source, TimeSource.system(), false).out()).isEqualTo("1 text { a: \"b\" }\n styled\n");
        assertThat(Script.run(source, TimeSource.system(), true).out())
                .isEqualTo("\u001b[33m1\u001b[39m text { a: \u001b[32m\"b\"\u001b[39m }\n"
                        + "\u001b[0m\u001b[38;2;255;0;0m styled\u001b[0m\n");
    }

    @Test
    void timers_of_console_read_the_runtimes_clock() {
        var time = new VirtualTime();
        var outcome = Script.run(
                "console.time('t'); console.timeLog('t', {n: 1}); console.timeEnd('t'); console.timeEnd('t')",
                time,
                false);
        assertThat(outcome.out()).isEqualTo("t: 0.000ms { n: 1 }\nt: 0.000ms\n");
        assertThat(outcome.err()).isEqualTo("Timer 't' does not exist\n");
    }

    @Test
    void a_trace_shows_the_scripts_own_frames_only() {
        var outcome = Script.run("function here() { console.trace('at %s', 'x'); }\nhere();");
        assertThat(outcome.err().lines()).first().isEqualTo("Trace: at x");
        assertThat(outcome.err().lines().skip(1))
                .hasSize(2)
                .allMatch(it -> it.matches(" {4}at .*file:///.*:\\d+:\\d+\\)?"));
    }

    @Test
    void a_script_that_breaks_the_builtins_still_gets_its_lines() {
        var outcome = Script.run("""
                Object.keys = Array.isArray = Reflect.apply = Error.isError = () => { throw "broken"; };
                Object.prototype.toString = Map.prototype.entries = () => { throw "broken"; };
                console.log({ a: [1, new Map([[1, new Date(0)]])] });
                """);
        assertThat(outcome.out()).isEqualTo("{ a: [ 1, Map(1) { 1 => 1970-01-01T00:00:00.000Z } ] }\n");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void printing_calls_no_code_of_the_value() {
        assertThat(Script.run("""
                const trap = new Proxy({ a: 1 }, new Proxy({}, { get() { throw "trapped"; } }));
                console.log(trap, { get a() { throw "got"; } }, new Set([trap]));
                """).out()).isEqualTo("{ a: 1 } { a: [Getter] } Set(1) { { a: 1 } }\n");
    }
}
