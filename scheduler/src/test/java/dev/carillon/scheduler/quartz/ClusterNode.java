package dev.carillon.scheduler.quartz;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.run.RunRecorder;
import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.run.ThreadLoop;
import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.time.Duration;
import java.util.List;

/**
 * A node as a process of its own. It says {@code up}, {@code started <run> <attempt>} when a job function is called,
 * {@code fenced} when the cluster took it for dead, {@code refused <code>} if it may not join. A line on its standard
 * input makes it leave in order.
 */
final class ClusterNode {
    private ClusterNode() {}

    /** Arguments: JDBC URL, name of the node, number of jobs, schedule, milliseconds a run takes. */
    public static void main(String[] args) throws Exception {
        var time = TimeSource.system();
        var config = new StoreConfig(args[0]);
        var work = Duration.ofMillis(Long.parseLong(args[4]));
        try (var store = JdbcRunStore.open(config);
                var database = Database.open(config, "quartz", 8);
                var loop = new ThreadLoop("loop");
                var recorder = new RunRecorder(store, time, args[1], true);
                var backend =
                        QuartzBackend.start(database, QuartzConfig.of("test", args[1]), time, () -> say("fenced"))) {
            recorder.start();
            var handler = recorder.handler(
                    "cluster.ts", backend.handler("cluster.ts", loop, new Limits(1000, 1000)), loop::execute);
            loop.execute(() -> {
                for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                    var spec = new CronSpec("job " + i, CronSchedule.parseWithSeconds(args[3]), List.of());
                    ask(handler.create(spec), new Outcome.Registered(), loop, work);
                }
            });
            say("up");
            System.in.read();
        } catch (StoreException e) {
            say("refused " + e.code());
        }
    }

    private static void ask(CronHandle handle, Outcome previous, ThreadLoop loop, Duration work) {
        handle.next(previous).thenAccept(next -> {
            if (next instanceof CronNext.Fire fire) {
                say("started " + fire.run().id() + " " + fire.attempt());
                loop.after(work, () -> ask(handle, new Outcome.Succeeded(), loop, work));
            }
        });
    }

    private static void say(String line) {
        System.out.print(line + "\n");
        System.out.flush();
    }
}
