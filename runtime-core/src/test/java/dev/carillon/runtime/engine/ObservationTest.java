package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.Activity;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.JsRuntime.LateValue;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpCollector;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an embedder and an extension may watch and add: collectors, leak traces, late state, and the core's members. */
@ExtendWith(LeakCheck.class)
class ObservationTest {
    @Test
    void a_collector_is_told_of_each_call_of_the_ops_it_asked_for() {
        var seen = new ArrayList<String>();
        OpCollector first = (op, event, source) -> seen.add(op.name() + " " + event + " " + source);
        var twice = new ArrayList<OpCollector.Event>();
        var options = RuntimeOptions.builder()
                .collectors((id, count, op) ->
                        op.name().equals("op_bool") || !op.extension().equals("probe")
                                ? null
                                : first.and((o, event, source) -> twice.add(event)));
        try (var script = new RuntimeHarness(options, ProbeOps.extension())) {
            assertThat(script.run("""
                    ops.op_bool(true);
                    ops.op_add(1, 2);
                    ops.op_flip({ x: 1, y: 2 });
                    try { ops.op_throw('TypeError', 'x', null) } catch {}
                    await ops.op_ready(1);
                    await ops.op_ready_error().catch(() => {});
                    await ops.op_deferred(1);
                    await ops.op_late_error().catch(() => {});
                    """)).isEqualTo(new Exit.Drained(0));
        }
        assertThat(seen)
                .containsExactly(
                        "op_add DISPATCHED FAST",
                        "op_add COMPLETED FAST",
                        "op_flip DISPATCHED SLOW",
                        "op_flip COMPLETED SLOW",
                        "op_throw DISPATCHED FAST",
                        "op_throw ERROR FAST",
                        "op_ready DISPATCHED ASYNC",
                        "op_ready COMPLETED ASYNC",
                        "op_ready_error DISPATCHED ASYNC",
                        "op_ready_error ERROR ASYNC",
                        "op_deferred DISPATCHED ASYNC",
                        "op_deferred COMPLETED_ASYNC ASYNC",
                        "op_late_error DISPATCHED ASYNC",
                        "op_late_error ERROR_ASYNC ASYNC");
        assertThat(twice).hasSameSizeAs(seen);
    }

    @Test
    void what_leaked_is_told_with_the_place_where_it_began() {
        var options = RuntimeOptions.builder().time(new VirtualTime()).leakTraces(true);
        try (var script = new RuntimeHarness(options, ProbeOps.extension())) {
            var before = RuntimeHarness.await(script.runtime.activity());
            script.load("""
                    function opens() { core.createCancelHandle(); }
                    function waits() { ops.op_pending(1); }
                    function ticks() { core.createTimer(() => {}, 50); }
                    opens(); waits(); ticks();
                    core.close(core.createCancelHandle());
                    core.createSystemTimer(() => {}, 50);
                    """);
            var leaked = Activity.diff(before, RuntimeHarness.await(script.runtime.activity()));
            var traces = leaked.appeared().traces();
            assertThat(leaked.disappeared().isEmpty()).isTrue();
            assertThat(traces).containsOnlyKeys("op 0", "resource 3", "timer 1");
            assertThat(traces.get("op 0")).contains("at waits", "main.js:2:");
            assertThat(traces.get("resource 3")).contains("at opens", "main.js:1:");
            assertThat(traces.get("timer 1")).contains("at ticks", "main.js:3:");
            assertThat(script.eval("Object.keys(core.getAllLeakTraces()).sort().join()"))
                    .isEqualTo("op 0,resource 3,timer 1");
            assertThat(
                            script.eval(
                                    "core.setLeakTracingEnabled(false); core.createCancelHandle(); JSON.stringify(core.getAllLeakTraces())"))
                    .isEqualTo("{}");
        }
    }

    /** Reads what was put late. */
    public static final class LateOps {
        private final OpState state;

        LateOps(OpState state) {
            this.state = state;
        }

        @Op("op_late")
        public String late() {
            return state.tryBorrow(String.class).orElse("not yet");
        }
    }

