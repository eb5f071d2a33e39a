package dev.carillon.scheduler.quartz;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.RetryPlan;
import dev.carillon.cron.RetryPlan.Step;
import dev.carillon.cron.RunInfo;
import dev.carillon.scheduler.quartz.DueTrigger.Armed;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.RunId;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One registered cron of this node; its trigger is shared with every node that registers the same job.
 *
 * <p>Threads: the runtime's, but for {@link #claim}, which the scheduler thread calls, {@link #hold} and {@link #letGo}.
 */
final class QuartzCron implements CronHandle {
    private static final CronNext CLOSED = new CronNext.Closed();

    private enum State {
        /** Registered, or between two calls of next. */
        IDLE,
        /** Waits for the trigger, which any node may claim. */
        WAITING,
        /** The same, but kept for a run by hand, or about to be. */
        HELD,
        /** Claimed by this node, on its way to the runtime thread. */
        CLAIMED,
        RUNNING,
        /** Closed while running: the slot is still taken. */
        ENDING,
        CLOSED
    }

    private final QuartzBackend backend;
    private final QuartzCronHandler handler;
    private final CronSpec spec;
    private final JobKey key;
    private final Definition definition;
    private final Executor loop;
    private volatile State state = State.IDLE;
    private boolean registered;
    private volatile boolean known;
    private CompletableFuture<CronNext> pending = new CompletableFuture<>();
    private @Nullable Fired fired;
    private @Nullable Fired byHand;

    QuartzCron(QuartzBackend backend, QuartzCronHandler handler, String script, CronSpec spec, Executor loop) {
        this.backend = backend;
        this.handler = handler;
        this.spec = spec;
        this.key = new JobKey(script, spec.name());
        this.loop = loop;
        this.definition = Definition.of(spec);
    }

    Definition definition() {
        return definition;
    }

    CronSpec spec() {
        return spec;
    }

    JobKey key() {
        return key;
    }

    boolean isOf(QuartzCronHandler one) {
        return handler == one;
    }

    /** Made by the same script under the same name after it had closed {@code other}. */
    boolean replaces(QuartzCron other) {
        return other != this && other.key.equals(key) && other.handler == handler && other.isClosed();
    }

    /** The runtime has ended: what it was running will not report any more. */
    void abandon(Fired claim) {
        if (claim.isByHand() || !claim.isBegun()) { // what the script has not heard of is anybody's, as it was
            backend.giveBack(claim);
            return;
        }
        var now = backend.time().now();
        backend.end(
                claim,
                backend.isLeaving() || backend.isFencedSince(claim)
                        ? claim.handOver(now.toEpochMilli(), backend.order())
                        : follow(new Outcome.Succeeded(), claim.armed(), now));
    }

    boolean isClosed() {
        return state == State.CLOSED || state == State.ENDING;
    }

    @Override
    public CompletionStage<CronNext> next(Outcome previous) {
        var ended = fired;
        fired = null;
        if (ended != null) {
            handler.release();
        }
        switch (state) {
            case RUNNING, IDLE -> {
                pending = new CompletableFuture<>();
                state = State.WAITING;
            }
            case ENDING -> state = State.CLOSED;
            case CLOSED -> {}
            case WAITING, HELD, CLAIMED ->
                throw new IllegalStateException("cron '" + key + "' is " + state + ": next is pending already");
        }
        var now = backend.time().now();
        if (ended != null) {
            // A closed cron's retry goes on where another node has the job; where none has, it is never claimed.
            backend.end(
                    ended,
                    previous instanceof Outcome.Interrupted
                            ? ended.handOver(now.toEpochMilli(), backend.order())
                            : follow(previous, ended.armed(), now));
        } else if (!registered && state == State.WAITING) {
            registered = true;
            backend.register(this, follow(previous, null, now));
        }
        return state == State.CLOSED ? CompletableFuture.completedFuture(CLOSED) : pending;
    }

