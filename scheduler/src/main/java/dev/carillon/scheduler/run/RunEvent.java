package dev.carillon.scheduler.run;

/** What can happen to a run; {@link RunState#after} says when. */
public enum RunEvent {
    /** The job function was called: the first time, or after a backoff. */
    ATTEMPT_STARTED,
    /** The job function was called anew because the process that worked on it is gone. */
    TAKEN_OVER,
    ATTEMPT_SUCCEEDED,
    /** The attempt failed and was the last. */
    ATTEMPT_FAILED,
    /** The attempt failed and another follows after its backoff. */
    RETRY_PLANNED,
    /** The planned retry will not come: the cron was closed. */
    RETRY_DROPPED,
    /** The process that held the run ended or lost its claim. */
    PROCESS_LOST,
    /** Process after process has died over it: nobody tries again. */
    TAKEOVERS_SPENT,
    /** The occurrence passed without a start. */
    OCCURRENCE_SKIPPED
}
