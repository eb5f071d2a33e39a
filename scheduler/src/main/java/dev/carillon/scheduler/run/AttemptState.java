package dev.carillon.scheduler.run;

import java.util.Locale;

/** How one try of a run stands. {@link #toString} is the word of the API. */
public enum AttemptState {
    RUNNING,
    SUCCEEDED,
    FAILED,
    INTERRUPTED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
