package dev.carillon.scheduler.run;

import java.util.Locale;

/** Whether a job's occurrences run. {@link #toString} is the word of the API. */
public enum JobState {
    ACTIVE,
    /** Its occurrences are skipped; it can still be triggered by hand. */
    PAUSED,
    /** Its script no longer registers it, or has closed it. */
    RETIRED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
