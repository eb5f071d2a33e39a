package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpPlugin;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What extension authors, plugin authors and scripts get wrong, with the exact words they get. */
@ExtendWith(LeakCheck.class)
class BadInputTest {
    private static Extension extension(String name, String... deps) {
        return Extension.builder(name).deps(deps).build();
    }

    private static void refused(String message, Extension... extensions) {
        assertThatThrownBy(() -> new RuntimeHarness(TimeSource.system(), extensions))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(message);
    }

    @Test
    void extensions_that_do_not_fit_together_do_not_start() {
        refused(
                "Extension 'b' is missing dependency 'a': it must stand earlier in the list (earlier: [])",
                extension("b", "a"));
        refused(
                "Extension 'b' is missing dependency 'a': it must stand earlier in the list (earlier: [c])",
                extension("c"),
                extension("b", "a"),
                extension("a"));
        var twice = "Extension 'a' is either depending on itself or there is another extension with the same name";
        refused(twice, extension("a", "a"));
        refused(twice, extension("a"), extension("a"));
    }

    @Test
    void an_op_declared_twice_names_all_its_owners() {
        var first = Extension.builder("first").ops(state -> new WrongOps()).build();
        var second = Extension.builder("second").ops(state -> new WrongOps()).build();
        refused("""
                Found ops with duplicate names:
                  op_no_stage - Op already registered (declared by extension 'first' and extension 'second')
                  op_odd_json - Op already registered (declared by extension 'first' and extension 'second')
                  op_unsafe - Op already registered (declared by extension 'first' and extension 'second')
                Op names need to be unique.""", first, second);
    }

