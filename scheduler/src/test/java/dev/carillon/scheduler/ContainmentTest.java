package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.carillon.runtime.PermissionFlags;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.VirtualTime;
import dev.carillon.scheduler.Configuration.ScriptSource;
import dev.carillon.scheduler.http.ServiceView.ScriptState;
import dev.carillon.scheduler.http.ServiceView.ScriptView;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Scripts that misbehave beside one that does not: real engine, real database, real files, virtual time. */
class ContainmentTest {
    private static final String REGISTERED = "Deno.cron('job', '* * * * *', () => {}); ";
    private static final Duration LITTLE_CPU = Duration.ofMillis(200);
    private static final Duration PLENTY_OF_CPU = Duration.ofSeconds(5);
    private static final long DEADLINE_NANOS = Duration.ofSeconds(40).toNanos();

    @TempDir
    private Path folder;

    private final VirtualTime time = new VirtualTime();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Duration turnCpu = PLENTY_OF_CPU; // a deep recursion in a cold engine takes more than 200 ms
    private Service service;
    private Instant minute = Instant.parse("2024-01-01T00:00:00Z");

    @BeforeEach
    void listen() {
        log.start();
        root().addAppender(log);
        ((Logger) LoggerFactory.getLogger(PermissionAudit.class)).setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
        root().detachAppender(log);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            throws at top level     | throw new Error('broken wing')                                  | broken wing
            throws in a timer       | setTimeout(() => { throw new Error('broken wing'); }, 5)        | broken wing
            rejects                 | setTimeout(() => Promise.reject(new TypeError('no one')), 5)    | no one
            loops at top level      | for (;;) {}                                                     | limits.turn-cpu
            loops in a timer        | setTimeout(() => { for (;;) {} }, 5)                            | limits.turn-cpu
            loops in microtasks     | setTimeout(() => { (function f() { Promise.resolve().then(f); })(); }, 5) | limits.turn-cpu
            recurses                | (function f() { f(); })()                                       | Maximum call stack size exceeded
            exits                   | setTimeout(() => Deno.exit(3), 5)                               | the script called Deno.exit(3)
            exits as if all is well | setTimeout(() => Deno.exit(0), 5)                               | the script called Deno.exit(0)
            arms timers without end | for (;;) setTimeout(() => {}, 1e9)                              | Too many timers
            opens without end       | for (;;) new CompressionStream('gzip')                          | Too many open resources
            asks without end        | for (let i = 0; i < 150; i++) Deno.cron('c' + i, '* * * * *', () => {}) | Too many pending ops
            """)
    void a_script_that(String what, String code, String why) throws IOException {
        turnCpu = why.equals("limits.turn-cpu") ? LITTLE_CPU : PLENTY_OF_CPU;
        script("bad.ts", REGISTERED + code + ";");
        script("calm.ts", "Deno.cron('calm', '* * * * *', () => console.log('calm'));");
        serve();
        until("a restart", () -> view("bad.ts").restarts() >= 1);
        until("it waits", () -> view("bad.ts").state() == ScriptState.RESTARTING);
        var view = view("bad.ts");
        assertThat(view.error().message()).contains(why);
        assertThat(view.nextRestartAt()).isAfter(time.now());
        until(
                "the log says so",
                () -> List.copyOf(log.list).stream()
                        .filter(event -> event.getKeyValuePairs() != null
                                && event.getKeyValuePairs().stream().anyMatch(pair -> "bad.ts".equals(pair.value)))
                        .anyMatch(event -> event.getFormattedMessage().contains(why)));
        calmNeverMissed();
    }

    @Test
    void a_loop_is_stopped_once_and_a_tenth_of_a_second_past_its_limit() throws IOException {
        turnCpu = LITTLE_CPU;
        script("bad.ts", REGISTERED + "setTimeout(() => { for (;;) {} }, 5);");
        serve();
        var loop = thread("bad.ts");
        var from = time.now();
        time.advance(Duration.ofMillis(5));
        // Time stands still while it uses what it may, and a little more.
        for (long enough = cpuNanos(loop); told("stopped: one turn") == 0; LockSupport.parkNanos(100_000)) {
            if (cpuNanos(loop) >= enough) {
                enough = cpuNanos(loop) + turnCpu.plusMillis(50).toNanos();
                time.advance(Duration.ofMillis(50));
                assertThat(Duration.between(from, time.now())).isLessThan(Duration.ofMillis(250));
            }
        }
        while (loop.isAlive()) {
            time.advance(Duration.ofMillis(50));
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(told("stopped: one turn")).isEqualTo(1);
    }

    private static Thread thread(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static long cpuNanos(Thread thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
    }

    private long told(String what) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getFormattedMessage().contains(what))
                .count();
    }

    @Test
    void the_waits_between_restarts_grow() throws IOException {
        script("bad.ts", REGISTERED + "throw new Error('broken wing');");
        script("calm.ts", "Deno.cron('calm', '* * * * *', () => {});");
        serve();
        long lastMs = 0;
        for (int restart = 1; restart <= 4; restart++) {
            int wanted = restart;
            until("restart " + restart, () -> view("bad.ts").restarts() >= wanted);
            var view = view("bad.ts");
            long waitMs = Duration.between(time.now(), view.nextRestartAt()).toMillis();
            assertThat(waitMs).isGreaterThan(lastMs);
            lastMs = waitMs;
        }
    }

    @Test
    void a_job_that_recurses_without_end_fails_as_a_run_and_its_script_goes_on() throws IOException {
        script("bad.ts", "Deno.cron('job', '* * * * *', { backoffSchedule: [] }, function f() { f(); });");
        script("calm.ts", "Deno.cron('calm', '* * * * *', () => {});");
        serve();
        until("two failed runs", () -> failed("bad.ts/job").size() >= 2);
        assertThat(failed("bad.ts/job"))
                .allSatisfy(run -> assertThat(run.error()).contains("Maximum call stack size exceeded"));
        assertThat(view("bad.ts").restarts()).isZero();
        calmNeverMissed();
    }

    /** Time is injected, so it can break: here under the job function, and there before the script is loaded. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            under the script | true  | Internal error of the runtime while the script ran, a bug of it and not of the script: java.lang.AssertionError: time is out of joint (the log has the stack trace)
            at its start     | false | Its runtime did not start, no fault of the script: java.lang.AssertionError: time is out of joint (the log has the stack trace)
            """)
    void a_bug_of_ours(String where, boolean loaded, String sentence) throws IOException {
        script("bad.ts", REGISTERED);
        script("calm.ts", "Deno.cron('calm', '* * * * *', () => console.log('calm'));");
        serve(new BrokenTime(time, "bad.ts", loaded));
        until("a restart", () -> view("bad.ts").restarts() >= 1);
        until("it waits", () -> view("bad.ts").state() == ScriptState.RESTARTING);
        assertThat(view("bad.ts").error().message()).isEqualTo(sentence);
        until(
                "the log tells it",
                () -> List.copyOf(log.list).stream()
                        .anyMatch(event -> event.getFormattedMessage().contains(sentence)));
        assertThat(List.copyOf(log.list)).anySatisfy(event -> {
            assertThat(event.getThrowableProxy()).isNotNull();
            assertThat(event.getThrowableProxy().getMessage()).isEqualTo("time is out of joint");
        });
        calmNeverMissed();
    }

