package dev.carillon.scheduler.quartz;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobRefused;
import dev.carillon.scheduler.run.NodeRow;
import dev.carillon.scheduler.run.RunRecorder;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.run.ThreadLoop;
import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * A node as a process of its own, with job functions that only take their time.
 *
 * <p>Arguments are {@code key=value}; what is not given is as in {@link QuartzConfig#of}:
 *
 * <ul>
 *   <li>{@code url}, {@code name}: JDBC URL and name of the node; both are needed
 *   <li>{@code jobs}, {@code schedule}, {@code work}: how many jobs, when all of them are due (seconds first), and how
 *       many milliseconds a run takes
 *   <li>{@code fails}: every first attempt fails, and is retried after so many milliseconds
 *   <li>{@code limit}: most runs at a time
 *   <li>{@code connections}: size of Quartz's pool
 *   <li>{@code idle}, {@code janitor}: milliseconds
 *   <li>{@code takeovers}: how often a run is taken over
 *   <li>{@code faulty=true}: connections that can break; {@code refuse-once=true}: a thread pool that refuses the first
 *       run, and says {@code pool refused}
 *   <li>{@code clock}: milliseconds the node's clock is ahead of the machine's, with {@code any-clock=true} unrefused
 * </ul>
 *
 * <p>It says {@code up}; {@code started <run> <attempt> <scheduled> <now> <job>} when a job function is called, {@code
 * ended} and the same when it returns, {@code aborted} when it does as its signal says; {@code fenced} when the cluster took it for dead; {@code refused <code>
 * <sentence>} if it may not join.
 *
 * <p>It is told, a line each: {@code leave}; {@code add <job>;<schedule>;<work>}; {@code close <job>}; {@code pause
 * <job>}; {@code clock <ms>}; {@code faults <probability>}; {@code trigger <job>}, to which it says {@code by hand <run>} or
 * {@code refused <code> <sentence>}.
 */
public final class ClusterNode {
    private static final String SCRIPT = "cluster.ts";
    private static final Duration STOP_DEADLINE = Duration.ofMillis(500);

    private final Map<String, String> settings;
    private final SteppedTime time;
    private final ThreadLoop loop = new ThreadLoop("loop");
    private int running;
    private final Map<String, CronHandle> handles = new HashMap<>(); // the loop's

    private ClusterNode(Map<String, String> settings) {
        this.settings = settings;
        this.time = new SteppedTime(number("clock", 0));
    }

    public static void main(String[] arguments) throws Exception {
        new ClusterNode(Arrays.stream(arguments)
                        .map(argument -> argument.split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])))
                .run();
    }

    private void run() throws IOException, SQLException {
        var config = new StoreConfig(settings.get("url"));
        var name = settings.get("name");
        if (settings.containsKey("faulty")) {
            FaultyDriver.install(config.url());
        }
        var clusterTime = new ClusterTime(time, config(name).clockRefuse());
        try (loop;
                var store = JdbcRunStore.open(config);
                var database = Database.open(config, "quartz", (int) number("connections", 8));
                var recorder = new RunRecorder(store, clusterTime, name, true);
                var backend = QuartzBackend.start(
                        database,
                        config(name),
                        clusterTime,
                        listener(recorder),
                        settings.containsKey("refuse-once")
                                ? new RefusingOnce(config(name).batch())
                                : new VirtualThreads(config(name).batch()))) {
            recorder.start();
            seen(store, name, time.now(), false);
            var handler = recorder.handler(
                    SCRIPT,
                    backend.handler(
                            SCRIPT, loop, new Limits((int) number("jobs", 1) + 100, (int) number("limit", 10_000))),
                    loop::execute,
                    10_000);
            for (int i = 0; i < number("jobs", 1); i++) {
                add(handler, "job " + i, settings.getOrDefault("schedule", "* * * * * *"), number("work", 20));
            }
            loop.execute(() -> say("up"));
            obey(handler, recorder);
            backend.leave();
            awaitRuns();
            loop.close(); // as a runtime ends: what it runs will not come to its end
            handler.close();
            seen(store, name, time.now(), true);
        } catch (StoreException e) {
            say("refused " + e.code() + " " + e.getMessage());
        }
    }

    private QuartzConfig config(String name) {
        var defaults = QuartzConfig.of("test", name);
        boolean anyClock = settings.containsKey("any-clock");
        return new QuartzConfig(
                defaults.cluster(),
                defaults.node(),
                defaults.checkIn(),
                defaults.slack(),
                Duration.ofMillis(number("idle", defaults.idle().toMillis())),
                defaults.batch(),
                Duration.ofMillis(number("janitor", defaults.janitor().toMillis())),
                anyClock ? Duration.ofDays(365) : defaults.clockWarn(),
                anyClock ? Duration.ofDays(365) : defaults.clockRefuse(),
                (int) number("takeovers", defaults.takeovers()));
    }

    private static NodeListener listener(RunRecorder recorder) {
        return new NodeListener() {
            @Override
            public void fenced() {
                say("fenced");
            }

            @Override
            public void jobsChanged() {
                recorder.reread();
            }

            @Override
            public boolean canRecord() {
                return recorder.canRecord();
            }
        };
    }

    private void obey(CronHandler handler, RunRecorder recorder) throws IOException {
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var order = orders.readLine(); order != null && !order.equals("leave"); order = orders.readLine()) {
            var words = order.split(" ", 2);
            switch (words[0]) {
                case "add" -> {
                    var parts = words[1].split(";");
                    add(handler, parts[0], parts[1], Long.parseLong(parts[2]));
                }
                case "faults" -> FaultyDriver.probability(Double.parseDouble(words[1]));
                case "close" -> close(words[1], recorder);
                case "pause" -> recorder.pause(new JobKey(SCRIPT, words[1]));
                case "trigger" -> trigger(words[1], recorder);
                case "clock" -> time.ahead(Long.parseLong(words[1]));
                default -> throw new IllegalArgumentException("no such order: " + order);
            }
        }
    }

    private void add(CronHandler handler, String job, String schedule, long workMs) {
        loop.execute(() -> {
            var backoff = fails() ? List.of(Duration.ofMillis(number("fails", 0))) : List.<Duration>of();
            var spec = new CronSpec(job, CronSchedule.parseWithSeconds(schedule), backoff);
            var handle = handler.create(spec);
            handles.put(job, handle);
            ask(handle, new Outcome.Registered(), job, Duration.ofMillis(workMs));
        });
    }

    /** As the service lets job functions end before it ends them. */
    private synchronized void awaitRuns() {
        long deadline = System.nanoTime() + STOP_DEADLINE.toNanos();
        while (running > 0 && System.nanoTime() < deadline) {
            try {
                wait(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private synchronized void running(int change) {
        running += change;
        notifyAll();
    }

    private static void trigger(String job, RunRecorder recorder) {
        recorder.trigger(new JobKey(SCRIPT, job)).whenComplete((run, error) -> {
            if (error instanceof JobRefused refused) {
                say("refused " + refused.code() + " " + refused.getMessage());
            } else {
                say("by hand " + run.id());
            }
        });
    }

    /** As a script does that aborts its cron's signal. */
    private void close(String job, RunRecorder recorder) {
        loop.execute(() -> {
            handles.remove(job).close();
            recorder.closedByScript(new JobKey(SCRIPT, job));
        });
    }

    private void ask(CronHandle handle, Outcome previous, String job, Duration work) {
        handle.next(previous).thenAccept(next -> {
            if (next instanceof CronNext.Fire fire) {
                running(1);
                tell("started", fire, job);
                var end = loop.after(work, () -> {
                    tell("ended", fire, job);
                    boolean fails = fails() && fire.attempt() == 1;
                    ask(handle, fails ? new Outcome.Failed("the first fails") : new Outcome.Succeeded(), job, work);
                    running(-1);
                });
                fire.abort()
                        .thenAcceptAsync(
                                why -> {
                                    if (why != null) {
                                        end.cancel();
                                        tell("aborted", fire, job);
                                        ask(handle, new Outcome.Failed(why), job, work);
                                        running(-1);
                                    }
                                },
                                loop);
            }
        });
    }

    private boolean fails() {
        return settings.containsKey("fails");
    }

    /** As the service does: others are not to take what this node was there for as missed. */
    private void seen(RunStore store, String name, Instant since, boolean stopped) {
        store.seen(new NodeRow(name, since, time.now(), stopped, "test", "quartz"));
        if (!stopped) {
            time.after(Duration.ofSeconds(5), () -> Thread.ofVirtual().start(() -> seen(store, name, since, false)));
        }
    }

    private void tell(String what, CronNext.Fire fire, String job) {
        say(what + " " + fire.run().id() + " " + fire.attempt() + " "
                + fire.scheduledFireTime().toEpochMilli() + " " + time.currentTimeMillis() + " " + job);
    }

    private static void say(String line) {
        System.out.print(line + "\n");
        System.out.flush();
    }

    private long number(String key, long otherwise) {
        return Long.parseLong(settings.getOrDefault(key, Long.toString(otherwise)));
    }

    /** A thread pool as Quartz's documentation allows it and its clusters do not survive it. */
    public static final class RefusingOnce extends VirtualThreads {
        private final AtomicBoolean refused = new AtomicBoolean();

        RefusingOnce(int batchMax) {
            super(batchMax);
        }

        @Override
        public boolean runInThread(Runnable task) {
            if (refused.compareAndSet(false, true)) {
                say("pool refused");
                return false;
            }
            return super.runInThread(task);
        }
    }

    /** The machine's time, with a wall clock that is set wrong. */
    private static final class SteppedTime implements TimeSource {
        private volatile long aheadMs;

        SteppedTime(long aheadMs) {
            this.aheadMs = aheadMs;
        }

        void ahead(long ms) {
            aheadMs = ms;
        }

        @Override
        public Instant now() {
            return TimeSource.system().now().plusMillis(aheadMs);
        }

        @Override
        public long nanoTime() {
            return TimeSource.system().nanoTime();
        }

        @Override
        public Alarm after(Duration delay, Runnable task) {
            return TimeSource.system().after(delay, task);
        }
    }
}
