package dev.carillon.runtime.engine;

import dev.carillon.runtime.Activity;
import dev.carillon.runtime.Channels;
import dev.carillon.runtime.Environment;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsError;
import dev.carillon.runtime.JsError.SourcePosition;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.OpMetrics;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import dev.carillon.runtime.RuntimeControl;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.WorkingDirectory;
import dev.carillon.runtime.engine.GuestBridge.Entry;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/*
 * One context on one thread. The thread alternates between turns (tasks, timers, completed ops, immediates; each entry into
 * the guest drains its microtasks on the way out) and sleep. It ends when nothing keeps the loop alive, when the guest exits
 * or fails, or when the host closes; every way out passes through end(), which releases everything once.
 */
final class ScriptRuntime implements JsRuntime {
    private static final long STACK_BYTES = 16L << 20; // guest recursion is deep, frames of the interpreter are large
    private static final Duration LEISURE = Duration.ofSeconds(1); // time enough to load what the script will use
    private static final Exit OUT_OF_MEMORY =
            new Exit.Stopped("out of memory: it asked for more than the process has left");
    private static final int SETTLE_BATCH_MAX = 1024;
    private static final String BRIDGE = "__carillon_bridge";

    private final JsEngine engine;
    private final RuntimeOptions options;
    private final Thread thread;
    private final RuntimeLoop loop;
    private final OpState state;
    private final ResourceTable resources;
    private final OpTable ops = new OpTable();
    private final LateStates late;
    private final PendingOps pending;
    private final GuestBridge bridge;
    private @Nullable Value installed;
    private final Map<Entry, Value> entries = new EnumMap<>(Entry.class);
    private final CompletableFuture<@Nullable Void> started = new CompletableFuture<>();
    private final CompletableFuture<Exit> exited = new CompletableFuture<>();
    private final CompletableFuture<Void> mainLoaded = new CompletableFuture<>();
    private final TurnRunner turns = new TurnRunner();

    private final AtomicBoolean mainAsked = new AtomicBoolean();
    private volatile @Nullable Context context;
    private @Nullable ModuleLoader modules;
    private volatile @Nullable String stopReason;
    private volatile @Nullable JsError lastException;

    private enum Main {
        NOT_ASKED,
        LOADING,
        DONE
    }

    private Main main = Main.NOT_ASKED;
    private boolean lookedAhead;
    private String mainModule = "";
    private @Nullable Exit exit;
    private int exitCode;
    private @Nullable Rejections rejections;
    private HeapWatch.@Nullable Watched watched;

    ScriptRuntime(JsEngine engine, RuntimeOptions options) {
        this.engine = engine;
        this.options = options;
        OpTable.checkDependencies(options.extensions());
        thread = new Thread(null, this::run, options.name(), STACK_BYTES);
        thread.setDaemon(true);
        loop = new RuntimeLoop(thread, options.time());
        state = new OpState(thread);
        resources = new ResourceTable(options.limits().resourcesMax());
        pending = new PendingOps(thread, loop::wake, options.limits().pendingOpsMax());
        late = new LateStates(options.extensions());
        bridge = new GuestBridge(this, ops, state, pending, loop);
    }

    // --- any thread

    void start() {
        thread.start();
    }

