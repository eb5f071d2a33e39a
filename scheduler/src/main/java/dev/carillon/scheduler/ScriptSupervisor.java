package dev.carillon.scheduler;

import dev.carillon.cron.CronHandler;
import dev.carillon.kv.KvOptions;
import dev.carillon.runtime.JsError;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import dev.carillon.scheduler.Configuration.ScriptSource;
import dev.carillon.scheduler.ScriptFiles.Found;
import dev.carillon.scheduler.http.ServiceView.ScriptError;
import dev.carillon.scheduler.http.ServiceView.ScriptState;
import dev.carillon.scheduler.http.ServiceView.ScriptView;
import dev.carillon.scheduler.run.RunRecorder;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every script running in a runtime of its own: loads, reloads when files change, restarts what breaks, and never
 * lets one script's trouble reach another.
 *
 * <p>Threads: any.
 * <p>Closing: no new fires, job functions get the deadline of the configuration, then every runtime ends; any number of
 * times.
 */
final class ScriptSupervisor implements AutoCloseable {
    /*
     * A script has at most one current incarnation, and beside it one that loads or several that drain. The new one's
     * crons are registered but not armed while the old one's still fire. When it has loaded they are armed, and only then
     * is the old one drained: both may hold an occurrence for a moment, and the store admits it once, so the handover by
     * name neither misses nor doubles. If it does not load, it has taken nothing, and the old one goes on.
     *
     * Each script's state is guarded by the script object. Nothing that blocks is done under that lock.
     */

    /** How often files are looked at. */
    static final Duration LOOK_PERIOD = Duration.ofMillis(500);
    /** How often the turns of busy loops are looked at. */
    static final Duration TURN_PERIOD = Duration.ofMillis(50);
    /** A top level that is not done after this counts as loaded: it serves, or waits for ever on purpose. */
    static final Duration TOP_LEVEL_MAX = Duration.ofSeconds(5);

    /** Scripts that are not loaded by then load beside what is compiled. */
    static final Duration STARTS_MAX = Duration.ofMinutes(1);

    static final Duration RESTART_FIRST = Duration.ofSeconds(1);
    static final Duration RESTART_MAX = Duration.ofSeconds(60);
    /** Who has run for this long starts again with the first backoff. */
    static final Duration STABLE = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(ScriptSupervisor.class);

