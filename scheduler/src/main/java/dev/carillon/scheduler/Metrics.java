package dev.carillon.scheduler;

import dev.carillon.scheduler.http.ServiceView.ScriptState;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what happens, in Prometheus' text format.
 *
 * <p>Threads: any.
 */
final class Metrics {
    private static final double[] SECONDS = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600};

    private final Map<RunState, LongAdder> ended = new EnumMap<>(RunState.class);
    private final LongAdder started = new LongAdder();
    private final LongAdder lines = new LongAdder();
    private final Histogram lateness = new Histogram();
    private final Histogram duration = new Histogram();
    private final Map<String, Double> lastSuccess = new ConcurrentSkipListMap<>();

    Metrics() {
        for (var state : RunState.values()) {
            ended.put(state, new LongAdder());
        }
    }

    void run(RunSummary run) {
        if (run.state() == RunState.RUNNING) {
            started.increment();
            var late = run.latenessMs();
            if (late != null && run.attempts() <= 1) {
                lateness.observe(late / 1_000.0);
            }
            return;
        }
        var counter = ended.get(run.state());
        if (counter != null) {
            counter.increment();
        }
        var took = run.durationMs();
        if (took != null && run.state().ended()) {
            duration.observe(took / 1_000.0);
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

    /** What is counted elsewhere, at the moment of the scrape. */
    record Gauges(
            int jobsActive,
            int jobsPaused,
            int jobsFailing,
            int running,
            Map<ScriptState, Integer> scripts,
            boolean jit,
            String backend,
            String node) {}

    String text(Gauges gauges) {
        var text = new StringBuilder(16_384);
        head(text, "carillon_info", "gauge", "Which Carillon this is.");
        text.append("carillon_info{version=\"%s\",backend=\"%s\",node=\"%s\"} 1\n"
                .formatted(escape(Version.TEXT), gauges.backend, escape(gauges.node)));
        simple(text, "carillon_jit_enabled", "gauge", "1 if scripts are compiled to machine code.", gauges.jit ? 1 : 0);

        head(text, "carillon_jobs", "gauge", "Jobs by state.");
        sample(text, "carillon_jobs{state=\"active\"}", gauges.jobsActive);
        sample(text, "carillon_jobs{state=\"paused\"}", gauges.jobsPaused);
        simple(text, "carillon_jobs_failing", "gauge", "Jobs whose last verdict was a failure.", gauges.jobsFailing);
        head(text, "carillon_scripts", "gauge", "Scripts by state.");
        for (var state : ScriptState.values()) {
            sample(text, "carillon_scripts{state=\"" + state + "\"}", gauges.scripts.getOrDefault(state, 0));
        }

        simple(text, "carillon_runs_running", "gauge", "Attempts under way on this node.", gauges.running);
        simple(text, "carillon_attempts_started_total", "counter", "Attempts started on this node.", started.sum());
        head(text, "carillon_runs_total", "counter", "Runs of this node by the state they reached.");
        for (var state : RunState.values()) {
            if (state != RunState.RUNNING) {
                sample(text, "carillon_runs_total{state=\"" + state + "\"}", ended(state));
            }
        }
        lateness.write(text, "carillon_run_lateness_seconds", "From due to the first attempt's start.");
        duration.write(text, "carillon_run_duration_seconds", "From the first attempt's start to the end of the run.");
        simple(text, "carillon_log_lines_total", "counter", "Console lines kept.", lines.sum());
        head(text, "carillon_job_last_success_timestamp_seconds", "gauge", "When a job last succeeded on this node.");
        lastSuccess.forEach((job, at) ->
                sample(text, "carillon_job_last_success_timestamp_seconds{job=\"" + escape(job) + "\"}", at));
        process(text);
        return text.toString();
    }

    private long ended(RunState state) {
        var counter = ended.get(state);
        return counter == null ? 0 : counter.sum();
    }

    private static void process(StringBuilder text) {
        var runtime = ManagementFactory.getRuntimeMXBean();
        var heap = ManagementFactory.getMemoryMXBean();
        simple(text, "process_start_time_seconds", "gauge", "Start of the process.", runtime.getStartTime() / 1_000.0);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            simple(
                    text,
                    "process_cpu_seconds_total",
                    "counter",
                    "Processor time of the process.",
                    system.getProcessCpuTime() / 1e9);
        }
        simple(
                text,
                "jvm_memory_heap_used_bytes",
                "gauge",
                "Heap in use.",
                heap.getHeapMemoryUsage().getUsed());
        simple(
                text,
                "jvm_memory_heap_max_bytes",
                "gauge",
                "Heap there may be.",
                heap.getHeapMemoryUsage().getMax());
        simple(
                text,
                "jvm_memory_nonheap_used_bytes",
                "gauge",
                "Memory of the JVM outside the heap.",
                heap.getNonHeapMemoryUsage().getUsed());
        simple(
                text,
                "jvm_threads",
                "gauge",
                "Platform threads.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        head(text, "jvm_gc_collection_seconds_total", "counter", "Time spent collecting garbage.");
        for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            sample(
                    text,
                    "jvm_gc_collection_seconds_total{gc=\"" + escape(collector.getName()) + "\"}",
                    collector.getCollectionTime() / 1_000.0);
        }
    }

    private static void simple(StringBuilder text, String name, String type, String help, double value) {
        head(text, name, type, help);
        sample(text, name, value);
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void sample(StringBuilder text, String name, double value) {
        text.append(name).append(' ');
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            text.append((long) value);
        } else {
            text.append(String.format(Locale.ROOT, "%.3f", value));
        }
        text.append('\n');
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static final class Histogram {
        private final LongAdder[] buckets = new LongAdder[SECONDS.length + 1];
        private final DoubleAdder sum = new DoubleAdder();

        Histogram() {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new LongAdder();
            }
        }

        void observe(double seconds) {
            int i = 0;
            while (i < SECONDS.length && seconds > SECONDS[i]) {
                i++;
            }
            buckets[i].increment();
            sum.add(seconds);
        }

        void write(StringBuilder text, String name, String help) {
            head(text, name, "histogram", help);
            long total = 0;
            for (int i = 0; i < SECONDS.length; i++) {
                total += buckets[i].sum();
                sample(text, name + "_bucket{le=\"" + bound(SECONDS[i]) + "\"}", total);
            }
            total += buckets[SECONDS.length].sum();
            sample(text, name + "_bucket{le=\"+Inf\"}", total);
            sample(text, name + "_sum", sum.sum());
            sample(text, name + "_count", total);
        }

        private static String bound(double seconds) {
            return seconds == Math.rint(seconds) ? String.valueOf((long) seconds) : String.valueOf(seconds);
        }
    }
}
