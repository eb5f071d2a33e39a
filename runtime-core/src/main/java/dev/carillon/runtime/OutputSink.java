package dev.carillon.runtime;

/**
 * Where a script's printed lines go. In {@link OpState} under this type; the command line prints, the service records.
 *
 * <p>Threads: called on the runtime thread; must not block it.
 */
@FunctionalInterface
public interface OutputSink {
    /**
     * @param level what the line was printed with
     * @param text the text as printed, with its line end if it has one
     * @param scope the scope the printing code runs in (see {@code core.runInScope} in js/core), 0 for none; it follows
     *     asynchronous code
     */
    void write(Level level, String text, long scope);

    /** Console level; {@link #isError} says where a terminal shows it. */
    enum Level {
        DEBUG,
        INFO,
        LOG,
        WARN,
        ERROR;

        /** True for what goes to standard error. */
        public boolean isError() {
            return this == WARN || this == ERROR;
        }
    }
}
