package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpResult;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Extensions, resources and handlers. */
@ExtendWith(LeakCheck.class)
class ExtensionIdeasTest {
    /** What an extension's ops reach through state: the test's, or a real one. */
    public interface Greeter {
        String greet(String name);
    }

    /** Ops of the example extension. */
    public static final class GreetOps {
        private final Greeter greeter;
        private final ResourceTable resources;

        GreetOps(OpState state) {
            greeter = state.borrow(Greeter.class);
            resources = state.borrow(ResourceTable.class);
        }

        @Op("op_greet")
        public String greet(String name) {
            if (name.isEmpty()) {
                throw JsVisibleException.typeError("Cannot greet, a name is required: received ''");
            }
            return greeter.greet(name);
        }

        @Op("op_count_create")
        public int create(int from) {
            return resources.add(new Counter(from));
        }

        @Op("op_count_next")
        public int next(int rid) {
            return resources.get(rid, Counter.class).value++;
        }

        @Op("op_other_create")
        public int other() {
            return resources.add(new Resource() {});
        }
    }

    /** A resource that counts. */
    public static final class Counter implements Resource {
        static int closed;
        private int value;

        Counter(int value) {
            this.value = value;
        }

        @Override
        public String name() {
            return "counter";
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private static Extension.Builder greeting(Greeter greeter) {
        return Extension.builder("greeting")
                .deps("probe")
                .state(state -> state.put(Greeter.class, greeter))
                .ops(GreetOps::new)
                .scripts("script.js")
                .esm("main.js", "lazy.js")
                .entryPoint("main.js")
                .config("polite", true)
                .config("words", List.of("please"))
                .handler("op_raw", (state, control, buffers) -> new OpResult.Ready(new byte[] {42}));
    }

    @Test
    @Tag("S1.1")
    @Tag("S1.14")
    void an_extension_declares_all_it_brings() {
        var extension = greeting(name -> "hello " + name).build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension)) {
            assertThat(script.run("""
                    say(Deno.greet('you'));
                    say(globalThis.fromScript);
                    say(JSON.stringify(core.config('greeting')));
                    say(ops.op_raw()[0]);
                    say(Deno.lazily());
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines)
                    .hasSize(5)
                    .startsWith("hello you", "before the entry point")
                    .endsWith("42", "lazy");
            assertThat(script.lines.get(2)).contains("\"polite\":true", "\"words\":[\"please\"]");
        }
    }

    @Test
    @Tag("S1.1")
    void no_shipped_code_outside_the_engine_touches_an_op_table() throws IOException {
        var offenders = new ArrayList<Path>();
        for (var module : List.of("ext-web", "ext-os", "ext-cron", "scheduler")) {
            var folder = Path.of("..", module, "src", "main");
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (var files = Files.walk(folder)) {
                for (var file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    var text = Files.readString(file);
                    if (text.contains("OpTable") || text.contains("registerLate")) {
                        offenders.add(file);
                    }
                }
            }
        }
        assertThat(offenders).isEmpty();
        assertThat(Files.isDirectory(Path.of("..", "ext-cron", "src", "main"))).isTrue();
    }

    @Test
    @Tag("S1.1")
    void middleware_is_folded_over_every_op_and_may_replace_or_disable_but_not_rename() {
        var seen = new ArrayList<String>();
        var first = Extension.builder("first")
                .middleware(op -> {
                    seen.add(op.name());
                    return op.name().equals("op_add") ? op.implementedBy(new Subtracting()) : op;
                })
                .build();
        var second = Extension.builder("second")
                .middleware(op -> op.name().equals("op_bool") ? op.disable() : op)
                .build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), first, second)) {
            assertThat(script.eval("ops.op_add(5, 3)")).isEqualTo(2.0);
            assertThat(script.eval("try { ops.op_bool(true) } catch (e) { String(e) }"))
                    .isEqualTo("Error: op is disabled");
            assertThat(seen).contains("op_close", "op_add");
        }
        var renaming = Extension.builder("renaming")
                .middleware(op -> new dev.carillon.runtime.OpDeclaration("x", op.extension(), op.async(), false, null))
                .build();
        assertThatThrownBy(() -> new RuntimeHarness(TimeSource.system(), renaming))
                .hasMessageContaining("must not rename");
    }

    /** What middleware puts in the place of {@code op_add}. */
    public static final class Subtracting {
        @Op("op_add")
        public int subtract(int a, int b) {
            return a - b;
        }
    }

    @Test
    @Tag("S1.1")
    void all_ops_of_an_extension_that_is_switched_off_throw() {
        var off = Extension.builder("probe")
                .ops(state -> new ProbeOps())
                .enabled(false)
                .esm("probe.js")
                .entryPoint("probe.js")
                .build();
        try (var script = new RuntimeHarness(TimeSource.system(), off)) {
            assertThat(script.eval("try { ops.op_add(1, 2) } catch (e) { String(e) }"))
                    .isEqualTo("Error: op is disabled");
        }
    }

    @Test
    @Tag("S1.2")
    @Tag("S1.7")
    void a_resource_shows_its_name_is_found_by_rid_and_type_and_closes_once() {
        Counter.closed = 0;
        try (var script = new RuntimeHarness(
                TimeSource.system(), ProbeOps.extension(), greeting(n -> n).build())) {
            assertThat(script.run("""
                    const rid = ops.op_count_create(7);
                    say(core.resources()[rid]);
                    say([ops.op_count_next(rid), ops.op_count_next(rid)].join());
                    const other = ops.op_other_create();
                    for (const wrong of [other, 999]) {
                      try { ops.op_count_next(wrong) } catch (e) { say(e.name + ': ' + e.message) }
                    }
                    core.close(rid);
                    try { core.close(rid) } catch (e) { say(e instanceof Deno.errors.BadResource) }
                    core.tryClose(rid);
                    const next = ops.op_count_create(0);
                    say(next > other);
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines)
                    .containsExactly(
                            "counter",
                            "7,8",
                            "BadResource: Bad resource ID",
                            "BadResource: Bad resource ID",
                            "true",
                            "true");
        }
        assertThat(Counter.closed)
                .as("one closed by the script, one left to the runtime")
                .isEqualTo(2);
    }

