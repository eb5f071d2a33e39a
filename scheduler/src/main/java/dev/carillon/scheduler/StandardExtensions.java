package dev.carillon.scheduler;

import dev.carillon.cron.CronExtension;
import dev.carillon.cron.CronHandler;
import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.kv.KvExtension;
import dev.carillon.kv.KvOptions;
import dev.carillon.os.OsExtension;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.OpState;
import dev.carillon.web.WebExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What every script finds: the web platform, the operating system, crons. */
public final class StandardExtensions {
    private StandardExtensions() {}

    /** @param crons gives the backend of a runtime from its state, once, on its thread */
    public static List<Extension> with(Function<OpState, ? extends CronHandler> crons) {
        return with(crons, CronSchedule::parse);
    }

    /**
     * As {@link #with(Function)}.
     *
     * @param dialect reads the crons' schedules
     */
    static List<Extension> with(
            Function<OpState, ? extends CronHandler> crons, Function<String, CronSchedule> dialect) {
        return List.of(WebExtension.create(), OsExtension.create(), CronExtension.create(crons, dialect));
    }

    /** {@code others} and {@code Deno.openKv}. */
    public static List<Extension> andKv(List<Extension> others, KvOptions kv) {
        var all = new ArrayList<>(others);
        all.add(KvExtension.create(kv));
        return all;
    }
}
