package dev.carillon.cron;

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
        return Extension.builder("cron")
                .state(state -> state.put(CronHandler.class, handler.apply(state)))
                .ops(CronOps::new)
                .esm("cron.js", "schedule.js")
                .entryPoint("cron.js")
                .resources(CronExtension.class.getClassLoader())
                .build();
    }
}
