package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpCodec;
import dev.carillon.runtime.OpResult;
import dev.carillon.runtime.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many calls of each kind of op keep nothing. The long form makes a million of each: {@code -Dop.calls=1000000}. */
@ExtendWith(LeakCheck.class)
class HeapFlatTest {
    private static final int CALLS = Integer.getInteger("op.calls", 50_000);
    private static final int IN_FLIGHT = 1000;
    private static final long NOISE_BYTES =
            6L << 20; // of the engine's own caches; one byte kept by each of a million is seen

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "sync scalar, the fast path | ops.op_add(i, 1) === i + 1",
                "sync string | ops.op_string('x' + i) === 'x' + i",
                "sync struct | ops.op_flip({ x: i, y: 1 }).y === i",
                "sync lent buffer | ops.op_fill(lent, i & 255) === 16 && lent[15] === (i & 255)",
                "sync bytes in and out | ops.op_bytes(lent)[0] === ((lent[0] + 1) & 255)",
                "sync list | ops.op_sum([i, 1]) === i + 1",
                "sync error | thrown(i) === 'RangeError' + i",
                "async eager, ready | await ops.op_ready(i) === i",
                "async eager, pending | ops.op_from_thread(i)",
                "async lazy | ops.op_lazy(i)",
                "async deferred | ops.op_deferred(i)",
                "async blocking | ops.op_blocking_int(i)",
                "raw bytes | ops.op_raw(lent)[0] === lent[0]",
                "raw bytes, later | ops.op_raw_later(lent)",
                "JSON by id | core.jsonOp(id, [i, 1]) === i + 1",
            })
    @Tag("S2.11")
    void calls_leave_the_heap_as_it_was(String kind, String call) {
        boolean inFlight = kind.startsWith("async ") && !call.startsWith("await") || kind.endsWith("later");
        var probes = Extension.builder("later")
                .ops(state -> new LaterOps())
                .handler("op_raw", (state, control, buffers) -> new OpResult.Ready(control))
                .handler(
                        "op_raw_later",
                        (state, control, buffers) -> new OpResult.Later(CompletableFuture.supplyAsync(() -> control)))
                .handler(
                        "op_json",
                        OpCodec.json((state, args, buffers) ->
                                args.path(0).intValue() + args.path(1).intValue()))
                .build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), probes)) {
            script.load("""
                    const lent = new Uint8Array(16);
                    const id = core.catalog().later.op_json;
                    const thrown = (i) => { try { ops.op_throw('RangeError', String(i), null) } catch (e) { return e.name + e.message } };
                    globalThis.calls = async (n) => {
                      let wrong = 0;
                    """ + (inFlight ? """
                      for (let from = 0; from < n; from += %d) {
                        const all = [];
                        for (let i = from; i < from + %d; i++) all.push(%s);
                        const values = await Promise.all(all);
                        values.forEach((v, k) => { if ((typeof v === 'object' ? v[0] : v) !== (typeof v === 'object' ? lent[0] : from + k)) wrong++ });
                      }
                    """.formatted(IN_FLIGHT, IN_FLIGHT, call) : """
                      for (let i = 0; i < n; i++) if (!(%s)) wrong++;
                    """.formatted(call)) + """
                      say(`${n} ${wrong}`);
                    };
                    core.createTimer(() => {}, 1e9);
                    """);
            calls(script, CALLS / 5);
            long before = used();
            calls(script, CALLS);
            long kept = used() - before;
            System.out.printf("%,d calls, %s: %,d bytes more in use than before%n", CALLS, kind, kept);
            assertThat(kept).as("bytes kept by %d calls", CALLS).isLessThan(NOISE_BYTES);
        }
    }

    private static void calls(RuntimeHarness script, int n) {
        script.lines.clear();
        script.runtime.execute("calls.js", "void calls(" + n + ")");
        while (script.lines.isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(script.lines).containsExactly(n + " 0");
    }

    /** The smallest of a few: garbage of other tests may not be collected at once. */
    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    /** Ops whose result comes from elsewhere. */
    public static final class LaterOps {
        @Op("op_from_thread")
        public CompletionStage<Integer> fromThread(int value) {
            return CompletableFuture.supplyAsync(() -> value);
        }

        @Op(value = "op_blocking_int", blocking = true)
        public int blocking(int value) {
            return value;
        }
    }
}
