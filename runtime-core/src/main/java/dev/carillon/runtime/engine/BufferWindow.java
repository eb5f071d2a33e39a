package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsBuffer;
import dev.carillon.runtime.JsVisibleException;
import java.nio.ByteOrder;
import java.util.Objects;
import org.graalvm.polyglot.Value;

/** A window onto a guest {@code ArrayBuffer}, until {@link #revoke}d. */
final class BufferWindow implements JsBuffer {
    private final Value buffer;
    private final int offset;
    private final int length;
    private boolean revoked;

    BufferWindow(Value buffer, int offset, int length) {
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public byte get(int index) {
        check(index, 1);
        try {
            return buffer.readBufferByte((long) offset + index);
        } catch (IndexOutOfBoundsException e) {
            throw gone(e);
        }
    }

    @Override
    public void put(int index, byte value) {
        check(index, 1);
        try {
            buffer.writeBufferByte((long) offset + index, value);
        } catch (IndexOutOfBoundsException e) {
            throw gone(e);
        }
    }

    @Override
    public void read(int index, byte[] target, int targetOffset, int count) {
        check(index, count);
        if (count == 0) {
            return; // the engine refuses to read nothing from a detached buffer
        }
        try {
            buffer.readBuffer((long) offset + index, target, targetOffset, count);
        } catch (IndexOutOfBoundsException e) {
            throw gone(e);
        }
    }

    @Override
    public void write(int index, byte[] source, int sourceOffset, int count) {
        check(index, count);
        Objects.checkFromIndexSize(sourceOffset, count, source.length);
        try {
            write((long) offset + index, source, sourceOffset, count);
        } catch (IndexOutOfBoundsException e) {
            throw gone(e);
        }
    }

    private void write(long at, byte[] source, int sourceOffset, int count) {
        int i = 0;
        for (; i + Long.BYTES <= count; i += Long.BYTES) {
            long word = 0;
            for (int k = 0; k < Long.BYTES; k++) {
                word |= (source[sourceOffset + i + k] & 0xFFL) << (8 * k);
            }
            buffer.writeBufferLong(ByteOrder.LITTLE_ENDIAN, at + i, word);
        }
        for (; i < count; i++) {
            buffer.writeBufferByte(at + i, source[sourceOffset + i]);
        }
    }

    /** What a getter or toJSON of a later argument did after this one had been looked at. */
    private static JsVisibleException gone(IndexOutOfBoundsException cause) {
        return new JsVisibleException(
                "TypeError", "The buffer was detached or made shorter during the call", null, cause);
    }

    byte[] copy() {
        var bytes = new byte[length];
        read(0, bytes, 0, length);
        return bytes;
    }

    void revoke() {
        revoked = true;
    }

    private void check(int index, int count) {
        if (revoked) {
            throw new IllegalStateException("The buffer was lent for the op call only, which has returned");
        }
        Objects.checkFromIndexSize(index, count, length);
    }
}
