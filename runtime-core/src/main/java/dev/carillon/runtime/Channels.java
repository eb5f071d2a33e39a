package dev.carillon.runtime;

import org.jspecify.annotations.Nullable;

/**
 * The lowest layer between host and guest: labelled messages of bytes, without ops. In {@link OpState} under this type.
 */
public interface Channels {
    /**
     * Answers what guest code sends on {@code channel}. Runtime thread only.
     *
     * @throws IllegalStateException if the channel is answered already
     */
    void handle(String channel, Handler handler);

    /**
     * Sends to the guest's subscriber of {@code channel}, in call order; dropped if there is none by then. Any thread.
     */
    void post(String channel, byte[] message);

    /** Answers the messages of one channel, on the runtime thread. */
    @FunctionalInterface
    interface Handler {
        /** @return the response, or null for none */
        byte @Nullable [] receive(byte[] message);
    }
}
