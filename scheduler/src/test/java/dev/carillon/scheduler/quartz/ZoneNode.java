package dev.carillon.scheduler.quartz;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.time.VirtualTime;
import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.StoreConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A node whose process lives in another time zone and whose clock runs through given spans of time at once. Arguments: a
 * file for its database, then spans {@code <from>/<until>}. Says {@code started} as {@link ClusterNode} does.
 */
final class ZoneNode {
    static final Map<String, String> SCHEDULES = Map.of(
            "quarterly", "*/15 * * * *",
            "at half past two", "30 2 * * *",
            "at midnight", "0 0 * * *",
            "every second hour", "5 */2 * * *");

    private static final Duration ANY = Duration.ofDays(365_000); // the virtual clock is years from the database's

    private final Queue<Runnable> loop = new ConcurrentLinkedQueue<>();
    private final VirtualTime time;
    private final QuartzBackend backend;

    private ZoneNode(Database database, String cluster, VirtualTime time) {
        var defaults = QuartzConfig.of(cluster, "n1");
        this.time = time;
        this.backend = QuartzBackend.start(
                database,
                new QuartzConfig(
                        cluster,
                        "n1",
                        defaults.checkIn(),
                        defaults.slack(),
                        defaults.idle(),
                        defaults.batch(),
                        defaults.janitor(),
                        ANY,
                        ANY,
                        defaults.takeovers()),
                new SettlingTime(time, this::settle),
                () -> {});
    }

    public static void main(String[] arguments) {
        try (var database = Database.open(new StoreConfig("jdbc:h2:file:" + arguments[0]), "quartz", 8)) {
            for (int i = 1; i < arguments.length; i++) {
                var ends = arguments[i].split("/");
                new ZoneNode(database, "span " + i, new VirtualTime(Instant.parse(ends[0])))
                        .run(Instant.parse(ends[1]));
            }
        }
    }

    private void run(Instant until) {
        Executor runtime = loop::add;
        var handler = backend.handler("zone.ts", runtime, new Limits(100, 100));
        SCHEDULES.forEach((job, schedule) -> ask(
                handler.create(new CronSpec(job, CronSchedule.parse(schedule), List.of())),
                new Outcome.Registered(),
                job));
        settle();
        time.advanceTo(until);
        settle();
        handler.close();
        settle();
        backend.close();
    }

    private void ask(CronHandle handle, Outcome previous, String job) {
        handle.next(previous).thenAccept(next -> {
            if (next instanceof CronNext.Fire fire) {
                System.out.printf(
                        "started %s %d %d %d %s%n",
                        fire.run().id(),
                        fire.attempt(),
                        fire.scheduledFireTime().toEpochMilli(),
                        time.currentTimeMillis(),
                        job);
                ask(handle, new Outcome.Succeeded(), job);
            }
        });
    }

    private boolean turn() {
        var task = loop.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    private void settle() {
        if (backend == null) {
            return; // it arms its first alarms while it is being made
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (turn() || !backend.isQuiet() || turn()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Quartz does not come to rest");
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
