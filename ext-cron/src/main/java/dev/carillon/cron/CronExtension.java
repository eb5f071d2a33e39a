package dev.carillon.cron;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.OpState;
import java.util.function.Function;

/** {@code Deno.cron} as an extension. */
public final class CronExtension {
    private CronExtension() {}

    /**
     * Built on the backend of the embedder's choice, which closes it after the runtime.
     *
     * @param handler gives the backend of a runtime from that runtime's state, once, on its thread
     */
    public static Extension create(Function<OpState, ? extends CronHandler> handler) {
        return create(handler, CronSchedule::parse);
    }

    /**
     * As {@link #create(Function)}, with schedules read as the embedder chooses.
     *
     * @param dialect {@link CronSchedule#parse}, which is Deno's, or {@link CronSchedule#parseWithSeconds}
     */
    public static Extension create(
            Function<OpState, ? extends CronHandler> handler, Function<String, CronSchedule> dialect) {
        return Extension.builder("cron")
                .state(state -> state.put(CronHandler.class, handler.apply(state)))
                .ops(state -> new CronOps(state, dialect))
                .esm("cron.js", "schedule.js")
                .entryPoint("cron.js")
                .resources(CronExtension.class.getClassLoader())
                .build();
    }
}
