package dev.carillon.chaos;

/**
 * The jobs under test.
 *
 * @param count how many
 * @param periodSeconds how often each is due; those of a period longer than a second are spread over it
 */
record Jobs(int count, int periodSeconds) {
    private static final int MINUTE = 60;
    private static final int HEAP_MB = 256;
    private static final int JOBS_PER_MB = 20;

    Jobs {
        boolean divides = periodSeconds > 0
                && (periodSeconds <= MINUTE ? MINUTE % periodSeconds : periodSeconds % MINUTE) == 0
                && (periodSeconds <= MINUTE || MINUTE % (periodSeconds / MINUTE) == 0);
        if (!divides) {
            throw new IllegalArgumentException(
                    "a period divides a minute, or is minutes that divide an hour: " + periodSeconds + " s");
        }
    }

    /** Megabytes a node wants to carry them all without doing little else than collecting garbage. */
    int heapMb() {
        return HEAP_MB + count / JOBS_PER_MB;
    }

    /** When the job is due; the script says the same. */
    String schedule(int job) {
        if (periodSeconds <= MINUTE) {
            return job % periodSeconds + "-59/" + periodSeconds + " * * * * *";
        }
        int minutes = periodSeconds / MINUTE;
        return job % MINUTE + " " + job / MINUTE % minutes + "-59/" + minutes + " * * * *";
    }
}
