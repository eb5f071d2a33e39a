package dev.carillon.runtime.engine;

import com.oracle.truffle.api.Truffle;
import com.oracle.truffle.runtime.AbstractCompilationTask;
import com.oracle.truffle.runtime.OptimizedCallTarget;
import com.oracle.truffle.runtime.OptimizedTruffleRuntime;
import com.oracle.truffle.runtime.OptimizedTruffleRuntimeListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/*
 * Each thread of the engine's compiler waits before the first function it is given, so whatever else becomes hot stands in
 * the queue and can be taken out of it: glue and builtins are, and counted from nought again, because most of what starts
 * call nothing calls afterwards. A task that has begun could only be broken off in the middle, again and again.
 *
 * They are counted from nought once more at the end. A thousand starts leave hundreds of functions just short of being hot
 * again, and the next start, of a script that broke, would ask for all of them at once.
 */
/**
 * A time without compilation, for when many runtimes start. The engine's compiler is itself Java and cold in a new process:
 * its first functions take seconds each, of a processor the starts want.
 *
 * <p>Threads: any.
 * <p>Closing: any number of times.
 */
final class CompilerPause implements OptimizedTruffleRuntimeListener, JsEngine.ManyStarts {
    private final OptimizedTruffleRuntime runtime;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Set<OptimizedCallTarget> putOff = ConcurrentHashMap.newKeySet();

    private CompilerPause(OptimizedTruffleRuntime runtime) {
        this.runtime = runtime;
    }

    /** One more pause; the process's functions are compiled again when all are closed. */
    static JsEngine.ManyStarts open() {
        if (!(Truffle.getRuntime() instanceof OptimizedTruffleRuntime runtime)) {
            return () -> {};
        }
        var pause = new CompilerPause(runtime);
        runtime.addListener(pause);
        return pause;
    }

    @Override
    public void onCompilationQueued(OptimizedCallTarget target, int tier) {
        if (UncompiledStart.putOff(target)) {
            putOff.add(target);
        }
    }

    @Override
    public void onCompilationStarted(OptimizedCallTarget target, AbstractCompilationTask task) {
        boolean interrupted = false;
        while (over.getCount() > 0) {
            try {
                over.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        runtime.removeListener(this);
        putOff.forEach(OptimizedCallTarget::resetCompilationProfile);
        putOff.clear();
        over.countDown();
    }
}
