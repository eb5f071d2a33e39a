package dev.carillon.scheduler.run;

/**
 * Hears what happens, after it has been committed.
 *
 * <p>Threads: called on the store's writer or a runtime thread, one event after another per run; must not block and must
 * not throw.
 */
public interface RunListener {
    /** A run began, moved on or ended. */
    default void onRun(RunSummary run) {}

    /** A job was registered, closed, paused, resumed or retired: ask {@link RunRecorder#job} for its row. */
    default void onJob(JobKey job) {}

    /** A job function printed; unlike the others not yet committed. */
    default void onLog(RunId run, LogLine line) {}
}
