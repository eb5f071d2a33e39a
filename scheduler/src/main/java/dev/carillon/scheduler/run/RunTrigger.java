package dev.carillon.scheduler.run;

import java.util.Locale;

/** Why a run exists. {@link #toString} is the word of the API. */
public enum RunTrigger {
    SCHEDULE,
    /** Somebody asked for it; does not count against the schedule. */
    MANUAL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
