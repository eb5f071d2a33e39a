package dev.carillon.runtime.engine;

import org.jspecify.annotations.Nullable;

/**
 * What the runtime tells the host's operator. Asking for a logger starts the host's logging system, which takes longer than
 * many a script: it is asked for when there is something to say.
 */
final class Log {
    private Log() {}

    /** Something is broken that should not be. */
    static void error(Class<?> where, String message, @Nullable Throwable error) {
        System.getLogger(where.getName()).log(System.Logger.Level.ERROR, message, error);
    }

    /** Something went another way than usual, and that is no harm. */
    static void debug(Class<?> where, String message, @Nullable Throwable error) {
        System.getLogger(where.getName()).log(System.Logger.Level.DEBUG, message, error);
    }
}
