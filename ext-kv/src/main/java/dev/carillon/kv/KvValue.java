package dev.carillon.kv;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A stored value: opaque bytes, and what they are. Never changed. */
public record KvValue(Kind kind, byte[] bytes) {
    /** The numbers are those of the file format. */
    public enum Kind {
        /** A structured clone in V8's wire format. */
        CLONE(1),
        /** An unsigned 64-bit integer, eight bytes, least significant first. */
        U64(2),
        /** The bytes of a Uint8Array. */
        BYTES(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }

        /** @throws IllegalStateException if no kind has it */
        public static Kind of(int number) {
            for (var kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            throw new IllegalStateException("no kind of value: " + number);
        }
    }

    public static KvValue u64(long value) {
        var bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return new KvValue(Kind.U64, bytes.putLong(value).array());
    }

    /** The number of a {@link Kind#U64}, to be read as unsigned. */
    public long u64() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KvValue(Kind theirKind, byte[] theirs)
                && kind == theirKind
                && Arrays.equals(bytes, theirs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return kind + Arrays.toString(bytes);
    }
}
