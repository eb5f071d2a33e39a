package dev.carillon.web;

import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;

/**
 * The clocks behind {@code performance} and {@code console.time}, and the start-up facts of console.
 *
 * <p>Threads: runtime thread only.
 */
public final class ClockOps {
    private final TimeSource time;
    private final String version;
    private final boolean colors;
    private final long startNanos;
    private final double originMs;

    ClockOps(OpState state) {
        time = state.borrow(TimeSource.class);
        colors = state.borrow(RuntimeOptions.class).colors();
        var built = ClockOps.class.getPackage().getImplementationVersion();
        version = built == null ? "dev" : built;
        startNanos = time.nanoTime();
        var now = time.now();
        originMs = now.getEpochSecond() * 1e3 + now.getNano() / 1e6;
    }

    /** Milliseconds since the runtime started, on the monotonic clock. */
    @Op("op_web_now")
    public double now() {
        return (time.nanoTime() - startNanos) / 1e6;
    }

    /** When the runtime started, in milliseconds since 1970. */
    @Op("op_web_time_origin")
    public double timeOrigin() {
        return originMs;
    }

    /** What {@code navigator} tells. */
    @Op("op_web_facts")
    public Facts facts() {
        var os = System.getProperty("os.name").equals("Linux") ? "Linux" : System.getProperty("os.name");
        var arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        return new Facts(Runtime.getRuntime().availableProcessors(), "Carillon/" + version, "en-US", os + " " + arch);
    }

    /** Facts for {@code navigator}; the language is fixed so that output does not depend on the machine. */
    public record Facts(int hardwareConcurrency, String userAgent, String language, String platform) {}

    /** True if printed text may hold ANSI colours. */
    @Op("op_web_colors")
    public boolean colors() {
        return colors;
    }
}
