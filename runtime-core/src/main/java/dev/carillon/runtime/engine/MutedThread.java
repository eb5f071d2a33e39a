package dev.carillon.runtime.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/*
 * swc4j 2.2.0 answers a syntax error with the right exception and, besides, with a Rust panic and its back trace on file
 * descriptor 2, where no Java code can stop it. Redirecting the descriptor would silence the whole process meanwhile. But
 * on Linux a thread may have a descriptor table of its own: close_range(CLOSE_RANGE_UNSHARE) copies the table, and then
 * descriptor 2 is pointed at /dev/null in the copy only. The thread lives for one call, so that the copies of sockets and
 * files it holds are gone at once; and it must open nothing, since descriptors it opened would mean nothing to other
 * threads. So whatever the call needs is loaded before.
 */
/**
 * Runs native code whose complaints on standard error no one should see. Where the trick is not to be had, it runs all
 * the same, audibly.
 */
final class MutedThread {
    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final int NO_DESCRIPTOR = Integer.MAX_VALUE; // an empty range: nothing is closed
    private static final int WRITE_ONLY = 1;
    private static final int STANDARD_ERROR = 2;
    private static final Optional<Calls> CALLS = calls();

    private MutedThread() {}

    private record Calls(MethodHandle closeRange, MethodHandle open, MethodHandle dup2, MemorySegment nowhere) {
        boolean mute() throws Throwable {
            if ((int) closeRange.invokeExact(NO_DESCRIPTOR, NO_DESCRIPTOR, CLOSE_RANGE_UNSHARE) != 0) {
                return false;
            }
            int sink = (int) open.invokeExact(nowhere, WRITE_ONLY);
            return sink >= 0 && (int) dup2.invokeExact(sink, STANDARD_ERROR) >= 0;
        }
    }

    /** Returns what {@code body} returns, or throws what it throws. */
    static <T> T call(Callable<T> body) throws Exception {
        var task = new FutureTask<>(() -> {
            mute();
            return body.call();
        });
        var thread = new Thread(null, task, "carillon-transpile", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof Exception cause ? cause : e;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Parsers descend as deep as their input nests. */
    private static final long STACK_BYTES = 64L << 20;

    @SuppressWarnings("restricted")
    private static Optional<Calls> calls() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.empty();
        }
        try {
            var linker = Linker.nativeLinker();
            var symbols = linker.defaultLookup();
            var threeInts = FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            var twoInts = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            var pathAndInt = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
            return Optional.of(new Calls(
                    linker.downcallHandle(symbols.findOrThrow("close_range"), threeInts),
                    linker.downcallHandle(symbols.findOrThrow("open"), pathAndInt, Linker.Option.firstVariadicArg(2)),
                    linker.downcallHandle(symbols.findOrThrow("dup2"), twoInts),
                    Arena.global().allocateFrom("/dev/null")));
        } catch (RuntimeException | UnsatisfiedLinkError e) {
            Log.debug(MutedThread.class, "Native standard error stays audible", e);
            return Optional.empty();
        }
    }

    private static void mute() {
        if (CALLS.isEmpty()) {
            return;
        }
        try {
            if (!CALLS.get().mute()) {
                Log.debug(
                        MutedThread.class, "Native standard error stays audible: the kernel refuses close_range", null);
            }
        } catch (Throwable e) { // what invokeExact declares
            Log.debug(MutedThread.class, "Native standard error stays audible", e);
        }
    }
}
