package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.oracle.truffle.runtime.AbstractCompilationTask;
import com.oracle.truffle.runtime.OptimizedCallTarget;
import com.oracle.truffle.runtime.OptimizedTruffleRuntime;
import com.oracle.truffle.runtime.OptimizedTruffleRuntimeListener;
import dev.carillon.runtime.RuntimeOptions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** In a JVM of its own: the tests' has no compiler for guest code. */
class UncompiledStartTest {
    private static final long DEADLINE_SECONDS = 30;

    @Test
    void starts_have_nothing_compiled_and_a_script_has_what_it_runs_much() throws Exception {
        assertThat(CompilingJvm.outputOf(Probe.class))
                .containsExactly(
                        "asked for by 45 starts: true", "all of it given up: true", "then a script's is begun: busy");
    }

    /** What the child process runs. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) throws Exception {
            var engine = JsEngine.create();
            engine.jit(); // builds it, which opens Truffle's modules to us
            var seen = new Seen();
            OptimizedTruffleRuntime.getRuntime().addListener(seen);
            for (int i = 0; i < 45; i++) {
                engine.newRuntime(RuntimeOptions.builder().build()).close();
            }
            System.out.println("asked for by 45 starts: " + !seen.asked.isEmpty());
            System.out.println("all of it given up: " + seen.givenUp.containsAll(seen.asked));
            engine.newRuntime(RuntimeOptions.builder().build()).execute("hot.js", """
                    function busy(n) { return n + 1; }
                    for (let i = 0; i < 20_000; i = busy(i));
                    """);
            System.out.println("then a script's is begun: " + seen.busy.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
            System.exit(0);
        }
    }

    /** What the engine's compiler is asked for, and does. */
    private static final class Seen implements OptimizedTruffleRuntimeListener {
        private final Set<OptimizedCallTarget> asked = ConcurrentHashMap.newKeySet();
        private final Set<OptimizedCallTarget> givenUp = ConcurrentHashMap.newKeySet();
        private final CompletableFuture<String> busy = new CompletableFuture<>();

        @Override
        public void onCompilationQueued(OptimizedCallTarget target, int tier) {
            asked.add(target);
        }

        @Override
        public void onCompilationDequeued(OptimizedCallTarget target, Object source, CharSequence reason, int tier) {
            givenUp.add(target);
        }

        @Override
        public void onCompilationStarted(OptimizedCallTarget target, AbstractCompilationTask task) {
            if (target.getName().equals("busy")) {
                busy.complete(target.getName());
            }
        }
    }
}
