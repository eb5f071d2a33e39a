package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.OpCodec;
import dev.carillon.runtime.OpHandler;
import dev.carillon.runtime.OpResult;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The dispatcher registry: registration, names, namespaces, plugins. */
@ExtendWith(LeakCheck.class)
class DispatcherIdeasTest {
    private static final OpHandler ECHO = (state, control, buffers) -> new OpResult.Ready(control);

    @Test
    @Tag("S0.1")
    @Tag("S0.2")
    @Tag("S3.16")
    void a_handler_of_bytes_is_declared_under_two_names_and_counted_by_name() {
        var extension = raw("echo").handler("op_a", ECHO).handler("op_b", ECHO).build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension)) {
            assertThat(script.eval("[ops.op_a(new Uint8Array([1, 2])).join(), ops.op_b(new Uint8Array([3])).join(), "
                            + "ops.op_b().length]"))
                    .isEqualTo("[\"1,2\",\"3\",0]");
            var metrics = RuntimeHarness.await(script.runtime.metrics());
            assertThat(metrics.get("op_a").dispatched()).isEqualTo(1);
            assertThat(metrics.get("op_b").dispatched()).isEqualTo(2);
            assertThat(metrics.get("op_b").completed()).isEqualTo(2);
        }
    }

    @Test
    @Tag("S0.3")
    void the_json_codec_and_the_typed_binding_reach_the_same_body() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.eval("""
                    const id = core.catalog().probe;
                    [ops.op_add(2, 3) === core.jsonOp(id.op_add, [2, 3]),
                     JSON.stringify(ops.op_flip({x: 1, y: 2})) === JSON.stringify(core.jsonOp(id.op_flip, [{x: 1, y: 2}])),
                     ops.op_name() === core.jsonOp(id.op_name, [])].join()""")).isEqualTo("true,true,true");
        }
    }

    @Test
    @Tag("S0.4")
    void the_same_name_twice_fails_construction_and_names_op_and_owners() {
        var first = raw("first").handler("op_x", ECHO).build();
        var second = raw("second").handler("op_x", ECHO).build();
        assertThatThrownBy(() -> new RuntimeHarness(TimeSource.system(), first, second))
                .hasMessageContaining(
                        "op_x - Op already registered (declared by extension 'first' and extension 'second')");
        assertThatThrownBy(() -> raw("one").handler("op_y", ECHO).handler("op_y", ECHO))
                .hasMessageContaining("Op already registered: op_y");
    }

    @Test
    @Tag("S0.5")
    void two_runtimes_of_one_engine_have_their_own_ops() {
        var one = raw("x").handler("op_x", (s, control, b) -> new OpResult.Ready(new byte[] {1}))
                .build();
        var two = raw("x").handler("op_x", (s, control, b) -> new OpResult.Ready(new byte[] {2}))
                .build();
        try (var first = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), one);
                var second = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), two)) {
            assertThat(first.eval("ops.op_x()[0]")).isEqualTo(1.0);
            assertThat(second.eval("ops.op_x()[0]")).isEqualTo(2.0);
        }
    }

    @Test
    @Tag("S0.6")
    void a_shared_handler_counts_exactly_on_four_threads_because_state_is_per_runtime() {
        OpHandler count = (state, control, buffers) -> {
            state.borrow(AtomicLong.class).incrementAndGet();
            return new OpResult.Nothing();
        };
        var counters = new ArrayList<AtomicLong>();
        var scripts = new ArrayList<RuntimeHarness>();
        for (int i = 0; i < 4; i++) {
            var counter = new AtomicLong();
            counters.add(counter);
            scripts.add(new RuntimeHarness(
                    TimeSource.system(),
                    ProbeOps.extension(),
                    raw("count")
                            .state(s -> s.put(AtomicLong.class, counter))
                            .handler("op_count", count)
                            .build()));
        }
        var loads = scripts.stream()
                .map(script -> script.runtime.execute("count.js", "for (let i = 0; i < 10000; i++) ops.op_count()"))
                .toList();
        loads.forEach(RuntimeHarness::await);
        assertThat(counters).allSatisfy(counter -> assertThat(counter).hasValue(10_000));
        scripts.forEach(RuntimeHarness::close);
    }

    @Test
    @Tag("S0.7")
    @Tag("S0.8")
    @Tag("S4.6")
    void the_catalog_groups_ids_by_namespace_and_is_a_frozen_picture() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension());
                var again = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.eval("""
                    'use strict';
                    const c = core.catalog();
                    let thrown;
                    try { c.probe.op_add = 1 } catch (e) { thrown = e instanceof TypeError }
                    [Object.keys(c).join(), typeof c.core.op_close, Object.isFrozen(c), Object.isFrozen(c.probe), thrown].join(' ')
                    """)).isEqualTo("core,probe number true true true");
            assertThat(script.eval("JSON.stringify(core.catalog())"))
                    .isEqualTo(again.eval("JSON.stringify(core.catalog())"));
        }
    }

    @Test
    @Tag("S0.9")
    @Tag("S0.10")
    void a_late_op_is_seen_at_once_and_its_id_is_asked_for_once(@TempDir Path folder) throws IOException {
        try (var script = plugins(folder)) {
            assertThat(script.eval("""
                    const before = core.catalog();
                    const rid = core.openPlugin('plugin.jar');
                    core.loadOp(rid, 'now');
                    [Object.keys(before).length, Object.keys(core.catalog()).length, 'plugin_' + rid in core.catalog()].join()
                    """)).isEqualTo("2,3,true");
            assertThat(script.eval("""
                    const lookups = core.lookups();
                    const echo = core.op('probe', 'op_name');
                    for (let i = 0; i < 1000; i++) echo(core.encode('{"args": []}'));
                    core.lookups() - lookups""")).isEqualTo(1.0);
        }
    }

    @Test
    @Tag("S0.11")
    @Tag("S0.12")
    @Tag("S0.13")
    void a_plugin_is_a_resource_whose_ops_answer_now_never_or_later(@TempDir Path folder) throws IOException {
        try (var script = plugins(folder)) {
            assertThat(script.run("""
                    const rid = core.openPlugin('plugin.jar');
                    say(core.resources()[rid]);
                    const now = core.loadOp(rid, 'now'), again = core.loadOp(rid, 'now');
                    say(now(new Uint8Array([1, 2])).join() + ' ' + again(new Uint8Array([3])).join());
                    say(Object.keys(core.catalog()['plugin_' + rid]).join());
                    say(core.loadOp(rid, 'nothing')());
                    const promise = core.loadOp(rid, 'later')(new Uint8Array([1, 2, 3]));
                    say(promise instanceof Promise);
                    say((await promise).join());
                    try { core.loadOp(rid, 'bogus') } catch (e) { say(e.message) }
                    core.close(rid);
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines)
                    .containsExactly(
                            "plugin",
                            "1,2 3",
                            "now",
                            "null",
                            "true",
                            "3,2,1",
                            "Plugin 'plugin.jar' has no op 'bogus': it has [later, never, nothing, now]");
        }
    }

    @Test
    @Tag("S0.11")
    void opening_a_plugin_needs_the_right_to_foreign_code(@TempDir Path folder) throws IOException {
        TestPlugin.jar(folder);
        var options = RuntimeOptions.builder();
        try (var script = new RuntimeHarness(options, ProbeOps.extension())) {
            assertThat(script.eval("try { core.openPlugin('plugin.jar') } catch (e) { e.name + ': ' + e.message }"))
                    .isEqualTo(
                            "NotCapable: Requires ffi access to \"plugin.jar\", run again with the --allow-ffi flag");
        }
    }

    @Test
    @Tag("S0.14")
    void closing_a_plugin_fails_its_calls_and_what_is_pending(@TempDir Path folder) throws IOException {
        try (var script = plugins(folder)) {
            assertThat(script.run("""
                    const rid = core.openPlugin('plugin.jar');
                    const now = core.loadOp(rid, 'now');
                    const byName = core.op('plugin_' + rid, 'now');
                    byName();
                    const pending = core.loadOp(rid, 'never')();
                    core.close(rid);
                    try { now() } catch (e) { say(e instanceof Deno.errors.BadResource) }
                    try { byName() } catch (e) { say(e.name) }
                    try { await pending } catch (e) { say(e instanceof core.BadResource) }
                    try { core.loadOp(rid, 'now') } catch (e) { say(e.message) }
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("true", "ReferenceError", "true", "Bad resource ID");
        }
    }

    @Test
    @Tag("S3.7")
    void a_typed_op_that_answers_with_another_kind_is_told_as_such() {
        record Ping(String text) {}
        record Pong(String text) {}
        var extension = raw("messages")
                .handler("op_good", OpCodec.typed(Ping.class, Pong.class, (state, ping) -> new Pong(ping.text() + "!")))
                .handler("op_wrong", OpCodec.typed(Ping.class, Pong.class, (state, ping) -> ping))
                .build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension)) {
            assertThat(script.eval("core.jsonOp(core.catalog().messages.op_good, {text: 'a'}).text"))
                    .isEqualTo("a!");
            assertThat(
                            script.eval(
                                    "try { core.jsonOp(core.catalog().messages.op_wrong, {text: 'a'}) } catch (e) { String(e) }"))
                    .isEqualTo("InvalidData: The op answered with Ping where Pong was expected");
        }
    }

    private static Extension.Builder raw(String name) {
        return Extension.builder(name);
    }

    private static RuntimeHarness plugins(Path folder) throws IOException {
        TestPlugin.jar(folder);
        var script = new RuntimeHarness(
                RuntimeOptions.builder().permissions(Permissions.all()), folder, ProbeOps.extension());
        return script;
    }
}
