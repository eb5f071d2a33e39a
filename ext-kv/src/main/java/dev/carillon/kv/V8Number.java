package dev.carillon.kv;

import dev.carillon.kv.KvValue.Kind;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A number among stored values: the only clones the store itself looks into. */
sealed interface V8Number {
    record Int(BigInteger value) implements V8Number {}

    record Num(double value) implements V8Number {}

    record U64(long value) implements V8Number {}

    /** V8's wire format: FF, its version, then a tag and what belongs to it. */
    byte[] HEADER = {(byte) 0xFF, 0x0F};

    int INT32 = 'I';
    int DOUBLE = 'N';
    int BIGINT = 'Z';

    default String typeName() {
        return switch (this) {
            case Int i -> "BigInt";
            case Num n -> "Number";
            case U64 u -> "KvU64";
        };
    }

    /** Null if it is no number. */
    static @Nullable V8Number read(KvValue value) {
        if (value.kind() == Kind.U64) {
            return new U64(value.u64());
        }
        if (value.kind() != Kind.CLONE) {
            return null;
        }
        var in = ByteBuffer.wrap(value.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        try {
            if (in.get() != HEADER[0] || in.get() != HEADER[1]) {
                return null;
            }
            return switch (in.get()) {
                case INT32 -> {
                    int zigzag = varint(in);
                    yield new Num((zigzag >>> 1) ^ -(zigzag & 1));
                }
                case DOUBLE -> new Num(in.getDouble());
                case BIGINT -> {
                    int bits = varint(in); // the sign, then the length in bytes
                    if (bits >>> 1 > in.remaining()) {
                        yield null;
                    }
                    var magnitude = new byte[bits >>> 1];
                    for (int i = magnitude.length - 1; i >= 0; i--) {
                        magnitude[i] = in.get();
                    }
                    yield new Int(new BigInteger((bits & 1) == 0 ? 1 : -1, magnitude));
                }
                default -> null;
            };
        } catch (BufferUnderflowException e) {
            return null;
        }
    }

    static KvValue write(double value) {
        var out = ByteBuffer.allocate(HEADER.length + 1 + Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.put(HEADER).put((byte) DOUBLE).putDouble(value);
        return new KvValue(Kind.CLONE, out.array());
    }

    static KvValue write(BigInteger value) {
        var magnitude = value.abs();
        int words = (magnitude.bitLength() + 63) / 64;
        int length = words * Long.BYTES;
        var out = ByteBuffer.allocate(HEADER.length + 1 + 5 + length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(HEADER).put((byte) BIGINT);
        for (int rest = length << 1 | (value.signum() < 0 ? 1 : 0); ; rest >>>= 7) {
            out.put((byte) (rest < 0x80 ? rest : rest | 0x80));
            if (rest < 0x80) {
                break;
            }
        }
        var rest = magnitude;
        for (int i = 0; i < words; i++, rest = rest.shiftRight(64)) {
            out.putLong(rest.longValue());
        }
        var bytes = new byte[out.position()];
        out.flip().get(bytes);
        return new KvValue(Kind.CLONE, bytes);
    }

    private static int varint(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                break;
            }
        }
        return value;
    }
}
