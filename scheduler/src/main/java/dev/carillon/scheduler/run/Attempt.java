package dev.carillon.scheduler.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One try under way in this process, and the lines it prints.
 *
 * <p>Threads: any; counters under its own lock.
 */
final class Attempt {
    /** Of one attempt's lines are kept; source: ours, so that a loop that prints long lines cannot fill the disk. */
    static final int CHARS_MAX = 8 << 20;

    private final RunId id;
    private final JobKey job;
    private final Instant scheduledTime;
    private final RunTrigger trigger;
    private final int number;
    private final Instant firstStartedAt;
    private final Instant startedAt;
    private final String node;
    private long scope;
    private @Nullable String error;
    private int linesMax;
    private int lines;
    private int chars;
    private int dropped;

    private Attempt(
            RunId id,
            JobKey job,
            Instant scheduledTime,
            RunTrigger trigger,
            int number,
            Instant firstStartedAt,
            Instant startedAt,
            String node) {
        this.id = id;
        this.job = job;
        this.scheduledTime = scheduledTime;
        this.trigger = trigger;
        this.number = number;
        this.firstStartedAt = firstStartedAt;
        this.startedAt = startedAt;
        this.node = node;
    }

    static Attempt of(
            RunId id,
            JobKey job,
            Instant scheduledTime,
            RunTrigger trigger,
            int number,
            Instant firstStartedAt,
            Instant startedAt,
            String node) {
        return new Attempt(id, job, scheduledTime, trigger, number, firstStartedAt, startedAt, node);
    }

    RunId id() {
        return id;
    }

    Instant scheduledTime() {
        return scheduledTime;
    }

    RunTrigger trigger() {
        return trigger;
    }

    int number() {
        return number;
    }

    Instant firstStartedAt() {
        return firstStartedAt;
    }

    Instant startedAt() {
        return startedAt;
    }

    String node() {
        return node;
    }

    /** What is printed under {@code value} is this attempt's, and {@code most} lines of it are kept. */
    synchronized void prints(long value, int most) {
        scope = value;
        linesMax = most;
    }

    synchronized long scope() {
        return scope;
    }

    synchronized @Nullable String error() {
        return error;
    }

    RunSummary running() {
        return summary(RunState.RUNNING, null, null, null);
    }

    RunSummary succeeded(Instant now) {
        return summary(RunState.SUCCEEDED, null, now, null);
    }

    synchronized RunSummary failed(Instant now, String text, boolean again) {
        error = text;
        return summary(again ? RunState.RETRYING : RunState.FAILED, null, again ? null : now, text);
    }

    RunSummary dropped(Instant now) {
        return summary(RunState.FAILED, Reason.CRON_CLOSED, now, error());
    }

    RunSummary interrupted(Instant now, Reason reason) {
        return summary(RunState.INTERRUPTED, reason, now, null);
    }

    /** The line as it is to be kept, or null if this attempt has printed enough. */
    synchronized @Nullable LogLine line(Instant at, String level, String text) {
        if (isFull()) {
            dropped++;
            return null;
        }
        chars += text.length();
        return new LogLine(number * LogLine.SEQ_PER_ATTEMPT + ++lines, at, number, level, text);
    }

    private boolean isFull() {
        return lines >= linesMax || chars >= CHARS_MAX;
    }

    /** The store did not take a line. */
    synchronized void lost() {
        dropped++;
    }

    /**
     * A line that says how many are missing since the last such line.
     *
     * @param last nothing more is printed
     * @return null if none are, or if more will be
     */
    synchronized @Nullable LogLine gap(Instant at, boolean last) {
        if (dropped == 0 || isFull() && !last) {
            return null;
        }
        var line = new LogLine(
                number * LogLine.SEQ_PER_ATTEMPT + ++lines,
                at,
                number,
                "warn",
                dropped == 1 ? "(1 line dropped)" : "(" + dropped + " lines dropped)");
        dropped = 0;
        return line;
    }

    private RunSummary summary(
            RunState state, @Nullable Reason reason, @Nullable Instant endedAt, @Nullable String failure) {
        return RunSummary.of(
                id, job, scheduledTime, state, reason, trigger, number, firstStartedAt, endedAt, node, failure);
    }
}
