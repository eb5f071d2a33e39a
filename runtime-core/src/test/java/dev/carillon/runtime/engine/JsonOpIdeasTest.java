package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.OpCodec;
import dev.carillon.runtime.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The JSON path of ops. */
@ExtendWith(LeakCheck.class)
class JsonOpIdeasTest {
    private static RuntimeHarness script;

    @BeforeAll
    static void start() {
        var extension = Extension.builder("json")
                .handler("op_echo", OpCodec.json((state, args, buffers) -> args))
                .handler("op_none", OpCodec.json((state, args, buffers) -> null))
                .handler("op_fail", OpCodec.json((state, args, buffers) -> {
                    throw new JsVisibleException(
                            args.path("cls").asString(), args.path("message").asString());
                }))
                .handler("op_later", OpCodec.json((state, args, buffers) -> {
                    var later = new CompletableFuture<String>();
                    state.borrow(EventLoop.class).execute(() -> later.complete("late " + args.asString()));
                    return later;
                }))
                .handler("op_copy", OpCodec.json((state, args, buffers) -> {
                    var bytes = new byte[buffers.get(0).length()];
                    buffers.get(0).read(0, bytes, 0, bytes.length);
                    buffers.get(1).write(0, bytes, 0, bytes.length);
                    return bytes.length;
                }))
                .build();
        script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension);
        script.eval("""
                globalThis.id = new Proxy({}, { get: (_, name) => core.catalog().json['op_' + name] ?? core.catalog().probe['op_' + name] });
                globalThis.text = (id, json) => core.decode(core.dispatchOp(id, core.encode(json)));
                globalThis.caught = (f) => { try { return f() } catch (e) { return e } };
                """);
    }

    @AfterAll
    static void stop() {
        script.close();
    }

    @Test
    @Tag("S4.3")
    void text_survives_the_round_trip() {
        assertThat(script.eval("core.jsonOp(id.echo, 'a\\ud800b')")).isEqualTo("a\ufffdb");
        assertThat(script.eval("core.jsonOp(id.echo, 'a\\0b')")).isEqualTo("a\0b");
        assertThat(script.eval("core.jsonOp(id.echo, 'x'.repeat(1 << 20)).length"))
                .isEqualTo((double) (1 << 20));
        assertThat(script.eval("core.encode('a\\ud800').join()")).isEqualTo("97,239,191,189");
    }

    @Test
    @Tag("S4.4")
    @Tag("S4.10")
    void the_envelope_is_exactly_this() {
        assertThat(script.eval("text(id.echo, '{\"args\": [1], \"promiseId\": null}')"))
                .isEqualTo("{\"ok\":[1],\"promiseId\":null}");
        assertThat(script.eval("text(id.none, '{}')")).isEqualTo("{\"ok\":null,\"promiseId\":null}");
        assertThat(script.eval("core.jsonOp(id.none, null)")).isNull();
        assertThat(script.eval("text(id.fail, '{\"args\": {\"cls\": \"BadResource\", \"message\": \"gone\"}}')"))
                .isEqualTo("{\"err\":{\"className\":\"BadResource\",\"message\":\"gone\"},\"promiseId\":null}");
    }

    @Test
    @Tag("S4.5")
    void a_class_nobody_registered_is_named_with_the_way_out_and_a_registered_one_is_used() {
        assertThat(script.eval("String(caught(() => core.jsonOp(id.fail, {cls: 'Foo', message: 'bar'})))"))
                .isEqualTo(
                        "Error: Unregistered error class: \"Foo\"\n  bar\n  Classes of errors returned from ops should be"
                                + " registered via core.registerErrorClass().");
        assertThat(script.eval("""
                class Foo extends Error {}
                core.registerErrorClass('Foo', Foo);
                const e = caught(() => core.jsonOp(id.fail, {cls: 'Foo', message: 'bar'}));
                [e instanceof Foo, e.message, String(caught(() => core.registerErrorClass('Foo', Foo)))].join()""")).isEqualTo("true,bar,TypeError: Error class for \"Foo\" already registered");
    }

    @Test
    @Tag("S4.7")
    void op_0_answers_with_the_catalog() {
        assertThat(script.eval("""
                const catalog = JSON.parse(core.decode(core.dispatchOp(0)));
                [Object.keys(catalog).join() === core.opNames().join(), catalog.op_add === core.catalog().probe.op_add].join()
                """)).isEqualTo("true,true");
    }

    @Test
    @Tag("S4.8")
    void an_unknown_id_is_not_found() {
        assertThat(
                        script.eval(
                                "const unknown = caught(() => core.dispatchOp(65535)); [unknown.name, unknown.message.slice(0, 19)].join()"))
                .isEqualTo("NotFound,Unknown op id 65535");
    }

    @Test
    @Tag("S4.9")
    void a_synchronous_reply_is_there_at_once_and_an_asynchronous_one_is_pending_until_the_loop_answers() {
        try (var own = new RuntimeHarness(
                TimeSource.system(),
                ProbeOps.extension(),
                Extension.builder("json")
                        .handler("op_later", OpCodec.json((state, args, buffers) -> {
                            var later = new CompletableFuture<String>();
                            state.borrow(EventLoop.class).execute(() -> later.complete("late"));
                            return later;
                        }))
                        .build())) {
            assertThat(own.run("""
                    const count = () => Object.keys(core.pendingOps()).length;
                    core.jsonOp(core.catalog().probe.op_add, [1, 2]);
                    say(count());
                    const promise = core.jsonOpAsync(core.catalog().json.op_later, 'x');
                    say(JSON.stringify(Object.values(core.pendingOps())));
                    say(await promise);
                    say(count());
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(own.lines).containsExactly("0", "[\"op_later\"]", "late", "0");
        }
    }

    @Test
    @Tag("S4.11")
    @Tag("S3.10")
    void buffers_ride_next_to_the_arguments() {
        assertThat(script.eval("""
                const from = new Uint8Array([1, 2, 3, 4]).subarray(1, 3), to = new Uint8Array(5);
                core.jsonOp(id.copy, null, from, to.subarray(2)) + ':' + to.join()""")).isEqualTo("2:0,0,2,3,0");
    }

    @Test
    @Tag("S4.1")
    void a_bound_asynchronous_op_is_a_promise_by_id_too() {
        try (var own = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(own.run("""
                    const { op_blocking, op_add } = core.catalog().probe;
                    say(await core.jsonOpAsync(op_blocking, ['ran']));
                    say(core.dispatchOp(op_add, core.encode('{"args": [1, 1]}')) instanceof Uint8Array);
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(own.lines).containsExactly("ran on virtual", "true");
        }
    }
}
