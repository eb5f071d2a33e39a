package dev.carillon.runtime.engine;

import com.oracle.truffle.api.Truffle;
import com.oracle.truffle.runtime.OptimizedCallTarget;
import com.oracle.truffle.runtime.OptimizedTruffleRuntime;
import com.oracle.truffle.runtime.OptimizedTruffleRuntimeListener;
import java.util.concurrent.atomic.AtomicBoolean;

/*
 * With an idle compiler a function is hot after 40 calls, unless the engine is told otherwise. So the start of one script
 * that broke asked for a hundred functions of glue and builtins: five seconds of the engine's compiler, as many of the
 * JVM's, and collections of what they allocate, to spare later starts some milliseconds each. Whoever asks does so on the
 * thread that runs the function, so what other scripts run much meanwhile is not held up.
 */
/**
 * Glue and builtins that become hot only because a runtime starts are not compiled, and counted from nought again.
 *
 * <p>Threads: any.
 */
final class UncompiledStart {
    private static final ThreadLocal<Boolean> STARTING = ThreadLocal.withInitial(() -> false);
    private static final AtomicBoolean LISTENS = new AtomicBoolean();

    private UncompiledStart() {}

    /** From here on, for all engines of the process. */
    static void listen() {
        Listener.add();
    }

    /** Runs {@code start}, on the thread of its runtime. */
    static void of(Runnable start) {
        STARTING.set(true);
        try {
            start.run();
        } finally {
            STARTING.remove();
        }
    }

    /** Takes it out of the compiler's queue, unless a script brought it along; then this is false. */
    static boolean putOff(OptimizedCallTarget target) {
        if (isOfScript(target)) {
            return false;
        }
        target.cancelCompilation("a runtime starts");
        target.resetCompilationProfile();
        return true;
    }

    private static boolean isOfScript(OptimizedCallTarget target) {
        var section = target.getRootNode().getSourceSection();
        return section != null && section.isAvailable() && !section.getSource().isInternal();
    }

    /** Of its own class, since the engine's classes behind it are there only with a compiler. */
    private static final class Listener implements OptimizedTruffleRuntimeListener {
        static void add() {
            if (Truffle.getRuntime() instanceof OptimizedTruffleRuntime runtime && LISTENS.compareAndSet(false, true)) {
                runtime.addListener(new Listener());
            }
        }

        @Override
        public void onCompilationQueued(OptimizedCallTarget target, int tier) {
            if (STARTING.get()) {
                putOff(target);
            }
        }
    }
}
