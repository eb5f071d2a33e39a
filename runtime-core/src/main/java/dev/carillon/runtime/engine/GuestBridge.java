package dev.carillon.runtime.engine;

import com.oracle.truffle.js.lang.JavaScriptLanguage;
import dev.carillon.runtime.Activity;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsBuffer;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpCollector;
import dev.carillon.runtime.OpHandler;
import dev.carillon.runtime.OpMetrics;
import dev.carillon.runtime.OpResult;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.ResourceTable;
import dev.carillon.runtime.RuntimeLimits;
import dev.carillon.runtime.time.TimeSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * What js/core sees of its runtime: op objects, asynchronous ops, timers, errors. Reachable from glue only, which gets it
 * once at start. Public for the engine's host access only.
 *
 * <p>Threads: runtime thread only.
 */
public final class GuestBridge {
    private static final int READY = -1;
    private static final int FAILED = -2;
    private static final int NOTHING = -3;
    private static final OpCollector.Event[] EVENTS = OpCollector.Event.values();
    private static final double NANOS_PER_MS = 1e6;

    private final ScriptRuntime runtime;
    private final OpTable ops;
    private final OpState state;
    private final PendingOps pending;
    private final RuntimeLoop loop;
    private final OpDispatch dispatch;
    private final RuntimeChannels channels;
    private final Plugins plugins;
    private final Map<Integer, GuestTimer> timers = new HashMap<>();
    private final Map<Integer, PendingOp> lazyOps = new HashMap<>();
    private final Map<Integer, OpCollector> collectors = new HashMap<>();
    private final Map<String, String> traces = new HashMap<>(); // of what may have ended since
    private boolean leakTraces;
    private int nextTimer = 1;
    private int referencedTimers;
    private int immediates;
    private boolean ticks;
    private int lookups;
    private int subscriptions;
    private static final int BRIEF_MAX = 60; // characters of a result in the log of ops

    private final Map<Integer, Long> startedNanos = new HashMap<>(); // of pending ops, when they are logged
    private @Nullable Object settledValue;
    private @Nullable Throwable described;

    GuestBridge(ScriptRuntime runtime, OpTable ops, OpState state, PendingOps pending, RuntimeLoop loop) {
        this.runtime = runtime;
        this.ops = ops;
        this.state = state;
        this.pending = pending;
        this.loop = loop;
        dispatch = new OpDispatch(ops, state);
        channels = new RuntimeChannels(loop, this::deliver);
        plugins = new Plugins(ops, state, this);
    }

    private final class GuestTimer {
        final int id;
        final double delayMs;
        final boolean repeats;
        final boolean system; // the runtime's own, in no statistics
        boolean referenced;
        Timers.@Nullable Entry entry;

        GuestTimer(int id, double delayMs, boolean repeats, boolean referenced, boolean system) {
            this.id = id;
            this.delayMs = delayMs;
            this.repeats = repeats;
            this.referenced = referenced;
            this.system = system;
        }

        long nanos() {
            return (long) (delayMs * NANOS_PER_MS);
        }

        void fire() {
            if (!repeats) {
                timerCancel(id);
            }
            long started = loop.time().nanoTime();
            runtime.guestCall(Entry.FIRE_TIMER, id);
            var again = entry;
            if (timers.get(id) == this && again != null) {
                loop.timers().schedule(again, started + nanos());
            }
        }
    }

    /** Functions js/core hands to the host. */
    enum Entry {
        SETTLE("settle"),
        FIRE_TIMER("fireTimer"),
        RUN_IMMEDIATE("runImmediate"),
        RUN_LAZY("runLazy"),
        REJECTIONS("rejections"),
        LOAD_MAIN("loadMain"),
        LOAD_AHEAD("loadAhead"),
        DISPATCH("dispatch"),
        DESCRIBE("describe"),
        METRICS("metrics"),
        STACK("stack"),
        RUN_TICKS("runTicks"),
        REGISTERED("registered"),
        UNREGISTERED("unregistered"),
        MESSAGE("message"),
        JSON_OF("jsonOf");

        final String member;

        Entry(String member) {
            this.member = member;
        }
    }

    // --- ops

    /** The object op {@code id} is a method of. */
    @Op("host")
    public Object host(int id) {
        return ops.op(id).target();
    }

    @Op("adapter")
    public Object adapter(int id) {
        return new OpAdapter(ops.op(id), state);
    }

    /** Opaque to the guest, which passes it back as an argument. */
    @Op("state")
    public Object state() {
        return state;
    }

    @Op("opCount")
    public int opCount() {
        return ops.size();
    }

    // --- collectors and traces

