package dev.carillon.scheduler.run;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.RunInfo;
import dev.carillon.runtime.time.TimeSource.Alarm;
import dev.carillon.scheduler.run.RunStore.AttemptEnd;
import dev.carillon.scheduler.run.RunStore.AttemptStart;
import dev.carillon.scheduler.run.RunStore.Skip;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One registered cron, recorded.
 *
 * <p>Threads: as {@link CronHandle}; {@link #trigger} and the backend's and store's answers come on any thread, under
 * this handle's lock.
 */
public final class RecordingCronHandle implements CronHandle {
    /*
     * Two questions may be open at once: the script waits in `waiting` for the next fire, and the backend has been
     * asked for its own. Normally one answers the other. A run started by hand answers `waiting` while the backend's
     * question stays open; if the backend fires meanwhile, its fire is `held` until the script asks again.
     *
     * Nothing is completed while the lock is held: the script's continuation must be free to call back. The store's
     * answers are taken up on the runtime thread, where the script waits anyway.
     */
    /** In a cluster, how long before an occurrence those may lie that the node which ran the last one has not told of. */
    private static final Duration TELLING_MAX = Duration.ofSeconds(5);

    /** In a cluster, how long a start or an end may take to be recorded before things go on without. */
    private static final Duration RECORDED_MAX = Duration.ofSeconds(2);

    private final RunRecorder recorder;
    private final Job job;
    private final CronSpec spec;
    private final CronHandle inner;
    private final Executor loop;
    private final int linesMax;
    private final AlarmQueue alarms;
    private final Consumer<RecordingCronHandle> onEnd;

    private @Nullable CompletableFuture<CronNext> waiting;
    private CronNext.@Nullable Fire held;
    private @Nullable Attempt current; // being started, or running
    private @Nullable Attempt retrying; // failed, its retry planned
    private @Nullable Attempt printed; // whose scope is still known
    private @Nullable Alarm tick; // when the next occurrence passes unserved
    private @Nullable CompletableFuture<RunSummary> byHand; // what the last who asked for a run waits for
    private CompletableFuture<Boolean> starting = CompletableFuture.completedFuture(false); // of current
    private @Nullable CompletableFuture<@Nullable String> abort; // of what runs
    private @Nullable Outcome untold; // the backend hears of it when it is on record
    private boolean draining;
    private boolean closed;

    RecordingCronHandle(
            RunRecorder recorder,
            Job job,
            CronSpec spec,
            CronHandle inner,
            Executor loop,
            int linesMax,
            AlarmQueue alarms,
            Consumer<RecordingCronHandle> onEnd) {
        this.recorder = recorder;
        this.job = job;
        this.spec = spec;
        this.inner = inner;
        this.loop = loop;
        this.linesMax = linesMax;
        this.alarms = alarms;
        this.onEnd = onEnd;
    }

    Job job() {
        return job;
    }

    synchronized int running() {
        return current == null ? 0 : 1;
    }

    @Override
    public CompletionStage<CronNext> next(Outcome told) {
        var previous = verdict(told);
        var now = recorder.time().now();
        var outer = new CompletableFuture<CronNext>();
        CronNext.Fire late = null;
        boolean ask;
        var written = CompletableFuture.completedFuture(true);
        synchronized (this) {
            if (waiting != null) {
                throw new IllegalStateException("next of " + job.key + " called while an earlier call is pending");
            }
            waiting = outer;
            var ended = current;
            current = null;
            ask = ended == null || ended.trigger() == RunTrigger.SCHEDULE;
            if (ended != null) {
                written = end(ended, previous, now);
            }
            if (ask) {
                untold = previous;
            } else {
                late = held;
                held = null;
            }
        }
        if (!ask) {
            inner.letGo();
        }
        if (ask) {
            tellWhenRecorded(written);
        } else if (late != null) {
            admit(late);
        } else if (isClosed()) {
            answer(new CronNext.Closed()); // the backend has said so already, while the run by hand went on
        }
        return outer;
    }

    /** A job function that fails because it was told to end says nothing of its work: another node is to go on. */
    private synchronized Outcome verdict(Outcome told) {
        var signal = abort;
        abort = null;
        boolean cut = recorder.isClustered()
                && told instanceof Outcome.Failed
                && signal != null
                && signal.getNow(null) != null;
        return cut ? new Outcome.Interrupted() : told;
    }

    /** True if a run by hand would start at once. */
    synchronized boolean isFree() {
        return !closed && !draining && current == null && waiting != null;
    }

    /** Starts a run by hand. */
    CompletableFuture<RunSummary> trigger() {
        var now = recorder.time().now();
        var started = new CompletableFuture<RunSummary>();
        Attempt attempt;
        synchronized (this) {
            if (closed) {
                throw new JobRefused(JobRefused.Code.NOT_LOADED, "job '" + job.key + "' is not loaded");
            }
            if (current != null || waiting == null) {
                throw new JobRefused(JobRefused.Code.BUSY, "job '" + job.key + "' is still running");
            }
            attempt = Attempt.of(RunId.random(now), job.key, now, RunTrigger.MANUAL, 1, now, now, recorder.node());
            current = attempt;
            byHand = started;
        }
        inner.hold().whenComplete((runner, error) -> {
            if (error != null) {
                refuse(attempt, error, started);
            } else if (runner != null) {
                var busy = "job '" + job.key + "' is still running on node '" + runner + "'";
                refuse(attempt, new JobRefused(JobRefused.Code.BUSY, busy), started);
            } else {
                start(attempt, new CronNext.Fire(now, 1, runInfo(attempt, 1)), started);
            }
        });
        return started;
    }

    private void refuse(Attempt attempt, Throwable why, CompletableFuture<RunSummary> told) {
        if (forget(attempt)) {
            giveBack(attempt, new Outcome.Succeeded());
        }
        told.completeExceptionally(why);
    }

    /**
     * Takes no new occurrences. What is due already, or is being started, still runs; then, or else at once, the cron
     * closes. Runtime thread.
     *
     * @return true if it is closed
     */
    public boolean drain() {
        synchronized (this) {
            boolean starting = current != null && waiting != null;
            draining = !closed && (starting || held != null || inner.isDue());
            if (draining) {
                return false;
            }
        }
        close();
        return true;
    }

    private void drained() {
        synchronized (this) {
            if (!draining || held != null) {
                return;
            }
        }
        close();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            cancelTick();
            if (!recorder.isClustered()) { // there the retry outlives this process
                dropRetry();
            }
        }
        inner.close();
        job.remove(this);
        recorder.closed(this);
    }

    /** The runtime is gone: what runs will not report any more, and what waits for its loop waits for ever. */
    void abandon(Reason reason) {
        close();
        var outcome = takeUntold();
        if (outcome != null) {
            inner.next(outcome); // that the cron is closed nobody is left to hear
        }
        Attempt attempt;
        CompletableFuture<RunSummary> asked;
        synchronized (this) {
            attempt = current;
            current = null;
            forgetScope();
            asked = byHand;
        }
        onEnd.accept(this);
        if (asked != null) { // told already if the run has begun
            var why = "job '" + job.key + "' is not started: its script has just ended";
            asked.completeExceptionally(new JobRefused(JobRefused.Code.NOT_LOADED, why));
        }
        if (attempt != null) {
            starting.thenAccept(fresh -> {
                if (fresh) {
                    interrupt(attempt, reason);
                }
            });
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /**
     * In a cluster, only then is the claim given up: if this node died in between, nobody would take the run over, and
     * nobody know how it ended.
     */
    private void tellWhenRecorded(CompletableFuture<Boolean> written) {
        if (!recorder.isClustered() || written.isDone()) {
            tellBackend();
        } else {
            soon(written).whenCompleteAsync((done, error) -> tellBackend(), loop);
        }
    }

    private void tellBackend() {
        var outcome = takeUntold();
        if (outcome != null) {
            ask(outcome);
        }
    }

    private synchronized @Nullable Outcome takeUntold() {
        var outcome = untold;
        untold = null;
        return outcome;
    }

    private void ask(Outcome previous) {
        inner.next(previous).whenComplete((next, error) -> {
            if (error != null) {
                fail(error);
            } else {
                switch (next) {
                    case CronNext.Closed end -> {
                        onEnd.accept(this);
                        answer(end);
                    }
                    case CronNext.Fire fire -> arrived(fire);
                }
            }
        });
    }

    private void arrived(CronNext.Fire fire) {
        synchronized (this) {
            if (current != null) {
                held = fire;
                return;
            }
        }
        admit(fire);
    }

    /** The backend says now: record the start, or why there is none. */
    private void admit(CronNext.Fire fire) {
        var now = recorder.time().now();
        Attempt attempt;
        synchronized (this) {
            cancelTick();
            var before = retrying;
            retrying = null;
            if (recorder.isClustered()) {
                job.toldElsewhere(fire.scheduledFireTime().minus(TELLING_MAX));
            }
            if (fire.attempt() == 1) {
                skip(job.claim(fire.scheduledFireTime(), Reason.STARTED_LATE, recorder.node()));
                skip(job.skipsUntil(now, Reason.STARTED_LATE, recorder.node()));
                if (job.state() == JobState.PAUSED) {
                    skip(List.of(new Skip(
                            job.runId(fire.scheduledFireTime()),
                            job.key,
                            fire.scheduledFireTime(),
                            Reason.PAUSED,
                            recorder.node())));
                    askAgain();
                    return;
                }
            } else {
                skip(job.skipsUntil(now, Reason.RETRY_PENDING, recorder.node()));
            }
            var firstStart = before == null ? now : before.firstStartedAt();
            attempt = Attempt.of(
                    job.runId(fire.scheduledFireTime()),
                    job.key,
                    fire.scheduledFireTime(),
                    RunTrigger.SCHEDULE,
                    fire.attempt(),
                    firstStart,
                    now,
                    recorder.node());
            current = attempt;
        }
        start(
                attempt,
                new CronNext.Fire(
                        fire.scheduledFireTime(),
                        fire.attempt(),
                        runInfo(attempt, Math.max(fire.run().fence(), fire.attempt())),
                        fire.scope(),
                        fire.abort()),
                null);
    }

    /** Durable first, then the job function. */
    private void start(Attempt attempt, CronNext.Fire fire, @Nullable CompletableFuture<RunSummary> told) {
        var written = new CompletableFuture<Boolean>();
        boolean abandoned;
        synchronized (this) {
            abandoned = current != attempt;
            if (!abandoned) {
                starting = written; // who abandons it from now on waits for this
            }
        }
        if (abandoned) {
            inner.letGo();
            return;
        }
        var row = new AttemptStart(
                attempt.id(),
                job.key,
                attempt.scheduledTime(),
                attempt.trigger(),
                attempt.number(),
                attempt.startedAt(),
                attempt.node());
        passOn(recorder.store().start(row), written);
        var answer = recorder.isClustered() && attempt.trigger() == RunTrigger.SCHEDULE ? soon(written) : written;
        answer.whenCompleteAsync(
                (fresh, error) -> {
                    if (error != null) {
                        unrecorded(attempt, error, told);
                    } else if (!fresh) {
                        notOurs(attempt);
                    } else {
                        started(attempt, fire, told);
                    }
                },
                loop);
    }

    /** A node may be in touch with its cluster and yet have no connection left to write with. */
    private CompletableFuture<Boolean> soon(CompletableFuture<Boolean> written) {
        var answer = new CompletableFuture<Boolean>();
        passOn(written, answer);
        var alarm = alarms.after(
                RECORDED_MAX,
                () -> answer.completeExceptionally(new StoreException(
                        StoreException.Code.UNREACHABLE,
                        "the database did not take it within " + RECORDED_MAX.toSeconds() + " s",
                        "it goes on without, on another node if need be",
                        null)));
        answer.whenComplete((fresh, error) -> alarm.cancel());
        return answer;
    }

    /** An error as it is; a dependent stage would wrap it. */
    private static void passOn(CompletableFuture<Boolean> from, CompletableFuture<Boolean> to) {
        from.whenComplete((fresh, error) -> {
            if (error != null) {
                to.completeExceptionally(error);
            } else {
                to.complete(fresh);
            }
        });
    }

    private void started(Attempt attempt, CronNext.Fire fire, @Nullable CompletableFuture<RunSummary> told) {
        CompletableFuture<CronNext> outer;
        boolean late;
        synchronized (this) {
            if (current != attempt) {
                return; // abandoned meanwhile
            }
            // Contact was lost while its start was being written: what was told to end need not begin.
            late = recorder.isClustered() && fire.abort().isDone();
            outer = closed || late ? null : waiting;
            if (outer == null) {
                current = null;
            } else {
                waiting = null;
                abort = fire.abort();
                forgetScope();
                attempt.prints(fire.scope(), linesMax);
                printed = attempt;
                recorder.scope(attempt);
                if (attempt.trigger() == RunTrigger.SCHEDULE) {
                    armTick(Reason.STILL_RUNNING);
                }
            }
        }
        recorder.changed(attempt.running());
        if (outer == null) {
            interrupt(attempt, late ? Reason.TOLD_TO_END : Reason.CRON_CLOSED);
            giveBack(attempt, new Outcome.Interrupted());
        } else {
            drained();
            outer.complete(fire);
        }
        if (told != null) {
            told.complete(attempt.running());
        }
    }

    /** The occurrence has its row already: another node has it, or the clock was set back. */
    private void notOurs(Attempt attempt) {
        if (forget(attempt)) {
            giveBack(attempt, new Outcome.Succeeded());
        }
    }

    /** No row, no run: what cannot be recorded is not started. */
    private void unrecorded(Attempt attempt, Throwable error, @Nullable CompletableFuture<RunSummary> told) {
        boolean mine = forget(attempt);
        // In a cluster its claim stands, and is given back as soon as the database answers.
        boolean later = recorder.isClustered()
                && error instanceof StoreException refused
                && refused.code() == StoreException.Code.UNREACHABLE;
        var what = "start of " + job.key + " due " + attempt.scheduledTime();
        if (later) {
            recorder.handedOn(what, error);
        } else {
            recorder.storeFailed(what, error);
        }
        if (told != null) {
            told.completeExceptionally(error);
        } else if (!later) {
            skip(List.of(
                    new Skip(attempt.id(), job.key, attempt.scheduledTime(), Reason.NOT_RECORDED, recorder.node())));
        }
        if (mine) {
            giveBack(attempt, later ? new Outcome.Interrupted() : new Outcome.Succeeded());
        }
    }

    private synchronized boolean forget(Attempt attempt) {
        if (current != attempt) {
            return false;
        }
        current = null;
        return true;
    }

    /** The script does not hear of this fire; the backend gets its slot back and is asked for the next. */
    private void giveBack(Attempt attempt, Outcome outcome) {
        drained();
        if (attempt.trigger() == RunTrigger.SCHEDULE) {
            ask(outcome);
            return;
        }
        inner.letGo();
        CronNext.Fire late;
        synchronized (this) {
            late = held;
            held = null;
        }
        if (late != null) {
            admit(late);
        }
    }

    private CompletableFuture<Boolean> interrupt(Attempt attempt, Reason reason) {
        var now = recorder.time().now();
        return recorder.record(
                attempt.interrupted(now, reason),
                new AttemptEnd(attempt.id(), attempt.number(), RunEvent.PROCESS_LOST, now, null, null, reason));
    }

    /** The script never hears of this fire: ask the backend for the next. */
    private void askAgain() {
        loop.execute(() -> {
            drained();
            ask(new Outcome.Succeeded());
        });
    }

    private CompletableFuture<Boolean> end(Attempt attempt, Outcome outcome, Instant now) {
        cancelTick();
        boolean scheduled = attempt.trigger() == RunTrigger.SCHEDULE;
        if (scheduled && !closed) {
            skip(job.skipsUntil(now, Reason.STILL_RUNNING, recorder.node()));
        }
        return switch (outcome) {
            case Outcome.Failed(var error) -> {
                boolean again = scheduled
                        && (!closed || recorder.isClustered())
                        && attempt.number() <= spec.backoff().size();
                var retryAt = again ? now.plus(spec.backoff().get(attempt.number() - 1)) : null;
                if (again && !closed) {
                    retrying = attempt;
                    if (!recorder.isClustered()) { // else any node may take the retry, and tells what it passed over
                        armTick(Reason.RETRY_PENDING);
                    }
                }
                var event = again ? RunEvent.RETRY_PLANNED : RunEvent.ATTEMPT_FAILED;
                yield recorder.record(
                        attempt.failed(now, error, again),
                        new AttemptEnd(attempt.id(), attempt.number(), event, now, error, retryAt, null));
            }
            case Outcome.Succeeded ok ->
                recorder.record(
                        attempt.succeeded(now),
                        new AttemptEnd(
                                attempt.id(), attempt.number(), RunEvent.ATTEMPT_SUCCEEDED, now, null, null, null));
            case Outcome.Interrupted cut -> interrupt(attempt, Reason.TOLD_TO_END);
            case Outcome.Registered first ->
                throw new IllegalStateException(
                        "cron " + job.key + " registered again while " + attempt.id() + " runs");
        };
    }

    private void dropRetry() {
        var attempt = retrying;
        retrying = null;
        if (attempt != null) {
            var now = recorder.time().now();
            recorder.record(
                    attempt.dropped(now),
                    new AttemptEnd(
                            attempt.id(),
                            attempt.number(),
                            RunEvent.RETRY_DROPPED,
                            now,
                            attempt.error(),
                            null,
                            Reason.CRON_CLOSED));
        }
    }

    private void armTick(Reason reason) {
        job.nextUntold().ifPresent(due -> {
            var delay = Duration.between(recorder.time().now(), due);
            tick = alarms.after(delay, () -> passed(due, reason));
        });
    }

    private synchronized void passed(Instant due, Reason reason) {
        if (tick == null) {
            return; // taken back while on its way here
        }
        tick = null;
        if (!recorder.time().now().isBefore(due)) {
            skip(job.skipsUntil(due, reason, recorder.node()));
        }
        armTick(reason);
    }

    private void cancelTick() {
        if (tick != null) {
            tick.cancel();
            tick = null;
        }
    }

    private void forgetScope() {
        if (printed != null) {
            recorder.forget(printed);
            printed = null;
        }
    }

    private void skip(List<Skip> skips) {
        recorder.skip(skips);
    }

    private void answer(CronNext next) {
        CompletableFuture<CronNext> outer;
        synchronized (this) {
            outer = waiting;
            waiting = null;
        }
        if (outer != null) {
            outer.complete(next);
        }
    }

    private void fail(Throwable error) {
        CompletableFuture<CronNext> outer;
        synchronized (this) {
            outer = waiting;
            waiting = null;
        }
        if (outer != null) {
            outer.completeExceptionally(error);
        }
    }

    private RunInfo runInfo(Attempt attempt, long fence) {
        return new RunInfo(
                attempt.id().text(), job.key.id(), attempt.scheduledTime(), attempt.number(), fence, recorder.node());
    }
}
