package dev.carillon.scheduler.run;

import org.jspecify.annotations.Nullable;

/**
 * The store cannot do what was asked: one sentence for people, a code for programs, and the way out.
 */
public final class StoreException extends RuntimeException {
    private final Code code;
    private final String hint;

    public StoreException(Code code, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    public Code code() {
        return code;
    }

    /** What to do about it, one sentence. */
    public String hint() {
        return hint;
    }

    /** What went wrong. */
    public enum Code {
        /** The URL is not one we serve, or carries an option that would lose data. */
        BAD_URL,
        /** Another process has the file open. */
        LOCKED,
        READ_ONLY,
        /** Others work on it, and cannot share it with this process. */
        OCCUPIED,
        WRONG_PASSWORD,
        UNREACHABLE,
        /** Written by a newer Carillon, or not by Carillon at all. */
        WRONG_VERSION,
        CORRUPT,
        /** Another live process has the same node name. */
        NAME_TAKEN,
        /** Clocks of node and database are too far apart. */
        CLOCK_SKEW,
        FULL,
        CLOSED,
        FAILED;

        /** What was configured is wrong: trying again cannot help. */
        public boolean isConfiguration() {
            return this == BAD_URL || this == WRONG_PASSWORD || this == OCCUPIED;
        }
    }
}
