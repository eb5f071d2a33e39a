package dev.carillon.runtime.engine;

import com.oracle.truffle.api.TruffleContext;
import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.ThreadMXBean;
import dev.carillon.runtime.time.TimeSource;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotException;
import org.jspecify.annotations.Nullable;

/*
 * Stops the script that fills the heap before the heap is full, because an OutOfMemoryError strikes whoever allocates next.
 *
 * What a runtime holds is at most what it held when last measured plus what its thread has allocated since, and the JVM
 * counts the latter exactly at no cost. So a measurement, which walks the objects, is due only when that bound reaches the
 * runtime's limit; and garbage collections, between which nothing can run out, are the clock. Two rules:
 *
 *   1. A runtime measured above its own limit is stopped.
 *   2. If the heap stays more than FULL after a complete collection, the runtime that holds most is stopped, unless it
 *      holds too little to matter.
 *
 * A measurement sees what is reachable from the context (globals, modules, closures, suspended functions) and from the
 * stack of what is running. It wants the JIT, time and memory, all of which may be missing when the heap is nearly full. So
 * rule 2 subtracts first: what the heap has grown by since some collection was allocated since, and what all threads but
 * one have allocated accounts for no more than that; the rest is that one's. A script that fills a heap allocates more than
 * its neighbours, and is known for certain without looking at a single object. Levels of the past are kept to subtract
 * from, each lower than those after it. Where that proves nothing, objects are walked; where they cannot be, the runtime
 * that has allocated most since the lowest level goes: a guess, and said to be one.
 *
 * A runtime that runs out all the same lets go of a reserve, so that its neighbours get what they ask for until it has gone.
 */
