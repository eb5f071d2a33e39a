package dev.carillon.cron;

/** How the work before a {@link CronHandle#next} ended. */
public sealed interface Outcome {
    /** Nothing has run yet. */
    record Registered() implements Outcome {}

    /** The job function returned, or its promise resolved. */
    record Succeeded() implements Outcome {}

    /**
     * The job function threw or its promise was rejected.
     *
     * @param error what was thrown, as {@code console.error} prints it, stack and causes included
     */
    record Failed(String error) implements Outcome {}

    /**
     * The job function was cut off, or never called: no verdict on it. Where the run has a next attempt on another node,
     * that one decides; elsewhere the schedule goes on.
     */
    record Interrupted() implements Outcome {}

    /** True unless it failed; what decides between schedule and backoff. */
    default boolean ok() {
        return !(this instanceof Failed);
    }
}
