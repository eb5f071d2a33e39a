package dev.carillon.kv;

import static java.util.Objects.requireNonNull;

import dev.carillon.runtime.JsVisibleException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Which keys a script asks for, and the places of cursors among them: encoded keys, bounds not set are null.
 *
 * <p>Source: denokv's {@code ext/kv/lib.rs}, {@code RawSelector}.
 */
record KvSelector(byte @Nullable [] prefix, byte @Nullable [] start, byte @Nullable [] end) {
    private static final byte FIRST = 0; // appended: the first key after
    private static final byte LAST = (byte) 0xFF; // appended: after every extension, no encoded part begins with it

    /** @throws JsVisibleException TypeError when the bounds make no range */
    KvSelector {
        if (prefix != null) {
            if (start != null && end != null) {
                throw JsVisibleException.typeError("Invalid range");
            }
            require(start == null || extend(start, prefix), "Start key is not in the keyspace defined by prefix");
            require(end == null || extend(end, prefix), "End key is not in the keyspace defined by prefix");
        } else if (start == null || end == null) {
            throw JsVisibleException.typeError("Invalid range");
        } else {
            require(Arrays.compareUnsigned(start, end) <= 0, "Start key is greater than end key");
        }
    }

    /** One key and no other. */
    static KvSelector only(byte[] key) {
        return new KvSelector(null, key, append(key, FIRST));
    }

    /** @param cursor what {@link #cursor} gave for the last entry seen; empty for none */
    KvRange range(int limit, boolean reverse, String cursor) {
        var first = first();
        var last = last();
        if (!cursor.isEmpty()) {
            var place = join(common(), decode(cursor));
            if (reverse) {
                last = place;
            } else {
                first = append(place, FIRST);
            }
            require(start == null || Arrays.compareUnsigned(first, start) >= 0, "cursor out of bounds");
            require(end == null || Arrays.compareUnsigned(last, end) <= 0, "cursor out of bounds");
        }
        KvLimits.read(first);
        KvLimits.read(last);
        return new KvRange(first, last, limit, reverse);
    }

    /** Where {@code key} is in this range, as scripts hand it back. */
    String cursor(byte[] key) {
        var common = common();
        if (!startsWith(key, common)) {
            throw JsVisibleException.typeError("Invalid boundary key");
        }
        return Base64.getUrlEncoder().encodeToString(Arrays.copyOfRange(key, common.length, key.length));
    }

    private byte[] first() {
        return start != null ? start : append(requireNonNull(prefix), FIRST);
    }

    private byte[] last() {
        return end != null ? end : append(requireNonNull(prefix), LAST);
    }

    private byte[] common() {
        if (prefix != null) {
            return prefix;
        }
        var first = first();
        int length = Arrays.mismatch(first, last());
        return length < 0 ? first : Arrays.copyOf(first, length);
    }

    private static byte[] decode(String cursor) {
        // Java's decoder takes text without padding, the reference does not.
        if (cursor.length() % 4 != 0) {
            throw JsVisibleException.typeError("invalid cursor");
        }
        try {
            return Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException e) {
            throw JsVisibleException.typeError("invalid cursor");
        }
    }

    private static boolean extend(byte[] key, byte[] prefix) {
        return key.length > prefix.length && startsWith(key, prefix);
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] append(byte[] key, byte last) {
        var longer = Arrays.copyOf(key, key.length + 1);
        longer[key.length] = last;
        return longer;
    }

    private static byte[] join(byte[] one, byte[] other) {
        var both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw JsVisibleException.typeError(message);
        }
    }
}