    /** Asks for collectors of all ops; before the guest starts. */
    void collect(OpCollector.Factory factory) {
        for (var op : ops.all()) {
            var collector = factory.collector(op.id(), ops.size(), op.declaration());
            if (collector != null) {
                collectors.put(op.id(), collector);
            }
        }
    }

    boolean collected(OpDecl op) {
        return collectors.containsKey(op.id());
    }

    /** @param event ordinal of an {@link OpCollector.Event} */
    @Op("collect")
    public void collect(int id, int event) {
        var collector = collectors.get(id);
        if (collector != null) {
            var op = ops.op(id);
            collector.record(op.declaration(), EVENTS[event], op.source());
        }
    }

    @Op("setLeakTraces")
    public void setLeakTraces(boolean on) {
        leakTraces = on;
        traces.clear();
        state.borrow(ResourceTable.class).onOpen(rid -> began("resource", rid));
    }

    private void began(String kind, int number) {
        if (leakTraces) {
            traces.put(kind + " " + number, runtime.guestStack());
        }
    }

    /** Traces of what is going on still, as JSON. */
    @Op("leakTraces")
    public String leakTraces() {
        return Json.MAPPER.writeValueAsString(tracesOf(state.borrow(ResourceTable.class)));
    }

    private Map<String, String> tracesOf(ResourceTable resources) {
        var open = new HashSet<String>();
        pending.all().forEach(op -> open.add("op " + op.promiseId));
        resources.names().keySet().forEach(rid -> open.add("resource " + rid));
        timers.forEach((id, timer) -> {
            if (!timer.system) {
                open.add("timer " + id);
            }
        });
        traces.keySet().retainAll(open);
        return traces;
    }

    // --- ops by id

    /**
     * Calls op {@code id} with bytes.
     *
     * @param control an {@code ArrayBuffer}, of which {@code length} bytes from {@code offset} are meant
     * @param lent a guest array with three entries for each buffer: its {@code ArrayBuffer}, offset and length
     * @return a promise id; {@link #READY} with the bytes as the current value; or {@link #NOTHING}
     */
    @Op("dispatch")
    public int dispatch(int id, Value control, int offset, int length, Value lent) {
        var buffers = new ArrayList<JsBuffer>();
        var windows = new ArrayList<BufferWindow>();
        for (long i = 0; i < lent.getArraySize(); i += 3) {
            windows.add(new BufferWindow(
                    lent.getArrayElement(i),
                    lent.getArrayElement(i + 1).asInt(),
                    lent.getArrayElement(i + 2).asInt()));
        }
        buffers.addAll(windows);
        try {
            var result = dispatch.dispatch(id, new BufferWindow(control, offset, length).copy(), buffers);
            return switch (result) {
                case OpResult.Ready(byte[] bytes) -> {
                    settledValue = ByteBuffer.wrap(bytes);
                    yield READY;
                }
                case OpResult.Nothing nothing -> NOTHING;
                case OpResult.Later(var stage) -> later(ops.op(id), stage);
            };
        } finally {
            windows.forEach(BufferWindow::revoke);
        }
    }

    private int later(OpDecl op, CompletionStage<byte[]> stage) {
        // The bytes of a bound op called by id are those of its envelope.
        var bytes = op.body() instanceof OpDecl.Body.Raw ? op : new OpDecl(op.id(), op.name(), op.namespace(), RAW);
        var pendingOp = begin(bytes);
        stage.whenComplete(pendingOp);
        return pendingOp.promiseId;
    }

    private static final OpDecl.Body RAW = new OpDecl.Body.Raw((state, control, buffers) -> new OpResult.Nothing());

    /** Namespace to name to id, as JSON. */
    @Op("catalog")
    public String catalog() {
        return Json.MAPPER.writeValueAsString(ops.catalogByNamespace());
    }

    /** The names of all ops by id, as JSON. */
    @Op("opNames")
    public String opNames() {
        return Json.MAPPER.writeValueAsString(
                ops.all().stream().map(OpDecl::name).toList());
    }

    /** The id of an op, or 0 if there is none. */
    @Op("lookup")
    public int lookup(String namespace, String name) {
        lookups++;
        return ops.find(namespace, name).map(OpDecl::id).orElse(0);
    }

    /** How often {@link #lookup} was called. */
    @Op("lookups")
    public int lookups() {
        return lookups;
    }

    @Op("openPlugin")
    public int openPlugin(String path) {
        return plugins.open(path);
    }

    @Op("loadPluginOp")
    public int loadPluginOp(int rid, String name) {
        return plugins.loadOp(rid, name);
    }

