package dev.carillon.scheduler;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.http.EventHub;
import dev.carillon.scheduler.run.LogLine;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunListener;
import dev.carillon.scheduler.run.RunRecorder;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.run.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Fires crons of no consequence in runtimes of its own, while the scripts wait for their first minute: what the JVM loads,
 * links and compiles on the way to a job function it does here, and not when ten thousand real ones are due at once.
 */
public final class Rehearsal {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int FIRES = 5_000;
    private static final int FIRES_RECORDED = 2_000; // of each runtime
    /** Code that has run in one runtime only is compiled for that one, and again when it runs in the next. */
    private static final int RUNTIMES_RECORDED = 10;

    private static final int LINES_MAX = 100;

    /** What job functions do first: look at a clock, keep something, wait for a promise or a timer, or nothing. */
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
     * @param folder for that database; whatever is in it goes, before and after
     * @param open opens a store in a folder
     */
    static Thread startRecorded(JsEngine engine, TimeSource time, Path folder, Function<Path, RunStore> open) {
        return inBackground(() -> runRecorded(engine, time, folder, open));
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
        try (var runtime = runtime(engine, state -> backend(state, time))) {
            runtime.execute("rehearsal.js", SCRIPT.formatted(FIRES, LocalCronHandler.Limits.DENO.running()));
            return awaitExit(runtime);
        }
    }

    /** @return how each of its runtimes ended */
    static List<JsRuntime.Exit> runRecorded(
            JsEngine engine, TimeSource time, Path folder, Function<Path, RunStore> open) {
        delete(folder);
        try (var store = open.apply(folder);
                var recorder = new RunRecorder(store, time, "rehearsal");
                var audience = new Audience()) {
            recorder.listen(audience);
            recorder.start();
            var runtimes = new ArrayList<JsRuntime>();
            try {
                for (int i = 0; i < RUNTIMES_RECORDED; i++) {
                    var script = "rehearsal" + i + ".js";
                    var runtime = runtime(
                            engine,
                            state -> recorder.handler(
                                    script, backend(state, time), state.borrow(EventLoop.class)::execute, LINES_MAX));
                    runtimes.add(runtime);
                    runtime.execute(script, SCRIPT.formatted(FIRES_RECORDED, 100));
                }
                return runtimes.stream().map(Rehearsal::awaitExit).toList();
            } finally {
                runtimes.forEach(JsRuntime::close); // before what they record in
            }
        } finally {
            delete(folder);
        }
    }

    private static JsRuntime runtime(JsEngine engine, Function<OpState, CronHandler> crons) {
        return engine.newRuntime(RuntimeOptions.builder()
                .extensions(StandardExtensions.with(crons))
                .name("rehearsal")
                .build());
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

    private static JsRuntime.Exit awaitExit(JsRuntime runtime) {
        return runtime.exit()
                .completeOnTimeout(new JsRuntime.Exit.Stopped("late"), DEADLINE.toSeconds(), TimeUnit.SECONDS)
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

    /** Hears what the service's own listener hears. */
    private static final class Audience implements RunListener, AutoCloseable {
        private final Metrics metrics = new Metrics("local", "rehearsal");
        private final EventHub events = new EventHub();

        @Override
        public void onRun(RunSummary run) {
            metrics.run(run);
            events.publish("run", () -> run);
        }

        @Override
        public void onLog(RunId run, LogLine line) {
            metrics.line();
            events.publish("log", () -> line);
        }

        @Override
        public void close() {
            metrics.close();
        }
    }
}
