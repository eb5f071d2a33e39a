package dev.carillon.scheduler;

import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Fires crons of no consequence in a runtime of its own, while the scripts wait for their first minute: what the JVM loads,
 * links and compiles on the way to a job function it does here, and not when a hundred real ones are due at once.
 */
public final class Rehearsal {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String SCRIPT = """
            let left = 5_000;
            for (let i = 0; i < 50; i++) {
              Deno.cron(`rehearsal ${i}`, "* * * * *", () => {
                performance.now();
                if (--left === 0) Deno.exit();
              });
            }
            """;

    private Rehearsal() {}

    /** Runs it on a thread of its own, of the lowest priority, once for the engine's code. */
    public static void start(JsEngine engine) {
        var thread = new Thread(
                () -> {
                    try {
                        run(engine);
                    } catch (IllegalStateException e) {
                        // The engine was closed meanwhile.
                        System.getLogger(Rehearsal.class.getName()).log(System.Logger.Level.DEBUG, "Not rehearsed", e);
                    }
                },
                "carillon-rehearsal");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
    }

    static JsRuntime.Exit run(JsEngine engine) {
        var options = RuntimeOptions.builder()
                .extensions(StandardExtensions.with(LocalCronHandler::of))
                .environment(Map.of(LocalCronHandler.OFFSET_VARIABLE, "0"))
                .name("rehearsal")
                .build();
        try (JsRuntime runtime = engine.newRuntime(options)) {
            runtime.execute("rehearsal.js", SCRIPT);
            // Whatever ends it, the scripts are none the worse.
            return runtime.exit()
                    .completeOnTimeout(new JsRuntime.Exit.Stopped("late"), DEADLINE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
    }
}
