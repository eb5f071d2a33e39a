package dev.carillon.scheduler.run;

/** What was asked of a job cannot be done now. */
public final class JobRefused extends RuntimeException {
    private final Code code;

    public JobRefused(Code code, String message) {
        super(message);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Why not. */
    public enum Code {
        NO_SUCH_JOB,
        /** A run of it is under way. */
        BUSY,
        /** No live script on this node registers it. */
        NOT_LOADED,
        RETIRED
    }
}
