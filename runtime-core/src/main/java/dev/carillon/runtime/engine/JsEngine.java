package dev.carillon.runtime.engine;

import com.oracle.truffle.api.debug.Breakpoint;
import com.oracle.truffle.api.debug.Debugger;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import java.net.URI;
import java.util.Locale;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotException;
import org.jspecify.annotations.Nullable;

/**
 * The process's one JavaScript engine: what its runtimes share is compiled code, nothing a script could see.
 *
 * <p>Threads: any.
 * <p>Closing: after its runtimes; any number of times.
 */
public final class JsEngine implements AutoCloseable {
    // The single hole between guest and host: methods marked @Op. Buffers are readable because ops return bytes as one.
    private static final HostAccess HOST_ACCESS = HostAccess.newBuilder()
            .allowAccessAnnotatedBy(Op.class)
            .allowBufferAccess(true)
            .build();

    private static final String NO_JVMCI = "JVMCI is off: start Java with -XX:+UnlockExperimentalVMOptions"
            + " -XX:+EnableJVMCI and the compiler on --upgrade-module-path";

    private final GlueSources glue = new GlueSources();
    private final ModuleCache modules;
    private final @Nullable Inspector inspector;

    private @Nullable Built built; // guarded by this
    private @Nullable HeapWatch heapWatch; // guarded by this

    private JsEngine(@Nullable Inspector inspector) {
        this.inspector = inspector;
        modules = new ModuleCache(ModuleCache.standardDirectory(), debugged());
    }

    public static JsEngine create() {
        return create(null);
    }

    /**
     * An engine a debugger can attach to; it tells its address on standard error.
     *
     * @param inspector where, or null for nowhere
     * @throws Inspector.Unavailable if GraalVM's inspector (org.graalvm.tools:chromeinspector-tool) is not on the class
     *     path, or cannot listen there
     */
    public static JsEngine create(@Nullable Inspector inspector) {
        var engine = new JsEngine(inspector);
        if (inspector != null) {
            engine.built();
        }
        return engine;
    }

    /** GraalJS's part. */
    private record Built(Engine engine, Jit jit) {}

    /** Built by the first to ask: as it takes long, the first runtime's thread has other things to do meanwhile. */
    private synchronized Built built() {
        if (built == null) {
            built = build(inspector);
        }
        return built;
    }

    private static Built build(@Nullable Inspector inspector) {
        // Without the JVM's half of the compiler there is no doubt, and setting up a log for the answer takes 10 ms.
        var log = ModuleLayer.boot().findModule("jdk.internal.vm.ci").isPresent() ? new StartLog() : null;
        var builder = Engine.newBuilder("js").option("engine.WarnInterpreterOnly", String.valueOf(log != null));
        if (log != null) {
            builder.logHandler(log);
        }
        if (inspector != null) {
            inspector.checkFree();
            inspect(builder, inspector);
        }
        Engine engine;
        try {
            engine = builder.build();
        } catch (IllegalArgumentException | PolyglotException e) {
            if (inspector == null) {
                throw e;
            }
            var why = String.valueOf(e.getMessage());
            throw new Inspector.Unavailable(
                    why.contains("Could not find option")
                            ? "there is no debugger on the class path: add org.graalvm.tools:chromeinspector-tool"
                            : "the debugger cannot listen on port " + inspector.port() + ": " + why,
                    e);
        }
        var jit = Jit.of(engine.getImplementationName(), log == null ? NO_JVMCI : log.text());
        if (jit.on()) {
            UncompiledStart.listen();
        }
        return new Built(engine, jit);
    }

    private static void inspect(Engine.Builder builder, Inspector inspector) {
        // The inspector's own way to suspend stops behind the last line, where the engine links a module: see pauseIn.
        builder.option("inspect", String.valueOf(inspector.port()))
                .option("inspect.Suspend", "false")
                .option("inspect.WaitAttached", String.valueOf(inspector.start() != Inspector.Start.AT_ONCE));
    }

    /** Whether a debugger may attach. */
    boolean debugged() {
        return inspector != null;
    }

    /** Lets the attached debugger stop, once, before a module's first statement, if it is to. */
    void pauseIn(URI module) {
        if (inspector != null && inspector.start() == Inspector.Start.PAUSED) {
            var breakpoint = Breakpoint.newBuilder(module).lineIs(1).oneShot().build();
            Debugger.find(polyglot()).install(breakpoint);
        }
    }

    /** Whether hot guest code is compiled to machine code. */
    public Jit jit() {
        return built().jit;
    }

    /**
     * Starts a runtime on a thread of its own: extensions are checked and initialised, their glue is evaluated; no
     * script is loaded yet. Returns when that is done.
     *
     * @throws IllegalStateException if the extensions do not fit together (missing dependency, op declared twice)
     * @throws dev.carillon.runtime.JsError if glue throws
     */
    public JsRuntime newRuntime(RuntimeOptions options) {
        var runtime = new ScriptRuntime(this, options);
        runtime.start();
        built();
        runtime.awaitStart();
        return runtime;
    }

    /**
     * Begins a time in which many runtimes start: until it is closed nothing is compiled, which would cost more than the
     * starts do. Then what scripts brought along and ran much is compiled first. It holds for all engines of the process.
     */
    public ManyStarts manyStarts() {
        return jit().on() ? CompilerPause.open() : () -> {};
    }

    /**
     * A time in which many runtimes start.
     *
     * <p>Threads: any.
     * <p>Closing: any number of times.
     */
    @FunctionalInterface
    public interface ManyStarts extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public void close() {
        Built mine;
        synchronized (this) {
            if (heapWatch != null) {
                heapWatch.close();
            }
            mine = built;
        }
        if (mine != null) {
            mine.engine.close(true);
        }
    }

    Engine polyglot() {
        return built().engine;
    }

    /** Made for the first runtime with a limit. */
    synchronized HeapWatch heapWatch() {
        if (heapWatch == null) {
            heapWatch = new HeapWatch(polyglot(), HOST_ACCESS, TimeSource.system());
        }
        return heapWatch;
    }

    HostAccess hostAccess() {
        return HOST_ACCESS;
    }

    ModuleCache modules() {
        return modules;
    }

    GlueSources glue() {
        return glue;
    }

    /**
     * State of the just-in-time compiler.
     *
     * @param on true if hot guest code is compiled
     * @param reason why not, when off; null when on
     */
    public record Jit(boolean on, @Nullable String reason) {
        private static Jit of(String implementation, String startLog) {
            if (!implementation.toLowerCase(Locale.ROOT).contains("interpreted")) {
                return new Jit(true, null);
            }
            return new Jit(false, startLog.isEmpty() ? "the engine runs as '" + implementation + "'" : startLog);
        }
    }

    /** Keeps what the engine says while it starts: the reason it runs interpreted, if it does. */
    private static final class StartLog extends Handler {
        private final StringBuilder text = new StringBuilder();

        @Override
        public synchronized void publish(LogRecord record) {
            text.append(record.getMessage().strip()).append('\n');
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        /** The first paragraph that names a cause; the rest is advice on hiding the warning. */
        synchronized String text() {
            for (var line : text.toString().split("\n")) {
                if (line.contains("reason") || line.contains("JVMCI")) {
                    return line.strip();
                }
            }
            return text.toString().lines().findFirst().orElse("").strip();
        }
    }
}
