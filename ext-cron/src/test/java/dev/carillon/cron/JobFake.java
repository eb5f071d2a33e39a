package dev.carillon.cron;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What glue does with a handle, in Java: asks for the next fire, "runs", says how that ended, asks again. */
public final class JobFake {
    private static final Outcome SUCCEEDED = new Outcome.Succeeded();

    private final String name;
    private final CronHandle handle;
    private final Supplier<Instant> clock;
    private final List<Start> starts = new ArrayList<>();
    private final List<String> log;
    private @Nullable Outcome answer;
    private boolean closed;

    /** One start: when it was due, when it happened, which attempt. */
    public record Start(Instant scheduled, Instant actual, int attempt) {}

    /**
     * Begins asking.
     *
     * @param log gets the name at every start, for the order among several
     */
    public JobFake(String name, CronHandle handle, Supplier<Instant> clock, List<String> log) {
        this.name = name;
        this.handle = handle;
        this.clock = clock;
        this.log = log;
        ask(new Outcome.Registered());
    }

    /** From now on every run ends at once, like this; null for runs that go on until {@link #end}. */
    public JobFake answering(@Nullable Outcome outcome) {
        answer = outcome;
        return this;
    }

    public JobFake succeeding() {
        return answering(SUCCEEDED);
    }

    public JobFake failing() {
        return answering(new Outcome.Failed("Error: boom"));
    }

    /** Ends the run that goes on. */
    public void end(Outcome outcome) {
        ask(outcome);
    }

    public void succeed() {
        end(SUCCEEDED);
    }

    public void fail() {
        end(new Outcome.Failed("Error: boom"));
    }

    public CronHandle handle() {
        return handle;
    }

    public List<Start> starts() {
        return List.copyOf(starts);
    }

    /** When each start was due. */
    public List<String> scheduled() {
        return starts.stream().map(start -> start.scheduled.toString()).toList();
    }

    /** When each start happened. */
    public List<String> actual() {
        return starts.stream().map(start -> start.actual.toString()).toList();
    }

    /** Whether it was told that its cron is closed. */
    public boolean closed() {
        return closed;
    }

    private void ask(Outcome previous) {
        handle.next(previous).thenAccept(this::hear);
    }

    private void hear(CronNext next) {
        switch (next) {
            case CronNext.Fire fire -> {
                starts.add(new Start(fire.scheduledFireTime(), clock.get(), fire.attempt()));
                log.add(name);
                if (answer != null) {
                    ask(answer);
                }
            }
            case CronNext.Closed() -> closed = true;
        }
    }
}