    private record BrokenTime(VirtualTime whole, String script, boolean whenLoaded) implements TimeSource {
        @Override
        public Instant now() {
            return whole.now();
        }

        /** What crons of one process and {@code Date.now} go by; a runtime reads the other clock as it starts. */
        @Override
        public long currentTimeMillis() {
            return checked(whenLoaded, whole.currentTimeMillis());
        }

        @Override
        public long nanoTime() {
            return checked(!whenLoaded, whole.nanoTime());
        }

        private long checked(boolean breaks, long value) {
            if (breaks && Thread.currentThread().getName().equals(script)) {
                throw new AssertionError("time is out of joint");
            }
            return value;
        }

        @Override
        public Alarm after(Duration delay, Runnable task) {
            return whole.after(delay, task);
        }
    }

    @Test
    void the_log_has_what_a_script_is_allowed_once_and_counts_what_it_is_denied_again() throws IOException {
        script("bad.ts", """
                Deno.cron('job', '* * * * *', () => {
                  for (let i = 0; i < 3; i++) {
                    Deno.env.get("ALLOWED" + i);
                    try { Deno.readTextFileSync("/etc/\\nforged: line"); } catch { /* as expected */ }
                  }
                });
                """);
        script("calm.ts", "Deno.cron('calm', '* * * * *', () => {});");
        serve();
        until(
                "a run",
                () -> !runs("bad.ts/job").isEmpty()
                        && runs("bad.ts/job").getLast().state().ended());
        long runs = runs("bad.ts/job").size();
        service.close();
        assertThat(log.list)
                .filteredOn(event -> event.getLoggerName().equals(PermissionAudit.class.getName()))
                .extracting(event ->
                        event.getLevel() + " " + event.getKeyValuePairs().getFirst() + " "
                                + event.getKeyValuePairs().getLast() + " " + event.getFormattedMessage())
                .containsExactly(
                        "INFO script=\"bad.ts\" permission=\"env\" allowed: ALLOWED0 (allow-env=ALLOWED*)",
                        "WARN script=\"bad.ts\" permission=\"read\" denied: /etc/\ufffdforged: line (no rule)",
                        "WARN script=\"bad.ts\" permission=\"read\" more denials since: " + (3 * runs - 1)
                                + " (no rule)");
    }

