package dev.carillon.scheduler.quartz;

import dev.carillon.scheduler.quartz.DueTrigger.Armed;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A job this node has claimed, from the claim until the claim is given up.
 *
 * <p>Threads: any.
 */
final class Fired {
    private final String entryId;
    private final QuartzCron cron;
    private final Armed armed;
    private final boolean byHand;
    private final long claimedNanos = System.nanoTime();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicBoolean givenUp = new AtomicBoolean();
    private volatile boolean begun;
    private volatile @Nullable CompletableFuture<@Nullable String> abort;

    /** @param entryId key in {@code qrtz_fired_triggers}; whoever deletes that row decides what the trigger does next */
    Fired(String entryId, QuartzCron cron, Armed armed) {
        this(entryId, cron, armed, false);
    }

    private Fired(String entryId, QuartzCron cron, Armed armed, boolean byHand) {
        this.entryId = entryId;
        this.cron = cron;
        this.armed = armed;
        this.byHand = byHand;
    }

    /** A claim for a run by hand: the trigger is kept from everybody, and is given up as it was. */
    static Fired byHand(String entryId, QuartzCron cron, Armed armed) {
        return new Fired(entryId, cron, armed, true);
    }

    boolean isByHand() {
        return byHand;
    }

    String entryId() {
        return entryId;
    }

    QuartzCron cron() {
        return cron;
    }

    /** Before an instant of {@link System#nanoTime}. */
    boolean isClaimedBefore(long nanos) {
        return claimedNanos - nanos < 0;
    }

    Armed armed() {
        return armed;
    }

    /** Completes when the claim has been given up. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /**
     * The script hears of it: from here on whoever takes over is the next attempt.
     *
     * @param runsAbort completed with a reason, makes the job function's signal abort
     */
    void begin(CompletableFuture<@Nullable String> runsAbort) {
        abort = runsAbort;
        begun = true;
    }

    /** The script has heard of it. */
    boolean isBegun() {
        return begun;
    }

    /** Committed, but the runtime thread has not taken it up. */
    boolean isOnItsWay() {
        return !begun && !byHand && !givenUp.get();
    }

    /** Tells the job function to end. */
    void abort(String why) {
        var signal = abort;
        if (signal != null) {
            signal.complete(why);
        }
    }

    /** True for the first who wants to give it up; how it ended is his to say. */
    boolean giveUp() {
        return givenUp.compareAndSet(false, true);
    }

    /** The same run for somebody else, at once; a run by hand is nobody else's. */
    Armed handOver(long nowMs, long order) {
        if (byHand) {
            return armed;
        }
        return new Armed(nowMs, armed.scheduledMs(), begun ? armed.attempt() + 1 : armed.attempt(), order);
    }
}
