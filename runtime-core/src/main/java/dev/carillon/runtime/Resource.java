package dev.carillon.runtime;

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

    /** Releases what the resource holds and cancels operations that use it. */
    default void close() {}
}