    @Test
    void a_script_that_floods_the_log_is_cut_short_and_says_so() throws IOException {
        script(
                "bad.ts",
                REGISTERED + "setInterval(() => { for (let i = 0; i < 500; i++) console.log('flood', i); }, 100);");
        script("calm.ts", "Deno.cron('calm', '* * * * *', () => {});");
        serve();
        until("two minutes", () -> runs("calm.ts/calm").size() >= 2);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anySatisfy(line -> assertThat(line)
                        .matches("\\d+ lines were left out: more than 10 a second \\(limits.log-lines-per-second\\)"));
        long seconds = Duration.between(Instant.parse("2024-01-01T00:00:00Z"), time.now())
                .toSeconds();
        assertThat(log.list)
                .filteredOn(event -> event.getFormattedMessage().startsWith("flood"))
                .hasSizeLessThanOrEqualTo((int) (10 * (seconds + 1)));
        calmNeverMissed();
    }

    private void script(String name, String source) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("crons")).resolve(name), source);
    }

    private void serve() {
        serve(time);
    }

    private void serve(TimeSource time) {
        var flags = new HashMap<String, String>();
        flags.put("http.port", "0");
        flags.put("node.name", "test");
        flags.put("database.url", "jdbc:h2:file:" + folder.resolve("db"));
        flags.put("limits.turn-cpu", turnCpu.toMillis() + "ms");
        flags.put("limits.timers", "500");
        flags.put("limits.open-resources", "200");
        flags.put("limits.pending-ops", "100");
        flags.put("limits.log-lines-per-second", "10");
        var configuration = ConfigurationReader.read(
                null,
                Map.of(),
                flags,
                List.of(new ScriptSource(
                        folder.resolve("crons"), PermissionFlags.fromMap(Map.of("env", List.of("ALLOWED*")), folder))));
        service = Service.start(
                configuration,
                time,
                from -> JdbcRunStore.open(new StoreConfig(from.database().url())));
        service.awaitScripts();
    }

    private ScriptView view(String name) {
        return service.scripts().stream()
                .filter(script -> script.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<RunSummary> runs(String job) {
        return service.runs(new RunQuery(job, Set.of(), null, null, null, null, 500))
                .items();
    }

    private List<RunSummary> failed(String job) {
        return runs(job).stream().filter(run -> run.state() == RunState.FAILED).toList();
    }

    /** Lets time run until {@code condition} holds, and no minute pass before the neighbour's run of it has ended. */
    private void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s, %s", what, service.scripts()).isLessThan(deadline);
            if (time.now().isBefore(minute.plusSeconds(60)) || calmHasRun(minute.plusSeconds(60))) {
                time.advance(Duration.ofMillis(250));
            }
            LockSupport.parkNanos(3_000_000); // real threads work on what virtual time has woken
        }
    }

    private boolean calmHasRun(Instant due) {
        boolean ran = runs("calm.ts/calm").stream()
                .anyMatch(run -> run.scheduledTime().equals(due) && run.state().ended());
        if (ran) {
            minute = due;
        }
        return ran;
    }

    private void calmNeverMissed() {
        until("one more minute", () -> calmHasRun(minute.plusSeconds(60)));
        var runs = runs("calm.ts/calm");
        assertThat(runs).hasSize((int)
                Duration.between(Instant.parse("2024-01-01T00:00:00Z"), minute).toMinutes());
        assertThat(runs).allSatisfy(run -> {
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.attempts()).isEqualTo(1);
        });
        assertThat(view("calm.ts").restarts()).isZero();
    }
}
