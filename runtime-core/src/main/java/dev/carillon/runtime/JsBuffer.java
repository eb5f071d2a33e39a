package dev.carillon.runtime;

/**
 * The bytes of a typed array lent by guest code for the duration of one op call: a window onto the guest's own memory,
 * not a copy. Offset and length of a subarray are honoured; index 0 is the window's first byte.
 *
 * <p>Threads: runtime thread only, and only until the op returns.
 */
public interface JsBuffer {
    /** Size of the window in bytes. */
    int length();

    byte get(int index);

    void put(int index, byte value);

    /** Copies {@code length} bytes from {@code index} of the window to {@code target}. */
    void read(int index, byte[] target, int offset, int length);

    /** Copies {@code length} bytes of {@code source} into the window at {@code index}. */
    void write(int index, byte[] source, int offset, int length);
}
