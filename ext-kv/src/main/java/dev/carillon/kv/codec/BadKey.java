package dev.carillon.kv.codec;

/** A key that cannot be written, or bytes that are no key. */
public final class BadKey extends RuntimeException {
    BadKey(String message) {
        super(message, null, false, false);
    }
}