    private final JsEngine engine;
    private final RunRecorder recorder;
    private final BiFunction<String, OpState, ? extends CronHandler> backend;
    private final Function<String, KvOptions> databases;
    private final TimeSource time;
    private final Duration stopDeadline;
    private final Configuration.Schedules schedules;
    private final ScriptFiles files;
    private final Consumer<ScriptView> changed;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore loading =
            new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()));
    private final Map<String, Script> scripts = new TreeMap<>();
    private final List<String> lastProblems = new ArrayList<>();
    private @Nullable Map<String, Found> lastLook; // null before the first
    private volatile JsEngine.ManyStarts starts = () -> {};
    private @Nullable Alarm look;
    private @Nullable Alarm turns;
    private volatile boolean closing;
    private final CompletableFuture<Void> firstLoad = new CompletableFuture<>();

    ScriptSupervisor(
            JsEngine engine,
            RunRecorder recorder,
            BiFunction<String, OpState, ? extends CronHandler> backend,
            Function<String, KvOptions> databases,
            TimeSource time,
            Duration stopDeadline,
            Configuration.Schedules schedules,
            List<ScriptSource> sources,
            Consumer<ScriptView> changed) {
        this.engine = engine;
        this.recorder = recorder;
        this.backend = backend;
        this.databases = databases;
        this.time = time;
        this.stopDeadline = stopDeadline;
        this.schedules = schedules;
        this.files = new ScriptFiles(sources);
        this.changed = changed;
    }

    /** Begins to load; {@link #firstLoad} tells when every script has been tried once. */
    void start() {
        starts = engine.manyStarts();
        time.after(STARTS_MAX, starts::close);
        refresh();
        List<CompletableFuture<Void>> tries;
        synchronized (scripts) {
            tries = scripts.values().stream().map(script -> script.tried).toList();
        }
        CompletableFuture.allOf(tries.toArray(CompletableFuture[]::new)).whenComplete((done, error) -> {
            starts.close();
            firstLoad.complete(null);
        });
        armLook();
        armTurns();
    }

    /** Ends every script where it stands, for {@code reason}; each starts again after its backoff. */
    void stopAll(String reason) {
        List<Script> all;
        synchronized (scripts) {
            all = List.copyOf(scripts.values());
        }
        for (var script : all) {
            script.stop(reason);
        }
    }

    CompletableFuture<Void> firstLoad() {
        return firstLoad;
    }

    List<ScriptView> views() {
        synchronized (scripts) {
            return scripts.values().stream().map(Script::view).toList();
        }
    }

    @Override
    public void close() {
        List<Script> all;
        synchronized (scripts) {
            closing = true;
            cancel(look);
            cancel(turns);
            all = List.copyOf(scripts.values());
        }
        starts.close();
        var ends = all.stream()
                .map(script -> CompletableFuture.runAsync(() -> script.end(ScriptState.STOPPED), workers))
                .toList();
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
        workers.close(); // waits for loads on their way: they would register jobs in a store that is closed
    }

    private static void cancel(@Nullable Alarm alarm) {
        if (alarm != null) {
            alarm.cancel();
        }
    }

    private void armLook() {
        synchronized (scripts) {
            if (!closing) {
                look = time.after(
                        LOOK_PERIOD,
                        () -> work(() -> {
                            refresh();
                            armLook();
                        }));
            }
        }
    }

    private void armTurns() {
        synchronized (scripts) {
            if (!closing) {
                turns = time.after(
                        TURN_PERIOD,
                        () -> work(() -> {
                            watchTurns();
                            armTurns();
                        }));
            }
        }
    }

    private void work(Runnable task) {
        if (!closing) {
            workers.execute(task);
        }
    }

    /**
     * Brings the scripts in line with the files. What is seen counts when the next look sees the same: editors and git
     * write in pieces, and delete what they replace.
     */
    private void refresh() {
        var problems = new ArrayList<String>();
        Map<String, Found> found;
        try {
            found = files.look(problems);
        } catch (UncheckedIOException e) {
            tell(List.of(String.valueOf(e.getMessage())));
            return; // what runs goes on; the next look may see more
        }
        tell(problems);
        synchronized (scripts) {
            if (closing) {
                return;
            }
            var before = lastLook;
            lastLook = found;
            for (var file : found.values()) {
                var script = scripts.get(file.name());
                if (before != null && !file.isAsIn(before)) {
                    continue; // somebody may be writing it
                }
                if (script == null) {
                    script = new Script(file);
                    scripts.put(file.name(), script);
                    script.load(file);
                } else if (!script.file.isSameAs(file)) {
                    LOG.atInfo().addKeyValue("script", file.name()).log("changed, loading it again");
                    script.load(file);
                }
            }
            scripts.values().removeIf(script -> {
                var name = script.file.name();
                boolean gone = !found.containsKey(name) && (before == null || !before.containsKey(name));
                if (gone) {
                    LOG.atInfo().addKeyValue("script", name).log("its file is gone, it ends");
                    work(() -> {
                        script.end(ScriptState.STOPPED);
                        recorder.removed(name);
                    });
                }
                return gone;
            });
        }
    }

    private void tell(List<String> problems) {
        synchronized (lastProblems) {
            for (var problem : problems) {
                if (!lastProblems.contains(problem)) {
                    LOG.warn(problem);
                }
            }
            lastProblems.clear();
            lastProblems.addAll(problems);
        }
    }

    private void watchTurns() {
        List<Script> all;
        synchronized (scripts) {
            all = List.copyOf(scripts.values());
        }
        for (var script : all) {
            script.watchTurn();
        }
    }

    private final class Script {
        final CompletableFuture<Void> tried = new CompletableFuture<>();
        private Found file;
        private ScriptState state = ScriptState.LOADING;
        private @Nullable ScriptError error;
        private @Nullable Incarnation current;
        private final Set<Incarnation> loads = new HashSet<>(); // on their way to being current
        private @Nullable Instant loadedAt;
        private int restarts;
        private int failuresInARow;
        private @Nullable Instant nextRestartAt;
        private @Nullable Alarm restart;
        private long generation; // of the newest load; an older one that ends late has no say
        private boolean ended;

        Script(Found file) {
            this.file = file;
        }

        synchronized ScriptView view() {
            return new ScriptView(
                    file.name(),
                    file.path().toString(),
                    state,
                    error,
                    loadedAt,
                    current == null ? 0 : current.jobs(),
                    restarts,
                    nextRestartAt);
        }

        /** Starts the file as it is now, beside what runs. */
        void load(Found newFile) {
            long own;
            synchronized (this) {
                if (ended) {
                    return;
                }
                file = newFile;
                own = ++generation;
                cancel(restart);
                nextRestartAt = null;
                if (current == null) {
                    state = ScriptState.LOADING;
                }
            }
            publish();
            work(() -> loadNow(newFile, own));
        }

        private void loadNow(Found newFile, long own) {
            Incarnation fresh = null;
            Throwable failure = null;
            boolean atWork = false;
            try {
                loading.acquire();
                try {
                    fresh = begin(newFile, own);
                    if (fresh != null) {
                        fresh.load(newFile.path().toUri()).get(TOP_LEVEL_MAX.toMillis(), TimeUnit.MILLISECONDS);
                    }
                } finally {
                    loading.release();
                }
            } catch (TimeoutException e) {
                atWork = true;
                LOG.atDebug().addKeyValue("script", newFile.name()).log("its top level goes on, taken as loaded");
            } catch (ExecutionException e) {
                failure = e.getCause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = e;
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            if (failure != null) {
                if (fresh != null) {
                    fresh.close();
                }
                broke(newFile, own, failure);
            } else if (fresh != null) {
                loaded(newFile, own, fresh, atWork);
            }
            synchronized (this) {
                loads.remove(fresh);
            }
            tried.complete(null);
        }

        /** A runtime for the file, or null if nobody wants it any more. */
        private @Nullable Incarnation begin(Found newFile, long own) {
            synchronized (this) {
                if (ended || own != generation) {
                    return null;
                }
            }
            var audit = new PermissionAudit(newFile.name(), time, ScriptSupervisor.this::work);
            var fresh = Incarnation.start(
                    engine,
                    options(newFile, audit),
                    state -> crons(newFile, state),
                    schedules::parse,
                    databases.apply(newFile.name()));
            fresh.exit().thenRun(audit::close);
            synchronized (this) {
                if (!ended) {
                    loads.add(fresh);
                    if (current != null) {
                        fresh.holdCrons();
                    }
                    return fresh;
                }
            }
            fresh.close();
            return null;
        }

        /** @param atWork its top level goes on, and may still register crons, slowly */
        private void loaded(Found newFile, long own, Incarnation fresh, boolean atWork) {
            Incarnation old;
            synchronized (this) {
                if (ended || own != generation) {
                    old = fresh; // overtaken while it loaded
                } else {
                    old = current;
                    current = fresh;
                    state = ScriptState.RUNNING;
                    error = null;
                    loadedAt = time.now();
                }
            }
            if (old != fresh) {
                LOG.atInfo()
                        .addKeyValue("script", newFile.name())
                        .addKeyValue("jobs", fresh.jobs())
                        .log(old == null ? "loaded" : "loaded anew, the version before drains");
                fresh.exit().thenAccept(exit -> work(() -> exited(fresh, exit)));
                publish();
                if (old != null || fresh.holdsCrons()) {
                    fresh.armCrons();
                }
            }
            if (old != null) {
                old.drain(stopDeadline, "a changed version has replaced the script");
            }
            if (old != fresh) {
                Runnable tell = () -> recorder.loaded(newFile.name(), fresh.cronNames());
                if (atWork) {
                    fresh.turnOver().thenRun(() -> work(tell));
                } else {
                    tell.run();
                }
            }
        }

        private void broke(Found newFile, long own, Throwable failure) {
            boolean goesOn;
            synchronized (this) {
                if (ended || own != generation) {
                    return;
                }
                error = errorOf(failure);
                goesOn = current != null;
                if (goesOn) {
                    error = new ScriptError(
                            "The changed file does not load, the version before runs on: " + error.message(),
                            error.report(),
                            error.specifier(),
                            error.line(),
                            error.column());
                } else if (isForGood(failure)) {
                    state = ScriptState.FAILED;
                } else {
                    restartLater();
                }
            }
            var event = LOG.atError().addKeyValue("script", newFile.name());
            if (!(failure instanceof JsError)) {
                event = event.setCause(failure);
            }
            event.log("does not load{}:\n{}", goesOn ? ", the version before runs on" : "", report(failure));
            publish();
        }

        private void exited(Incarnation gone, JsRuntime.Exit exit) {
            boolean again = false;
            synchronized (this) {
                if (gone != current || ended) {
                    return;
                }
                current = null;
                switch (exit) {
                    case JsRuntime.Exit.Drained(int code) -> {
                        state = ScriptState.ENDED;
                        error = code == 0 ? null : plain("it ended with exit code " + code);
                    }
                    case JsRuntime.Exit.Exited(int code) -> {
                        if (code == 0 && !gone.everRegistered()) {
                            state = ScriptState.ENDED;
                        } else {
                            again = true;
                            error = plain("the script called Deno.exit(" + code + ")");
                        }
                    }
                    case JsRuntime.Exit.Failed(JsError failure) -> {
                        again = true;
                        error = errorOf(failure);
                    }
                    case JsRuntime.Exit.Stopped(String reason) -> {
                        again = true;
                        error = plain(reason);
                    }
                }
                if (again) {
                    restartLater();
                }
            }
            var shown = error;
            if (again && shown != null) {
                LOG.atError()
                        .addKeyValue("script", file.name())
                        .log(
                                "broke, starts again at {}: {}",
                                nextRestartAt,
                                shown.report() == null ? shown.message() : shown.report());
            } else {
                LOG.atInfo().addKeyValue("script", file.name()).log("ended, nothing was left to do");
            }
            gone.close();
            publish();
        }

        /** Under this script's lock. */
        private void restartLater() {
            var now = time.now();
            if (loadedAt != null && Duration.between(loadedAt, now).compareTo(STABLE) > 0) {
                failuresInARow = 0;
            }
            var wait = RESTART_FIRST.multipliedBy(1L << Math.min(failuresInARow, 6));
            wait = wait.compareTo(RESTART_MAX) > 0 ? RESTART_MAX : wait;
            failuresInARow++;
            restarts++;
            state = ScriptState.RESTARTING;
            nextRestartAt = now.plus(wait);
            cancel(restart);
            restart = time.after(wait, () -> work(() -> load(file)));
        }

        void watchTurn() {
            Incarnation watched;
            Duration most;
            synchronized (this) {
                watched = current;
                most = file.limits().turnCpu();
            }
            if (watched == null) {
                return;
            }
            if (watched.overruns(most)) {
                var reason = "one turn of its loop took more than " + Durations.words(most)
                        + " of processor time (limits.turn-cpu): an endless loop?";
                LOG.atError().addKeyValue("script", file.name()).log("stopped: {}", reason);
                work(() -> watched.stop(reason));
            }
        }

        void stop(String reason) {
            Incarnation stopped;
            synchronized (this) {
                stopped = current;
            }
            if (stopped != null) {
                work(() -> stopped.stop(reason));
            }
        }

        /** Ends it for good, job functions first. Blocks. */
        void end(ScriptState how) {
            Incarnation last;
            List<Incarnation> unfinished;
            synchronized (this) {
                ended = true;
                generation++;
                cancel(restart);
                nextRestartAt = null;
                last = current;
                current = null;
                unfinished = List.copyOf(loads);
                state = how;
            }
            for (var load : unfinished) {
                if (load != last) {
                    load.close();
                }
            }
            if (last != null) {
                last.drain(stopDeadline, "the script is stopped");
            }
            publish();
        }

        private void publish() {
            changed.accept(view());
        }
    }

    private RuntimeOptions.Builder options(Found file, PermissionAudit audit) {
        var permissions = file.permissions().copy();
        permissions.listener(audit);
        return RuntimeOptions.builder()
                .time(time)
                .name(file.name())
                .permissions(permissions)
                .limits(file.limits().runtime())
                .output(recorder.sink(
                        new ScriptLog(file.name(), time, file.limits().logLinesPerSecond())));
    }

    private DrainableCrons crons(Found file, OpState state) {
        var script = file.name();
        return DrainableCrons.of(
                recorder,
                script,
                backend.apply(script, state),
                state,
                file.limits().logLinesPerRun());
    }

    /** What a script prints outside its runs: a line of the service's log, as long as there are not too many. */
    private static final class ScriptLog implements OutputSink {
        private static final Logger SCRIPT = LoggerFactory.getLogger("script");

        private final String script;
        private final TimeSource time;
        private final int linesPerSecond;
        private long second;
        private int lines;
        private long lost;

        ScriptLog(String script, TimeSource time, int linesPerSecond) {
            this.script = script;
            this.time = time;
            this.linesPerSecond = linesPerSecond;
        }

        @Override
        public void write(Level level, String text, long scope) {
            long now = time.currentTimeMillis() / 1_000;
            if (now != second) {
                second = now;
                lines = 0;
                if (lost > 0) {
                    SCRIPT.atWarn()
                            .addKeyValue("script", script)
                            .log(
                                    "{} lines were left out: more than {} a second (limits.log-lines-per-second)",
                                    lost,
                                    linesPerSecond);
                    lost = 0;
                }
            }
            if (++lines > linesPerSecond) {
                lost++;
                return;
            }
            var line = RunRecorder.cut(text);
            var event = switch (level) {
                case DEBUG -> SCRIPT.atDebug();
                case INFO, LOG -> SCRIPT.atInfo();
                case WARN -> SCRIPT.atWarn();
                case ERROR -> SCRIPT.atError();
            };
            event.addKeyValue("script", script).log(line);
        }
    }

    private static ScriptError plain(String message) {
        return new ScriptError(message, null, null, null, null);
    }

    private static ScriptError errorOf(Throwable failure) {
        if (failure instanceof JsError error) {
            var at = error.position();
            var first = error.report().lines().findFirst().orElse("");
            return new ScriptError(
                    first.replaceFirst("^Uncaught (\\(in promise\\) )?", ""),
                    error.report(),
                    at == null ? null : at.specifier(),
                    at == null ? null : Integer.valueOf(at.line()),
                    at == null ? null : Integer.valueOf(at.column()));
        }
        return plain(report(failure));
    }

    private static String report(Throwable failure) {
        return failure instanceof JsError error
                ? error.report()
                : "Its runtime did not start, no fault of the script: " + failure + " (the log has the stack trace)";
    }

    /** Trying again cannot help until the file changes. */
    private static boolean isForGood(Throwable failure) {
        return failure instanceof JsError error
                && (error.report().startsWith("SyntaxError")
                        || error.errorClass().equals("SyntaxError")
                        || error.report().contains("could not be parsed")
                        || error.report().startsWith("Module not found"));
    }
}