    @Test
    void a_buffer_that_is_gone_when_the_op_looks_is_a_TypeError_and_nothing_when_it_was_gone_before() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), two())) {
            script.load("""
                    const told = (f) => { try { say(f()) } catch (e) { say(`${e.name}: ${e.message}`) } };
                    const fresh = () => new Uint8Array([7, 8]);
                    const gone = fresh();
                    gone.buffer.transfer();
                    told(() => ops.op_length(gone, {}));
                    told(() => ops.op_fill(gone, 1));
                    for (const op of [ops.op_length, ops.op_lent_length]) {
                      const view = fresh();
                      told(() => op(view, { toJSON() { view.buffer.transfer(); return {} } }));
                    }
                    """);
            assertThat(script.lines)
                    .containsExactly(
                            "0",
                            "0",
                            "TypeError: The buffer was detached or made shorter during the call",
                            "TypeError: The buffer was detached or made shorter during the call");
        }
    }

    @Test
    void what_is_no_op_id_is_refused_in_the_words_of_scripts() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            script.load("""
                    say(core.decode(core.dispatchOp(-0)).includes("op_add"));
                    for (const id of [1.5, NaN, Infinity, 2 ** 31, "1", 1n, {}]) {
                      try { core.dispatchOp(id) } catch (e) { say(`${e.name}: ${e.message}`) }
                    }
                    """);
            assertThat(script.lines)
                    .containsExactly(
                            "true",
                            "TypeError: expected the id of an op, got 1.5",
                            "TypeError: expected the id of an op, got NaN",
                            "TypeError: expected the id of an op, got Infinity",
                            "TypeError: expected the id of an op, got 2147483648",
                            "TypeError: expected the id of an op, got string",
                            "TypeError: expected the id of an op, got bigint",
                            "TypeError: expected the id of an op, got object");
        }
    }

    private static Extension two() {
        return Extension.builder("two").ops(state -> new TwoArguments()).build();
    }

    /** Ops whose second argument is looked at when the first has been. */
    public static final class TwoArguments {
        @Op("op_length")
        public int length(byte[] bytes, java.util.Map<String, Object> more) {
            return bytes.length;
        }

        @Op("op_lent_length")
        public int lent(dev.carillon.runtime.JsBuffer bytes, java.util.Map<String, Object> more) {
            bytes.put(0, (byte) 1);
            return bytes.get(0);
        }
    }

    /** Ops that do not keep what their signature promises. */
    public static final class WrongOps {
        @Op("op_no_stage")
        @SuppressWarnings("NullAway")
        public CompletionStage<String> noStage() {
            return null;
        }

        /** A value that refuses to be written. */
        public record Odd(String name) {
            @Override
            public String name() {
                throw new IllegalStateException("not today");
            }
        }

        @Op("op_odd_json")
        public Odd odd() {
            return new Odd("x");
        }

        @Op("op_unsafe")
        public CompletionStage<Long> unsafe() {
            return CompletableFuture.completedFuture(Long.MAX_VALUE);
        }
    }

    @Test
    void an_op_that_returns_what_it_should_not_is_an_internal_error_of_that_op() {
        var wrong = Extension.builder("wrong").ops(state -> new WrongOps()).build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), wrong)) {
            assertThat(script.run("""
                    for (const op of [ops.op_no_stage, ops.op_odd_json, ops.op_unsafe]) {
                      try { say('got ' + await op()) } catch (e) { say(e.constructor.name + ': ' + e.message.replace(/not today.*/s, 'not today')) }
                    }
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines)
                    .containsExactly(
                            "Error: Internal error in op_no_stage: op_no_stage returned no CompletionStage: null",
                            "Error: Internal error in op_odd_json: not today",
                            "Error: Internal error in op_unsafe: 9223372036854775807 is no safe integer in JavaScript");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "text.jar, TypeError: 'text.jar' names no plugin in META-INF/services",
        "empty.jar, TypeError: 'empty.jar' names no plugin in META-INF/services",
        "absent.jar, NotFound: No such plugin: 'absent.jar'",
        "folder, NotFound: No such plugin: 'folder'",
        "missing.jar, TypeError: 'missing.jar' is no plugin: dev.carillon.runtime.OpPlugin: Provider no.such.Plugin not found",
        "other.jar, TypeError: 'other.jar' is no plugin: dev.carillon.runtime.OpPlugin: dev.carillon.runtime.JsError not a subtype",
    })
    void a_jar_that_is_no_plugin_is_refused_and_leaves_nothing_open(String file, String message, @TempDir Path folder)
            throws IOException {
        Files.writeString(folder.resolve("text.jar"), "this is no jar");
        Files.createDirectory(folder.resolve("folder"));
        jar(folder.resolve("empty.jar"), null);
        jar(folder.resolve("missing.jar"), "no.such.Plugin");
        jar(folder.resolve("other.jar"), "dev.carillon.runtime.JsError");
        var options = RuntimeOptions.builder()
                .permissions(Permissions.builder().allow(Permissions.Kind.FFI).build());
        try (var script = new RuntimeHarness(options, folder, ProbeOps.extension())) {
            assertThat(script.eval("try { core.openPlugin('" + file + "') } catch (e) { e.name + ': ' + e.message }"))
                    .isEqualTo(message);
            assertThat(script.eval("Object.values(core.resources()).join()")).isEqualTo("stdin,stdout,stderr");
        }
    }

    private static void jar(Path file, String provider) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new JarEntry("readme.txt"));
            if (provider != null) {
                out.putNextEntry(new JarEntry("META-INF/services/" + OpPlugin.class.getName()));
                out.write(provider.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void a_source_of_a_hundred_megabytes_is_refused_unread() throws IOException {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            var main = script.script("large.js", "");
            try (var file = new RandomAccessFile(main.toFile(), "rw")) {
                file.setLength(100L << 20);
            }
            assertThatThrownBy(() -> RuntimeHarness.await(script.runtime.loadMain(main.toUri())))
                    .hasMessage(
                            "Module too large: \"" + main.toUri()
                                    + "\" has 104857600 bytes, the limit is 67108864; read data with Deno.readFile instead of importing it");
        }
    }

    @Test
    void bytes_that_are_no_utf_8_are_replaced_as_in_deno() throws IOException {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            var main = script.script("broken.js", "");
            Files.write(main, new byte[] {'s', 'a', 'y', '(', '"', (byte) 0xff, (byte) 0xc3, '"', ')'});
            RuntimeHarness.await(script.runtime.loadMain(main.toUri()));
            assertThat(script.exit()).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("\ufffd\ufffd");
        }
    }

    @Test
    void modules_that_import_each_other_fail_where_they_use_what_is_not_there_yet() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            script.script("b.js", "import { a } from './main.js'; export const b = a + 1;");
            var exit = script.run("import { b } from './b.js'; export const a = b;");
            assertThat(exit).isInstanceOf(Exit.Failed.class);
            assertThat(((Exit.Failed) exit).error().getMessage())
                    .isIn("a is not defined", "Cannot access 'a' before initialization");
            assertThat(((Exit.Failed) exit).error().errorClass()).isEqualTo("ReferenceError");
        }
    }
}