    @Test
    void late_state_comes_once_for_each_extension_that_wants_it_in_their_order() {
        var a = Extension.builder("a")
                .lateState(String.class, (state, value) -> state.put(String.class, value))
                .ops(LateOps::new)
                .build();
        var b = Extension.builder("b")
                .lateState(Integer.class, (state, value) -> state.put(Integer.class, value))
                .build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), a, b)) {
            assertThat(script.eval("ops.op_late()")).isEqualTo("not yet");
            assertThatThrownBy(() -> initialise(script, new LateValue("a", "x")))
                    .hasMessage("Late initialisation takes a value for each of 2 extensions, [a, b]: got 1, [a]");
            assertThatThrownBy(() -> initialise(script, new LateValue("b", 1), new LateValue("a", "x")))
                    .hasMessage(
                            "Late initialisation takes its values in the order of the extensions, [a, b]: got [b, a]");
            initialise(script, new LateValue("a", "x"), new LateValue("b", 1));
            assertThat(script.eval("ops.op_late()")).isEqualTo("x");
            assertThatThrownBy(() -> initialise(script, new LateValue("a", "x"), new LateValue("b", 1)))
                    .hasMessage("Late initialisation was done before");
        }
    }

    private static void initialise(RuntimeHarness script, LateValue... values) {
        RuntimeHarness.await(script.runtime.initialiseLate(List.of(values)));
    }

    @Test
    void ticks_come_after_microtasks_and_before_everything_else() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.run("""
                    core.queueMacrotask(() => say('immediate'));
                    core.queueNextTick((text) => { say(text); core.queueNextTick(() => say('tick of tick')); Promise.resolve().then(() => say('microtask of tick')) }, 'tick');
                    Promise.resolve().then(() => say('microtask'));
                    Promise.resolve().then(() => say('another'));
                    core.runMicrotasks();
                    say('sync');
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines)
                    .containsExactly(
                            "microtask", "another", "sync", "tick", "microtask of tick", "tick of tick", "immediate");
        }
    }

    @Test
    void the_core_compiles_functions_and_counts_bytes() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.eval("core.compileFunction('return a + b', 'f.js', ['a', 'b'])[0](1, 2)"))
                    .isEqualTo(3.0);
            assertThat(script.eval("core.compileFunction('return (', 'f.js')[1].isCompileError"))
                    .isEqualTo(true);
            assertThat(script.eval("core.byteLength('a\\u00e4\\u{1f600}')")).isEqualTo(7.0);
            assertThat(script.eval("core.encodeBinaryString(new Uint8Array([0, 255, 65])).charCodeAt(1)"))
                    .isEqualTo(255.0);
        }
    }

    @Test
    void no_glue_lies_around_that_nobody_loads() throws IOException {
        var unused = new TreeSet<String>();
        try (var folders = Files.list(Path.of("..", "js"))) {
            for (var folder : folders.filter(f -> !List.of("dashboard", "examples")
                            .contains(f.getFileName().toString()))
                    .filter(Files::isDirectory)
                    .toList()) {
                unused.addAll(unusedOf(folder));
            }
        }
        assertThat(unused).isEmpty();
    }

    private static TreeSet<String> unusedOf(Path folder) throws IOException {
        var extension = folder.getFileName().toString();
        var named = new StringBuilder();
        for (var place : List.of(
                folder,
                Path.of("..", extension.equals("core") ? "runtime-core" : "ext-" + extension, "src", "main", "java"))) {
            try (var files = Files.walk(place)) {
                for (var file : files.filter(f -> f.toString().matches(".*\\.(js|java)"))
                        .toList()) {
                    named.append(Files.readString(file));
                }
            }
        }
        var unused = new TreeSet<String>();
        try (var files = Files.list(folder)) {
            files.map(f -> f.getFileName().toString())
                    .filter(name -> name.endsWith(".js"))
                    .filter(name -> !named.toString().contains("\"ext:" + extension + "/" + name + "\"")
                            && !named.toString().contains(".entryPoint(\"" + name + "\")"))
                    .forEach(name -> unused.add(extension + "/" + name));
        }
        return unused;
    }
}