    /** Adds an op after start and tells the guest. */
    OpDecl registerLate(String namespace, String name, OpHandler handler) {
        var op = ops.registerLate(namespace, name, handler);
        runtime.guestCall(Entry.REGISTERED, namespace, name, op.id());
        return op;
    }

    void unregister(String namespace) {
        ops.unregister(namespace);
        if (runtime.goesOn()) {
            runtime.guestCall(Entry.UNREGISTERED, namespace);
        }
    }

    /** Writes one line about a call, when calls are logged. */
    @Op("trace")
    public void trace(String op, String args, double startedNanos, String end) {
        log(op + "(" + args + ")", startedNanos, end);
    }

    /** The line about an asynchronous op that was pending. */
    private void traceSettled(PendingOp op) {
        var started = startedNanos.remove(op.promiseId);
        if (started != null) {
            var error = op.error;
            log(
                    op.op.name() + " promise " + op.promiseId,
                    started,
                    error == null
                            ? brief(op.value)
                            : "rejected " + (error instanceof JsVisibleException js ? js.jsClass() + ": " : "")
                                    + brief(error.getMessage()));
        }
    }

    private void log(String what, double startedNanos, String end) {
        double ms = (loop.time().nanoTime() - startedNanos) / NANOS_PER_MS;
        var line = String.format(Locale.ROOT, "op %s %.3f ms: %s%n", what, ms, end);
        runtime.output().write(OutputSink.Level.WARN, line, 0);
    }

