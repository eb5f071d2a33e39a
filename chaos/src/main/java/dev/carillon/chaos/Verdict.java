package dev.carillon.chaos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one occurrence.
 *
 * @param detail the facts that decided, for a person to read
 * @param lateness from the scheduled time to the first start; null if it never started
 */
public record Verdict(
        Occurrence occurrence,
        Kind kind,
        String detail,
        @Nullable Duration lateness) {
    /** The possible ends of an occurrence; {@link #wrong} ones make the whole run invalid. */
    public enum Kind {
        /** Started within the bound and finished. */
        OK(false),
        /** Started later than the bound, yet it ran once: reported, not wrong. */
        LATE(false),
        /** Finished on another node after its first one was lost. */
        TAKEN_OVER(false),
        /**
         * Ran again with a higher fence after it had been done: its node was lost before that was on record. What
         * at-least-once means, and why effects want the fence; reported, not wrong.
         */
        REDONE(false),
        /** Did not run, the history says why, and its job was busy then or a fault was felt. */
        SKIPPED(false),
        /** Was due near a change or an unanswered request, and did not run. */
        NOT_REQUIRED(false),
        /** Had to run, did not, and nothing says why, or what is said was not so. */
        MISSED(true),
        /** Started before it was due. */
        EARLY(true),
        /** Started, but later than the bound within which even a takeover must have happened. */
        OVERDUE(true),
        /** More than one attempt did the same work without need. */
        DUPLICATE(true),
        /** Two attempts of one job were at work at once, neither fenced off. */
        OVERLAP(true),
        /** Ran although nothing was due. */
        PHANTOM(true),
        /** A fenced-off attempt still left its mark in the history. */
        ZOMBIE(true),
        /** Started and never ended, and no later attempt resolved it. */
        ORPHAN(true),
        /** A retry came outside its backoff step. */
        RETRY_BAD(true),
        /** The history and the sink disagree. */
        HISTORY_LIED(true);

        private final boolean wrong;

        Kind(boolean wrong) {
            this.wrong = wrong;
        }

        public boolean wrong() {
            return wrong;
        }
    }
}
