package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.oracle.truffle.runtime.AbstractCompilationTask;
import com.oracle.truffle.runtime.OptimizedCallTarget;
import com.oracle.truffle.runtime.OptimizedTruffleRuntime;
import com.oracle.truffle.runtime.OptimizedTruffleRuntimeListener;
import dev.carillon.runtime.RuntimeOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** In a JVM of its own: the tests' has no compiler for guest code. */
class CompilerPauseTest {
    private static final long DEADLINE_SECONDS = 30;

    @Test
    void nothing_is_compiled_while_many_start_then_scripts_first_and_glue_when_it_is_hot_again() throws Exception {
        assertThat(CompilingJvm.outputOf(Probe.class))
                .containsExactly(
                        "compiling is on: true",
                        "the compiler waits: true",
                        "asked for while paused: [Math.max, busy]",
                        "given up while paused: [Math.max]",
                        "begun while paused: []",
                        "counted of the builtin while paused: true",
                        "counted of the builtin when it is over: 0",
                        "then the script's function is begun",
                        "and the builtin when it is hot again");
    }

    /** What the child process runs. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) throws Exception {
            var engine = JsEngine.create(); // which lets the classes behind the listener see the compiler's
            System.out.println("compiling is on: " + engine.jit().on());
            var starts = engine.manyStarts();
            var seen = Seen.listening();
            var runtime = engine.newRuntime(RuntimeOptions.builder().build());
            runtime.execute("paused.js", """
                    const { max } = Math;
                    function busy(n) { return n + 1; }
                    for (let i = 0; i < 20_000; i = busy(i)) max(i, 2);
                    """).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            System.out.println("the compiler waits: " + waits());
            System.out.println("asked for while paused: " + ofInterest(seen.asked));
            System.out.println("given up while paused: " + ofInterest(seen.givenUp));
            System.out.println("begun while paused: " + seen.begun);
            System.out.println(
                    "counted of the builtin while paused: " + (seen.builtin().getCallCount() > 0));
            starts.close();
            System.out.println(
                    "counted of the builtin when it is over: " + seen.builtin().getCallCount());
            seen.busy.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            System.out.println("then the script's function is begun");
            runtime.execute("after.js", "for (let i = 0; i < 20_000; i++) Math.max(i, 2);");
            seen.max.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            System.out.println("and the builtin when it is hot again");
            System.exit(0);
        }

        /** Whether a thread of the compiler comes to stand in the pause. */
        private static boolean waits() {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
            while (System.nanoTime() < end) {
                for (var frames : Thread.getAllStackTraces().values()) {
                    if (Arrays.stream(frames)
                            .anyMatch(frame -> frame.getClassName().equals(CompilerPause.class.getName()))) {
                        return true;
                    }
                }
                Thread.onSpinWait();
            }
            return false;
        }

        private static List<String> ofInterest(Set<String> names) {
            return names.stream()
                    .filter(name -> name.equals("busy") || name.equals("Math.max"))
                    .sorted()
                    .toList();
        }
    }

    /** What the engine's compiler is asked for, and does. */
    private static final class Seen implements OptimizedTruffleRuntimeListener {
        private final Set<String> asked = ConcurrentHashMap.newKeySet();
        private final Set<String> givenUp = ConcurrentHashMap.newKeySet();
        private final Set<String> begun = ConcurrentHashMap.newKeySet();
        private volatile @Nullable OptimizedCallTarget builtin;
        private final CompletableFuture<Void> busy = new CompletableFuture<>();
        private final CompletableFuture<Void> max = new CompletableFuture<>();

        /** Hears of everything after the pause that was open before. */
        static Seen listening() {
            var seen = new Seen();
            OptimizedTruffleRuntime.getRuntime().addListener(seen);
            return seen;
        }

        OptimizedCallTarget builtin() {
            return Objects.requireNonNull(builtin);
        }

        @Override
        public void onCompilationQueued(OptimizedCallTarget target, int tier) {
            asked.add(target.getName());
            if (target.getName().equals("Math.max")) {
                builtin = target;
            }
        }

        @Override
        public void onCompilationDequeued(OptimizedCallTarget target, Object source, CharSequence reason, int tier) {
            givenUp.add(target.getName());
        }

        @Override
        public void onCompilationStarted(OptimizedCallTarget target, AbstractCompilationTask task) {
            begun.add(target.getName());
            if (target.getName().equals("busy")) {
                busy.complete(null);
            } else if (target.getName().equals("Math.max")) {
                max.complete(null);
            }
        }
    }
}
