package dev.carillon.runtime.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs what README.md shows, and holds its text to what runs. */
@ExtendWith(LeakCheck.class)
class GuideTest {
    private static final Path README = Path.of("README.md");
    private static final List<Path> QUOTED = List.of(
            Path.of("src/test/java/dev/carillon/runtime/guide/GuideExtension.java"),
            Path.of("src/test/java/dev/carillon/runtime/guide/GuideTest.java"),
            Path.of("src/test/resources/js/tally/tally.js"),
            Path.of("src/test/resources/guide/count.js"));
    private static final Pattern FENCED =
            Pattern.compile("^```(java|js)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    /** What closed tallies have left; for tests also the event to wait for. */
    private final BlockingQueue<Long> totals = new LinkedBlockingQueue<>();

    @Test
    void the_embedding_of_the_guide_runs_its_script_to_the_end() throws Exception {
        assertThat(embed(script(), totals)).isEqualTo(new Exit.Drained(0));
        assertThat(totals).containsExactly(6L);
    }

    private static Exit embed(URI script, BlockingQueue<Long> totals) throws Exception {
        var options = RuntimeOptions.builder()
                .extensions(List.of(GuideExtension.create(totals::add)))
                .output((level, text, scope) -> System.out.print(text))
                .name("count")
                .build();
        try (var engine = JsEngine.create();
                var runtime = engine.newRuntime(options)) {
            runtime.execute("before.js", "globalThis.startedBy = 'the host'").get(30, TimeUnit.SECONDS);
            runtime.loadMain(script).get(30, TimeUnit.SECONDS);
            return runtime.exit().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_sync_op_gives_its_value_and_refuses_a_bad_one() throws Exception {
        try (var engine = JsEngine.create();
                var runtime = started(engine)) {
            assertThat(eval(runtime, "globalThis.tally = new Tally(); tally.add(2)"))
                    .isEqualTo(2.0);
            assertThat(eval(runtime, "try { tally.add(0) } catch (e) { `${e}` }"))
                    .isEqualTo("TypeError: Cannot add to a tally: 0 is less than 1");
        }
    }

    @Test
    void an_async_op_is_pending_until_its_stage_completes() throws Exception {
        try (var engine = JsEngine.create();
                var runtime = started(engine)) {
            eval(runtime, """
                    globalThis.tally = new Tally();
                    tally.reached(5).then((total) => { globalThis.seen = total; tally.close(); });
                    """);
            assertThat(runtime.activity().get(30, TimeUnit.SECONDS).ops()).containsValue("op_tally_reached");
            assertThat(eval(runtime, "globalThis.seen")).isNull();
            eval(runtime, "tally.add(7)");
            assertThat(closed()).isEqualTo(7L);
            assertThat(eval(runtime, "globalThis.seen")).isEqualTo(7.0);
        }
    }

    @Test
    void a_resource_is_open_until_closed_and_then_a_bad_resource() throws Exception {
        try (var engine = JsEngine.create();
                var runtime = started(engine)) {
            eval(runtime, """
                    globalThis.tally = new Tally();
                    tally.add(3);
                    tally.reached(5).catch((e) => { globalThis.waiter = e.name; new Tally().close(); });
                    """);
            assertThat(open(runtime)).contains("tally");
            eval(runtime, "tally.close()");
            assertThat(closed()).isEqualTo(3L);
            assertThat(closed()).as("the total of the tally the waiter closed").isEqualTo(0L);
            assertThat(open(runtime)).doesNotContain("tally");
            assertThat(eval(runtime, "globalThis.waiter")).isEqualTo("BadResource");
            assertThat(eval(runtime, "try { tally.add(1) } catch (e) { e instanceof Deno.errors.BadResource }"))
                    .isEqualTo(true);
            eval(runtime, "tally.reached(1).catch((e) => { globalThis.late = e.name; new Tally().close(); })");
            assertThat(closed()).isEqualTo(0L);
            assertThat(eval(runtime, "globalThis.late")).isEqualTo("BadResource");
        }
    }

    @Test
    void a_resource_the_script_leaves_open_is_closed_with_its_runtime() throws Exception {
        try (var engine = JsEngine.create();
                var runtime = started(engine)) {
            eval(runtime, "new Tally().add(4)");
            assertThat(totals).isEmpty();
        }
        assertThat(totals).containsExactly(4L);
    }

    @Test
    void every_block_of_the_guide_stands_in_a_file_that_runs() throws IOException {
        var sources = new ArrayList<List<String>>();
        for (var file : QUOTED) {
            sources.add(stripped(Files.readString(file)));
        }
        var blocks = FENCED.matcher(Files.readString(README)).results().toList();
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(QUOTED.size());
        assertThat(blocks)
                .allSatisfy(block -> assertThat(sources)
                        .as("files that hold, line by line, this block of README.md:%n%s", block.group(2))
                        .anyMatch(lines -> Collections.indexOfSubList(lines, stripped(block.group(2))) >= 0));
    }

    private JsRuntime started(JsEngine engine) {
        return engine.newRuntime(RuntimeOptions.builder()
                .extensions(List.of(GuideExtension.create(totals::add)))
                .name("guide")
                .build());
    }

    private static URI script() throws URISyntaxException {
        var script = GuideTest.class.getResource("/guide/count.js");
        assertThat(script).isNotNull();
        return script.toURI();
    }

    private static @Nullable Object eval(JsRuntime runtime, String source) throws Exception {
        return runtime.execute("guide.js", source).get(30, TimeUnit.SECONDS);
    }

    private @Nullable Long closed() throws InterruptedException {
        return totals.poll(30, TimeUnit.SECONDS);
    }

    private static Iterable<String> open(JsRuntime runtime) throws Exception {
        return runtime.activity().get(30, TimeUnit.SECONDS).resources().values();
    }

    private static List<String> stripped(String text) {
        return text.strip().lines().map(String::strip).toList();
    }
}
