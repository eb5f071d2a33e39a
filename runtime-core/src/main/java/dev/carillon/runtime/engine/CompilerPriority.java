package dev.carillon.runtime.engine;

import com.oracle.truffle.api.Truffle;
import com.oracle.truffle.runtime.AbstractCompilationTask;
import com.oracle.truffle.runtime.OptimizedCallTarget;
import com.oracle.truffle.runtime.OptimizedTruffleRuntime;
import com.oracle.truffle.runtime.OptimizedTruffleRuntimeListener;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/*
 * The engine's compiler is Java and keeps the JVM's own busy for as long as itself: in the first minute of a thousand
 * scripts the two took half of two processors, and a start waited for them. The JVM passes priorities on to the system only
 * if told to (-XX:ThreadPriorityPolicy=1), warns whoever is not root of that, and then puts others before the scripts.
 */
/**
 * Lets the compilers, the engine's and the JVM's, have what scripts leave of the processors. Only Linux gives a single
 * thread a priority; elsewhere nothing happens.
 *
 * <p>Threads: any.
 */
final class CompilerPriority {
    private static final int NICE = 10; // a tenth of a processor that others want too
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final List<String> COMPILERS = List.of("C1 Compiler", "C2 Compiler", "TruffleCompiler");
    private static final int PRIO_PROCESS = 0; // means a thread on Linux

    private static final AtomicBoolean LOWERED = new AtomicBoolean();

    private CompilerPriority() {}

    /** From here on, for all engines of the process. */
    static void lower() {
        if (Truffle.getRuntime() instanceof OptimizedTruffleRuntime runtime
                && Files.isDirectory(THREADS)
                && LOWERED.compareAndSet(false, true)) {
            runtime.addListener(new Listener());
        }
    }

    /** Of its own class, since the engine's classes behind it are there only with a compiler. */
    private static final class Listener implements OptimizedTruffleRuntimeListener {
        private final ThreadLocal<Boolean> begun = ThreadLocal.withInitial(() -> false);

        /** Compilers come with work and go without. */
        @Override
        public void onCompilationStarted(OptimizedCallTarget target, AbstractCompilationTask task) {
            if (!begun.get()) {
                begun.set(true);
                lowerAll();
            }
        }
    }

    private static void lowerAll() {
        try (var threads = Files.newDirectoryStream(THREADS, CompilerPriority::isCompiler)) {
            var setPriority = setPriority();
            for (var thread : threads) {
                int id = Integer.parseInt(thread.getFileName().toString());
                int ignored = (int) setPriority.invokeExact(PRIO_PROCESS, id, NICE);
            }
        } catch (Throwable t) { // whatever it is, compiling goes on
            Log.debug(CompilerPriority.class, "compilers keep their priority", t);
        }
    }

    private static boolean isCompiler(Path thread) {
        try {
            var name = Files.readString(thread.resolve("comm"));
            return COMPILERS.stream().anyMatch(name::startsWith);
        } catch (IOException e) {
            return false; // it has ended since
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle setPriority() {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().find("setpriority").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }
}