    @Test
    @Tag("S1.3")
    void a_timer_fires_during_a_slow_asynchronous_op_and_not_during_a_slow_synchronous_one() {
        var async = new SlowOps();
        var extension = Extension.builder("slow")
                .ops(state -> {
                    async.loop = state.borrow(EventLoop.class);
                    return async;
                })
                .build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension)) {
            assertThat(script.run("""
                    let fired = 0;
                    core.createTimer(() => { fired++; ops.op_release(); }, 1);
                    await ops.op_slow();
                    say('during async: ' + fired);
                    fired = 0;
                    core.createTimer(() => fired++, 1);
                    ops.op_slow_sync(20);
                    say('during sync: ' + fired);
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("during async: 1", "during sync: 0");
        }
    }

    /** An op that waits for its release, and one that blocks. */
    public static final class SlowOps {
        private EventLoop loop;
        private CompletableFuture<Boolean> waiting;

        @Op("op_slow")
        public CompletionStage<Boolean> slow() {
            waiting = new CompletableFuture<>();
            return waiting;
        }

        @Op("op_release")
        public void release() {
            waiting.complete(true);
        }

        @Op("op_slow_sync")
        public int slowSync(int ms) {
            long until = TimeSource.system().nanoTime() + ms * 1_000_000L;
            int turns = 0;
            while (TimeSource.system().nanoTime() < until) {
                turns++;
                Thread.onSpinWait();
            }
            return turns == 0 ? 0 : 1;
        }
    }

    @Test
    @Tag("S1.5")
    void an_op_validates_first_and_its_error_has_class_and_message() {
        try (var script = new RuntimeHarness(
                TimeSource.system(), ProbeOps.extension(), greeting(n -> n).build())) {
            assertThat(
                            script.eval(
                                    "try { Deno.greet('') } catch (e) { [e instanceof TypeError, e.message, Object.keys(e).length].join() }"))
                    .isEqualTo("true,Cannot greet, a name is required: received '',0");
        }
    }

    @Test
    @Tag("S1.6")
    void the_same_extension_runs_on_any_backend_that_is_put_into_its_state() {
        for (Greeter backend : List.<Greeter>of(name -> "fake " + name, String::toUpperCase)) {
            try (var script = new RuntimeHarness(
                    TimeSource.system(), ProbeOps.extension(), greeting(backend).build())) {
                assertThat(script.eval("Deno.greet('you')")).isEqualTo(backend.greet("you"));
            }
        }
    }

    @Test
    @Tag("S1.8")
    @Tag("S3.9")
    void state_and_loop_touched_off_the_runtime_thread_throw() {
        var states = new ArrayList<OpState>();
        var extension = Extension.builder("keeper").state(states::add).build();
        try (var script = new RuntimeHarness(TimeSource.system(), extension)) {
            assertThatThrownBy(() -> states.getFirst().borrow(TimeSource.class))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("belongs to thread 'test-script'");
            assertThatThrownBy(() -> script.runtime.loop().hold()).hasMessageContaining("post to it with execute()");
        }
    }

    @Test
    @Tag("S1.11")
    void a_script_may_not_import_glue() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            var exit = script.run("try { await import('ext:core/ops') } catch (e) { say(e.name + ': ' + e.message) }");
            assertThat(exit).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines)
                    .singleElement()
                    .asString()
                    .startsWith("TypeError: Importing ext: modules is only allowed from ext: and node: modules. "
                            + "Tried to import ext:core/ops from file:///");
        }
    }

    @Test
    @Tag("S1.13")
    void an_extension_that_is_left_out_leaves_no_globals() {
        try (var with = new RuntimeHarness(
                        TimeSource.system(),
                        ProbeOps.extension(),
                        greeting(n -> n).build());
                var without = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(with.eval("'greet' in Deno")).isEqualTo(true);
            assertThat(without.eval("'greet' in Deno")).isEqualTo(false);
        }
        assertThatThrownBy(() ->
                        new RuntimeHarness(TimeSource.system(), greeting(n -> n).build()))
                .hasMessageContaining("missing dependency 'probe'");
    }

    @Test
    @Tag("S3.4")
    void an_extension_of_script_alone_needs_no_host_code() {
        var extension =
                Extension.builder("pure").esm("pure.js").entryPoint("pure.js").build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension)) {
            assertThat(script.run("say(await Deno.myNumber())")).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("42");
        }
    }

    @Test
    void state_holds_one_value_per_type() {
        var state = new OpState(Thread.currentThread());
        state.put(String.class, "a");
        state.put(String.class, "b");
        assertThat(state.borrow(String.class)).isEqualTo("b");
        assertThat(state.take(String.class)).isEqualTo("b");
        assertThat(state.has(String.class)).isFalse();
        assertThat(state.tryBorrow(Map.class)).isEmpty();
        assertThatThrownBy(() -> state.borrow(Map.class)).hasMessageContaining("java.util.Map");
    }
}
