package dev.carillon.kv.codec;

import java.math.BigInteger;
import java.util.Arrays;

/** One part of a key. Parts of different types are never equal, and sort in the order they are listed here. */
public sealed interface KeyPart {
    record Bytes(byte[] bytes) implements KeyPart {
        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes(byte[] theirs) && Arrays.equals(bytes, theirs);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Bytes" + Arrays.toString(bytes);
        }
    }

    /** Ordered as UTF-8, not as Java compares strings; a lone surrogate is written as U+FFFD. */
    record Text(String text) implements KeyPart {}

    /** A bigint. */
    record Int(BigInteger value) implements KeyPart {}

    /** A number: -0 and 0 differ, and there is one NaN, after Infinity. */
    record Num(double value) implements KeyPart {}

    record Bool(boolean value) implements KeyPart {}
}
