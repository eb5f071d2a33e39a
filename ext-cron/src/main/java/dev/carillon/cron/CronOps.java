package dev.carillon.cron;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ops behind {@code Deno.cron}.
 *
 * <p>Threads: runtime thread only.
 */
public final class CronOps {
    private static final double CLOSED = 0;
    private static final Outcome REGISTERED = new Outcome.Registered();
    private static final Outcome SUCCEEDED = new Outcome.Succeeded();

    private final Function<String, CronSchedule> dialect;
    private final CronHandler handler;
    private final ResourceTable resources;
    private final EventLoop loop;
    /** Crons by rid until their last run has ended: longer than the resource table has them. */
    private final Map<Integer, Cron> crons = new HashMap<>();

    /** @param dialect reads schedules */
    CronOps(OpState state, Function<String, CronSchedule> dialect) {
        this.dialect = dialect;
        handler = state.borrow(CronHandler.class);
        resources = state.borrow(ResourceTable.class);
        loop = state.borrow(EventLoop.class);
    }

    /** {@link RunInfo} as glue gets it, time in milliseconds since 1970. */
    public record Run(String id, String job, double scheduledTimeMs, int attempt, double fence, String node) {}

    /**
     * Registers a cron.
     *
     * @param backoffMs waits before the second and later attempts; null for the default
     * @return its rid
     */
    @Op("op_cron_create")
    public int create(String name, String schedule, @Nullable List<Long> backoffMs) {
        CronSpec.checkName(name);
        handler.admit(name);
        var spec = CronSpec.parse(name, schedule, backoffMs, dialect);
        var cron = new Cron(handler.create(spec), spec.schedule().warnings());
        int rid = resources.add(cron);
        crons.put(rid, cron);
        return rid;
    }

    /**
     * Says how the run before ended, and waits for the next.
     *
     * @param ok false after {@link #failed}; true at first
     * @return the scope to run the job function in, or 0 when the cron has been closed or {@code rid} is none
     */
    @Op("op_cron_next")
    public CompletionStage<Double> next(int rid, boolean ok) {
        var cron = crons.get(rid);
        if (cron == null) {
            return CompletableFuture.completedFuture(CLOSED);
        }
        return cron.handle
                .next(cron.outcome(ok))
                .thenApplyAsync(
                        next -> switch (next) {
                            case CronNext.Fire fire -> {
                                cron.fire = fire;
                                yield (double) fire.scope();
                            }
                            case CronNext.Closed() -> {
                                crons.remove(rid);
                                yield CLOSED;
                            }
                        },
                        this::onLoop);
    }

    /** Handles may complete on a thread of their backend; what is kept here belongs to the runtime thread. */
    private void onLoop(Runnable task) {
        if (loop.isCurrentThread()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** What the job function threw, in inspected form; said before the {@link #next} that reports the failure. */
    @Op("op_cron_failed")
    public void failed(int rid, String error) {
        var cron = crons.get(rid);
        if (cron != null) {
            cron.error = error;
        }
    }

    /** What a script may know of the run that goes on in {@code scope}, or null if none does; asked only when it looks. */
    @Op("op_cron_run")
    public @Nullable Run run(double scope) {
        for (var cron : crons.values()) {
            if (cron.fire != null && cron.fire.scope() == scope) {
                var run = cron.fire.run();
                return new Run(
                        run.id(),
                        run.job(),
                        run.scheduledTime().toEpochMilli(),
                        run.attempt(),
                        run.fence(),
                        run.node());
            }
        }
        return null;
    }

    /**
     * Waits until somebody outside wants the run in {@code scope} to end.
     *
     * @return why, or null once the run has ended by itself
     */
    @Op("op_cron_aborted")
    public CompletionStage<@Nullable String> aborted(double scope) {
        for (var cron : crons.values()) {
            var fire = cron.fire;
            if (fire != null && fire.scope() == scope) {
                return fire.abort();
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /** What whoever wrote the schedule should know. */
    @Op("op_cron_warnings")
    public List<String> warnings(int rid) {
        return resources.get(rid, Cron.class).warnings;
    }

    /** A cron in the resource table; closing the rid is what an abort signal does. */
    private static final class Cron implements Resource {
        final CronHandle handle;
        final List<String> warnings;
        CronNext.@Nullable Fire fire;
        String error = "";
        private boolean begun;

        Cron(CronHandle handle, List<String> warnings) {
            this.handle = handle;
            this.warnings = warnings;
        }

        Outcome outcome(boolean ok) {
            if (!begun) {
                begun = true;
                return REGISTERED;
            }
            end();
            return ok ? SUCCEEDED : new Outcome.Failed(error);
        }

        private void end() {
            if (fire != null) {
                fire.abort().complete(null);
                fire = null;
            }
        }

        @Override
        public String name() {
            return "cron";
        }

        @Override
        public void close() {
            handle.close();
        }
    }
}
