package dev.carillon.kv;

import dev.carillon.runtime.JsVisibleException;

/**
 * How much one operation may carry. Each check throws the TypeError scripts see.
 *
 * <p>Source: denokv's {@code Config} and ext/kv/lib.rs, the order of the checks included.
 */
final class KvLimits {
    static final int READ_RANGES_MAX = 10;
    static final int READ_ENTRIES_MAX = 1_000;
    static final int WATCHED_KEYS_MAX = 10;
    static final int CHECKS_MAX = 100;
    static final int MUTATIONS_MAX = 1_000;
    static final int WRITE_KEY_BYTES_MAX = 2_048;
    static final int READ_KEY_BYTES_MAX = WRITE_KEY_BYTES_MAX + 1; // the end of a prefix is one byte longer
    static final int VALUE_BYTES_MAX = 65_536;
    static final int PAYLOAD_BYTES_MAX = 65_536;
    static final int TOTAL_BYTES_MAX = 819_200;
    static final int TOTAL_KEY_BYTES_MAX = 81_920;
    static final long DELAY_MS_MAX = 30L * 24 * 60 * 60 * 1_000;
    static final int BACKOFF_STEPS_MAX = 5;
    static final int BACKOFF_MS_MAX = 60 * 60 * 1_000;

    private static final int BACKOFF_STEP_BYTES = 4;

    private KvLimits() {}

    /** Before anything of a write is looked at. */
    static void counts(int checks, int mutations) {
        require(checks <= CHECKS_MAX, "Too many checks (max " + CHECKS_MAX + ")");
        require(mutations <= MUTATIONS_MAX, "Too many mutations (max " + MUTATIONS_MAX + ")");
    }

    /** The sizes of a write; a value-carrying mutation counts its key twice. */
    static void sizes(AtomicWrite write) {
        long total = 0;
        long keys = 0;
        for (var check : write.checks()) {
            total += written(check.key());
        }
        for (var mutation : write.mutations()) {
            total += written(mutation.key());
        }
        for (var mutation : write.mutations()) {
            var value = switch (mutation) {
                case AtomicWrite.Put put -> put.value();
                case AtomicWrite.Combine combine -> combine.operand();
                case AtomicWrite.Remove remove -> null;
            };
            if (value != null) {
                require(value.bytes().length <= VALUE_BYTES_MAX, "Value too large (max " + VALUE_BYTES_MAX + " bytes)");
                keys += mutation.key().length;
                total += mutation.key().length + value.bytes().length;
            }
        }
        for (var message : write.messages()) {
            require(
                    message.payload().length <= PAYLOAD_BYTES_MAX,
                    "enqueue payload too large (max " + PAYLOAD_BYTES_MAX + " bytes)");
            total += message.payload().length
                    + (long) BACKOFF_STEP_BYTES * message.backoffMs().size();
        }
        require(total <= TOTAL_BYTES_MAX, "Total mutation size too large (max " + TOTAL_BYTES_MAX + " bytes)");
        require(keys <= TOTAL_KEY_BYTES_MAX, "Total key size too large (max " + TOTAL_KEY_BYTES_MAX + " bytes)");
    }

    private static int written(byte[] key) {
        require(key.length > 0, "key cannot be empty");
        require(key.length <= WRITE_KEY_BYTES_MAX, "Key too large for write (max " + WRITE_KEY_BYTES_MAX + " bytes)");
        return key.length;
    }

    static void ranges(int count) {
        require(count <= READ_RANGES_MAX, "Too many ranges (max " + READ_RANGES_MAX + ")");
    }

    static void entries(long count) {
        require(count <= READ_ENTRIES_MAX, "Too many entries (max " + READ_ENTRIES_MAX + ")");
    }

    static void watched(int count) {
        require(count <= WATCHED_KEYS_MAX, "Too many keys (max " + WATCHED_KEYS_MAX + ")");
    }

    static void read(byte[] key) {
        require(key.length <= READ_KEY_BYTES_MAX, "Key too large for read (max " + READ_KEY_BYTES_MAX + " bytes)");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw JsVisibleException.typeError(message);
        }
    }
}
