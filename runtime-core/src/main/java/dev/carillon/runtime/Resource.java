package dev.carillon.runtime;

import java.util.concurrent.CompletionStage;

/**
 * Something of the host that guest code holds by number (its rid) and that ends when closed.
 *
 * <p>Threads: runtime thread only.
 * <p>Closing: the {@link ResourceTable} calls {@link #close} exactly once, after the entry has left the table.
 */
public interface Resource {
    /** Debug name shown in {@code resources()} and in leak reports. */
    default String name() {
        return getClass().getSimpleName();
    }

    /**
     * The next bytes, at most {@code limit}; none at the end.
     *
     * @throws JsVisibleException NotSupported unless the resource can be read
     */
    default CompletionStage<byte[]> read(int limit) {
        throw new JsVisibleException("NotSupported", "The operation is not supported");
    }

    /**
     * Takes some of the bytes.
     *
     * @return how many it took, at least one
     * @throws JsVisibleException NotSupported unless the resource can be written
     */
    default CompletionStage<Integer> write(byte[] bytes) {
        throw new JsVisibleException("NotSupported", "The operation is not supported");
    }

    /**
     * Says that nothing more will be written.
     *
     * @throws JsVisibleException NotSupported unless the resource knows such an end
     */
    default CompletionStage<Void> shutdown() {
        throw new JsVisibleException("NotSupported", "The operation is not supported");
    }

    /** Releases what the resource holds and cancels operations that use it. */
    default void close() {}
}