final class HeapWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HeapWatch.class.getName());
    private static final double FULL = 0.7; // of the heap, after a collection
    private static final double CALM = 0.5;
    private static final double RESERVE = 0.03; // of the heap
    private static final double STEP = 0.04; // of the heap, more than was certain: reason to collect again
    private static final double MATTERS = 1.0 / 16; // of the heap, held by one runtime
    // A walk remembers what it has seen, about a quarter of its size: it must fit in what is left of a full heap. A
    // script
    // that holds this much is the one to stop, even if another should hold more.
    private static final double WALK_MAX = 1.0 / 4; // of the heap
    private static final long WALK_BYTES_MAX = 256L << 20; // some seconds
    private static final int REST =
            10; // times as long as the work took, while all is calm: watching costs a tenth at most

    private final Engine engine;
    private final HostAccess access;
    private final HeapMeter meter;
    private final TimeSource time;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long max = Runtime.getRuntime().maxMemory();
    private final Set<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());
    private final NotificationListener listener = this::collected;
    private final Set<Watched> all = new HashSet<>(); // guarded by itself
    private final Thread thread;
    private volatile byte @Nullable [] reserve;
    private volatile long usedAfterCollection;
    private volatile boolean asked;
    private volatile boolean closed;

    // Watch thread only.
    private @Nullable ScriptRuntime stopping;
    private long usedForCertain; // by the last complete collection of ours
    private final ArrayDeque<Level> levels = new ArrayDeque<>(); // rising

    /** @param access that of all contexts of the engine */
    HeapWatch(Engine engine, HostAccess access, TimeSource time) {
        this.engine = engine;
        this.access = access;
        meter = HeapMeter.of(engine);
        this.time = time;
        thread = Thread.ofPlatform().name("carillon-heap").daemon().unstarted(this::run);
        emitters().forEach(bean -> bean.addNotificationListener(listener, null, null));
        thread.start();
    }

    private static List<NotificationEmitter> emitters() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(NotificationEmitter.class::isInstance)
                .map(NotificationEmitter.class::cast)
                .toList();
    }

    /** One runtime under watch. */
    final class Watched implements AutoCloseable {
        private final ScriptRuntime runtime;
        private final long limit;
        private final long threadId = Thread.currentThread().threadId();
        private final TruffleContext context = meter.entered();
        private final boolean measurable = meter.retained(context, 1).isPresent();
        // Watch thread only.
        private long held; // when last measured
        private long size; // the same, or where it cannot be measured, what it may hold
        private long allocatedThen;
        private long measureNotBefore = time.nanoTime();

        private Watched(ScriptRuntime runtime, long limit) {
            this.runtime = runtime;
            this.limit = limit;
        }

        private String holds() {
            return (measurable ? "it holds at least " : "it has allocated ") + megabytes(size);
        }

        private long allocated() {
            return threads.getThreadAllocatedBytes(threadId);
        }

        /** What it holds at most. */
        private long bound() {
            return held + Math.max(0, allocated() - allocatedThen);
        }

        private long measure(long enough) {
            if (!measurable) {
                size = bound();
                return size;
            }
            long started = time.nanoTime();
            long allocated = allocated();
            held = meter.retained(context, enough).orElse(0);
            size = held;
            allocatedThen = allocated;
            measureNotBefore = restAfter(started);
            return size;
        }

        private boolean exceeds() {
            if (!measurable || bound() <= limit) {
                return false;
            }
            return (!calm() || time.nanoTime() - measureNotBefore >= 0) && measure(limit + 1) > limit;
        }

        /** The heap is lower than ever: what it has allocated up to here is not in it, if more cannot be known. */
        private void forget() {
            if (!measurable) {
                allocatedThen = allocated();
            }
        }

        @Override
        public void close() {
            synchronized (all) {
                all.remove(this);
            }
        }
    }

    /**
     * How full the heap was after a collection, and what had been allocated by then.
     *
     * @param own by the runtimes of that time, by their threads' ids so that none is kept; others began with nothing
     */
    private record Level(long used, long all, Map<Long, Long> own) {}

    /** Watches the context the calling thread, its runtime's own, is in. */
    Watched watch(ScriptRuntime runtime, long limit) {
        var watched = new Watched(runtime, limit);
        synchronized (all) {
            all.add(watched);
        }
        return watched;
    }

    /** On a thread of the JVM, which must not be held up. */
    private void collected(Notification notification, @Nullable Object handback) {
        if (notification.getUserData() instanceof CompositeData data
                && notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            long used = 0;
            for (var pool : GarbageCollectionNotificationInfo.from(data)
                    .getGcInfo()
                    .getMemoryUsageAfterGc()
                    .entrySet()) {
                used += heapPools.contains(pool.getKey()) ? pool.getValue().getUsed() : 0;
            }
            usedAfterCollection = used;
            asked = true;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        try (var own =
                Context.newBuilder("js").engine(engine).allowHostAccess(access).build()) {
            own.enter(); // only a thread that has been in a context may measure others
            watch();
            own.leave();
        } catch (PolyglotException e) {
            if (!closed) { // else the engine was closed under it
                throw e;
            }
        }
    }

    private void watch() {
        while (!closed) {
            while (!asked && !closed) {
                LockSupport.park(this);
            }
            asked = false;
            try {
                look();
            } catch (OutOfMemoryError e) {
                asked = true; // there is nothing left to say so with; whoever gives way makes room
            } catch (RuntimeException e) { // the watch must go on
                LOG.log(System.Logger.Level.WARNING, "A look at the heap failed", e);
            }
        }
    }

    private void look() {
        var running = new ArrayList<Watched>();
        synchronized (all) {
            running.addAll(all);
        }
        if (stopping != null && stopping.isAlive()) {
            return; // what it holds is not free yet
        }
        stopping = null;
        for (var one : running) {
            if (one.exceeds()) {
                stop(one, "it holds more than its limit of " + megabytes(one.limit));
                return;
            }
        }
        remember(usedAfterCollection, running);
        if (calm() && reserve == null) {
            reserve = new byte[(int) (RESERVE * max)];
        }
        if (usedAfterCollection > Math.max(FULL * max, usedForCertain + STEP * max)) {
            relieve(running);
        } else if (usedAfterCollection < usedForCertain) {
            usedForCertain = usedAfterCollection;
        }
    }

    private boolean calm() {
        return usedAfterCollection < CALM * max;
    }

    private boolean full(long used) {
        return used > FULL * max;
    }

    /** Collects for certain, and if that does not help, stops who holds most. */
    private void relieve(List<Watched> running) {
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        usedForCertain = used;
        if (!full(used)) {
            return;
        }
        var inUse = "the process has " + megabytes(used) + " of its " + megabytes(max) + " in use, and ";
        var proven = running.stream().max(Comparator.comparingLong(one -> provenShare(used, one)));
        if (proven.isPresent() && provenShare(used, proven.get()) > MATTERS * max) {
            stop(
                    proven.get(),
                    inUse + "at least " + megabytes(provenShare(used, proven.get())) + " of it are this script's");
            return;
        }
        var most = holdsMost(running);
        if (most != null) {
            stop(most, inUse + "this script most of it: " + most.holds());
        } else {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} of {1} are in use, and no script holds much of it",
                    megabytes(used),
                    megabytes(max));
        }
    }

    private void remember(long used, List<Watched> running) {
        while (!levels.isEmpty() && levels.getLast().used >= used) {
            levels.removeLast();
        }
        if (levels.isEmpty()) {
            running.forEach(Watched::forget);
        }
        if (levels.isEmpty() || used - levels.getLast().used > STEP * max) {
            var own = new HashMap<Long, Long>();
            running.forEach(one -> own.put(one.threadId, one.allocated()));
            levels.addLast(new Level(used, threads.getTotalThreadAllocatedBytes(), own));
        }
    }

    /** What {@code one} holds at least, by the level of the past that says most. */
    private long provenShare(long used, Watched one) {
        long all = threads.getTotalThreadAllocatedBytes();
        return levels.stream()
                .mapToLong(level -> provenShare(
                        used - level.used, all - level.all, one.allocated() - level.own.getOrDefault(one.threadId, 0L)))
                .max()
                .orElse(0);
    }

    /**
     * What one thread must hold at least, when the heap has grown by {@code grown} while all threads have allocated
     * {@code allAllocated}, of that this one {@code ownAllocated}. Bytes; below zero it proves nothing.
     */
    static long provenShare(long grown, long allAllocated, long ownAllocated) {
        return grown - Math.max(0, allAllocated - ownAllocated);
    }

    /** A runtime has run out, on its thread: there is room for its neighbours until it has gone. */
    void ranOut() {
        reserve = null;
    }

    private @Nullable Watched holdsMost(List<Watched> running) {
        var most = most(running, Watched::bound, one -> one.measure(walkMax()));
        return most != null && most.size > MATTERS * max ? most : null;
    }

    private long walkMax() {
        return Math.min((long) (WALK_MAX * max), WALK_BYTES_MAX);
    }

    /**
     * Who measures most, measuring as few as possible.
     *
     * @param bound not less than what {@code measure} will say
     */
    static <T> @Nullable T most(List<T> all, ToLongFunction<T> bound, ToLongFunction<T> measure) {
        record Bounded<T>(T one, long bound) {}
        var byBound = all.stream()
                .map(one -> new Bounded<>(one, bound.applyAsLong(one)))
                .sorted(Comparator.comparingLong((Bounded<T> one) -> one.bound).reversed())
                .toList();
        T most = null;
        long measured = -1;
        for (var next : byBound) {
            if (next.bound <= measured) {
                break;
            }
            long size = measure.applyAsLong(next.one);
            if (size > measured) {
                measured = size;
                most = next.one;
            }
        }
        return most;
    }

    private void stop(Watched one, String why) {
        stopping = one.runtime;
        one.runtime.stop("out of memory: " + why);
    }

    private long restAfter(long started) {
        long now = time.nanoTime();
        return now + REST * (now - started);
    }

    private static String megabytes(long bytes) {
        return (bytes >> 20) + " MB";
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        for (var bean : emitters()) {
            try {
                bean.removeNotificationListener(listener);
            } catch (ListenerNotFoundException e) {
                LOG.log(System.Logger.Level.DEBUG, "Closing twice", e);
            }
        }
    }
}
