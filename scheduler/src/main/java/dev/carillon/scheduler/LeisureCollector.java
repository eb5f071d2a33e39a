package dev.carillon.scheduler;

import dev.carillon.runtime.time.TimeSource;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Has the JVM collect its youngest objects in the middle of a second, when no cron is due. Left alone it pauses when they
 * have filled their part of the heap, and what fills it is the starts: beside a thousand scripts a pause of 20 to 40 ms
 * met those of one second again and again.
 *
 * <p>The JVM has no call for such a collection ({@link System#gc} goes through the whole heap). So what is left of their
 * part is filled with what nobody holds.
 *
 * <p>Threads: {@link #start} any, {@link #look} one at a time.
 */
public final class LeisureCollector {
    private static final int MIDDLE_MS = 500;
    private static final int SECOND_MS = 1000;
    private static final int FILLER_BYTES = 256 << 10; // less than half of the smallest region of G1
    /** Of their part: what ten thousand starts allocate fits into the rest. */
    private static final int QUARTER = 4;

    private static final long MORE_BYTES = 32L << 20; // the part may grow meanwhile

    private final TimeSource time;
    private final MemoryPoolMXBean youngest;
    private final GarbageCollectorMXBean collector;
    private volatile byte @Nullable [] filler;

    private LeisureCollector(TimeSource time, MemoryPoolMXBean youngest, GarbageCollectorMXBean collector) {
        this.time = time;
        this.youngest = youngest;
        this.collector = collector;
    }

    /** Nothing if this JVM runs with another collector than G1. */
    public static Optional<LeisureCollector> ofThisJvm(TimeSource time) {
        var youngest = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("G1 Eden Space"))
                .findFirst();
        var collector = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(bean -> bean.getName().equals("G1 Young Generation"))
                .findFirst();
        return youngest.isEmpty() || collector.isEmpty()
                ? Optional.empty()
                : Optional.of(new LeisureCollector(time, youngest.get(), collector.get()));
    }

    /** Looks once a second from here on, until the process ends. */
    public void start() {
        time.after(
                untilMiddle(time.currentTimeMillis()),
                () -> Thread.ofVirtual().name("leisure").start(() -> {
                    look();
                    start();
                }));
    }

    /** From here to the middle of this second or the next; never nothing. */
    static Duration untilMiddle(long nowMs) {
        return Duration.ofMillis(SECOND_MS - Math.floorMod(nowMs - MIDDLE_MS, SECOND_MS));
    }

    /** @return whether something was collected */
    boolean look() {
        var usage = youngest.getUsage();
        if (!isTime(usage.getUsed(), usage.getCommitted(), roomBytes())) {
            return false;
        }
        long before = collector.getCollectionCount();
        long left = most(usage.getUsed(), usage.getCommitted());
        for (; left > 0 && collector.getCollectionCount() == before; left -= FILLER_BYTES) {
            filler = new byte[FILLER_BYTES];
        }
        filler = null;
        return collector.getCollectionCount() != before;
    }

    /** A quarter of their part is full, and of the room in the heap at most half would be. */
    static boolean isTime(long usedBytes, long partBytes, long roomBytes) {
        return usedBytes >= partBytes / QUARTER && most(usedBytes, partBytes) <= roomBytes / 2;
    }

    private static long most(long usedBytes, long partBytes) {
        return partBytes - usedBytes + MORE_BYTES;
    }

    private static long roomBytes() {
        var jvm = Runtime.getRuntime();
        return jvm.maxMemory() - jvm.totalMemory() + jvm.freeMemory();
    }
}
