package dev.carillon.scheduler.run;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where a run stands. {@link #toString} is the word of the API and of the store. */
public enum RunState {
    /** An attempt is under way. */
    RUNNING,
    /** The last attempt failed and another is due. */
    RETRYING,
    SUCCEEDED,
    /** The last attempt failed and no other follows. */
    FAILED,
    /** Never started; the row's reason says why. */
    SKIPPED,
    /** The process that worked on it ended; unless another takes it over, nothing follows. */
    INTERRUPTED;

    /*
     * The whole life of a run:
     *
     *   (due) -> RUNNING -> SUCCEEDED
     *     |        | ^  \-> FAILED
     *     |        v |        ^
     *     |      RETRYING ----+        RUNNING, RETRYING -> INTERRUPTED; RUNNING, INTERRUPTED -> RUNNING (taken over)
     *     \-> SKIPPED                 RUNNING, INTERRUPTED -> FAILED (taken over too often)
     */
    private static final Map<RunState, Map<RunEvent, RunState>> TABLE = new EnumMap<>(Map.of(
            RUNNING,
            new EnumMap<>(Map.of(
                    RunEvent.ATTEMPT_SUCCEEDED, SUCCEEDED,
                    RunEvent.ATTEMPT_FAILED, FAILED,
                    RunEvent.RETRY_PLANNED, RETRYING,
                    RunEvent.TAKEN_OVER, RUNNING,
                    RunEvent.PROCESS_LOST, INTERRUPTED,
                    RunEvent.TAKEOVERS_SPENT, FAILED)),
            RETRYING,
            new EnumMap<>(Map.of(
                    RunEvent.ATTEMPT_STARTED, RUNNING,
                    RunEvent.RETRY_DROPPED, FAILED,
                    RunEvent.PROCESS_LOST, INTERRUPTED)),
            INTERRUPTED,
            new EnumMap<>(Map.of(
                    RunEvent.TAKEN_OVER, RUNNING,
                    RunEvent.TAKEOVERS_SPENT, FAILED))));

    /** How a run begins. */
    public static RunState first(RunEvent event) {
        return switch (event) {
            case ATTEMPT_STARTED -> RUNNING;
            case OCCURRENCE_SKIPPED -> SKIPPED;
            default -> throw new IllegalStateException("a run cannot begin with " + event);
        };
    }

    /** @throws IllegalStateException if {@code event} cannot happen to a run in this state */
    public RunState after(RunEvent event) {
        return ifLegal(event)
                .orElseThrow(() -> new IllegalStateException("a run that is " + this + " cannot take " + event));
    }

    /** The state {@code event} leads to; empty if it cannot happen in this one. */
    public Optional<RunState> ifLegal(RunEvent event) {
        return Optional.ofNullable(TABLE.getOrDefault(this, Map.of()).get(event));
    }

    /** Nothing follows by itself. */
    public boolean ended() {
        return this != RUNNING && this != RETRYING;
    }

    /** @throws IllegalArgumentException naming the words there are */
    public static RunState of(String word) {
        for (var state : values()) {
            if (state.toString().equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException(
                "no such state: '" + word + "', expected running, retrying, succeeded, failed, skipped or interrupted");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
