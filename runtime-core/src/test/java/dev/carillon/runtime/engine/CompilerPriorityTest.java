package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.oracle.truffle.runtime.AbstractCompilationTask;
import com.oracle.truffle.runtime.OptimizedCallTarget;
import com.oracle.truffle.runtime.OptimizedTruffleRuntime;
import com.oracle.truffle.runtime.OptimizedTruffleRuntimeListener;
import dev.carillon.runtime.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** In a JVM of its own: the tests' has no compiler for guest code. */
@EnabledOnOs(OS.LINUX)
class CompilerPriorityTest {
    private static final long DEADLINE_SECONDS = 30;

    @Test
    void compilers_give_way_and_nobody_else() throws Exception {
        assertThat(CompilingJvm.outputOf(Probe.class))
                .containsExactly("C1 CompilerThre 10", "C2 CompilerThre 10", "TruffleCompiler 10");
    }

    /** What the child process runs. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) throws Exception {
            var engine = JsEngine.create();
            engine.jit(); // builds it, which opens Truffle's modules to us
            var begun = new CountDownLatch(1);
            OptimizedTruffleRuntime.getRuntime().addListener(new OptimizedTruffleRuntimeListener() {
                @Override
                public void onCompilationStarted(OptimizedCallTarget target, AbstractCompilationTask task) {
                    begun.countDown();
                }
            });
            engine.newRuntime(RuntimeOptions.builder().build()).execute("hot.js", """
                    function busy(n) { return n + 1; }
                    for (let i = 0; i < 20_000; i = busy(i));
                    """);
            begun.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
            priorities().forEach(System.out::println);
            System.exit(0);
        }

        private static TreeSet<String> priorities() throws IOException {
            var found = new TreeSet<String>();
            try (var threads = Files.list(Path.of("/proc/self/task"))) {
                for (var thread : threads.toList()) {
                    var stat = Files.readString(thread.resolve("stat"));
                    var name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                    var nice = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16];
                    if (!nice.equals("0") || name.contains("Compiler")) {
                        found.add(name + " " + nice);
                    }
                }
            }
            return found;
        }
    }
}
