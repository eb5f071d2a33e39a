package dev.carillon.cron.local;

import dev.carillon.cron.CronException;
import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.RetryPlan;
import dev.carillon.cron.RetryPlan.Step;
import dev.carillon.cron.RunInfo;
import dev.carillon.runtime.Environment;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Crons of one runtime, in memory, with Deno's own semantics: what is missed while the process is down is gone.
 *
 * <p>Threads: everything happens on the runtime thread; it has no thread of its own and takes no lock.
 * <p>Closing: closes every cron and forgets the alarm; any number of times.
 *
 * <p>Source: Deno ext/cron/local.rs.
 */
public final class LocalCronHandler implements CronHandler {
    /*
     * Three queues. "Arming" holds crons that have asked since the last turn: their deadline is computed in a turn of its
     * own, as in Deno, so what the code that registers or ends sets (the test offset) still counts. "Armed" holds crons that wait for a deadline of the wall clock, soonest first and, when equal, in the
     * order they were armed. "Due" holds those whose deadline has passed and who wait for one of the slots, first come
     * first served. One alarm, on the monotonic clock, is set for the head of "armed"; when it rings, or any cron is
     * armed, every deadline that the wall clock has reached moves over, and slots are dealt out.
     *
     * The alarm may ring before the wall clock has arrived (the clock was set back): it is then set again for what is
     * left, so nothing starts early. It is not moved when the clock jumps forward; that is found when it rings.
     *
     * Nothing starts inside next(): so crons that are due for ever (a test offset of 0) cannot starve timers, and a hundred
     * crons due together are armed and started in one turn that reads the clock once.
     */

    /** Test hook: every regular deadline becomes "now plus this many milliseconds". */
    public static final String OFFSET_VARIABLE = "DENO_CRON_TEST_SCHEDULE_OFFSET";

    private static final Pattern OFFSET = Pattern.compile("[+]?[0-9]{1,15}");
    private static final long NEVER = Long.MAX_VALUE;
    private static final CronNext CLOSED = new CronNext.Closed();

    private final EventLoop loop;
    private final TimeSource time;
    private final Function<String, @Nullable String> environment;
    private final Limits limits;
    private final String node;

    private final ArrayDeque<Cron> arming = new ArrayDeque<>();
    private final Map<String, Cron> byName = new HashMap<>();
    private final PriorityQueue<Cron> armed = new PriorityQueue<>(
            Comparator.<Cron>comparingLong(cron -> cron.dueMs).thenComparingLong(cron -> cron.order));
    private final ArrayDeque<Cron> due = new ArrayDeque<>();
    private int running;
    private long orders;
    private long fences;
    private @Nullable Alarm alarm;
    private long alarmMs;
    private boolean turnRequested;
    private boolean closed;

    /**
     * How much one runtime may have.
     *
     * @param crons open at the same time
     * @param running job functions at the same time; a due cron beyond that waits for a slot
     */
    public record Limits(int crons, int running) {
        /** Deno's: its check is "more than 100", so 101 fit. */
        public static final Limits DENO = new Limits(101, 50);

        public Limits {
            if (crons < 1 || running < 1) {
                throw new IllegalArgumentException(
                        "limits must be at least 1, got " + crons + " crons, " + running + " running");
            }
        }
    }

    /**
     * A backend for the runtime whose loop this is.
     *
     * @param environment value of an environment variable as the script sees it, or null; see {@link #OFFSET_VARIABLE}
     * @param node name of this process, for {@link RunInfo}
     */
    public LocalCronHandler(
            EventLoop loop,
            TimeSource time,
            Function<String, @Nullable String> environment,
            Limits limits,
            String node) {
        this.loop = loop;
        this.time = time;
        this.environment = environment;
        this.limits = limits;
        this.node = node;
    }

    /** A backend for the runtime that has this state, with Deno's limits. */
    public static LocalCronHandler of(OpState state) {
        return of(state, Limits.DENO, "local");
    }

    /** A backend for the runtime that has this state. */
    public static LocalCronHandler of(OpState state, Limits limits, String node) {
        if (!state.has(Environment.class)) {
            state.put(
                    Environment.class,
                    new Environment(state.borrow(RuntimeOptions.class).environment()));
        }
        var environment = state.borrow(Environment.class);
        return new LocalCronHandler(
                state.borrow(EventLoop.class), state.borrow(TimeSource.class), environment::value, limits, node);
    }

    @Override
    public void admit(String name) {
        if (byName.size() >= limits.crons()) {
            throw CronException.tooMany();
        }
        if (byName.containsKey(name)) {
            throw CronException.nameInUse();
        }
    }

    @Override
    public CronHandle create(CronSpec spec) {
        if (closed) {
            throw new IllegalStateException("cron handler is closed; refused cron '" + spec.name() + "'");
        }
        admit(spec.name());
        var cron = new Cron(spec);
        byName.put(spec.name(), cron);
        return cron;
    }

    @Override
    public void close() {
        closed = true;
        for (var cron : new ArrayList<>(byName.values())) {
            cron.close();
        }
        ring(null, 0);
    }

    private long now() {
        return time.currentTimeMillis();
    }

