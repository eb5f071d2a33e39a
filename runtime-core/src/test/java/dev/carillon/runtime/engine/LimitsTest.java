package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpResult;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import dev.carillon.runtime.RuntimeControl;
import dev.carillon.runtime.RuntimeLimits;
import dev.carillon.runtime.RuntimeOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How much a script may have going on: the last that fits, the first that does not, and room again afterwards. */
@ExtendWith(LeakCheck.class)
class LimitsTest {
    private static final int MAX = 5;

    @Test
    void the_timer_too_many_is_refused_and_fits_once_another_is_gone() {
        try (var script = limited(new RuntimeLimits(MAX, MAX, MAX, Long.MAX_VALUE))) {
            assertThat(script.eval("""
                    const ids = [];
                    for (let i = 0; i < 4; i++) ids.push(core.createTimer(() => {}, 1000));
                    core.createTimer(() => {}, 1000, true);
                    const more = () => { try { return typeof core.createTimer(() => {}, 20) } catch (e) { return `${e.constructor === RangeError} ${e}` } };
                    const refused = more();
                    core.cancelTimer(ids[0]);
                    `${refused}\\n${more()}`
                    """))
                    .isEqualTo(
                            "true RangeError: Too many timers: a timer of 20 ms would be number 6, the limit of this script"
                                    + " is 5 at a time; clear some first, or have the limit raised\nnumber");
        }
    }

    @Test
    void the_resource_too_many_is_refused_and_closed() {
        var closed = new AtomicInteger();
        var opener = Extension.builder("opener")
                .ops(state -> new OpenOps(state, closed))
                .build();
        try (var script = limited(new RuntimeLimits(MAX, MAX, MAX, Long.MAX_VALUE), opener)) {
            assertThat(script.eval("""
                    ops.op_open(); ops.op_open(); // beside the three standard streams
                    const more = () => { try { return ops.op_open() } catch (e) { return String(e) } };
                    const refused = more();
                    core.close(3);
                    `${refused}\\n${more()}`
                    """))
                    .isEqualTo(
                            "RangeError: Too many open resources: door would be number 6, the limit of this script is 5 at a"
                                    + " time; close some first, or have the limit raised\n5");
            assertThat(closed).hasValue(2);
        }
    }

    @Test
    void the_pending_op_too_many_is_rejected_before_its_body_runs() {
        var started = new AtomicInteger();
        var counting = Extension.builder("counting")
                .ops(state -> new WaitOps(started))
                .handler("op_wait_raw", (state, control, buffers) -> new OpResult.Later(new CompletableFuture<>()))
                .handler("op_end", (state, control, buffers) -> {
                    state.borrow(RuntimeControl.class).exit(0);
                    return new OpResult.Nothing();
                })
                .build();
        try (var script = limited(new RuntimeLimits(MAX, MAX, MAX, Long.MAX_VALUE), counting)) {
            assertThat(script.run("""
                    let refused = 0;
                    for (let i = 0; i < 3; i++) ops.op_wait_for_ever().catch(() => {});
                    const deferred = ops.op_deferred(1);
                    const lazy = ops.op_lazy(2);
                    const { op_wait_for_ever, op_ready, op_lazy, op_deferred, op_blocking, op_wait_raw } = ops;
                    const tries = [op_wait_for_ever, op_ready, op_lazy, op_deferred, op_blocking, op_wait_raw].map((op) => {
                      try { return op(op === op_wait_raw ? new Uint8Array() : 1) } catch (e) { return Promise.reject(e) }
                    });
                    for (const one of tries) {
                      try { await one } catch (e) { if (e instanceof RangeError) refused++; say(e.message) }
                    }
                    say(refused + ' ' + await deferred + ' ' + await lazy + ' ' + await ops.op_ready(3));
                    Deno[Deno.internal].core.op('counting', 'op_end')();
                    """)).isEqualTo(new Exit.Exited(0));
            assertThat(script.lines)
                    .hasSize(7)
                    .startsWith(
                            "Too many pending ops: op_wait_for_ever would be number 6, the limit of this script is 5 at a time;"
                                    + " await some first, or have the limit raised")
                    .endsWith("6 1 2 3");
            assertThat(started).hasValue(3);
        }
    }

    @Test
    void a_limit_below_one_is_refused() {
        assertThatThrownBy(() -> new RuntimeLimits(0, 1, 1, 1))
                .hasMessage("pendingOpsMax is 0: a script needs at least 1");
        assertThatThrownBy(() -> new RuntimeLimits(1, -1, 1, 1))
                .hasMessage("resourcesMax is -1: a script needs at least 1");
        assertThatThrownBy(() -> new RuntimeLimits(1, 1, 0, 1)).hasMessage("timersMax is 0: a script needs at least 1");
    }

    private static RuntimeHarness limited(RuntimeLimits limits, Extension... more) {
        var extensions = new Extension[more.length + 1];
        extensions[0] = ProbeOps.extension();
        System.arraycopy(more, 0, extensions, 1, more.length);
        return new RuntimeHarness(RuntimeOptions.builder().limits(limits), extensions);
    }

    /** Opens resources that count their end. */
    public static final class OpenOps {
        private final ResourceTable resources;
        private final AtomicInteger closed;

        OpenOps(OpState state, AtomicInteger closed) {
            resources = state.borrow(ResourceTable.class);
            this.closed = closed;
        }

        @Op("op_open")
        public int open() {
            return resources.add(new Resource() {
                @Override
                public String name() {
                    return "door";
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            });
        }
    }

    /** Waits nobody ends. */
    public static final class WaitOps {
        private final AtomicInteger started;

        WaitOps(AtomicInteger started) {
            this.started = started;
        }

        @Op("op_wait_for_ever")
        public CompletionStage<Integer> waitForEver() {
            started.incrementAndGet();
            return new CompletableFuture<>();
        }
    }
}
