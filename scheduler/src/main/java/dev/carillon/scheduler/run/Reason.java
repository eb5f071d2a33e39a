package dev.carillon.scheduler.run;

/** Why an occurrence did not run, or why a run ended without a verdict of its own; stored by name, shown by {@link #words}. */
public enum Reason {
    STILL_RUNNING("the run before it was still running"),
    RETRY_PENDING("a retry of the run before it was pending"),
    STARTED_LATE("it passed while an earlier occurrence waited to start"),
    SERVICE_DOWN("the service was not running"),
    PAUSED("the job was paused"),
    SCRIPT_NOT_LOADED("its script was not loaded"),
    NEVER_FIRES("its schedule never fires"),
    NOT_RECORDED("the database did not take its start"),
    HANDLER_MISSING("no node had its job function"),
    SUPERSEDED("its schedule was changed"),
    /** Of a run that ended interrupted or without its retry. */
    PROCESS_DIED("the process ended while it ran"),
    TAKEOVERS_SPENT("process after process died while it ran"),
    TOLD_TO_END("its node told it to end, for another to go on"),
    SERVICE_STOPPED("the service was stopped"),
    CRON_CLOSED("the cron was closed before its retry"),
    FENCED("another node had taken it over");

    private final String words;

    Reason(String words) {
        this.words = words;
    }

    /** A clause a person can read after "because". */
    public String words() {
        return words;
    }
}
