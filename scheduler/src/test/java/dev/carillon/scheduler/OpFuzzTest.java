package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeLimits;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.runtime.time.TimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Calls every op there is with arguments nobody would write, from a seed: no Java exception reaches the script or the log, no
 * op blocks its script, the runtime goes on. One round of a thousand calls here; {@code bench/fuzz/run} is the long form.
 */
class OpFuzzTest {
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 0));
    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final int CALLS_MORE = 300;
    private static final long STUCK_SECONDS = 60;

    /** Ops that are not called, each with the reason. */
    private static final Map<String, String> EXCLUDED = Map.of("op_os_exit", "ends the runtime: that is its job");

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    /** Remembers the call that is under way, in case it does not come back. */
    public static final class NoteOps {
        private final AtomicReference<String> last;

        NoteOps(AtomicReference<String> last) {
            this.last = last;
        }

        @Op("op_fuzz_note")
        public void note(String call) {
            last.set(call);
        }
    }

    @Test
    void no_argument_brings_a_java_exception_into_a_script_or_ends_it(@TempDir Path folder) throws Exception {
        var time = TimeSource.system();
        long end = time.nanoTime() + LENGTH.toNanos();
        var found = new TreeSet<String>();
        var calls = new HashMap<String, Long>();
        int rounds = 0;
        log.start();
        root().addAppender(log);
        try (var engine = JsEngine.create()) {
            do {
                round(engine, SEED + rounds, Files.createDirectory(folder.resolve("round" + rounds)), found, calls);
                rounds++;
            } while (time.nanoTime() < end);
        } finally {
            root().detachAppender(log);
        }
        System.out.printf(
                "fuzz: seed %d, %d rounds, %,d calls of %d ops, %d findings%n",
                SEED, rounds, calls.values().stream().mapToLong(Long::longValue).sum(), calls.size(), found.size());
        found.forEach(finding -> System.out.println("  " + finding));
        assertThat(found).isEmpty();
        assertThat(calls).as("ops called").hasSizeGreaterThan(90);
    }

    private void round(JsEngine engine, long seed, Path folder, TreeSet<String> found, Map<String, Long> calls)
            throws Exception {
        Files.writeString(folder.resolve("a.txt"), "content");
        Files.createDirectory(folder.resolve("sub"));
        var last = new AtomicReference<>("");
        try (var runtime = engine.newRuntime(options(folder, last))) {
            runtime.execute(
                            "fuzz.js",
                            "fuzz(" + (int) seed + ", " + quoted(EXCLUDED.keySet()) + ", " + CALLS_MORE + ")")
                    .get(STUCK_SECONDS, TimeUnit.SECONDS);
            assertThat(runtime.execute("alive.js", "1 + 1").get(STUCK_SECONDS, TimeUnit.SECONDS))
                    .as("seed %d leaves the runtime alive", seed)
                    .isEqualTo(2.0);
            var text = (String) runtime.execute("findings.js", "findings()").get(STUCK_SECONDS, TimeUnit.SECONDS);
            if (!"[]".equals(text)) {
                found.add("seed " + seed + ": " + text);
            }
            runtime.metrics()
                    .get(STUCK_SECONDS, TimeUnit.SECONDS)
                    .forEach((op, counts) -> calls.merge(op, counts.dispatched(), Long::sum));
        } catch (TimeoutException e) {
            throw new AssertionError("seed " + seed + " is stuck in " + last.get(), e);
        } catch (Exception e) {
            throw new AssertionError("seed " + seed + " broke in " + last.get(), e);
        }
        complaints(seed).forEach(found::add);
        delete(folder);
    }

    /** What the host had to say of this round: an op's bug, a resource that does not close. */
    private List<String> complaints(long seed) {
        var said = List.copyOf(log.list);
        log.list.clear();
        return said.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(event -> "seed " + seed + " logged: " + event.getFormattedMessage())
                .toList();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    }

    private static RuntimeOptions options(Path folder, AtomicReference<String> last) {
        var extensions = new ArrayList<>(StandardExtensions.with(LocalCronHandler::of));
        extensions.add(Extension.builder("fuzz")
                .ops(state -> new NoteOps(last))
                .esm("fuzz.js")
                .entryPoint("fuzz.js")
                .resources(OpFuzzTest.class.getClassLoader())
                .build());
        // All it may harm is a folder of its own, and the network of this machine.
        var own = List.of(folder.toString());
        return RuntimeOptions.builder()
                .extensions(extensions)
                .permissions(Permissions.builder()
                        .cwd(folder)
                        .allow(Permissions.Kind.READ, own)
                        .allow(Permissions.Kind.WRITE, own)
                        .allow(Permissions.Kind.NET, List.of("127.0.0.1", "localhost"))
                        .allow(Permissions.Kind.ENV)
                        .allow(Permissions.Kind.SYS)
                        .build())
                .environment(Map.of("HOME", "/home"))
                .limits(new RuntimeLimits(100_000, 10_000, 10_000))
                .cwd(folder)
                .name("fuzz")
                .build();
    }

    private static String quoted(Iterable<String> names) {
        return "['" + String.join("', '", names) + "']";
    }

    private static void delete(Path folder) throws java.io.IOException {
        if (!Files.exists(folder)) {
            return; // the script may delete its own
        }
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
