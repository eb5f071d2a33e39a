package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class OpTest {
    private static RuntimeHarness shared;

    @BeforeAll
    static void start() {
        shared = new RuntimeHarness(TimeSource.system(), ProbeOps.extension());
    }

    @AfterAll
    static void stop() {
        shared.close();
    }

    @Tag("S1.4")
    @Tag("S3.10")
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ops.op_bool(true) | true",
                "ops.op_bool(1) | false",
                "ops.op_add(1.9, 2) | 3",
                "ops.op_add(4294967295, 0) | -1",
                "ops.op_add(NaN, -0) | 0",
                "ops.op_add(5n, 2n) | 7",
                "ops.op_add('1', 2) | TypeError: expected i32",
                "ops.op_long(2 ** 53 - 1) | 9007199254740991",
                "ops.op_long(2 ** 53) | RangeError: 9007199254740992 is no safe integer",
                "ops.op_long(-1.5) | -1",
                "ops.op_long({}) | TypeError: expected i64",
                "ops.op_double(-0) | 0",
                "1 / ops.op_double(-0) | -Infinity",
                "ops.op_double(5) | 5",
                "ops.op_double(5n) | 5",
                "ops.op_double('x') | TypeError: expected f64",
                "ops.op_string('a\\u0000b') | a\u0000b",
                "ops.op_string('a\\ud800b').charCodeAt(1) | 65533",
                "`[` + ops.op_string(5) + `]` | []",
                "ops.op_maybe(undefined, 1) | null",
                "ops.op_maybe('x', null) | xnull",
                "ops.op_maybe('x', 3) | x3",
                "ops.op_nothing() | null",
                "ops.op_sum([1, 2, 3.9]) | 6",
                "ops.op_sum([NaN, -1e30]) | -2147483648",
                "ops.op_sum('no') | TypeError: serde_v8 error: invalid type; expected: array, got: string",
                "ops.op_sum(['1']) | TypeError: expected type `v8::data::Number`, got `v8::data::Value`",
                "JSON.stringify(ops.op_flip({x: 1, y: 2})) | {\"x\":2,\"y\":1,\"label\":null}",
                "ops.op_flip(5) | TypeError: serde_v8 error: invalid type; expected: object, got: integer `5`",
                "ops.op_flip({x: 'a', y: 1}) | TypeError: serde_v8 error: invalid type; expected: number at [\"x\"]",
                "JSON.stringify(ops.op_map({a: [1, {b: null}]})) | {\"a\":[1,{\"b\":null}]}",
                "ops.op_bytes(new Uint8Array([1, 2, 3]).subarray(1)).join() | 3,3",
                "ops.op_bytes(new Uint8Array(2)) instanceof Uint8Array | true",
                "ops.op_bytes([1]) | TypeError: expected typed ArrayBufferView",
                "{ const a = new Uint8Array(20); ops.op_fill(a.subarray(2, 4), 9); a.join() } | 0,0,9,9,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
                "ops.op_fill(new DataView(new ArrayBuffer(4), 1), 0) | 3",
                "ops.op_name() | test-script",
                "ops.op_throw('TypeError', 'x') | TypeError: x",
                "ops.op_throw('BadResource', 'x') | BadResource: x",
                "ops.op_bug() | Error: Internal error in op_bug: a bug",
            })
    void a_value_crosses_as_its_java_type_says(String expression, String expected) {
        var code = expression.startsWith("{") && expression.contains(";") ? expression : "(" + expression + ")";
        var result = shared.eval("try { String(eval("
                + tools.jackson.databind.json.JsonMapper.shared().writeValueAsString(code)
                + ")) } catch (e) { String(e) }");
        assertThat((String) result).startsWith(expected);
    }

    @Test
    void a_host_error_has_its_class_name_code_and_no_java_frames() {
        assertThat(shared.eval("""
                try { ops.op_throw('NotFound', 'gone', 'ENOENT') } catch (e) {
                  [e instanceof Deno.errors.NotFound, e instanceof Error, Object.keys(e).join(), e.code,
                   Object.getOwnPropertySymbols(e).length, /java|ext:core/.test(e.stack)].join(' ')
                }""")).isEqualTo("true true name,code ENOENT 1 false");
    }

    @Test
    void an_eager_op_that_is_ready_gives_a_settled_promise_without_an_id() {
        var output = run("""
                const id = Symbol.for('Deno.core.internalPromiseId');
                const p = ops.op_ready(7);
                say(p[id]);
                p.then((v) => say('ready ' + v));
                Promise.resolve().then(() => say('micro'));
                const q = ops.op_ready_error();
                q.catch((e) => say(e.name + e.code));
                say(ops.op_ready(5) instanceof Promise);
                ops.op_ready({}).catch((e) => say(e.message));
                """);
        assertThat(output).containsExactly("undefined", "true", "ready 7", "micro", "NotFoundENOENT", "expected i32");
    }

    @Test
    void a_lazy_and_a_deferred_op_are_pending_first() {
        var output = run("""
                const id = Symbol.for('Deno.core.internalPromiseId');
                const a = ops.op_lazy(1), b = ops.op_deferred(2);
                say(a[id] + ' ' + b[id]);
                a.then((v) => say('lazy ' + v)); b.then((v) => say('deferred ' + v));
                await null; await null; await null;
                say('micro');
                """);
        assertThat(output).startsWith("0 1", "micro").contains("lazy 1", "deferred 2");
    }

    @Test
    void a_blocking_op_runs_on_a_virtual_thread_and_a_struct_comes_back_from_another_thread() {
        assertThat(
                        run(
                                "say(await ops.op_blocking('ran')); say(JSON.stringify(await ops.op_async_point({x: 1, y: 2})));"))
                .containsExactly("ran on virtual", "{\"x\":2,\"y\":2,\"label\":\"async\"}");
    }

    @Test
    void ops_with_the_same_name_are_named_with_both_owners() {
        var other = Extension.builder("other").ops(state -> new ProbeOps()).build();
        assertThatThrownBy(() -> new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), other))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Found ops with duplicate names:")
                .hasMessageContaining(
                        "op_add - Op already registered (declared by extension 'probe' and extension 'other')")
                .hasMessageContaining("Op names need to be unique.");
    }

    @Test
    void a_missing_dependency_is_named() {
        var extension = Extension.builder("a").deps("b").build();
        assertThatThrownBy(() -> RuntimeHarness.ENGINE.newRuntime(
                        RuntimeOptions.builder().extensions(List.of(extension)).build()))
                .hasMessageContaining("is missing dependency 'b'");
    }

    private static List<String> run(String source) {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.run(source)).isEqualTo(new Exit.Drained(0));
            return List.copyOf(script.lines);
        }
    }
}
