package dev.carillon.runtime.time;

import java.time.Duration;
import java.time.Instant;

/**
 * The time everything in Carillon runs on; tests inject one that moves only when told.
 *
 * <p>Two clocks, as an operating system has them: {@link #now()} is the wall clock and may step in either direction;
 * {@link #nanoTime()} and {@link #after} run on the monotonic clock, which never goes back and does not follow the
 * wall clock's steps.
 *
 * <p>Threads: every method may be called from any thread. Tasks run on the time source's own thread and must only hand
 * work on, never do it there.
 */
public interface TimeSource {
    /** The wall clock, at least millisecond resolution. */
    Instant now();

    /** The wall clock in milliseconds since 1970; what {@code Date.now()} reads. */
    default long currentTimeMillis() {
        return now().toEpochMilli();
    }

    /** The monotonic clock in nanoseconds; only differences mean anything. */
    long nanoTime();

    /**
     * Runs {@code task} once, {@code delay} from now on the monotonic clock; never early. Zero or negative means as
     * soon as possible. Alarms due at the same instant run in call order.
     */
    Alarm after(Duration delay, Runnable task);

    /** A pending {@link #after} task. */
    interface Alarm {
        /** Takes the task back; no effect once it has run. May be called any number of times, from any thread. */
        void cancel();
    }

    /** The machine's clocks. */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }
}
