package dev.carillon.scheduler.cli;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.schedule.ScheduleWords;
import dev.carillon.runtime.JsError;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.PermissionFlags;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.scheduler.Configuration.ScriptSource;
import dev.carillon.scheduler.Durations;
import dev.carillon.scheduler.ScriptDatabases;
import dev.carillon.scheduler.ScriptFiles;
import dev.carillon.scheduler.StandardExtensions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code carillon check}: what scripts would register; no job function runs. */
final class CheckCommand implements Callable<Integer> {
    private final Main main;
    private final PermissionFlags permissions = new PermissionFlags(Path.of(""));

    @Option(names = "--wait")
    private String wait = "500ms";

    @Option(names = "--json")
    private boolean json;

    @Parameters(arity = "1..*", paramLabel = "<script or folder>")
    private List<Path> paths = new ArrayList<>();

    CheckCommand(Main main) {
        this.main = main;
    }

    PermissionFlags permissions() {
        return permissions;
    }

    /** What one script did when it was loaded. */
    private record Checked(
            String script,
            Map<String, CronSpec> crons,
            @Nullable String report) {}

    @Override
    public Integer call() throws InterruptedException {
        Duration grace;
        try {
            grace = Durations.parse(wait);
        } catch (IllegalArgumentException e) {
            throw new Usage("--wait: " + e.getMessage());
        }
        var results = new ArrayList<Checked>();
        var allowed = permissions.build(null);
        try (var engine = JsEngine.create()) {
            for (var file : files()) {
                results.add(check(engine, file, allowed, grace));
            }
        }
        if (json) {
            printJson(results);
        } else {
            results.forEach(this::print);
        }
        return results.stream().allMatch(result -> result.report == null) ? Main.OK : Main.FAILED;
    }

    private List<Path> files() {
        var files = new ArrayList<Path>();
        for (var path : paths) {
            if (Files.isDirectory(path)) {
                var found = ScriptFiles.scan(List.of(new ScriptSource(path, Permissions.none())), new ArrayList<>());
                if (found.isEmpty()) {
                    throw new Usage(
                            "folder " + path
                                    + " holds no script: put a .ts or .js file directly in it (names that begin with _ or . do not count)");
                }
                found.values().forEach(script -> files.add(script.path()));
            } else if (Files.exists(path)) {
                files.add(path);
            } else {
                throw new Usage("there is no file or folder " + path + ": correct the path");
            }
        }
        return files;
    }

    private static Checked check(JsEngine engine, Path file, Permissions allowed, Duration grace)
            throws InterruptedException {
        var lister = new Lister();
        var runtime = engine.newRuntime(RuntimeOptions.builder()
                .extensions(
                        StandardExtensions.andKv(StandardExtensions.with(state -> lister), ScriptDatabases.inMemory()))
                .output((level, text, scope) -> {})
                .permissions(allowed.copy())
                .name(file.getFileName().toString())
                .build());
        String report = null;
        try {
            var loaded = runtime.loadMain(file.toAbsolutePath().normalize().toUri());
            // Crons are often registered after the top level; a server or a waiting top level never ends.
            CompletableFuture.anyOf(runtime.exit(), loaded).get(10, TimeUnit.SECONDS);
            report = failure(runtime.exit().get(grace.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            report = e.getCause() instanceof JsError error ? error.report() : String.valueOf(e.getCause());
        } catch (TimeoutException e) {
            // It goes on, as a service would: what it registered so far is what we list.
        } finally {
            runtime.close();
        }
        return new Checked(file.toString(), lister.crons, report);
    }

    private static @Nullable String failure(JsRuntime.Exit exit) {
        return switch (exit) {
            case JsRuntime.Exit.Failed(JsError error) -> error.report();
            case JsRuntime.Exit.Exited(int code) -> code == 0 ? null : "the script called Deno.exit(" + code + ")";
            case JsRuntime.Exit.Stopped(String reason) -> reason;
            case JsRuntime.Exit.Drained drained -> null;
        };
    }

    private void print(Checked result) {
        var out = main.out();
        out.println(result.script + ": "
                + (result.crons.isEmpty()
                        ? result.report == null ? "no crons" : "fails"
                        : result.crons.size() == 1 ? "1 cron" : result.crons.size() + " crons"));
        var now = ServiceClock.now();
        for (var spec : result.crons.values()) {
            var next = spec.schedule().nextAfter(now);
            out.println("  " + spec.name());
            out.println("    " + spec.schedule() + "   " + ScheduleWords.of(spec.schedule()));
            out.println("    next "
                    + next.map(at -> at + " (in " + Durations.words(Duration.between(now, at)) + ")")
                            .orElse("never"));
            warnings(spec, next.orElse(null)).forEach(warning -> out.println("    warning: " + warning));
        }
        if (result.report != null) {
            main.err().println("error: " + result.report);
        }
    }

    private static List<String> warnings(CronSpec spec, @Nullable Instant next) {
        var warnings = new ArrayList<>(spec.schedule().warnings());
        if (next == null && warnings.stream().noneMatch(warning -> warning.contains("never"))) {
            warnings.add("it never fires");
        }
        return warnings;
    }

    private void printJson(List<Checked> results) {
        var now = ServiceClock.now();
        var items = results.stream()
                .map(result -> {
                    var item = new LinkedHashMap<String, @Nullable Object>();
                    item.put("script", result.script);
                    item.put("error", result.report);
                    item.put(
                            "crons",
                            result.crons.values().stream()
                                    .map(spec -> cron(spec, now))
                                    .toList());
                    return item;
                })
                .toList();
        main.out()
                .println(JsonMapper.builder()
                        .build()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(Map.of("items", items)));
    }

    private static Map<String, @Nullable Object> cron(CronSpec spec, Instant now) {
        var next = spec.schedule().nextAfter(now).orElse(null);
        var cron = new LinkedHashMap<String, @Nullable Object>();
        cron.put("name", spec.name());
        cron.put("schedule", spec.schedule().toString());
        cron.put("scheduleWords", ScheduleWords.of(spec.schedule()));
        cron.put("nextFireTime", next == null ? null : next.toString());
        cron.put("backoffMs", spec.backoff().stream().map(Duration::toMillis).toList());
        cron.put("warnings", warnings(spec, next));
        return cron;
    }

    /** Takes every cron and fires none. */
    private static final class Lister implements CronHandler {
        final Map<String, CronSpec> crons = new ConcurrentSkipListMap<>();

        @Override
        public void admit(String name) {
            if (crons.containsKey(name)) {
                throw dev.carillon.cron.CronException.nameInUse();
            }
        }

        @Override
        public CronHandle create(CronSpec spec) {
            crons.put(spec.name(), spec);
            return new CronHandle() {
                @Override
                public CompletionStage<CronNext> next(Outcome previous) {
                    return CompletableFuture.completedFuture(new CronNext.Closed()); // holds nothing alive
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void close() {}
    }
}
