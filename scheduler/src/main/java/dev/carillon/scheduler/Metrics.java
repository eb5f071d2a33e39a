package dev.carillon.scheduler;

import dev.carillon.scheduler.http.ServiceView.ScriptState;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Counts what happens, for Prometheus to scrape.
 *
 * <p>Threads: any.
 * <p>Closing: with the service; ends the listening for garbage collections.
 */
final class Metrics implements AutoCloseable {
    private static final Duration[] BUCKETS = Stream.of(
                    1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);
    private static final Gauges NOTHING = new Gauges(0, 0, 0, 0, Map.of(), false);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Map<RunState, Counter> ended = new EnumMap<>(RunState.class);
    private final Counter started = Counter.builder("carillon.attempts.started")
            .description("Attempts started on this node.")
            .register(registry);
    private final Counter lines = Counter.builder("carillon.log.lines")
            .description("Console lines kept.")
            .register(registry);
    private final Timer lateness = timer("carillon.run.lateness", "From due to the first attempt's start.");
    private final Timer duration =
            timer("carillon.run.duration", "From the first attempt's start to the end of the run.");
    private final Map<String, Double> lastSuccess = new ConcurrentHashMap<>();
    private final MultiGauge lastSuccesses = MultiGauge.builder("carillon.job.last.success.timestamp")
            .description("When a job last succeeded on this node.")
            .baseUnit("seconds")
            .register(registry);
    private volatile Gauges now = NOTHING;

    /** What is counted elsewhere, at the moment of the scrape. */
    record Gauges(
            int jobsActive,
            int jobsPaused,
            int jobsFailing,
            int running,
            Map<ScriptState, Integer> scripts,
            boolean jit) {}

    /** @param node stable name of this process */
    Metrics(String backend, String node) {
        for (var state : RunState.values()) {
            if (state != RunState.RUNNING) {
                ended.put(
                        state,
                        Counter.builder("carillon.runs")
                                .description("Runs of this node by the state they reached.")
                                .tag("state", state.toString())
                                .register(registry));
            }
        }
        var which = Tags.of("version", Version.TEXT, "backend", backend, "node", node);
        gauge("carillon.info", "Which Carillon this is.", which, all -> 1);
        gauge(
                "carillon.jit.enabled",
                "1 if scripts are compiled to machine code.",
                Tags.empty(),
                all -> all.jit ? 1 : 0);
        gauge("carillon.jobs", "Jobs by state.", Tags.of("state", "active"), Gauges::jobsActive);
        gauge("carillon.jobs", "Jobs by state.", Tags.of("state", "paused"), Gauges::jobsPaused);
        gauge("carillon.jobs.failing", "Jobs whose last verdict was a failure.", Tags.empty(), Gauges::jobsFailing);
        gauge("carillon.runs.running", "Attempts under way on this node.", Tags.empty(), Gauges::running);
        for (var state : ScriptState.values()) {
            gauge(
                    "carillon.scripts",
                    "Scripts by state.",
                    Tags.of("state", state.toString()),
                    all -> all.scripts.getOrDefault(state, 0));
        }
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** @param what the cluster has put right by itself */
    void audited(String what) {
        Counter.builder("carillon.cluster.audits")
                .description("What this node has put right in the cluster: takeovers, orphaned triggers, retired jobs.")
                .tag("what", what.toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    void run(RunSummary run) {
        if (run.state() == RunState.RUNNING) {
            started.increment();
            var late = run.latenessMs();
            if (late != null && run.attempts() <= 1) {
                lateness.record(Duration.ofMillis(late));
            }
            return;
        }
        var counter = ended.get(run.state());
        if (counter != null) {
            counter.increment();
        }
        var took = run.durationMs();
        if (took != null && run.state().ended()) {
            duration.record(Duration.ofMillis(took));
        }
        var end = run.endedAt();
        if (run.state() == RunState.SUCCEEDED && end != null) {
            lastSuccess.put(run.job(), end.toEpochMilli() / 1_000.0);
        }
    }

    void line() {
        lines.increment();
    }

    void forget(JobKey job) {
        lastSuccess.remove(job.id());
    }

    /** @return Prometheus' text format */
    String text(Gauges gauges) {
        now = gauges;
        var rows = new ArrayList<Row<?>>();
        lastSuccess.forEach((job, at) -> rows.add(Row.of(Tags.of("job", job), at)));
        lastSuccesses.register(rows, true);
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private void gauge(String name, String description, Tags tags, ToDoubleFunction<Gauges> value) {
        Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.now))
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