    /** Returns when the glue has run; throws what kept it from that. */
    void awaitStart() {
        try {
            started.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    String name() {
        return options.name();
    }

    /** False once everything it held is garbage. */
    boolean isAlive() {
        return thread.isAlive();
    }

    RuntimeOptions options() {
        return options;
    }

    OutputSink output() {
        return options.output();
    }

    /** What the start message tells the guest. */
    record Start(
            String cwd,
            List<String> args,
            boolean debug,
            String mainModule,
            @Nullable String sourceMap,
            String engine) {}

    Start start(OpState from) {
        return new Start(
                from.borrow(WorkingDirectory.class).path().toString(),
                options.args(),
                options.logOps(),
                mainModule,
                mainModule.isEmpty() ? null : modules().mappings(mainModule),
                "GraalJS, " + engine.polyglot().getImplementationName());
    }

    @Override
    public CompletableFuture<Void> loadMain(URI module) {
        if (!mainAsked.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("A runtime has one main module: it cannot load " + module + " as well"));
        }
        return post(mainLoaded, result -> {
            main = Main.LOADING;
            try {
                mainModule = modules().main(module);
            } catch (IOException e) {
                var message = String.valueOf(e.getMessage());
                mainFailed(new JsError("Error", message, message, null));
                return;
            }
            engine.pauseIn(URI.create(mainModule));
            guestCall(Entry.LOAD_MAIN, mainModule);
        });
    }

    @Override
    public CompletableFuture<@Nullable Object> execute(String name, String source) {
        var done = new CompletableFuture<@Nullable Object>();
        return post(done, result -> {
            try {
                result.complete(completionValue(
                        eval(Source.newBuilder("js", source, name).buildLiteral())));
            } catch (PolyglotException e) {
                if (!ended(e)) {
                    var error = describe(e);
                    lastException = error;
                    result.completeExceptionally(error);
                }
            }
            afterGuest();
        });
    }

    /** Runs {@code body} on the runtime thread; what it promises fails if the runtime ends first. */
    private <T extends @Nullable Object> CompletableFuture<T> post(
            CompletableFuture<T> promise, java.util.function.Consumer<CompletableFuture<T>> body) {
        exited.thenAccept(
                how -> promise.completeExceptionally(new IllegalStateException("The runtime has ended: " + how)));
        loop.execute(() -> {
            body.accept(promise);
        });
        return promise;
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return exited.copy();
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public Optional<JsError> lastException() {
        return Optional.ofNullable(lastException);
    }

    @Override
    public CompletableFuture<Activity> activity() {
        return post(new CompletableFuture<>(), result -> result.complete(bridge.activity(resources)));
    }

    @Override
    public CompletableFuture<Void> initialiseLate(List<LateValue> values) {
        return post(new CompletableFuture<>(), result -> {
            try {
                late.initialise(values, state);
                result.complete(null);
            } catch (RuntimeException e) { // the embedder's own mistake, or that of the extension it names
                result.completeExceptionally(e);
            }
        });
    }

    @Override
    public CompletableFuture<Map<String, OpMetrics>> metrics() {
        return post(new CompletableFuture<>(), result -> {
            if (guestCall(Entry.METRICS) instanceof String json) {
                result.complete(bridge.metrics(json));
            }
        });
    }

    @Override
    public void close() {
        stop("closed by the host");
        if (!loop.isCurrentThread()) {
            joinThread();
        }
    }

    @Override
    public void stop(String reason) {
        if (stopReason == null) {
            stopReason = reason;
        }
        var current = context;
        if (current != null && !loop.isCurrentThread()) {
            try {
                current.close(true);
            } catch (PolyglotException | IllegalStateException e) {
                Log.debug(ScriptRuntime.class, "Closing the context of '" + name() + "'", e);
            }
        }
        loop.wake();
    }

    private void joinThread() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // --- runtime thread: start, turns, end

    private void run() {
        try {
            UncompiledStart.of(this::initialise);
            started.complete(null);
        } catch (Throwable t) { // the starter gets all of them
            started.completeExceptionally(t);
            exit = new Exit.Stopped("failed to start: " + t.getMessage());
        }
        Exit how;
        try {
            how = started.isCompletedExceptionally() ? decided() : loopUntilDone();
        } catch (OutOfMemoryError e) {
            if (watched != null) {
                engine.heapWatch().ranOut();
            }
            how = OUT_OF_MEMORY; // made beforehand: there may be no room for another
        } catch (RuntimeException | Error e) { // the loop's edge: a bug must not leave waiters hanging
            how = new Exit.Failed(internalError(e, null));
        }
        try {
            end(how);
        } catch (OutOfMemoryError e) {
            forgetGuest(); // which makes room
            end(how);
        }
    }

    private Exit decided() {
        var reason = stopReason;
        if (exit != null) {
            return exit;
        }
        return new Exit.Stopped(reason == null ? "unknown" : reason);
    }

    private void initialise() {
        var time = options.time();
        state.put(TimeSource.class, time);
        state.put(EventLoop.class, loop);
        state.put(ResourceTable.class, resources);
        state.put(OutputSink.class, options.output());
        state.put(Permissions.class, options.permissions().copy());
        state.put(Environment.class, new Environment(options.environment()));
        state.put(WorkingDirectory.class, new WorkingDirectory(options.cwd()));
        state.put(RuntimeOptions.class, options);
        state.put(RuntimeControl.class, new Control());
        state.put(Channels.class, bridge.channels());
        for (var name : List.of("stdin", "stdout", "stderr")) {
            resources.add(new StandardStream(name));
        }
        var extensions = new ArrayList<Extension>();
        extensions.add(CoreExtension.INSTANCE);
        extensions.addAll(options.extensions());
        for (var extension : extensions) {
            extension.states().forEach(init -> init.accept(state));
        }
        ops.addAll(extensions, state);
        bridge.collect(options.collectors());
        makeTables();
        startContext(extensions);
    }

    /** The engine's next step needs the powers of ten; until there is an engine, this thread has nothing else to do. */
    private static void makeTables() {
        var _ = BigDecimal.valueOf(1);
    }

    private void startContext(List<Extension> extensions) {
        var created = newContext();
        context = created;
        modules = ModuleLoader.install(created, engine.modules(), new ModuleHost(extensions));
        modules.base(options.cwd());
        rejections = Rejections.install(created);
        bridge.setLeakTraces(options.leakTraces());
        watchHeap(created);
        modules.offer(BRIDGE, bridge);
        var start = new StringBuilder();
        var scripts = new ArrayList<Source>();
        for (var extension : extensions) {
            for (var file : extension.scripts()) {
                var text = glueText(extensions, "ext:" + extension.name() + "/" + file);
                if (text == null) {
                    throw new IllegalStateException(
                            "Extension '" + extension.name() + "' has no script js/" + extension.name() + "/" + file);
                }
                scripts.add(Source.newBuilder("js", text, "ext:" + extension.name() + "/" + file)
                        .internal(true)
                        .buildLiteral());
            }
            if (extension.entryPoint() != null) {
                start.append("import \"ext:")
                        .append(extension.name())
                        .append('/')
                        .append(extension.entryPoint())
                        .append("\";\n");
            }
        }
        try {
            scripts.forEach(created::eval);
            created.eval(Source.newBuilder("js", start, "ext:core/start.js")
                    .mimeType("application/javascript+module")
                    .internal(true)
                    .buildLiteral());
        } catch (PolyglotException e) {
            throw entry(Entry.DESCRIBE) != null ? describe(e) : new IllegalStateException("js/core does not start", e);
        }
        if (exit instanceof Exit.Failed failed) {
            throw failed.error();
        }
    }

    private void watchHeap(Context created) {
        long limit = options.limits().heapBytesMax();
        if (limit < Long.MAX_VALUE) {
            created.enter();
            try {
                watched = engine.heapWatch().watch(this, limit);
            } finally {
                created.leave();
            }
        }
    }

    private Context newContext() {
        return Context.newBuilder("js")
                .engine(engine.polyglot())
                .allowHostAccess(engine.hostAccess())
                .allowPolyglotAccess(PolyglotAccess.NONE)
                .allowEnvironmentAccess(EnvironmentAccess.NONE)
                .allowExperimentalOptions(true)
                .out(OutputStream.nullOutputStream())
                .err(OutputStream.nullOutputStream())
                .option("js.ecmascript-version", "staging")
                .option("js.async-context", "true")
                .option("js.stack-trace-api", "true")
                .option("js.import-attributes", "true")
                .option("js.json-modules", "true")
                .option("js.temporal", "true")
                // Most functions of the glue are never called. A breakpoint wants to see into all of a module at once.
                .option("js.lazy-translation", String.valueOf(!engine.debugged()))
                .option("js.graal-builtin", "false")
                .option("js.console", "false")
                .option("js.print", "false")
                .option("js.load", "false")
                .option("js.polyglot-builtin", "false")
                .option("js.java-package-globals", "false")
                .option("js.global-arguments", "false")
                .build();
    }

    private @Nullable String glueText(List<Extension> extensions, String specifier) {
        int slash = specifier.indexOf('/');
        if (slash < 0) {
            return null;
        }
        var name = specifier.substring("ext:".length(), slash);
        for (var extension : extensions) {
            if (extension.name().equals(name)) {
                return engine.glue().text(extension, specifier.substring(slash + 1));
            }
        }
        return null;
    }

    private Exit loopUntilDone() {
        while (goesOn()) {
            turn();
            if (!goesOn() || moreToDo()) {
                continue;
            }
            if (!alive()) {
                drained();
            } else if (!lookedAhead && main == Main.DONE && loop.idleFor(LEISURE)) {
                lookedAhead = true;
                modules().takeForeseen().forEach(glue -> guestCall(Entry.LOAD_AHEAD, glue));
            } else {
                loop.sleep(() -> pending.anyReady() || stopReason != null);
            }
        }
        return decided();
    }

    private void turn() {
        loop.runTasks(turns);
        loop.runTimers(turns);
        while (goesOn() && pending.ready() > 0) {
            int batch = Math.min(pending.ready(), SETTLE_BATCH_MAX);
            guestCall(Entry.SETTLE, batch);
            if (loop.anyTasks()) {
                break;
            }
        }
        if (goesOn() && bridge.immediates() > 0) {
            bridge.runImmediates();
        }
    }

    private boolean moreToDo() {
        return loop.anyTasks() || pending.anyReady() || bridge.immediates() > 0;
    }

    boolean alive() {
        return main == Main.NOT_ASKED || pending.keepsAlive() || bridge.keepsAlive() || loop.held() || moreToDo();
    }

    private void drained() {
        if (main == Main.LOADING) {
            fail(new JsError(
                    "Error", "Top-level await promise never resolved", "Top-level await promise never resolved", null));
            return;
        }
        boolean goOn = Boolean.TRUE.equals(guestCall(Entry.DISPATCH, "beforeunload")) && alive();
        if (goesOn() && !goOn && !alive()) {
            guestCall(Entry.DISPATCH, "unload");
            if (goesOn()) { // it may have been stopped in there
                exit = new Exit.Drained(exitCode);
            }
        }
    }

    boolean goesOn() {
        return exit == null && stopReason == null;
    }

    private void end(Exit how) {
        loop.close();
        state.clear();
        resources.closeAll();
        var current = context;
        if (current != null) {
            try {
                current.close(true);
            } catch (PolyglotException | IllegalStateException e) {
                Log.debug(ScriptRuntime.class, "Closing the context of '" + name() + "'", e);
            }
        }
        forgetGuest();
        if (how instanceof Exit.Failed(JsError error)) {
            lastException = error;
            mainLoaded.completeExceptionally(error);
        } else if (how instanceof Exit.Exited) {
            mainLoaded.complete(null);
        }
        exited.complete(how);
    }

    /** Whoever keeps an ended runtime to ask how it went keeps none of the script's objects. */
    private void forgetGuest() {
        installed = null;
        entries.clear();
        context = null;
        modules = null;
        rejections = null;
        if (watched != null) {
            watched.close();
            watched = null;
        }
    }

    // --- runtime thread: the guest

    /** Enters the guest; its microtasks have run when this returns. Null when it ended or broke there. */
    @Nullable
    Object guestCall(Entry entry, Object... args) {
        try {
            var function = entry(entry);
            if (function == null) {
                throw new IllegalStateException("js/core has not installed " + entry.member);
            }
            var value = function.execute(args);
            var result = value.isBoolean() ? (Object) value.asBoolean() : value.isString() ? value.asString() : null;
            afterGuest();
            return result;
        } catch (PolyglotException e) {
            if (!ended(e)) {
                fail(describe(e));
            }
            return null;
        }
    }

    /** What comes between one entry into the guest and the next. */
    private void afterGuest() {
        if (bridge.takeTicks() && goesOn()) {
            guestCall(Entry.RUN_TICKS);
        }
        checkRejections();
    }

    /** Where guest code is, as the text of a stack trace; empty when none is on the stack. */
    String guestStack() {
        var function = entry(Entry.STACK);
        return function == null ? "" : function.execute().asString();
    }

    private void checkRejections() {
        if (rejections != null && rejections.any() && goesOn()) {
            guestCall(Entry.REJECTIONS);
        }
    }

    /** True if the guest was stopped from outside rather than thrown out of by its own error. */
    private boolean ended(PolyglotException e) {
        if (e.isCancelled() || e.isInterrupted() || e.isExit()) {
            if (stopReason == null && exit == null) {
                exit = new Exit.Stopped("interrupted");
            }
            return true;
        }
        if (e.isResourceExhausted()) {
            if (watched != null) {
                engine.heapWatch().ranOut();
            }
            if (exit == null) {
                exit = OUT_OF_MEMORY;
            }
            return true;
        }
        return false;
    }

    Value eval(Source source) {
        var current = context;
        if (current == null) {
            throw new IllegalStateException("no context");
        }
        return current.eval(source);
    }

    private @Nullable Object completionValue(Value value) {
        if (value.isNull()) {
            return null;
        }
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        if (value.isNumber()) {
            return value.asDouble();
        }
        return value.isString() ? value.asString() : guestCall(Entry.JSON_OF, value);
    }

    private JsError describe(PolyglotException e) {
        if (e.isInternalError()) {
            return internalError(e, guestPosition(e));
        }
        if (e.isHostException()) {
            return internalError(e.asHostException(), guestPosition(e));
        }
        var thrown = e.getGuestObject();
        var describe = entry(Entry.DESCRIBE);
        if (thrown != null && describe != null) {
            try {
                return report(describe.execute(thrown, "").asString());
            } catch (PolyglotException again) {
                again.addSuppressed(e);
                Log.error(ScriptRuntime.class, "Describing an error of '" + name() + "' failed", again);
            }
        }
        return new JsError("Error", String.valueOf(e.getMessage()), "Uncaught " + e.getMessage(), null);
    }

    /** A bug of ours, of the engine or of an extension: a sentence for whoever runs the script, the stack for the log. */
    JsError internalError(Throwable bug, @Nullable SourcePosition at) {
        Log.error(ScriptRuntime.class, "Internal error under '" + name() + "'", bug);
        var kind = bug instanceof PolyglotException ? "" : bug.getClass().getName() + ": ";
        var what = (kind + bug.getMessage()).lines().findFirst().orElse("");
        var where = at != null
                ? "at " + StackTraces.place(at)
                : main == Main.LOADING ? "while the script was loaded" : "while the script ran";
        var message = "Internal error of the runtime " + where + ", a bug of it and not of the script: " + what
                + " (the log has the stack trace)";
        return new JsError("Error", message, message, at);
    }

    /** Where the script's own code was. */
    private @Nullable SourcePosition guestPosition(PolyglotException e) {
        for (var frame : e.getPolyglotStackTrace()) {
            var at = frame.isGuestFrame() ? frame.getSourceLocation() : null;
            var loader = modules;
            // The whole of a module stands for a place in it that the engine does not know.
            if (at != null
                    && loader != null
                    && !at.getSource().isInternal()
                    && at.getCharLength() < at.getSource().getLength()) {
                var known = loader.original(at.getSource().getName(), at.getStartLine(), at.getStartColumn());
                if (known.isPresent()) {
                    return known.get();
                }
            }
        }
        return null;
    }

    /** What js/core says of an error, completed by the line it was thrown in. */
    JsError report(String json) {
        return ErrorReport.read(json).toError(modules());
    }

    /** Those of the core's start, most of which a short script never needs; then those of glue that is loaded later. */
    void install(Value functions) {
        if (installed == null) {
            installed = functions;
            return;
        }
        for (var entry : Entry.values()) {
            if (functions.hasMember(entry.member)) {
                entries.put(entry, functions.getMember(entry.member));
            }
        }
    }

    private @Nullable Value entry(Entry entry) {
        var known = entries.get(entry);
        if (known == null && installed != null) {
            known = installed.getMember(entry.member);
            if (known != null) {
                entries.put(entry, known);
            }
        }
        return known;
    }

    Rejections rejections() {
        var known = rejections;
        if (known == null) {
            throw new IllegalStateException("no context");
        }
        return known;
    }

    void fail(JsError error) {
        lastException = error;
        if (exit == null) {
            exit = new Exit.Failed(error);
        }
    }

    void mainLoaded() {
        main = Main.DONE;
        mainLoaded.complete(null);
    }

    /** Ends the runtime by an error of the main module, in the loader's own words if it did not load. */
    void mainFailed(String json) {
        var report = ErrorReport.read(json);
        mainFailed(report.loading(modules()).orElseGet(() -> report.toError(modules())));
    }

    private void mainFailed(JsError error) {
        main = Main.DONE;
        fail(error);
    }

    private ModuleLoader modules() {
        var loader = modules;
        if (loader == null) {
            throw new IllegalStateException("no context");
        }
        return loader;
    }

    /** What the module loader may ask. */
    private final class ModuleHost implements ModuleLoader.Host {
        private final List<Extension> extensions;

        ModuleHost(List<Extension> extensions) {
            this.extensions = extensions;
        }

        @Override
        public @Nullable String extension(String specifier) {
            return glueText(extensions, specifier);
        }

        @Override
        public String ops(@Nullable Set<String> names) {
            var wanted = ops.all().stream()
                    .filter(op -> names == null || names.contains(op.name()))
                    .toList();
            return OpSources.module(wanted, options.logOps(), bridge::collected);
        }

        @Override
        public void checkRead(Path file) {
            state.borrow(Permissions.class).check(Permissions.Kind.READ, file.toString(), "import()");
        }
    }

    /** Runs the loop's pieces and keeps their errors from taking the loop along. */
    private final class TurnRunner implements RuntimeLoop.TaskRunner {
        @Override
        public void run(Runnable task) {
            try {
                task.run();
            } catch (PolyglotException e) {
                if (!ended(e)) {
                    fail(describe(e));
                }
            } catch (RuntimeException e) { // the one catch-all: host tasks of others; an Error ends the runtime
                Log.error(ScriptRuntime.class, "A task posted to '" + name() + "' failed", e);
            }
        }

        @Override
        public boolean goesOn() {
            return ScriptRuntime.this.goesOn();
        }
    }

    private final class Control implements RuntimeControl {
        @Override
        public void exit(int code) {
            if (exit == null) {
                exit = new Exit.Exited(code);
            }
            var current = context;
            if (current != null) {
                current.close(true);
            }
        }

        @Override
        public int exitCode() {
            return exitCode;
        }

        @Override
        public void exitCode(int code) {
            exitCode = code;
        }

        @Override
        public String mainModule() {
            return mainModule;
        }
    }

    /** Place of a standard stream in the table; closing it leaves the process's stream alone. */
    private record StandardStream(String name) implements Resource {}
}