    private static String brief(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return "bytes(" + bytes.length + ")";
        }
        var text = String.valueOf(value);
        return text.length() <= BRIEF_MAX
                ? text
                : text.substring(0, BRIEF_MAX) + "... (" + text.length() + " characters)";
    }

    private PendingOp begin(OpDecl op) {
        var begun = pending.begin(op);
        began("op", begun.promiseId);
        if (tracing()) {
            startedNanos.put(begun.promiseId, loop.time().nanoTime());
        }
        return begun;
    }

    @Op("nanoTime")
    public double nanoTime() {
        return loop.time().nanoTime();
    }

    @Op("tracing")
    public boolean tracing() {
        return runtime.options().logOps();
    }

    /** What the script was started with, as JSON: cwd, args, debug, mainModule, sourceMap, engine. */
    @Op("start")
    public String start() {
        return Json.MAPPER.writeValueAsString(runtime.start(state));
    }

    /** The configuration of an extension, as JSON. */
    @Op("config")
    public String config(String extension) {
        return Json.MAPPER.writeValueAsString(runtime.options().extensions().stream()
                .filter(e -> e.name().equals(extension))
                .findFirst()
                .map(Extension::config)
                .orElse(Map.of()));
    }

    /** How many ops have completed and wait to be settled. */
    @Op("ready")
    public int ready() {
        return pending.ready();
    }

    // --- channels

    RuntimeChannels channels() {
        return channels;
    }

    /** Sends a message; {@link #READY} with the response as the current value, or {@link #NOTHING}. */
    @Op("pub")
    public int pub(String channel, Value message, int offset, int length) {
        var response = channels.send(channel, new BufferWindow(message, offset, length).copy());
        if (response == null) {
            return NOTHING;
        }
        settledValue = ByteBuffer.wrap(response);
        return READY;
    }

    /** Counts the subscriptions that keep the loop alive. */
    @Op("subscribed")
    public void subscribed(int more) {
        subscriptions += more;
    }

    private void deliver(String channel, byte[] message) {
        settledValue = ByteBuffer.wrap(message);
        runtime.guestCall(Entry.MESSAGE, channel);
    }

    // --- asynchronous ops

    /**
     * Takes over the stage an op has returned.
     *
     * @return the promise id if it is pending; {@link #READY} or {@link #FAILED} if it is done, its value or error then
     *     being the current one
     */
    @Op("track")
    public int track(@Nullable Object stage, int id, boolean deferred) {
        var op = ops.op(id);
        if (!(stage instanceof CompletionStage<?> given)) {
            return failed(new IllegalStateException(op.name() + " returned no CompletionStage: " + stage));
        }
        var future = given.toCompletableFuture();
        if (!deferred && future.isDone()) {
            try {
                settledValue = op.encode(future.join());
                return READY;
            } catch (CompletionException e) {
                return failed(e.getCause() == null ? e : e.getCause());
            } catch (RuntimeException e) {
                return failed(e);
            }
        }
        var pendingOp = begin(op);
        future.whenComplete(pendingOp);
        return pendingOp.promiseId;
    }

    private int failed(Throwable error) {
        described = error;
        return FAILED;
    }

    /** How many ops may be in flight; the guest counts along, so that only the one too many asks {@link #admit}. */
    @Op("pendingMax")
    public int pendingMax() {
        return pending.max();
    }

    /** See {@link PendingOps#admit}; asked before an op's body has done anything. */
    @Op("admit")
    public void admit(int id) {
        pending.admit(ops.op(id));
    }

    /** Registers an op whose body runs in a later turn. */
    @Op("defer")
    public int defer(int id) {
        var pendingOp = begin(ops.op(id));
        loop.execute(() -> runtime.guestCall(Entry.RUN_LAZY, pendingOp.promiseId));
        lazyOps.put(pendingOp.promiseId, pendingOp);
        return pendingOp.promiseId;
    }

    /** Gives the stage of a {@link #defer}red op; a null stage is a body that threw {@code error}. */
    @Op("deferred")
    public void deferred(int promiseId, @Nullable Object stage, @Nullable Object error) {
        var op = lazyOps.remove(promiseId);
        if (op == null) {
            throw new IllegalStateException("No deferred op has promise id " + promiseId);
        }
        if (stage instanceof CompletionStage<?> given) {
            given.whenComplete(op);
        } else {
            op.accept(
                    null,
                    error instanceof Throwable t ? t : new IllegalStateException(op.op.name() + " failed: " + error));
        }
    }

    /** The next completed op: twice its promise id, plus one if it failed. */
    @Op("settledNext")
    public double settledNext() {
        var op = pending.next();
        if (tracing()) {
            traceSettled(op);
        }
        var error = op.error;
        if (error == null) {
            try {
                settledValue = op.op.encode(op.value);
                return 2d * op.promiseId;
            } catch (RuntimeException e) {
                error = e;
            }
        }
        described = error;
        return 2d * op.promiseId + 1;
    }

    @Op("settledValue")
    public @Nullable Object settledValue() {
        var value = settledValue;
        settledValue = null;
        return value;
    }

    @Op("refOp")
    public void refOp(int promiseId, boolean referenced) {
        pending.reference(promiseId, referenced);
    }

    // --- errors

    /** Makes a caught host exception the current error; false if {@code thrown} is the guest's own. */
    @Op("describe")
    public boolean describe(@Nullable Object thrown) {
        if (thrown instanceof Throwable t) {
            described = PendingOp.unwrap(t);
            return true;
        }
        return false;
    }

    /** JS class of the current error; anything but a {@link JsVisibleException} is a bug of the host. */
    @Op("errorClass")
    public String errorClass() {
        return described instanceof JsVisibleException visible ? visible.jsClass() : "Error";
    }

    /** @param id the op that threw it, 0 for none */
    @Op("errorMessage")
    public String errorMessage(int id) {
        var error = described;
        if (error instanceof JsVisibleException visible) {
            return visible.getMessage() == null ? "" : visible.getMessage();
        }
        if (id == 0 && error != null) {
            return runtime.internalError(error, null).report();
        }
        var name = id > 0 ? ops.op(id).name() : "op";
        Log.error(GuestBridge.class, "Internal error in " + name + " of '" + runtime.name() + "'", error);
        return "Internal error in " + name + ": "
                + (error == null || error.getMessage() == null ? "the log has the stack trace" : error.getMessage());
    }

    /** Further properties of the current error as JSON, or null. */
    @Op("errorProperties")
    public @Nullable String errorProperties() {
        var properties = described instanceof JsVisibleException visible ? visible.properties() : Map.of();
        return properties.isEmpty() ? null : Json.MAPPER.writeValueAsString(properties);
    }

    /** Ends the runtime by an error nobody caught, described as JSON. */
    @Op("fatal")
    public void fatal(String json) {
        runtime.fail(runtime.report(json));
    }

    /** A promise with an unhandled rejection, or null. */
    @Op("nextUnhandled")
    public @Nullable Object nextUnhandled() {
        return runtime.rejections().nextUnhandled();
    }

    /** Why the promise of {@link #nextUnhandled} was rejected. */
    @Op("rejectionReason")
    public @Nullable Object rejectionReason() {
        return runtime.rejections().reason();
    }

    /** A promise whose rejection was reported and has been handled since, or null. */
    @Op("nextHandled")
    public @Nullable Object nextHandled() {
        return runtime.rejections().nextHandled();
    }

    // --- timers

    /**
     * @param delayMs at least 1
     * @throws dev.carillon.runtime.JsVisibleException RangeError when as many timers wait as may
     */
    @Op("timerStart")
    public int timerStart(double delayMs, boolean repeats, boolean referenced, boolean system) {
        int max = runtime.options().limits().timersMax();
        if (timers.size() >= max) {
            throw RuntimeLimits.exceeded(
                    "timers",
                    (repeats ? "an interval" : "a timer") + " of " + Math.round(delayMs) + " ms",
                    max,
                    "clear some first");
        }
        var timer = new GuestTimer(nextTimer++, delayMs, repeats, referenced, system);
        timers.put(timer.id, timer);
        began("timer", timer.id);
        referencedTimers += referenced ? 1 : 0;
        timer.entry = loop.timers().add(loop.time().nanoTime() + timer.nanos(), timer::fire);
        return timer.id;
    }

    @Op("timerCancel")
    public void timerCancel(int id) {
        var timer = timers.remove(id);
        if (timer != null) {
            referencedTimers -= timer.referenced ? 1 : 0;
            if (timer.entry != null) {
                timer.entry.cancel();
            }
        }
    }

    @Op("timerRef")
    public void timerRef(int id, boolean referenced) {
        var timer = timers.get(id);
        if (timer != null && timer.referenced != referenced) {
            timer.referenced = referenced;
            referencedTimers += referenced ? 1 : -1;
        }
    }

    @Op("immediate")
    public void immediate() {
        immediates++;
    }

    /** True if the time of this runtime is not the machine's. */
    @Op("ownTime")
    public boolean ownTime() {
        return loop.time() != TimeSource.system();
    }

    @Op("now")
    public double now() {
        return loop.time().currentTimeMillis();
    }

    /** See {@link Insight#peek}. */
    @Op("peek")
    public @Nullable Object peek(Value value) {
        return Insight.peek(value);
    }

    /**
     * Evaluates a classic script; throws what it throws.
     *
     * @param name shown in stack traces
     */
    @Op("evalScript")
    public Value evalScript(String source, String name) {
        return runtime.eval(Source.newBuilder("js", source, name).buildLiteral());
    }

    /** Runs the jobs of settled promises there and then. */
    @Op("runMicrotasks")
    public void runMicrotasks() {
        var realm = JavaScriptLanguage.getCurrentJSRealm();
        realm.getContext().processAllPendingPromiseJobs(realm);
    }

    /** Asks for {@link Entry#RUN_TICKS} as soon as the guest has returned. */
    @Op("tick")
    public void tick() {
        ticks = true;
    }

    /** True once for any number of {@link #tick}s. */
    boolean takeTicks() {
        boolean any = ticks;
        ticks = false;
        return any;
    }

    @Op("hasMoreWork")
    public boolean hasMoreWork() {
        return runtime.alive();
    }

    /** Promise id to op name of the ops in flight, as JSON. */
    @Op("pendingOps")
    public String pendingOps() {
        return Json.MAPPER.writeValueAsString(opsInFlight());
    }

    // --- life

    @Op("install")
    public void install(Value functions) {
        runtime.install(functions);
    }

    @Op("mainLoaded")
    public void mainLoaded() {
        runtime.mainLoaded();
    }

    @Op("mainFailed")
    public void mainFailed(String json) {
        runtime.mainFailed(json);
    }

    Activity activity(ResourceTable resources) {
        var once = new LinkedHashMap<Integer, Double>();
        var repeating = new LinkedHashMap<Integer, Double>();
        timers.forEach((id, timer) -> {
            if (!timer.system) {
                (timer.repeats ? repeating : once).put(id, timer.delayMs);
            }
        });
        return new Activity(opsInFlight(), resources.names(), once, repeating, Map.copyOf(tracesOf(resources)));
    }

    private Map<Integer, String> opsInFlight() {
        var inFlight = new LinkedHashMap<Integer, String>();
        pending.all().forEach(op -> inFlight.put(op.promiseId, op.op.name()));
        return inFlight;
    }

    /** @param json for each op id the counters of js/core, in order: calls, failed, begun, settled, settled badly */
    Map<String, OpMetrics> metrics(String json) {
        var counters = Json.MAPPER.readValue(json, long[][].class);
        var metrics = new LinkedHashMap<String, OpMetrics>();
        for (var op : ops.all()) {
            var of = counters[op.id()];
            if (of[0] > 0) {
                metrics.put(op.name(), new OpMetrics(of[0], of[0] - of[1] - of[2], of[1], of[3], of[4]));
            }
        }
        return metrics;
    }

    boolean keepsAlive() {
        return referencedTimers > 0 || subscriptions > 0;
    }

    int immediates() {
        return immediates;
    }

    void runImmediates() {
        for (int n = immediates; n > 0 && runtime.goesOn(); n--) {
            immediates--;
            runtime.guestCall(Entry.RUN_IMMEDIATE);
        }
    }
}
