package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.time.VirtualTime;
import dev.carillon.scheduler.Configuration.ScriptSource;
import dev.carillon.scheduler.http.ServiceView.ScriptState;
import dev.carillon.scheduler.http.ServiceView.ScriptView;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobState;
import dev.carillon.scheduler.run.LogLine;
import dev.carillon.scheduler.run.Reason;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The whole service on virtual time: real engine, real database, real files. */
@NullUnmarked
class ServiceTest {
    private static final Duration STEP = Duration.ofMillis(250);
    private static final long DEADLINE_MS = 60_000;

    @TempDir
    private Path folder;

    private final VirtualTime time = new VirtualTime();
    private Service service;

    private void script(String name, String source) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("crons")).resolve(name), source);
    }

    private void serve(Map<String, String> flags) {
        start(flags);
        service.awaitScripts();
    }

    private void start(Map<String, String> flags) {
        var all = new java.util.HashMap<>(Map.of(
                "http.port", "0",
                "node.name", "test",
                "database.url", "jdbc:h2:file:" + folder.resolve("db"),
                "limits.stop-deadline", "2s"));
        all.putAll(flags);
        var configuration = ConfigurationReader.read(
                null, Map.of(), all, List.of(new ScriptSource(folder.resolve("crons"), Permissions.none())));
        service = Service.start(
                configuration,
                time,
                from -> JdbcRunStore.open(new StoreConfig(from.database().url())));
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    /** Lets time run, a step at a time, until {@code condition} holds. */
    private void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofMillis(DEADLINE_MS).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("%s within %d ms", what, DEADLINE_MS)
                    .isLessThan(deadline);
            time.advance(STEP);
            LockSupport.parkNanos(5_000_000); // real threads work on what virtual time has woken
        }
    }

    private List<RunSummary> runs(String job) {
        return service.runs(new RunQuery(job, java.util.Set.of(), null, null, null, null, 100))
                .items();
    }

    private ScriptView view(String name) {
        return service.scripts().stream()
                .filter(script -> script.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<String> jobs() {
        return service.jobs(null, 100).items().stream()
                .filter(job -> job.state() != JobState.RETIRED)
                .map(job -> job.id())
                .toList();
    }

    @Test
    void a_run_leaves_its_attempts_and_what_it_printed() throws IOException {
        script("a.ts", """
                Deno.cron("flaky", "* * * * *", { backoffSchedule: [100] }, () => {
                  console.log("attempt", Carillon.run!.attempt);
                  if (Carillon.run!.attempt === 1) throw new Error("not yet");
                });
                """);
        serve(Map.of());
        until("a succeeded run", () -> runs("a.ts/flaky").stream().anyMatch(run -> run.state() == RunState.SUCCEEDED));
        var succeeded = runs("a.ts/flaky").stream()
                .filter(run -> run.state() == RunState.SUCCEEDED)
                .findFirst()
                .orElseThrow();
        var run = service.run(new RunId(succeeded.id())).orElseThrow();
        assertThat(run.attemptList()).hasSize(2);
        assertThat(run.attemptList().getFirst().error()).contains("not yet").contains("a.ts:3:");
        assertThat(service.logs(new RunId(succeeded.id()), -1, 10))
                .extracting(line -> line.text())
                .contains("attempt 1", "attempt 2");
        assertThat(service.metrics())
                .contains(
                        "carillon_runs_total{state=\"succeeded\"}",
                        "carillon_info{",
                        "carillon_jobs{state=\"active\"}");
    }

    @Test
    void each_script_has_a_database_of_its_own_that_outlives_the_service() throws IOException {
        for (var name : List.of("one.js", "two.js")) {
            script(name, """
                    const kv = await Deno.openKv();
                    Deno.cron("count", "* * * * *", async () => {
                      await kv.atomic().sum(["n"], 1n).commit();
                      console.log(`n is ${(await kv.get(["n"])).value}`);
                    });
                    """);
        }
        serve(Map.of());
        until("a count in each", () -> said("one.js/count", "n is 1") && said("two.js/count", "n is 1"));
        assertThat(folder.resolve("kv/one.js.kv")).exists();
        service.close();
        serve(Map.of());
        until("the count goes on", () -> said("one.js/count", "n is 2"));
    }

    private boolean said(String job, String text) {
        return runs(job).stream()
                .flatMap(run -> service.logs(new RunId(run.id()), -1, 10).stream())
                .anyMatch(line -> line.text().equals(text));
    }

    @Test
    void six_fields_are_denos_error_unless_switched_on() throws IOException {
        script("seconds.ts", "Deno.cron('each second', '* * * * * *', () => {});");
        serve(Map.of());
        assertThat(view("seconds.ts").error().message())
                .startsWith("TypeError: Invalid cron schedule: expected 5 fields")
                .contains("got 6");
        assertThat(jobs()).isEmpty();
    }

    @Test
    void six_fields_are_due_each_second_where_switched_on_and_five_still_are_minutes() throws IOException {
        script("seconds.ts", "Deno.cron('each second', '* * * * * *', () => {});");
        script("minutes.ts", "Deno.cron('each minute', '* * * * *', () => {});");
        serve(Map.of("schedules.seconds", "true"));
        until("three runs", () -> runs("seconds.ts/each second").size() >= 3);
        var due = runs("seconds.ts/each second").reversed().stream()
                .map(RunSummary::scheduledTime)
                .limit(3)
                .toList();
        assertThat(due)
                .containsExactly(
                        due.getFirst(),
                        due.getFirst().plusSeconds(1),
                        due.getFirst().plusSeconds(2));
        assertThat(service.job(JobKey.parse("seconds.ts/each second"))
                        .orElseThrow()
                        .next())
                .hasSize(10);
        until("a minute", () -> !runs("minutes.ts/each minute").isEmpty());
    }

    @Test
    void a_script_that_does_not_load_is_shown_with_its_place_and_the_others_run() throws IOException {
        script("bad.ts", "const fine = 1;\nconst x: = 3;\n");
        script("good.ts", "Deno.cron('works', '* * * * *', () => {});");
        serve(Map.of());
        var bad = view("bad.ts");
        assertThat(bad.state()).isEqualTo(ScriptState.FAILED);
        assertThat(bad.error()).isNotNull();
        assertThat(bad.error().line()).isEqualTo(2);
        assertThat(bad.error().specifier()).endsWith("bad.ts");
        assertThat(view("good.ts").state()).isEqualTo(ScriptState.RUNNING);
        assertThat(service.overview().scriptsFailed()).isEqualTo(1);
        until("a run", () -> !runs("good.ts/works").isEmpty());
    }

    @Test
    void a_script_that_throws_outside_its_jobs_is_restarted_with_backoff_alone() throws IOException {
        script(
                "throws.ts",
                "Deno.cron('job', '0 0 1 1 *', () => {}); setTimeout(() => { throw new Error('broken wing'); }, 10);");
        script("calm.ts", "Deno.cron('works', '* * * * *', () => {});");
        serve(Map.of());
        until("three restarts", () -> view("throws.ts").restarts() >= 3);
        assertThat(view("calm.ts").restarts()).isZero();
        until("waiting for the next restart", () -> view("throws.ts").state() == ScriptState.RESTARTING);
        assertThat(view("throws.ts").error().message()).contains("broken wing");
    }

    @Test
    void a_script_that_exits_with_crons_registered_is_restarted() throws IOException {
        script("exits.ts", "Deno.cron('job', '* * * * *', () => Deno.exit(3));");
        serve(Map.of());
        until("a restart", () -> view("exits.ts").restarts() >= 1);
        until(
                "its run interrupted",
                () -> runs("exits.ts/job").stream().anyMatch(run -> run.state() == RunState.INTERRUPTED));
    }

    @Test
    void a_script_that_loops_for_ever_is_stopped_alone() throws IOException {
        script("loops.ts", "Deno.cron('spin', '* * * * *', () => { for (;;) {} });");
        script("calm.ts", "Deno.cron('works', '* * * * *', () => {});");
        serve(Map.of("limits.turn-cpu", "300ms"));
        until("the loop stopped", () -> view("loops.ts").restarts() >= 1);
        var error = view("loops.ts").error();
        assertThat(error == null ? "" : error.message()).contains("limits.turn-cpu");
        int before = runs("calm.ts/works").size();
        until("the other one still runs", () -> runs("calm.ts/works").size() > before);
    }

    @Test
    void a_changed_file_is_loaded_anew_and_its_jobs_are_handed_over_by_name() throws IOException {
        script("s.ts", "Deno.cron('stays', '* * * * *', () => {}); Deno.cron('goes', '0 0 1 1 *', () => {});");
        serve(Map.of());
        assertThat(jobs()).containsExactly("s.ts/goes", "s.ts/stays");
        script("s.ts", "Deno.cron('stays', '*/2 * * * *', () => {}); Deno.cron('comes', '0 0 1 1 *', () => {});");
        until("the handover", () -> jobs().equals(List.of("s.ts/comes", "s.ts/stays")));
        assertThat(service.job(new JobKey("s.ts", "stays")).orElseThrow().schedule())
                .isEqualTo("*/2 * * * *");
        assertThat(service.job(new JobKey("s.ts", "goes")).orElseThrow().state())
                .isEqualTo(JobState.RETIRED);
    }

    private JobState state(String script, String name) {
        return service.job(new JobKey(script, name)).orElseThrow().state();
    }

    @Test
    void a_cron_its_script_closes_is_retired_at_once_and_comes_due_no_more() throws IOException {
        script("several.ts", """
                const once = new AbortController();
                Deno.cron("once", "* * * * *", { signal: once.signal }, () => once.abort());
                Deno.cron("goes on", "* * * * *", () => {});
                """);
        serve(Map.of());
        until("it closed itself", () -> state("several.ts", "once") == JobState.RETIRED);
        int before = runs("several.ts/goes on").size();
        until("three more minutes", () -> runs("several.ts/goes on").size() >= before + 3);
        assertThat(runs("several.ts/once")).extracting(RunSummary::state).containsExactly(RunState.SUCCEEDED);
        assertThat(state("several.ts", "goes on")).isEqualTo(JobState.ACTIVE);
        assertThat(view("several.ts").restarts()).isZero();
    }

    @Test
    void a_job_whose_runtime_breaks_or_stops_is_not_retired() throws IOException {
        script(
                "throws.ts",
                "Deno.cron('job', '0 0 1 1 *', () => {}); setTimeout(() => { throw new Error('broken wing'); }, 10);");
        script("exits.ts", "Deno.cron('job', '0 0 1 1 *', () => {}); setTimeout(() => Deno.exit(3), 10);");
        script("calm.ts", "Deno.cron('job', '0 0 1 1 *', () => {});");
        serve(Map.of());
        for (var broken : List.of("throws.ts", "exits.ts")) {
            until("waiting for the restart", () -> view(broken).state() == ScriptState.RESTARTING);
            assertThat(state(broken, "job")).isEqualTo(JobState.ACTIVE);
        }
        service.close();
        try (var store = JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + folder.resolve("db")))) {
            assertThat(store.jobs()).hasSize(3).allMatch(job -> job.state() == JobState.ACTIVE);
        }
    }

    /** On a machine that has just been started, a thousand crons may take it that long. */
    @Test
    void a_job_is_not_given_up_while_its_script_is_still_at_work_to_register_it() throws IOException {
        script("slow.ts", "Deno.cron('late', '* * * * *', () => {});");
        serve(Map.of());
        service.close();
        var until = time.now().plus(Duration.ofHours(1));
        script(
                "slow.ts",
                "while (Date.now() < " + until.toEpochMilli() + ");\nDeno.cron('late', '* * * * *', () => {});");
        start(Map.of());
        long deadline = System.nanoTime()
                + ScriptSupervisor.TOP_LEVEL_MAX.plus(Duration.ofSeconds(1)).toNanos();
        while (System.nanoTime() < deadline) {
            assertThat(state("slow.ts", "late")).isEqualTo(JobState.ACTIVE);
            LockSupport.parkNanos(20_000_000);
        }
        time.advance(Duration.ofHours(1));
        until("it comes due", () -> !runs("slow.ts/late").isEmpty());
    }

    @Test
    void occurrences_of_a_paused_job_are_not_missed() throws IOException {
        script("s.ts", "Deno.cron('job', '* * * * *', () => {});");
        serve(Map.of());
        service.pause(new JobKey("s.ts", "job"));
        until("a skipped occurrence", () -> !runs("s.ts/job").isEmpty());
        assertThat(service.overview().missed24h()).isZero();
    }

    @Test
    void a_broken_new_version_leaves_the_old_one_running_and_says_so() throws IOException {
        script("s.ts", "Deno.cron('stays', '* * * * *', () => {});");
        serve(Map.of());
        script("s.ts", "Deno.cron('stays', '* * * * *', () => {}");
        until("the complaint", () -> view("s.ts").error() != null);
        assertThat(view("s.ts").state()).isEqualTo(ScriptState.RUNNING);
        assertThat(view("s.ts").error().message()).contains("the version before runs on");
        int before = runs("s.ts/stays").size();
        until("it still runs", () -> runs("s.ts/stays").size() > before);
        script("s.ts", "Deno.cron('stays', '* * * * *', () => { /* mended */ });");
        until("the complaint is gone", () -> view("s.ts").error() == null);
    }

    @Test
    void a_changed_helper_reloads_the_scripts_that_may_import_it() throws IOException {
        Files.createDirectories(folder.resolve("crons/lib"));
        Files.writeString(folder.resolve("crons/lib/name.ts"), "export const name = 'one';");
        script("s.ts", "import { name } from './lib/name.ts'; Deno.cron(name, '* * * * *', () => {});");
        serve(Map.of());
        assertThat(jobs()).containsExactly("s.ts/one");
        Files.writeString(folder.resolve("crons/lib/name.ts"), "export const name = 'another';");
        until("the new name", () -> jobs().equals(List.of("s.ts/another")));
    }

    @Test
    void a_new_file_is_found_and_a_deleted_one_retires_its_jobs() throws IOException {
        script("a.ts", "Deno.cron('a', '* * * * *', () => {});");
        serve(Map.of());
        script("b.ts", "Deno.cron('b', '* * * * *', () => {});");
        until("the new job", () -> jobs().equals(List.of("a.ts/a", "b.ts/b")));
        Files.delete(folder.resolve("crons/a.ts"));
        until("the old job retired", () -> jobs().equals(List.of("b.ts/b")));
    }

    @Test
    void stopping_gives_handlers_their_deadline_and_interrupts_the_rest() throws IOException {
        script("slow.ts", "Deno.cron('slow', '* * * * *', () => new Promise(() => {}));");
        serve(Map.of("limits.stop-deadline", "200ms"));
        until("it runs", () -> !runs("slow.ts/slow").isEmpty());
        service.close();
        try (var store = JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + folder.resolve("db")))) {
            assertThat(store.runs(RunQuery.newest(10)).items())
                    .first()
                    .extracting(RunSummary::state)
                    .isEqualTo(RunState.INTERRUPTED);
        }
    }

    @Test
    void stopping_while_scripts_load_waits_for_them_and_leaves_no_error() throws IOException {
        for (int i = 0; i < 20; i++) {
            script("s" + i + ".ts", "Deno.cron('job', '* * * * *', () => {}); await new Promise(() => {});");
        }
        var log = new ListAppender<ILoggingEvent>();
        var root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        try {
            start(Map.of());
            service.close();
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list)
                .filteredOn(event -> event.getLevel() == Level.ERROR)
                .isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().matches("s\\d+\\.ts"))
                .isEmpty();
    }

    @Test
    void a_minute_that_passes_while_the_service_stops_is_not_blamed_on_the_script() throws Exception {
        script("slow.ts", "Deno.cron('slow', '* * * * *', () => new Promise(() => {}));");
        script("idle.ts", "Deno.cron('idle', '* * * * *', () => {});");
        serve(Map.of("limits.stop-deadline", "500ms"));
        until("it runs", () -> !runs("slow.ts/slow").isEmpty());
        var stopping = Thread.ofVirtual().start(service::close);
        until("its deadline over", () -> !stopping.isAlive());
        time.advance(Duration.ofMinutes(3));
        start(Map.of());
        assertThat(runs("idle.ts/idle"))
                .extracting(RunSummary::reason)
                .doesNotContain(Reason.SCRIPT_NOT_LOADED.words());
        assertThat(runs("idle.ts/idle")).extracting(RunSummary::reason).contains(Reason.SERVICE_DOWN.words());
    }

    @Test
    void a_run_hears_through_its_signal_that_the_service_stops() throws IOException {
        script("s.ts", """
                Deno.cron("polite", "* * * * *", async () => {
                  const { signal } = Carillon.run!;
                  await new Promise((resolve) => signal.addEventListener("abort", resolve));
                  console.log(`${signal.reason}`);
                });
                """);
        serve(Map.of("limits.stop-deadline", "2s"));
        until("it runs", () -> !runs("s.ts/polite").isEmpty());
        service.close();
        try (var store = JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + folder.resolve("db")))) {
            var run = store.runs(RunQuery.newest(10)).items().getFirst();
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(store.logs(new RunId(run.id()), -1, 10))
                    .extracting(LogLine::text)
                    .containsExactly("AbortError: the script is stopped");
        }
    }

    @Test
    void a_script_with_nothing_to_do_ends_and_is_not_restarted() throws IOException {
        script("done.ts", "console.log('hello');");
        serve(Map.of());
        until("its end", () -> view("done.ts").state() == ScriptState.ENDED);
        assertThat(view("done.ts").restarts()).isZero();
    }

    @Test
    void ten_jobs_are_read_in_pages_of_three() throws IOException {
        script("many.ts", "for (let i = 0; i < 10; i++) Deno.cron('job' + i, '* * * * *', () => {});");
        serve(Map.of());
        var seen = new java.util.ArrayList<String>();
        String cursor = null;
        do {
            var page = service.jobs(cursor, 3);
            page.items().forEach(job -> seen.add(job.name()));
            cursor = page.cursor();
        } while (cursor != null);
        assertThat(seen).hasSize(10).doesNotHaveDuplicates();
    }
}
