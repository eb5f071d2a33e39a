package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.PermissionFlags;
import dev.carillon.runtime.time.VirtualTime;
import dev.carillon.scheduler.Configuration.ScriptSource;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A script that changes again and again just when its crons are due: real engine, real database, real files. */
class HotReloadTest {
    private static final int RELOADS = Integer.getInteger("carillon.reloads", 200);
    private static final int WARM = 20; // after these, nothing may grow
    private static final int JOBS = 5;
    private static final long DEADLINE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long HEAP_GROWTH_BYTES_MAX = 24L << 20; // one leaked version is more than 1 MB

    @TempDir
    private Path folder;

    private final VirtualTime time = new VirtualTime();

    private record Counts(long runtimes, long contexts, long threads, long heapBytes) {
        boolean isOne() {
            return runtimes == 1 && contexts == 1 && threads == 1;
        }
    }

    /** Each third version does not load: what it registered before it broke must not take a run along. */
    private void write(int version) throws IOException {
        var source = new StringBuilder("const version = " + version + ";\n");
        for (int job = 0; job < JOBS; job++) {
            source.append("Deno.cron('job").append(job).append("', '* * * * *', async () => {\n");
            source.append("  Deno.writeTextFileSync('")
                    .append(folder.resolve("calls"))
                    .append("', `job")
                    .append(job);
            source.append(" ${Carillon.run!.scheduledTime} ${version}\\n`, { append: true });\n");
            source.append("  await new Promise((resolve) => setTimeout(resolve, 1));\n});\n");
        }
        if (isBroken(version)) {
            source.append("await new Promise((resolve) => setTimeout(resolve, 700));\nthrow new Error('broken');\n");
        }
        var next = Files.writeString(folder.resolve("next"), source);
        Files.move(
                next,
                Files.createDirectories(folder.resolve("crons")).resolve("s.ts"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isBroken(int version) {
        return version % 3 == 2;
    }

    @Test
    void two_hundred_reloads_under_firing_crons_miss_double_and_leak_nothing() throws Exception {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        write(0);
        Counts warm = null;
        try (var service = serve()) {
            service.awaitScripts();
            var due = Instant.parse("2024-01-01T00:00:00Z");
            for (int version = 1; version <= RELOADS; version++) {
                due = due.plusSeconds(60);
                // The file changes up to two seconds before the crons are due, so they come due at any moment of the
                // load.
                time.advanceTo(due.minusMillis(1 + random.nextInt(2_000)));
                write(version);
                var where = "seed " + seed + ", version " + version;
                var settled = settled(service, due, version);
                await(where, random, settled);
                if (version == WARM) {
                    warm = settledCounts(where);
                }
            }
            assertThat(warm).isNotNull();
            var end = settledCounts("seed " + seed);
            assertThat(end.heapBytes - warm.heapBytes)
                    .as("seed %d: heap %s then %s", seed, warm, end)
                    .isLessThan(HEAP_GROWTH_BYTES_MAX);
            verify(service, due, "seed " + seed);
        }
    }

    private Service serve() {
        var configuration = ConfigurationReader.read(
                null,
                Map.of(),
                Map.of(
                        "http.port", "0",
                        "node.name", "test",
                        "database.url", "jdbc:h2:file:" + folder.resolve("db")),
                List.of(new ScriptSource(
                        folder.resolve("crons"),
                        PermissionFlags.fromMap(
                                Map.of("write", List.of(folder.resolve("calls").toString())), folder))));
        return Service.start(
                configuration,
                time,
                from -> JdbcRunStore.open(new StoreConfig(from.database().url())));
    }

    /** The version is in place, or has been refused, and every run that was due has ended. */
    private BooleanSupplier settled(Service service, Instant due, int version) {
        return () -> {
            var view = service.scripts().getFirst();
            var error = view.error();
            boolean tried = isBroken(version)
                    ? error != null
                    : error == null
                            && view.loadedAt() != null
                            && !view.loadedAt().isBefore(due.minusMillis(2_000))
                            && threads() == 1;
            return tried
                    && runs(service).stream()
                                    .filter(run -> run.scheduledTime().equals(due)
                                            && run.state().ended())
                                    .count()
                            == JOBS;
        };
    }

    private void await(String where, Random random, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(where).isLessThan(deadline);
            time.advance(Duration.ofMillis(random.nextInt(200)));
            LockSupport.parkNanos(random.nextInt(4_000_000)); // real threads work on what virtual time has woken
        }
    }

    private static List<RunSummary> runs(Service service) {
        return service.runs(new RunQuery(null, Set.of(), null, null, null, null, JOBS * 2))
                .items();
    }

    private void verify(Service service, Instant last, String where) throws IOException {
        var wrong = new ArrayList<RunSummary>();
        int told = 0;
        String cursor = null;
        do {
            var page = service.runs(new RunQuery(null, Set.of(), null, null, null, cursor, 500));
            for (var run : page.items()) {
                if (!run.scheduledTime().isAfter(last)) {
                    told++;
                    if (run.state() != RunState.SUCCEEDED || run.attempts() != 1) {
                        wrong.add(run);
                    }
                }
            }
            cursor = page.cursor();
        } while (cursor != null);
        assertThat(wrong).as(where).isEmpty();
        assertThat(told).as("%s: one row for each due occurrence", where).isEqualTo(RELOADS * JOBS);
        // The script's own count of its calls, which no code of the service has touched.
        var calls = Files.readAllLines(folder.resolve("calls")).stream()
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .filter(line -> !Instant.parse(line.split(" ")[1]).isAfter(last))
                .toList();
        assertThat(calls).as(where).doesNotHaveDuplicates().hasSize(RELOADS * JOBS);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("s.ts"))
                .count();
    }

    /** One runtime, one context, one thread: whatever else there was has ended and is garbage. */
    private Counts settledCounts(String where) throws Exception {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        var counts = counts();
        while (!counts.isOne()) {
            assertThat(System.nanoTime()).as("%s: %s", where, counts).isLessThan(deadline);
            time.advance(Duration.ofMillis(500));
            counts = counts();
        }
        return counts;
    }

    private static Counts counts() throws Exception {
        var histogram = histogram(); // collects garbage first
        return new Counts(
                instances(histogram, "dev.carillon.runtime.engine.ScriptRuntime"),
                instances(histogram, "com.oracle.truffle.js.runtime.JSRealm"),
                threads(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    private static String histogram() throws Exception {
        System.gc();
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
    }

    private static long instances(String histogram, String type) {
        var line = Pattern.compile("\\s+(\\d+)\\s+\\d+\\s+" + Pattern.quote(type) + "(\\s|$)")
                .matcher(histogram);
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }
}
