package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.Activity;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.RuntimeControl;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.VirtualTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class EventLoopTest {
    @Test
    void one_turn_goes_from_microtasks_over_timers_and_ops_to_immediates_and_ends_with_the_unload_events() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.run("""
                    core.setLifecycle({
                      load: () => say('load'),
                      beforeunload: () => say('beforeunload'),
                      unload: () => say('unload'),
                    });
                    core.queueMacrotask(() => { say('immediate'); Promise.resolve().then(() => say('after immediate')); });
                    Promise.resolve().then(() => say('microtask'));
                    ops.op_ready(1).then(() => say('ready op'));
                    ops.op_deferred(1).then(() => say('deferred op'));
                    say('sync');
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines)
                    .containsExactly(
                            "sync",
                            "microtask",
                            "ready op",
                            "load",
                            "deferred op",
                            "immediate",
                            "after immediate",
                            "beforeunload",
                            "unload");
        }
    }

    @Test
    void a_listener_may_hold_the_end_back_by_starting_more() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.run("""
                    let times = 0;
                    core.setLifecycle({
                      beforeunload: () => {
                        say('asked');
                        if (times++ === 0) core.createTimer(() => say('more'), 1);
                        return times === 1;
                      },
                      unload: () => say('unload'),
                    });
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("asked", "more", "asked", "unload");
        }
    }

    @Test
    void a_due_timer_that_an_earlier_one_cancels_does_not_run_and_an_interval_repeats_until_cancelled() {
        var time = new VirtualTime();
        try (var script = new RuntimeHarness(time, ProbeOps.extension())) {
            script.load("""
                    let b;
                    core.createTimer(() => { say('a'); core.cancelTimer(b); }, 10);
                    b = core.createTimer(() => say('b'), 10);
                    let n = 0;
                    const i = core.createTimer(() => { say('i' + ++n); if (n === 3) core.cancelTimer(i); }, 5, true);
                    """);
            time.advance(Duration.ofMillis(5));
            script.turn();
            time.advance(Duration.ofMillis(5));
            script.turn();
            time.advance(Duration.ofMillis(5));
            assertThat(script.exit()).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("i1", "a", "i2", "i3");
            assertThat(time.waiting()).isEmpty();
        }
    }

    @Test
    void delays_that_are_no_delay_mean_one_millisecond() {
        var time = new VirtualTime();
        try (var script = new RuntimeHarness(time, ProbeOps.extension())) {
            script.load("for (const d of [undefined, NaN, -5, 0, 2 ** 31]) core.createTimer(() => say(String(d)), d);");
            time.advance(Duration.ofMillis(1));
            assertThat(script.exit()).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("undefined", "NaN", "-5", "0", "2147483648");
        }
    }

    @Test
    void unreferenced_timers_and_ops_do_not_keep_the_loop_and_referenced_ones_do() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.run("""
                    core.unrefTimer(core.createTimer(() => say('never'), 100000));
                    const p = ops.op_pending(0);
                    core.unrefOpPromise(p);
                    core.unrefOpPromise(Promise.resolve());
                    new Promise(() => {});
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).isEmpty();
        }
        var probe = new ProbeOps();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(probe))) {
            script.load("const p = ops.op_pending(0); core.unrefOpPromise(p); core.refOpPromise(p); p.then(say);");
            assertThat(script.runtime.exit()).isNotDone();
            probe.pending.getFirst().complete(7);
            assertThat(script.exit()).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("7");
        }
    }

    @Test
    void an_op_that_outlives_the_ring_of_promises_still_finds_its_own() {
        var probe = new ProbeOps();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(probe))) {
            script.load("""
                    ops.op_pending(0).then((v) => say('old ' + v));
                    for (let i = 0; i < 5000; i++) await ops.op_deferred(i);
                    """);
            probe.pending.getFirst().complete(1);
            assertThat(script.exit()).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("old 1");
        }
    }

    @Test
    void exit_ends_guest_code_at_once_with_its_code() {
        var extension = Extension.builder("exit").ops(state -> new ExitOps()).build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension)) {
            assertThat(script.run(
                            "try { say('on'); ops.op_exit(7); say('no') } catch { say('no') } finally { say('no') }"))
                    .isEqualTo(new Exit.Exited(7));
            assertThat(script.lines).containsExactly("on");
        }
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension)) {
            assertThat(script.run("ops.op_exit_code(3)")).isEqualTo(new Exit.Drained(3));
        }
    }

    /** Ends the runtime. */
    public static final class ExitOps {
        @Op("op_exit")
        public void exit(OpState state, int code) {
            state.borrow(RuntimeControl.class).exit(code);
        }

        @Op("op_exit_code")
        public void code(OpState state, int code) {
            state.borrow(RuntimeControl.class).exitCode(code);
        }
    }

    @Test
    void a_hold_of_the_host_keeps_the_loop_alive_until_it_is_closed() {
        var holds = new java.util.concurrent.CompletableFuture<dev.carillon.runtime.EventLoop.Hold>();
        var extension = Extension.builder("holding")
                .state(state -> holds.complete(
                        state.borrow(dev.carillon.runtime.EventLoop.class).hold()))
                .build();
        try (var script = new RuntimeHarness(TimeSource.system(), extension)) {
            script.load("");
            script.eval("0");
            assertThat(script.runtime.exit()).isNotDone();
            script.runtime.loop().execute(() -> holds.join().close());
            assertThat(script.exit()).isEqualTo(new Exit.Drained(0));
        }
    }

    @Test
    void a_rejection_handled_late_is_told_and_one_handled_in_time_is_not_seen() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.run("""
                    core.setUnhandledPromiseRejectionHandler((p, reason) => { say('unhandled ' + reason); return true; });
                    core.setHandledPromiseRejectionHandler((p, reason) => say('handled ' + reason));
                    const late = Promise.reject('late');
                    const soon = Promise.reject('soon');
                    queueMicrotask: Promise.resolve().then(() => soon.catch(() => say('caught soon')));
                    core.createTimer(() => late.catch(() => say('caught late')), 1);
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("caught soon", "unhandled late", "caught late", "handled late");
        }
    }

    @Test
    void a_snapshot_of_activity_shows_what_a_test_leaves_behind() {
        var probe = new ProbeOps();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(probe))) {
            var before = RuntimeHarness.await(script.runtime.activity());
            assertThat(before.resources())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(0, "stdin", 1, "stdout", 2, "stderr"));
            script.eval("""
                    core.createTimer(() => {}, 100000);
                    globalThis.i = core.createTimer(() => {}, 5000, true);
                    core.createSystemTimer(() => {}, 100000);
                    ops.op_pending(0);
                    globalThis.rid = core.createCancelHandle(); 0""");
            var after = RuntimeHarness.await(script.runtime.activity());
            var difference = Activity.diff(before, after);
            assertThat(difference.appeared().ops()).containsOnly(Map.entry(0, "op_pending"));
            assertThat(difference.appeared().resources())
                    .containsValue("cancellation")
                    .hasSize(1);
            assertThat(difference.appeared().timers()).containsValue(100000.0).hasSize(1);
            assertThat(difference.appeared().intervals()).containsValue(5000.0).hasSize(1);
            assertThat(difference.isEmpty()).isFalse();
            script.eval("core.cancelTimer(i); core.close(rid)");
            probe.pending.getFirst().complete(1);
            var end = Activity.diff(after, RuntimeHarness.await(script.runtime.activity()));
            assertThat(end.disappeared().intervals()).hasSize(1);
            assertThat(end.disappeared().resources()).hasSize(1);
        }
    }

    @Test
    void a_script_sees_the_time_of_its_runtime() {
        var time = new VirtualTime();
        try (var script = new RuntimeHarness(time, ProbeOps.extension())) {
            var now = "[Date.now(), new Date().toISOString(), new Date(0).getTime(), new Date() instanceof Date, "
                    + "typeof Date(), new (class D extends Date {})().getTime(), Date.length, Date.UTC(1970, 0)].join(' ')";
            assertThat(script.eval(now))
                    .isEqualTo("1704067200000 2024-01-01T00:00:00.000Z 0 true string 1704067200000 7 0");
            time.advance(Duration.ofSeconds(1));
            assertThat(script.eval("Date.now()")).isEqualTo(1704067201000.0);
        }
    }

    @Test
    void stopping_names_the_reason_and_ends_what_waits() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            var main = script.runtime.loadMain(
                    script.script("main.js", "await ops.op_pending(0)").toUri());
            script.runtime.stop("too slow");
            assertThat(script.exit()).isEqualTo(new Exit.Stopped("too slow"));
            assertThatThrownBy(() -> RuntimeHarness.await(main)).hasMessageContaining("too slow");
        }
    }

    @Test
    void a_second_main_module_is_refused() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            script.load("ops.op_pending(0)");
            var second = script.script("second.js", "");
            assertThatThrownBy(() -> RuntimeHarness.await(script.runtime.loadMain(second.toUri())))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void an_evaluated_text_gives_its_value_or_tells_what_was_thrown() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.eval("JSON.stringify(core.evalContext('1 + 1', 'x.js'))"))
                    .isEqualTo("[2,null]");
            assertThat(
                            script.eval(
                                    "const r = core.evalContext('nope nope', 'x.js')[1]; [r.isNativeError, r.isCompileError].join()"))
                    .isEqualTo("true,true");
            assertThat(
                            script.eval(
                                    "const t = core.evalContext('throw 5')[1]; [t.thrown, t.isNativeError, t.isCompileError].join()"))
                    .isEqualTo("5,false,false");
        }
    }
}
