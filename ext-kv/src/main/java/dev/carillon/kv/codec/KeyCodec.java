package dev.carillon.kv.codec;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys as bytes whose unsigned order is the order of keys: FoundationDB's tuple encoding, as Deno KV uses it.
 *
 * <p>A key is its parts' encodings one after the other, so it sorts directly before all its extensions. No encoding of a
 * part is the start of another part's.
 *
 * <p>Source: denokv's {@code codec.rs}.
 */
public final class KeyCodec {
    private static final int BYTES = 0x01;
    private static final int TEXT = 0x02;
    private static final int NEGATIVE_LONG = 0x0B;
    private static final int ZERO = 0x14; // an integer of n magnitude bytes is ZERO + n, or ZERO - n when negative
    private static final int POSITIVE_LONG = 0x1D;
    private static final int NUMBER = 0x21;
    private static final int FALSE = 0x26;
    private static final int TRUE = 0x27;
    private static final int ESCAPE = 0xFF; // after a 00 that belongs to the part and does not end it

    private static final int SHORT_BYTES_MAX = 8;
    private static final int MAGNITUDE_BYTES_MAX = 255;
    private static final long SIGN = Long.MIN_VALUE;

    private KeyCodec() {}

    /** @throws BadKey for an integer of more than 255 magnitude bytes */
    public static byte[] encode(List<KeyPart> parts) {
        var out = new Sink(parts.size() * 12);
        for (var part : parts) {
            switch (part) {
                case KeyPart.Bytes(byte[] bytes) -> out.escaped(BYTES, bytes);
                case KeyPart.Text(String text) -> out.escaped(TEXT, text);
                case KeyPart.Int(BigInteger value) -> out.integer(value);
                case KeyPart.Num(double value) -> out.number(value);
                case KeyPart.Bool(boolean value) -> out.write(value ? TRUE : FALSE);
            }
        }
        return out.toByteArray();
    }

    /** @throws BadKey for bytes that end within a part, or where a part of no known type begins */
    public static List<KeyPart> decode(byte[] key) {
        var parts = new ArrayList<KeyPart>(4);
        var in = ByteBuffer.wrap(key);
        while (in.hasRemaining()) {
            parts.add(part(in));
        }
        return parts;
    }

    private static KeyPart part(ByteBuffer in) {
        int tag = in.get() & 0xFF;
        return switch (tag) {
            case BYTES -> new KeyPart.Bytes(escaped(in));
            case TEXT -> new KeyPart.Text(new String(escaped(in), StandardCharsets.UTF_8));
            case NUMBER -> new KeyPart.Num(number(take(in, Long.BYTES).getLong()));
            case FALSE, TRUE -> new KeyPart.Bool(tag == TRUE);
            case NEGATIVE_LONG -> integer(in, ~take(in, 1).get() & 0xFF, true);
            case POSITIVE_LONG -> integer(in, take(in, 1).get() & 0xFF, false);
            default -> {
                if (tag < ZERO - SHORT_BYTES_MAX || tag > ZERO + SHORT_BYTES_MAX) {
                    throw new BadKey("no type of key part: " + tag);
                }
                yield integer(in, Math.abs(tag - ZERO), tag < ZERO);
            }
        };
    }

    private static ByteBuffer take(ByteBuffer in, int length) {
        if (in.remaining() < length) {
            throw new BadKey("key ends within a part");
        }
        var part = in.slice(in.position(), length);
        in.position(in.position() + length);
        return part;
    }

    private static byte[] escaped(ByteBuffer in) {
        var out = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            byte next = in.get();
            if (next == 0) {
                if (!in.hasRemaining() || (in.get(in.position()) & 0xFF) != ESCAPE) {
                    return out.toByteArray();
                }
                in.get();
            }
            out.write(next);
        }
        throw new BadKey("key ends within a part");
    }

    private static KeyPart integer(ByteBuffer in, int length, boolean negative) {
        var magnitude = new byte[length];
        take(in, length).get(magnitude);
        if (negative) {
            for (int i = 0; i < length; i++) {
                magnitude[i] = (byte) ~magnitude[i];
            }
        }
        var value = new BigInteger(1, magnitude);
        return new KeyPart.Int(negative ? value.negate() : value);
    }

    private static double number(long ordered) {
        return Double.longBitsToDouble(ordered < 0 ? ordered ^ SIGN : ~ordered);
    }

    /** Bytes of a key in the making. */
    private static final class Sink extends ByteArrayOutputStream {
        Sink(int expected) {
            super(Math.max(16, expected));
        }

        void escaped(int tag, byte[] bytes) {
            write(tag);
            for (byte next : bytes) {
                part(next);
            }
            write(0);
        }

        void escaped(int tag, String text) {
            write(tag);
            for (int i = 0; i < text.length(); ) {
                int point = text.codePointAt(i);
                i += Character.charCount(point);
                utf8(point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point);
            }
            write(0);
        }

        private void part(int next) {
            write(next);
            if (next == 0) {
                write(ESCAPE);
            }
        }

        private void utf8(int point) {
            if (point < 0x80) {
                part(point);
            } else if (point < 0x800) {
                write(0xC0 | point >> 6);
                write(0x80 | point & 0x3F);
            } else {
                if (point < 0x10000) {
                    write(0xE0 | point >> 12);
                } else {
                    write(0xF0 | point >> 18);
                    write(0x80 | point >> 12 & 0x3F);
                }
                write(0x80 | point >> 6 & 0x3F);
                write(0x80 | point & 0x3F);
            }
        }

        void integer(BigInteger value) {
            boolean negative = value.signum() < 0;
            var magnitude = value.abs();
            int length = (magnitude.bitLength() + 7) / 8;
            if (length > MAGNITUDE_BYTES_MAX) {
                throw new BadKey("BigUint requires more than 255 bytes to be represented");
            }
            if (length <= SHORT_BYTES_MAX) {
                write(negative ? ZERO - length : ZERO + length);
            } else {
                write(negative ? NEGATIVE_LONG : POSITIVE_LONG);
                write(negative ? ~length : length);
            }
            var bytes = magnitude.toByteArray(); // one more than length where the first bit is set
            for (int i = bytes.length - length; i < bytes.length; i++) {
                write(negative ? ~bytes[i] : bytes[i]);
            }
        }

        void number(double value) {
            long bits = Double.doubleToLongBits(value); // every NaN as the one canonical
            long ordered = bits < 0 ? ~bits : bits ^ SIGN;
            write(NUMBER);
            for (int shift = Long.SIZE - 8; shift >= 0; shift -= 8) {
                write((int) (ordered >>> shift));
            }
        }
    }
}
