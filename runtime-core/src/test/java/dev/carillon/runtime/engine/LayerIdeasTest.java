package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.Channels;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsError;
import dev.carillon.runtime.JsError.SourcePosition;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Layers, message passing and embedding. */
@ExtendWith(LeakCheck.class)
class LayerIdeasTest {
    private static Extension channels(CompletableFuture<Channels> kept) {
        return Extension.builder("channels")
                .state(state -> {
                    var channels = state.borrow(Channels.class);
                    channels.handle("echo", message -> message);
                    channels.handle("quiet", message -> null);
                    kept.complete(channels);
                })
                .build();
    }

    @Test
    @Tag("S2.1")
    void a_message_goes_to_the_handler_of_its_channel_and_brings_bytes_or_null() {
        try (var script =
                new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), channels(new CompletableFuture<>()))) {
            assertThat(script.eval("core.pub('echo', new Uint8Array([1, 2, 3]).subarray(1)).join()"))
                    .isEqualTo("2,3");
            assertThat(script.eval("core.pub('quiet')")).isNull();
            assertThat(script.eval("try { core.pub('nope') } catch (e) { String(e) }"))
                    .isEqualTo("NotFound: Unknown channel 'nope': known are [echo, quiet]");
        }
    }

    @Test
    @Tag("S2.2")
    void messages_of_the_host_arrive_in_order_and_a_subscription_keeps_the_loop_alive_until_unreferenced() {
        var kept = new CompletableFuture<Channels>();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), channels(kept))) {
            script.load("""
                    let n = 0;
                    const subscription = core.sub('ticks', (bytes) => {
                      say(core.decode(bytes));
                      if (++n === 3) subscription.unref();
                    });
                    """);
            for (var text : List.of("one", "two", "three")) {
                kept.join().post("ticks", text.getBytes(StandardCharsets.UTF_8));
            }
            assertThat(script.exit()).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("one", "two", "three");
        }
    }

    @Test
    @Tag("S2.3")
    void completed_ops_can_be_drained_by_polling_without_the_loop() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.eval("""
                    const promise = ops.op_deferred(7);
                    const before = core.getPromiseDetails(promise)[0];
                    const count = core.poll();
                    [before, count, core.getPromiseDetails(promise).join()].join(' ')""")).isEqualTo("0 1 1,7");
        }
    }

    @Test
    @Tag("S2.4")
    void printing_needs_no_extension() {
        try (var script = new RuntimeHarness(TimeSource.system())) {
            script.run("Deno[Deno.internal].core.print('out\\n'); Deno[Deno.internal].core.print('err\\n', true)");
            assertThat(script.lines).containsExactly("out\n", "err\n");
        }
    }

    @Test
    @Tag("S2.5")
    @Tag("S2.6")
    void public_glue_stands_on_ops_and_never_on_the_layer_below() throws IOException {
        var offenders = new ArrayList<String>();
        int looked = 0;
        for (var extension : List.of("web", "os", "cron")) {
            var folder = Path.of("..", "js", extension);
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (var files = Files.list(folder)) {
                for (var file : files.filter(f -> f.toString().endsWith(".js")).toList()) {
                    looked++;
                    var text = Files.readString(file);
                    for (var lower :
                            List.of("core.pub(", "core.sub(", "core.dispatchOp(", "core.jsonOp", "ext:core/infra.js")) {
                        if (text.contains(lower)) {
                            offenders.add(file + " uses " + lower);
                        }
                    }
                }
            }
        }
        assertThat(offenders).isEmpty();
        assertThat(looked).isPositive();
    }

    @Test
    @Tag("S2.8")
    void an_embedder_creates_executes_asks_for_the_last_exception_and_closes() {
        try (var script = new RuntimeHarness(TimeSource.system())) {
            assertThat(script.eval("globalThis.x = 1; x + 1")).isEqualTo(2.0);
            assertThat(script.runtime.lastException()).isEmpty();
            assertThatThrownBy(() -> RuntimeHarness.await(
                            script.runtime.execute("file:///made/up.js", "let a = 1;\n  throw new TypeError();")))
                    .isInstanceOf(JsError.class);
            assertThat(script.runtime.lastException())
                    .get()
                    .extracting(JsError::position)
                    .isEqualTo(new SourcePosition("file:///made/up.js", 2, 9));
            assertThat(script.eval("x"))
                    .as("a script that threw leaves the runtime usable")
                    .isEqualTo(1.0);
            script.runtime.close();
            script.runtime.close();
            assertThat(script.exit()).isEqualTo(new Exit.Stopped("closed by the host"));
            assertThatThrownBy(() -> script.eval("1")).hasMessageContaining("The runtime has ended");
        }
    }

    @Test
    @Tag("S2.9")
    void the_start_message_tells_where_with_what_and_which_main_module() {
        var options = RuntimeOptions.builder().args(List.of("a", "--b"));
        try (var script = new RuntimeHarness(options, ProbeOps.extension())) {
            var main = script.script("main.ts", "enum E { A }\nsay(JSON.stringify(core.start()))");
            script.runtime.loadMain(main.toUri());
            assertThat(script.exit()).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines.getFirst())
                    .contains("\"cwd\":\"" + main.getParent() + "\"")
                    .contains("\"args\":[\"a\",\"--b\"]")
                    .contains("\"debug\":false")
                    .contains("\"mainModule\":\"" + ModuleUrl.ofPath(main) + "\"")
                    .containsPattern("\"sourceMap\":\"[A-Za-z0-9+/,;]+\"");
        }
    }

    @Test
    @Tag("S2.10")
    void logged_ops_give_one_line_a_call() {
        var options = RuntimeOptions.builder().logOps(true);
        try (var script = new RuntimeHarness(options, ProbeOps.extension())) {
            script.eval("ops.op_add(1, 2); try { ops.op_throw('TypeError', 'x') } catch {}");
            assertThat(script.lines).hasSize(2);
            assertThat(script.lines.get(0)).matches("op op_add\\(1, 2\\) \\d+\\.\\d{3} ms: 3\n");
            assertThat(script.lines.get(1))
                    .matches("op op_throw\\(\"TypeError\", \"x\"\\) \\d+\\.\\d{3} ms: .*TypeError.*x.*\n");
        }
    }
}
