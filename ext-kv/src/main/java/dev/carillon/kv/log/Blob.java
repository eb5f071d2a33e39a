package dev.carillon.kv.log;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** Bytes that are in memory until they have a place in the log. Guarded by the database's lock. */
final class Blob {
    private byte @Nullable [] bytes; // null once in the log
    private final int length;
    private long position = -1; // in the log; changes when the log is written anew

    private Blob(byte @Nullable [] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    static Blob of(byte[] bytes) {
        return new Blob(bytes, bytes.length);
    }

    static Blob inLog(long position, int length) {
        var blob = new Blob(null, length);
        blob.moveTo(position);
        return blob;
    }

    int length() {
        return length;
    }

    long position() {
        return position;
    }

    void moveTo(long place) {
        position = place;
        bytes = null;
    }

    /** @param log null for a database in memory, whose blobs never move */
    byte[] read(@Nullable LogFile log) {
        return bytes != null ? bytes : requireNonNull(log).read(position, length);
    }
}
