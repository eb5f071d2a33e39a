package dev.carillon.scheduler;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.http.EventHub;
import dev.carillon.scheduler.run.RunRecorder;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.run.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/**
 * Fires crons of no consequence in runtimes of its own, while the scripts wait for their first minute: what the JVM loads,
 * links and compiles on the way to a job function it does here, and not when ten thousand real ones are due at once.
 */
public final class Rehearsal {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int FIRES = 5_000;
    /** Recorded, in all runtimes; more only keep the compilers busy when the first minute comes. */
    private static final int FIRES_RECORDED_MIN = 20_000;

    private static final int FIRES_RECORDED_MAX = 100_000;
    /** Of each job: all may be due at once, and then what is not compiled yet is what they wait for. */
    private static final int FIRES_RECORDED_PER_JOB = 10;

    /** Code that has run in one runtime only is compiled for that one, and again when it runs in the next. */
    private static final int RUNTIMES_RECORDED = 10;

    private static final int JOBS_RECORDED = 100; // of each runtime

    private static final int LINES_MAX = 100;

    /** Turned off: nobody wants to read of runs of no consequence. It is a log of the kind real runs have, so that is warm too. */
    static final String LOG_OF_RUNS = "rehearsal";

    /** What job functions do first: look at a clock, keep something, print, wait for a promise or a timer, or nothing. */
    private static final String SCRIPT = """
            let left = %d;
            const kept = [];
            const done = () => {
              if (--left === 0) setTimeout(() => Deno.exit(), 0);
            };
            const functions = [
              () => {
                kept.push(Date.now() %% 1000);
                if (kept.length === 100) kept.length = 0;
                done();
              },
              () => {
                performance.now();
                done();
              },
              () => {
                if (left %% 10 === 0) console.log("rehearsal", left);
                done();
              },
              async () => {
                await undefined;
                done();
              },
              async () => {
                await new Promise((resolve) => setTimeout(resolve, 5));
                done();
              },
              done,
            ];
            for (let i = 0; i < %d; i++) Deno.cron(`rehearsal ${i}`, "* * * * *", functions[i %% functions.length]);
            """;

    private Rehearsal() {}

    /**
     * For crons that leave no record, on a thread of its own, once for the engine's code.
     *
     * @return the thread: it ends by itself, soon after the engine is closed
     */
    public static Thread start(JsEngine engine) {
        return inBackground(() -> run(engine));
    }

    /**
     * For crons whose runs are recorded, in a database of its own.
     *
     * @param folder for that database and the scripts; whatever is in it goes, before and after
     * @param open opens a store in a folder
     * @param jobs how many there are in earnest
     */
    static Thread startRecorded(
            JsEngine engine, TimeSource time, Path folder, Function<Path, RunStore> open, int jobs) {
        return inBackground(() -> runRecorded(engine, time, folder, open, fires(jobs)));
    }

    /** How many fires {@code jobs} are worth. */
    static int fires(int jobs) {
        return Math.clamp((long) jobs * FIRES_RECORDED_PER_JOB, FIRES_RECORDED_MIN, FIRES_RECORDED_MAX);
    }

    private static Thread inBackground(Runnable rehearsal) {
        var thread = new Thread(
                () -> {
                    try {
                        rehearsal.run();
                    } catch (IllegalStateException | StoreException | UncheckedIOException e) {
                        // The engine was closed meanwhile, or there is no room: the scripts are none the worse.
                        System.getLogger(Rehearsal.class.getName()).log(System.Logger.Level.DEBUG, "Not rehearsed", e);
                    }
                },
                "carillon-rehearsal");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
        return thread;
    }

    static JsRuntime.Exit run(JsEngine engine) {
        var time = TimeSource.system();
        var options = RuntimeOptions.builder()
                .extensions(StandardExtensions.with(state -> backend(state, time)))
                .name("rehearsal");
        try (var runtime = engine.newRuntime(options.build())) {
            runtime.execute("rehearsal.js", SCRIPT.formatted(FIRES, LocalCronHandler.Limits.DENO.running()));
            return awaitExit(runtime.exit());
        }
    }

    /** @return how each of its runtimes ended */
    static List<JsRuntime.Exit> runRecorded(
            JsEngine engine, TimeSource time, Path folder, Function<Path, RunStore> open, int fires) {
        delete(folder);
        try (var store = open.apply(folder);
                var recorder = new RunRecorder(store, time, "rehearsal");
                var metrics = new Metrics("local", "rehearsal")) {
            recorder.listen(new Announcer(LoggerFactory.getLogger(LOG_OF_RUNS), metrics, new EventHub(), job -> {}));
            recorder.start();
            var scripts = new ArrayList<Incarnation>();
            try {
                for (int i = 0; i < RUNTIMES_RECORDED; i++) {
                    var file = folder.resolve("rehearsal" + i + ".js");
                    Files.writeString(file, SCRIPT.formatted(fires / RUNTIMES_RECORDED, JOBS_RECORDED));
                    var script =
                            script(engine, time, recorder, file.getFileName().toString());
                    scripts.add(script);
                    script.load(file.toUri());
                }
                return scripts.stream().map(script -> awaitExit(script.exit())).toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                scripts.forEach(Incarnation::close); // before what they record in
            }
        } finally {
            delete(folder);
        }
    }

    /** What stands between a job function and its record is what does so in earnest. */
    private static Incarnation script(JsEngine engine, TimeSource time, RunRecorder recorder, String name) {
        return Incarnation.start(
                engine,
                RuntimeOptions.builder().name("rehearsal").output(recorder.sink((level, text, scope) -> {})),
                state -> DrainableCrons.of(recorder, name, backend(state, time), state, LINES_MAX),
                CronSchedule::parse,
                ScriptDatabases.inMemory());
    }

    private static CronHandler backend(OpState state, TimeSource time) {
        return new LocalCronHandler(
                state.borrow(EventLoop.class),
                time,
                offset -> Long.toString(untilNextMs(time.currentTimeMillis())),
                Service.CRON_LIMITS,
                "rehearsal");
    }

    /** When a fire that is asked for now is due: soon, but not when a second begins, which belongs to real crons. */
    static long untilNextMs(long nowMs) {
        long ofSecond = Math.floorMod(nowMs, 1000L);
        return ofSecond < 200 ? 200 - ofSecond : ofSecond < 600 ? 20 : 1200 - ofSecond;
    }

    private static JsRuntime.Exit awaitExit(CompletableFuture<JsRuntime.Exit> exit) {
        return exit.completeOnTimeout(new JsRuntime.Exit.Stopped("late"), DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