    /** What its trigger waits for if nothing else is known of it. */
    Armed first() {
        return follow(new Outcome.Registered(), null, backend.time().now());
    }

    /** What the trigger is to do next: the decision all backends share. */
    private Armed follow(Outcome outcome, @Nullable Armed before, Instant now) {
        int retries = before == null ? 0 : before.attempt() - 1;
        var lastFire = before == null ? Instant.MIN : Instant.ofEpochMilli(before.scheduledMs());
        long order = backend.order();
        return switch (RetryPlan.after(outcome, spec, retries, lastFire, now)) {
            case Step.Retry(var due, var used) ->
                new Armed(due.toEpochMilli(), lastFire.toEpochMilli(), used + 1, order);
            case Step.NextFire(var due) -> new Armed(due.toEpochMilli(), due.toEpochMilli(), 1, order);
            case Step.Never() -> new Armed(Armed.NEVER, 0, 1, order);
        };
    }

    /** The cluster knows that this node has it: what its trigger waited for before that has been judged. */
    void known() {
        known = true;
    }

    /** May this node take the trigger now? Takes a slot if so. Scheduler thread. */
    synchronized boolean claim() {
        if (state != State.WAITING || !known || !handler.reserve()) {
            return false;
        }
        state = State.CLAIMED;
        return true;
    }

    /** The claim came to nothing. Scheduler thread. */
    void unclaim() {
        synchronized (this) {
            if (state == State.CLAIMED) {
                state = State.WAITING;
            }
        }
        handler.release();
    }

    @Override
    public CompletionStage<@Nullable String> hold() {
        synchronized (this) {
            if (state != State.WAITING) {
                return CompletableFuture.completedFuture(backend.node());
            }
            state = State.HELD;
        }
        return backend.hold(this).whenComplete((runner, error) -> {
            if (runner != null || error != null) {
                letGo();
            }
        });
    }

    /** The trigger is ours, until the run by hand has ended. */
    synchronized void held(Fired claim) {
        byHand = claim;
    }

    @Override
    public void letGo() {
        Fired claim;
        synchronized (this) {
            claim = byHand;
            byHand = null;
            if (state == State.HELD) {
                state = State.WAITING;
            }
        }
        if (claim != null) {
            backend.end(claim, claim.armed());
        }
    }

    /**
     * The claim is committed: hands it to the runtime thread. If the cron closes before it gets there, its runtime may be
     * gone and its loop run nothing any more; whoever comes second, this or {@link QuartzCronHandler#close}, sees the
     * other and gives the claim back.
     */
    void fire(Fired claim) {
        if (isClosed()) {
            missed(claim);
        } else {
            loop.execute(() -> start(claim));
        }
    }

    private void missed(Fired claim) {
        handler.release();
        backend.giveBack(claim);
    }

    private void start(Fired claim) {
        boolean begun;
        synchronized (this) {
            begun = state == State.CLAIMED;
            if (begun) {
                state = State.RUNNING;
            }
        }
        if (!begun) { // closed meanwhile
            missed(claim);
            return;
        }
        fired = claim;
        var armed = claim.armed();
        var scheduled = Instant.ofEpochMilli(armed.scheduledMs());
        var fire = new CronNext.Fire(
                scheduled,
                armed.attempt(),
                new RunInfo(
                        RunId.of(key, scheduled).text(),
                        key.id(),
                        scheduled,
                        armed.attempt(),
                        armed.attempt(),
                        backend.node()));
        claim.begin(fire.abort());
        pending.complete(fire);
    }

    @Override
    public void close() {
        boolean waited;
        synchronized (this) {
            switch (state) {
                case CLOSED, ENDING -> {
                    return;
                }
                case RUNNING -> state = State.ENDING;
                case IDLE, WAITING, HELD, CLAIMED -> state = State.CLOSED;
            }
            waited = state == State.CLOSED;
        }
        handler.forget(this);
        backend.forget(this);
        if (waited) {
            pending.complete(CLOSED);
        }
    }
}