    /** Sees to it that whatever is due or gets due is started. */
    private void look() {
        if (turnRequested || closed) {
            return;
        }
        if (!due.isEmpty() && running < limits.running()) {
            requestTurn();
            return;
        }
        var head = armed.peek();
        if (head == null) {
            return;
        }
        long delayMs = head.dueMs - now();
        if (delayMs <= 0) {
            requestTurn();
        } else if (alarm == null || head.dueMs < alarmMs) {
            ring(loop.after(Duration.ofMillis(delayMs), this::turn), head.dueMs);
        }
    }

    private void requestTurn() {
        turnRequested = true;
        loop.execute(this::turn);
    }

    private void ring(@Nullable Alarm next, long atMs) {
        if (alarm != null) {
            alarm.cancel();
        }
        alarm = next;
        alarmMs = atMs;
    }

    private void turn() {
        turnRequested = false;
        ring(null, 0);
        long now = now();
        if (!arming.isEmpty()) {
            var instant = Instant.ofEpochMilli(now);
            long offsetMs = offsetMs();
            for (var cron = arming.poll(); cron != null; cron = arming.poll()) {
                cron.arm(instant, offsetMs);
            }
        }
        for (var head = armed.peek(); head != null && head.dueMs <= now; head = armed.peek()) {
            armed.poll();
            head.state = State.DUE;
            due.add(head);
        }
        while (running < limits.running() && !due.isEmpty()) {
            due.poll().start();
        }
        look();
    }

    private enum State {
        /** Registered, or between two calls of next. */
        IDLE,
        ARMING,
        ARMED,
        DUE,
        RUNNING,
        /** Closed while running: the slot is still taken. */
        ENDING,
        CLOSED
    }

    private final class Cron implements CronHandle {
        private final CronSpec spec;
        private State state = State.IDLE;
        private CompletableFuture<CronNext> pending = new CompletableFuture<>();
        private Outcome outcome = new Outcome.Registered();
        private int retries;
        /** Scheduled fire time of the run that goes on, or of the last. */
        private Instant fireTime = Instant.MIN;
        /** Wall clock, or {@link #NEVER}. */
        private long dueMs;

        private long order;

        Cron(CronSpec spec) {
            this.spec = spec;
        }

        @Override
        public CompletionStage<CronNext> next(Outcome previous) {
            if (state == State.RUNNING || state == State.ENDING) {
                running--;
                state = state == State.ENDING ? State.CLOSED : State.IDLE;
            }
            if (state == State.CLOSED) {
                look();
                return CompletableFuture.completedFuture(CLOSED);
            }
            if (state != State.IDLE) {
                throw new IllegalStateException("cron '" + spec.name() + "' is " + state + ": next is pending already");
            }
            pending = new CompletableFuture<>();
            outcome = previous;
            state = State.ARMING;
            arming.add(this);
            if (!turnRequested) {
                requestTurn();
            }
            return pending;
        }

        /** @param offsetMs the test hook's value, or -1 */
        void arm(Instant now, long offsetMs) {
            if (state != State.ARMING) {
                return; // closed meanwhile
            }
            switch (RetryPlan.after(outcome, spec, retries, fireTime, now)) {
                case Step.Retry(var dueAt, var used) -> {
                    retries = used;
                    dueMs = dueAt.toEpochMilli();
                }
                case Step.NextFire(var dueAt) -> regular(offsetMs < 0 ? dueAt : now.plusMillis(offsetMs));
                case Step.Never() -> regular(offsetMs < 0 ? Instant.MAX : now.plusMillis(offsetMs));
            }
            order = orders++;
            state = State.ARMED;
            if (dueMs != NEVER) {
                armed.add(this);
            }
        }

        private void regular(Instant dueAt) {
            fireTime = dueAt;
            dueMs = dueAt.equals(Instant.MAX) ? NEVER : dueAt.toEpochMilli();
            retries = 0;
        }

        void start() {
            running++;
            state = State.RUNNING;
            int attempt = retries + 1;
            var run = new RunInfo(
                    spec.name() + "@" + fireTime.toEpochMilli(), spec.name(), fireTime, attempt, ++fences, node);
            pending.complete(new CronNext.Fire(fireTime, attempt, run));
        }

        @Override
        public boolean isDue() {
            return state == State.DUE || state == State.ARMED && dueMs <= now();
        }

        @Override
        public void close() {
            switch (state) {
                case CLOSED, ENDING -> {
                    return;
                }
                case RUNNING -> state = State.ENDING;
                case ARMED -> {
                    armed.remove(this);
                    state = State.CLOSED;
                }
                case DUE -> {
                    due.remove(this);
                    state = State.CLOSED;
                }
                case IDLE, ARMING -> state = State.CLOSED;
            }
            byName.remove(spec.name());
            if (state == State.CLOSED) {
                pending.complete(CLOSED);
            }
        }
    }

    /** The test hook's value, or -1. Read in every turn that computes a deadline: what the script sets counts at once. */
    private long offsetMs() {
        var text = environment.apply(OFFSET_VARIABLE);
        // Rust, which reads this in Deno, takes a plus sign and ASCII digits.
        if (text == null || !OFFSET.matcher(text).matches()) {
            return -1;
        }
        return Long.parseLong(text);
    }
}
