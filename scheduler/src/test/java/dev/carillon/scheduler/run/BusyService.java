package dev.carillon.scheduler.run;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.time.Duration;
import java.util.List;

/**
 * A process whose crons are due again at once. It says {@code started <run> <attempt>} when a job function is called
 * and {@code ended <run> <state>} when an end has been acknowledged, until somebody kills it.
 */
final class BusyService {
    private BusyService() {}

    /** @param args file of the database, number of crons */
    public static void main(String[] args) throws Exception {
        int jobs = Integer.parseInt(args[1]);
        var limits = new LocalCronHandler.Limits(jobs, jobs);
        var store = JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + args[0]));
        var recorder = new RunRecorder(store, TimeSource.system(), "busy");
        recorder.start();
        recorder.listen(new RunListener() {
            @Override
            public void onRun(RunSummary run) {
                if (run.state() == RunState.SUCCEEDED || run.state() == RunState.FAILED) {
                    say("ended " + run.id() + " " + run.state());
                }
            }
        });
        var loop = new ThreadLoop("busy-loop");
        var handler = recorder.handler(
                "busy.ts",
                new LocalCronHandler(loop, TimeSource.system(), name -> "1", limits, "busy"),
                loop::execute,
                RecordedRuns.LINES_MAX);
        var sink = recorder.sink((level, text, scope) -> {});
        loop.execute(() -> {
            for (int i = 0; i < jobs; i++) {
                var spec = new CronSpec("job " + i, CronSchedule.parse("* * * * *"), List.of(Duration.ZERO));
                ask(handler.create(spec), new Outcome.Registered(), sink, i % 3 == 0);
            }
        });
        System.in.read(); // never: the parent kills us
    }

    private static void ask(CronHandle handle, Outcome previous, OutputSink sink, boolean failing) {
        handle.next(previous).thenAccept(next -> {
            if (next instanceof CronNext.Fire fire) {
                say("started " + fire.run().id() + " " + fire.attempt());
                sink.write(OutputSink.Level.LOG, "attempt " + fire.attempt() + "\n", fire.scope());
                boolean fail = failing && fire.scheduledFireTime().toEpochMilli() % 2 == 0;
                ask(handle, fail ? new Outcome.Failed("Error: boom") : new Outcome.Succeeded(), sink, failing);
            }
        });
    }

    private static void say(String line) {
        System.out.print(line + "\n");
        System.out.flush();
    }
}
