package dev.carillon.runtime;

import dev.carillon.runtime.time.TimeSource.Alarm;
import java.time.Duration;

/**
 * The loop of one runtime, as host code sees it: a way onto the runtime thread. In {@link OpState} under this type.
 *
 * <p>Threads: {@link #execute} from any thread; the rest on the runtime thread only.
 */
public interface EventLoop {
    /**
     * Runs {@code task} on the runtime thread in a later turn, in call order. Once the runtime has closed, what is queued
     * and what comes is dropped without a word: the script and the resources a task would touch are gone, and a caller on
     * another thread cannot know in time. So never let a task be the only one that completes a future of the host's or gives
     * something back. Who hands over a thing keeps it closable until the task has it, in a {@link Resource} or by
     * {@link JsRuntime#exit()}; a promise given to guest code needs no such care, it ends with the guest.
     */
    void execute(Runnable task);

    /**
     * Runs {@code task} on the runtime thread, not earlier than {@code delay} from now on the monotonic clock. Does not
     * keep the loop alive.
     */
    Alarm after(Duration delay, Runnable task);

    /** True on the runtime thread. */
    boolean isCurrentThread();

    /** Holds the loop alive until the returned hold is closed, whatever else is pending. */
    Hold hold();

    /** A reason for the loop to stay alive. */
    interface Hold extends AutoCloseable {
        /** Lets go; any number of times. */
        @Override
        void close();
    }
}
