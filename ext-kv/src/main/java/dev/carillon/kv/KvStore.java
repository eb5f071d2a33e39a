package dev.carillon.kv;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * One database, as a script's connection sees it: ordered entries, one queue, a counter of commits. The embedder picks the
 * backend.
 *
 * <p>Operations of one caller take effect in the order of the calls, whether or not their stages are waited for. A commit
 * whose stage has completed survives the end of the process. Entries are gone from every operation the moment they expire.
 *
 * <p>Stages complete on any thread, or before the call returns. They fail with a {@code JsVisibleException} where the
 * caller is to blame, and with an {@link java.io.UncheckedIOException} where the storage is.
 *
 * <p>Threads: any.
 * <p>Closing: by the connection; any number of times. Watches of the connection end, its messages that are being handled
 * count as failed deliveries, and operations not begun fail.
 */
public interface KvStore extends AutoCloseable {
    /** The entries of each range, all as of one instant. */
    CompletionStage<List<List<KvEntry>>> read(List<KvRange> ranges);

    /**
     * All of it, or nothing.
     *
     * @return the commit's counter, larger than that of every commit before; empty if a check does not hold
     */
    CompletionStage<OptionalLong> commit(AtomicWrite write);

    /** @param raw every commit that touches a key counts, also one that leaves the same versions behind */
    Watch watch(List<byte[]> keys, boolean raw);

    /** The next message that is due, once there is one; each goes to one taker. Empty when the connection closes. */
    CompletionStage<Optional<Delivery>> nextMessage();

    @Override
    void close();

    /** What {@link #watch} gives. */
    interface Watch extends AutoCloseable {
        /**
         * The state of all keys, an absent one empty: at first as it is, then once it has changed since the last call.
         * Changes in between come as one. Nothing when the watch has ended. One call at a time.
         */
        CompletionStage<Optional<List<Optional<KvEntry>>>> next();

        /** Any number of times. */
        @Override
        void close();
    }

    /** A message a handler works on. */
    interface Delivery {
        byte[] payload();

        /**
         * Tells how it went: a success ends the message, a failure makes it due again after its next backoff, or after the
         * last one writes it to its {@code keysIfUndelivered}. Without effect once the connection has closed.
         */
        CompletionStage<Void> finish(boolean succeeded);
    }
}
