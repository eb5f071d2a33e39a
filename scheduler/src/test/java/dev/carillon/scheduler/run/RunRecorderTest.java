package dev.carillon.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.JobFake;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.RunInfo;
import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.ManualLoop;
import dev.carillon.runtime.OutputSink.Level;
import dev.carillon.runtime.time.VirtualTime;
import dev.carillon.scheduler.run.RunStore.JobRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunRecorderTest {
    private static final JobKey A = new JobKey("s.ts", "a");

    @TempDir
    Path folder;

    private final VirtualTime time = new VirtualTime();
    private final ManualLoop loop = new ManualLoop(time);
    private RecordedRuns recorded;
    private CronHandler handler;

    @BeforeEach
    void open() {
        recorded = new RecordedRuns(folder.resolve("runs"), time, loop);
        handler = recorded.handler("s.ts", LocalCronHandler.Limits.DENO);
    }

    @AfterEach
    void close() {
        recorded.close();
    }

    @Test
    void occurrences_that_pass_while_a_run_goes_on_are_told_when_they_pass_and_once() {
        var job = job("a", "* * * * *");
        advanceTo("2024-01-01T00:03:30Z");
        assertThat(told())
                .containsExactly("00:01 running", "00:02 skipped STILL_RUNNING", "00:03 skipped STILL_RUNNING");
        job.succeed();
        advanceTo("2024-01-01T00:04:10Z");
        assertThat(told())
                .containsExactly(
                        "00:01 succeeded",
                        "00:02 skipped STILL_RUNNING",
                        "00:03 skipped STILL_RUNNING",
                        "00:04 running");
    }

    @Test
    void occurrences_that_pass_while_a_retry_is_pending_say_so() {
        var job = job("a", "* * * * *", Duration.ofSeconds(90));
        advanceTo("2024-01-01T00:01:00Z");
        job.fail();
        advanceTo("2024-01-01T00:02:20Z");
        assertThat(told()).containsExactly("00:01 retrying", "00:02 skipped RETRY_PENDING");
        advanceTo("2024-01-01T00:02:30Z");
        job.fail();
        settle();
        assertThat(told()).containsExactly("00:01 failed", "00:02 skipped RETRY_PENDING");
        assertThat(recorded.store
                        .run(RunId.of(A, at("2024-01-01T00:01:00Z")))
                        .orElseThrow()
                        .attemptList())
                .extracting(AttemptRow::retryAt)
                .containsExactly(at("2024-01-01T00:02:30Z"), null);
    }

    /** Another may have taken it long ago, and be starting the very occurrences that would be told as skipped. */
    @Test
    void in_a_cluster_what_a_retry_passes_over_is_told_by_the_node_that_takes_it() {
        recorded.close();
        recorded = new RecordedRuns(folder.resolve("clustered"), time, loop, true);
        handler = recorded.handler("s.ts", LocalCronHandler.Limits.DENO);
        var job = job("a", "* * * * *", Duration.ofSeconds(90));
        advanceTo("2024-01-01T00:01:00Z");
        job.fail();
        advanceTo("2024-01-01T00:02:20Z");
        assertThat(told()).containsExactly("00:01 retrying");
        advanceTo("2024-01-01T00:02:30Z");
        assertThat(told()).containsExactly("00:01 running", "00:02 skipped RETRY_PENDING");
    }

    @Test
    void what_passes_while_a_late_start_waits_for_its_slot_is_told_too() {
        handler = recorded.handler("t.ts", new LocalCronHandler.Limits(5, 1));
        var first = job("a", "1 0 * * *");
        job("b", "* * * * *");
        advanceTo("2024-01-01T00:03:10Z");
        first.succeed();
        settle();
        assertThat(told())
                .containsExactlyInAnyOrder(
                        "00:01 succeeded", "00:01 running", "00:02 skipped STARTED_LATE", "00:03 skipped STARTED_LATE");
    }

    @Test
    void a_paused_job_is_skipped_and_can_be_triggered_and_goes_on_when_resumed() {
        var job = job("a", "* * * * *").succeeding();
        recorded.recorder.pause(A);
        advanceTo("2024-01-01T00:02:00Z");
        assertThat(told()).containsExactly("00:01 skipped PAUSED", "00:02 skipped PAUSED");
        assertThat(recorded.recorder.job(A).orElseThrow().nextFireTime()).isNull();

        advanceTo("2024-01-01T00:02:10Z");
        var started = recorded.recorder.trigger(A);
        settle();
        assertThat(started.join().trigger()).isEqualTo(RunTrigger.MANUAL);
        recorded.recorder.resume(A);
        advanceTo("2024-01-01T00:03:00Z");
        assertThat(told())
                .containsExactly("00:01 skipped PAUSED", "00:02 skipped PAUSED", "00:02 succeeded", "00:03 succeeded");
        assertThat(job.starts()).hasSize(2);
    }

    @Test
    void an_occurrence_due_during_a_run_by_hand_starts_when_that_ends() {
        var job = job("a", "* * * * *");
        advanceTo("2024-01-01T00:00:50Z");
        recorded.recorder.trigger(A);
        settle();
        assertThatThrownBy(() -> recorded.recorder.trigger(A))
                .isInstanceOf(JobRefused.class)
                .hasMessage("job 's.ts/a' is still running");
        advanceTo("2024-01-01T00:01:20Z");
        assertThat(told()).containsExactly("00:00 running");
        job.succeed();
        settle();
        assertThat(told()).containsExactly("00:00 succeeded", "00:01 running");
        assertThat(job.starts().getLast().scheduled()).isEqualTo(at("2024-01-01T00:01:00Z"));
    }

    /** A loop that has closed runs nothing more, and nobody is told. */
    @Test
    void a_run_by_hand_on_its_way_to_a_runtime_that_ends_is_refused() {
        handler = recorded.recorder.handler(
                "t.ts",
                new LocalCronHandler(loop, time, name -> null, LocalCronHandler.Limits.DENO, "n1"),
                task -> {},
                RecordedRuns.LINES_MAX);
        job("a", "* * * * *");
        var started = recorded.recorder.trigger(new JobKey("t.ts", "a"));
        assertThat(started).isNotDone();
        handler.close();
        assertThat(started)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(JobRefused.class)
                .withMessageContaining("job 't.ts/a' is not started: its script has just ended");
        assertThat(told()).containsExactly("00:00 interrupted SERVICE_STOPPED");
    }

    @Test
    void a_failed_run_by_hand_is_not_retried_and_leaves_the_schedule_alone() {
        var job = job("a", "* * * * *", Duration.ofSeconds(1));
        advanceTo("2024-01-01T00:00:30Z");
        recorded.recorder.trigger(A);
        settle();
        job.fail();
        job.succeeding();
        advanceTo("2024-01-01T00:01:00Z");
        assertThat(told()).containsExactly("00:00 failed", "00:01 succeeded");
    }

    @Test
    void a_cron_closed_during_a_run_by_hand_hears_of_it_after() {
        var job = job("a", "* * * * *");
        recorded.recorder.trigger(A);
        settle();
        job.handle().close();
        settle();
        assertThat(job.closed()).isFalse();
        job.succeed();
        settle();
        assertThat(job.closed()).isTrue();
        assertThat(told()).containsExactly("00:00 succeeded");
    }

    @Test
    void what_cannot_be_triggered_is_refused_by_name() {
        var job = job("a", "* * * * *");
        job.handle().close();
        assertThatThrownBy(() -> recorded.recorder.trigger(A))
                .hasMessageContaining("'s.ts/a'")
                .hasMessageContaining("not loaded");
        assertThatThrownBy(() -> recorded.recorder.trigger(new JobKey("s.ts", "zz")))
                .hasMessage("there is no job 's.ts/zz'");
        recorded.recorder.loaded("s.ts", Set.of());
        assertThatThrownBy(() -> recorded.recorder.pause(A)).hasMessageContaining("retired");
    }

    @Test
    void closing_a_cron_while_its_retry_is_pending_gives_the_run_its_verdict() {
        var job = job("a", "* * * * *", Duration.ofSeconds(30));
        advanceTo("2024-01-01T00:01:00Z");
        job.fail();
        job.handle().close();
        settle();
        assertThat(told()).containsExactly("00:01 failed CRON_CLOSED");
        assertThat(recorded.runs().getFirst().error()).isEqualTo("Error: boom");
    }

    @Test
    void a_runtime_that_goes_away_leaves_its_runs_interrupted() {
        job("a", "* * * * *");
        advanceTo("2024-01-01T00:01:10Z");
        handler.close();
        settle();
        assertThat(told()).containsExactly("00:01 interrupted SERVICE_STOPPED");
    }

    @Test
    void after_a_kill_what_ran_is_interrupted_and_what_was_missed_is_told() {
        job("a", "* * * * *");
        job("b", "*/2 * * * *").succeeding();
        advanceTo("2024-01-01T00:02:10Z");
        recorded.kill();

        var later = new VirtualTime(at("2024-01-01T00:06:30Z"));
        var loopLater = new ManualLoop(later);
        recorded = new RecordedRuns(folder.resolve("runs"), later, loopLater);
        assertThat(told("s.ts/a"))
                .containsExactly(
                        "00:01 interrupted PROCESS_DIED",
                        "00:02 skipped STILL_RUNNING",
                        "00:03 skipped SERVICE_DOWN",
                        "00:04 skipped SERVICE_DOWN",
                        "00:05 skipped SERVICE_DOWN",
                        "00:06 skipped SERVICE_DOWN");
        assertThat(told("s.ts/b"))
                .containsExactly("00:02 succeeded", "00:04 skipped SERVICE_DOWN", "00:06 skipped SERVICE_DOWN");
    }

    @Test
    void a_job_whose_script_does_not_load_is_told_of_and_one_it_no_longer_registers_is_retired() {
        job("a", "* * * * *");
        job("b", "* * * * *");
        recorded.kill();
        var later = new VirtualTime(at("2024-01-01T00:00:30Z"));
        var loopLater = new ManualLoop(later);
        recorded = new RecordedRuns(folder.resolve("runs"), later, loopLater);
        later.advance(Duration.ofMinutes(2));
        assertThat(told("s.ts/a"))
                .containsExactly("00:01 skipped SCRIPT_NOT_LOADED", "00:02 skipped SCRIPT_NOT_LOADED");

        handler = recorded.handler("s.ts", LocalCronHandler.Limits.DENO);
        var again =
                new JobFake("a", handler.create(spec("a", "* * * * *")), later::now, new ArrayList<>()).succeeding();
        recorded.recorder.loaded("s.ts", Set.of());
        loopLater.drain();
        later.advanceTo(at("2024-01-01T00:03:05Z"));
        assertThat(told("s.ts/a"))
                .containsExactly(
                        "00:01 skipped SCRIPT_NOT_LOADED", "00:02 skipped SCRIPT_NOT_LOADED", "00:03 succeeded");
        assertThat(again.starts()).hasSize(1);
        assertThat(told("s.ts/b")).hasSize(2);
        assertThat(recorded.recorder.job(new JobKey("s.ts", "b")).orElseThrow().state())
                .isEqualTo(JobState.RETIRED);
        later.advance(Duration.ofMinutes(5));
        assertThat(told("s.ts/b")).hasSize(2);
    }

    @Test
    void what_passed_before_the_process_began_is_not_laid_on_the_script() {
        job("a", "* * * * *");
        recorded.kill();
        var later = new VirtualTime(at("2024-01-01T00:02:02Z"));
        recorded = new RecordedRuns(folder.resolve("runs"), later, new ManualLoop(later), true);
        later.advanceTo(at("2024-01-01T00:03:30Z"));
        recorded.recorder.reread();
        assertThat(told("s.ts/a"))
                .containsExactly(
                        "00:01 skipped SERVICE_DOWN", "00:02 skipped SERVICE_DOWN", "00:03 skipped HANDLER_MISSING");
    }

    @Test
    void in_a_cluster_that_comes_back_no_occurrence_between_start_and_first_run_is_left_untold() {
        var seconds = new CronSpec("a", CronSchedule.parseWithSeconds("*/2 * * * * *"), List.of());
        handler.create(seconds).next(new Outcome.Registered());
        recorded.kill();
        var later = new VirtualTime(at("2024-01-01T00:00:09Z"));
        var laterLoop = new ManualLoop(later);
        recorded = new RecordedRuns(folder.resolve("runs"), later, laterLoop, true);
        later.advanceTo(at("2024-01-01T00:00:13Z"));
        handler = recorded.handler("s.ts", LocalCronHandler.Limits.DENO);
        handler.create(seconds).next(new Outcome.Registered());
        laterLoop.drain();
        later.advanceTo(at("2024-01-01T00:00:14Z"));
        laterLoop.drain();
        assertThat(recorded.runs())
                .extracting(run -> run.scheduledTime().getEpochSecond() % 60 + " " + run.state() + " " + run.reason())
                .containsExactly(
                        "2 skipped " + Reason.SERVICE_DOWN.words(),
                        "4 skipped " + Reason.SERVICE_DOWN.words(),
                        "6 skipped " + Reason.SERVICE_DOWN.words(),
                        "8 skipped " + Reason.SERVICE_DOWN.words(),
                        "10 skipped " + Reason.SCRIPT_NOT_LOADED.words(),
                        "12 skipped " + Reason.SCRIPT_NOT_LOADED.words(),
                        "14 running null");
    }

    @Test
    void in_a_cluster_a_job_another_node_has_is_neither_told_as_missed_nor_retired() {
        clustered();
        job("a", "* * * * *").succeeding();
        recorded.registrations = Map.of(A, List.of("n1", "n2"));
        handler.close();
        recorded.recorder.closedByScript(A).join();
        time.advanceTo(at("2024-01-01T00:03:30Z"));
        recorded.recorder.reread();
        assertThat(told()).isEmpty();
        var row = recorded.recorder.job(A).orElseThrow();
        assertThat(row.state()).isEqualTo(JobState.ACTIVE);
        assertThat(row.nodes()).containsExactly("n2");
        assertThat(row.nextFireTime()).isEqualTo(at("2024-01-01T00:04:00Z"));

        recorded.registrations = Map.of();
        recorded.recorder.reread();
        assertThat(recorded.recorder.job(A).orElseThrow().state()).isEqualTo(JobState.ACTIVE);
        time.advance(RunRecorder.GIVEN_UP_RETIRED_AFTER);
        recorded.recorder.reread();
        assertThat(recorded.recorder.job(A).orElseThrow().state()).isEqualTo(JobState.RETIRED);
        assertThat(told()).containsExactly("00:04 skipped HANDLER_MISSING");
    }

    @Test
    void in_a_cluster_a_job_whose_nodes_are_gone_without_a_word_is_retired_after_a_day() {
        clustered();
        job("a", "0 * * * *").succeeding();
        handler.close();
        recorded.recorder.reread();
        time.advance(RunRecorder.MISSING_RETIRED_AFTER.minusSeconds(1));
        recorded.recorder.reread();
        assertThat(recorded.recorder.job(A).orElseThrow().state()).isEqualTo(JobState.ACTIVE);
        assertThat(told()).hasSize(23).allMatch(line -> line.endsWith("skipped HANDLER_MISSING"));
        time.advance(Duration.ofSeconds(1));
        recorded.recorder.reread();
        assertThat(recorded.recorder.job(A).orElseThrow().state()).isEqualTo(JobState.RETIRED);
    }

    @Test
    void in_a_cluster_a_cron_that_closes_leaves_its_retry_to_others_and_one_retired_drops_it() {
        clustered();
        var job = job("a", "* * * * *", Duration.ofMinutes(10));
        advanceTo("2024-01-01T00:01:00Z");
        job.fail();
        handler.close();
        settle();
        assertThat(told()).containsExactly("00:01 retrying");
        recorded.recorder.closedByScript(A);
        recorded.await(() -> told().equals(List.of("00:01 failed CRON_CLOSED")));
        assertThat(recorded.recorder.job(A).orElseThrow().state()).isEqualTo(JobState.RETIRED);
    }

    @Test
    void in_a_cluster_the_backend_hears_of_an_end_when_it_is_on_record() {
        var backend = new Asked();
        var job = runningOn(backend);
        job.succeed();
        settle();
        assertThat(backend.asked).containsExactly(new Outcome.Registered());
        recorded.answerToEnd.complete(true);
        settle();
        assertThat(backend.asked).containsExactly(new Outcome.Registered(), new Outcome.Succeeded());
    }

    @Test
    void in_a_cluster_the_backend_does_not_wait_for_long_for_an_end_to_be_on_record() {
        var backend = new Asked();
        var job = runningOn(backend);
        job.succeed();
        settle();
        time.advance(Duration.ofSeconds(2));
        settle();
        assertThat(backend.asked).hasSize(2);
    }

    @Test
    void in_a_cluster_the_backend_hears_of_an_end_before_the_runtime_goes() {
        var backend = new Asked();
        var job = runningOn(backend);
        job.fail();
        settle();
        handler.close();
        assertThat(backend.asked).hasSize(2).last().isInstanceOf(Outcome.Failed.class);
        recorded.answerToEnd.complete(true);
        settle();
        assertThat(backend.asked).hasSize(2);
    }

    @Test
    void in_a_cluster_a_run_by_hand_whose_script_ends_before_the_backend_has_answered_is_refused_and_holds_nothing() {
        var backend = new Asked();
        clustered();
        handler = recorded.recorder.handler("s.ts", backend, loop::execute, RecordedRuns.LINES_MAX);
        job("a", "* * * * *");
        var started = recorded.recorder.trigger(A);
        handler.close();
        backend.held.complete(null);
        settle();
        assertThatThrownBy(started::join)
                .hasRootCauseInstanceOf(JobRefused.class)
                .hasRootCauseMessage("job 's.ts/a' is not started: its script has just ended");
        assertThat(backend.letGo).isEqualTo(1);
        assertThat(recorded.runs()).isEmpty();
    }

    /** A job that runs, in a cluster, and whose end will be on record only when the test says so. */
    private JobFake runningOn(Asked backend) {
        clustered();
        handler = recorded.recorder.handler("s.ts", backend, loop::execute, RecordedRuns.LINES_MAX);
        var job = job("a", "* * * * *");
        backend.answer.complete(new CronNext.Fire(time.now(), 1, new RunInfo("1", "s.ts/a", time.now(), 1, 1, "n1")));
        settle();
        recorded.answerToEnd = new CompletableFuture<>();
        return job;
    }

    /** A backend that notes what it is asked. */
    private static final class Asked implements CronHandler, CronHandle {
        final List<Outcome> asked = new ArrayList<>();
        final CompletableFuture<@Nullable String> held = new CompletableFuture<>();
        CompletableFuture<CronNext> answer = new CompletableFuture<>();
        int letGo;

        @Override
        public CompletionStage<@Nullable String> hold() {
            return held;
        }

        @Override
        public void letGo() {
            letGo++;
        }

        @Override
        public void admit(String name) {}

        @Override
        public CronHandle create(CronSpec spec) {
            return this;
        }

        @Override
        public CompletionStage<CronNext> next(Outcome previous) {
            asked.add(previous);
            answer = new CompletableFuture<>();
            return answer;
        }

        @Override
        public void close() {}
    }

    @Test
    void in_a_cluster_a_look_begun_before_a_pause_does_not_undo_it() {
        clustered();
        job("a", "* * * * *");
        recorded.afterReadingJobs = () -> recorded.recorder.pause(A);
        recorded.recorder.reread();
        assertThat(recorded.recorder.job(A).orElseThrow().state()).isEqualTo(JobState.PAUSED);
        recorded.afterReadingJobs = () -> {};
        recorded.store.become(A, JobState.ACTIVE).join();
        recorded.recorder.reread();
        assertThat(recorded.recorder.job(A).orElseThrow().state()).isEqualTo(JobState.ACTIVE);
    }

    @Test
    void in_a_cluster_a_job_that_another_node_has_resumed_unheard_can_be_paused_again() {
        clustered();
        job("a", "* * * * *");
        recorded.recorder.pause(A);
        recorded.store.become(A, JobState.ACTIVE).join();
        recorded.recorder.pause(A);
        assertThat(recorded.store.jobs()).extracting(RunStore.JobRecord::state).containsExactly(JobState.PAUSED);
    }

    @Test
    void a_pause_that_cannot_be_written_is_refused_and_does_not_hold() {
        job("a", "* * * * *");
        recorded.store.close();
        assertThatThrownBy(() -> recorded.recorder.pause(A)).isInstanceOf(StoreException.class);
        assertThat(recorded.recorder.jobs(null, 1, 0)).extracting(JobRow::state).containsExactly(JobState.ACTIVE);
    }

    @Test
    void a_run_by_hand_of_a_job_only_another_node_has_is_refused_naming_it() {
        clustered();
        recorded.store
                .save(new JobRecord(
                        A,
                        "* * * * *",
                        List.of(),
                        JobState.ACTIVE,
                        recorded.recorder.time().now()))
                .join();
        recorded.registrations = Map.of(A, List.of("n2"));
        assertThatThrownBy(() -> recorded.recorder.trigger(A))
                .isInstanceOf(JobRefused.class)
                .hasMessage("job 's.ts/a' cannot run: its script is not loaded on node 'n1'; ask one that has it: n2");
    }

    @Test
    void a_script_that_gives_up_many_jobs_at_once_makes_its_node_look_twice() throws Exception {
        clustered();
        var given = new CompletableFuture<@Nullable Void>();
        var keys = IntStream.range(0, 50)
                .mapToObj(number -> new JobKey("s.ts", "job " + number))
                .toList();
        keys.forEach(key -> job(key.name(), "* * * * *"));
        var looks = new AtomicInteger();
        var looking = new CountDownLatch(1);
        recorded.afterReadingJobs = () -> {
            looks.incrementAndGet();
            looking.countDown();
            given.join();
        };
        var first = recorded.recorder.closedByScript(keys.getFirst());
        assertThat(looking.await(20, TimeUnit.SECONDS)).isTrue();
        var others =
                keys.stream().skip(1).map(recorded.recorder::closedByScript).toList();
        given.complete(null);
        CompletableFuture.allOf(first, CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)))
                .join();
        assertThat(looks).hasValue(2);
    }

    private void clustered() {
        recorded.close();
        recorded = new RecordedRuns(folder.resolve("clustered"), time, loop, true);
        handler = recorded.handler("s.ts", LocalCronHandler.Limits.DENO);
    }

    /** Fires at one minute past; what the attempt prints goes by the scope returned. */
    private long firstFire(CronHandle handle) {
        var scopes = new ArrayList<Long>();
        handle.next(new Outcome.Registered()).thenAccept(next -> scopes.add(((CronNext.Fire) next).scope()));
        loop.drain();
        advanceTo("2024-01-01T00:01:00Z");
        return scopes.getFirst();
    }

    @Test
    void lines_are_kept_under_the_attempt_that_printed_them_and_the_rest_passes_on() {
        var outside = new ArrayList<String>();
        var sink = recorded.recorder.sink((level, text, of) -> outside.add(text));
        var handle = handler.create(spec("a", "* * * * *"));
        long scope = firstFire(handle);
        sink.write(Level.INFO, "top level\n", 0);
        sink.write(Level.LOG, "one\n", scope);
        sink.write(Level.ERROR, "two\nlines\n", scope);
        sink.write(Level.LOG, "x".repeat(20_000), scope);

        var id = RunId.of(A, at("2024-01-01T00:01:00Z"));
        recorded.store.flushed().join();
        assertThat(outside).containsExactly("top level\n");
        assertThat(recorded.store.logs(id, 0, 10))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .isEqualTo(new LogLine(1_000_001, at("2024-01-01T00:01:00Z"), 1, "log", "one")),
                        line -> {
                            assertThat(line.level()).isEqualTo("error");
                            assertThat(line.text()).isEqualTo("two\nlines");
                        },
                        line -> assertThat(line.text()).hasSizeLessThan(17_000).endsWith("(3616 more characters)"));
    }

    @Test
    void an_attempt_that_prints_without_end_is_cut_off_and_says_how_much_is_missing() {
        var sink = recorded.recorder.sink((level, text, of) -> {});
        var handle = handler.create(spec("a", "* * * * *"));
        long scope = firstFire(handle);
        for (int i = 0; i < RecordedRuns.LINES_MAX + 7; i++) {
            sink.write(Level.LOG, "line " + i, scope);
        }
        handle.next(new Outcome.Succeeded());
        handler.close();
        var id = RunId.of(A, at("2024-01-01T00:01:00Z"));
        recorded.store.flushed().join();
        assertThat(recorded.store.run(id).orElseThrow().logCount()).isEqualTo(RecordedRuns.LINES_MAX + 1);
        assertThat(recorded.store.logs(id, 1_000_000 + RecordedRuns.LINES_MAX, 10))
                .singleElement()
                .satisfies(line -> assertThat(line.text()).isEqualTo("(7 lines dropped)"));
    }

    @Test
    void few_long_lines_are_cut_off_as_many_short_ones_are() {
        var sink = recorded.recorder.sink((level, text, of) -> {});
        var handle = handler.create(spec("a", "* * * * *"));
        long scope = firstFire(handle);
        var line = "x".repeat(RunRecorder.LINE_LENGTH_MAX);
        int fit = Attempt.CHARS_MAX / line.length();
        for (int i = 0; i < fit + 3; i++) {
            sink.write(Level.LOG, line, scope);
        }
        handle.next(new Outcome.Succeeded());
        handler.close();
        recorded.store.flushed().join();
        assertThat(recorded.store
                        .run(RunId.of(A, at("2024-01-01T00:01:00Z")))
                        .orElseThrow()
                        .logCount())
                .isEqualTo(fit + 1);
    }

    @Test
    void listeners_hear_of_a_run_from_start_to_end() {
        var job = job("a", "* * * * *", Duration.ofSeconds(1));
        advanceTo("2024-01-01T00:01:00Z");
        job.fail();
        advanceTo("2024-01-01T00:01:01Z");
        job.succeed();
        settle();
        assertThat(recorded.heard)
                .extracting(RunSummary::state)
                .containsExactly(RunState.RUNNING, RunState.RETRYING, RunState.RUNNING, RunState.SUCCEEDED);
        assertThat(recorded.heard.getLast()).isEqualTo(recorded.runs().getFirst());
    }

    @Test
    void a_job_row_has_its_numbers() {
        var job = job("a", "*/5 * * * *", Duration.ofSeconds(1));
        advanceTo("2024-01-01T00:05:00Z");
        var row = recorded.recorder.job(A).orElseThrow();
        assertThat(row.running()).isEqualTo(1);
        assertThat(row.lastRun()).isEqualTo(recorded.runs().getFirst());
        assertThat(row.nextFireTime()).isEqualTo(at("2024-01-01T00:10:00Z"));
        assertThat(row.backoffMs()).containsExactly(1000L);
        assertThat(row.state()).isEqualTo(JobState.ACTIVE);
        assertThat(row.loaded()).isTrue();
        job.succeed();
        settle();
        assertThat(recorded.recorder.job(A).orElseThrow().running()).isZero();
    }

    private JobFake job(String name, String schedule, Duration... backoff) {
        var job = new JobFake(name, handler.create(spec(name, schedule, backoff)), time::now, new ArrayList<>());
        settle();
        return job;
    }

    private static CronSpec spec(String name, String schedule, Duration... backoff) {
        return new CronSpec(name, CronSchedule.parse(schedule), List.of(backoff));
    }

    private List<String> told() {
        return recorded.runs().stream().map(RunRecorderTest::line).toList();
    }

    private List<String> told(String job) {
        return recorded.runs().stream()
                .filter(run -> run.job().equals(job))
                .map(RunRecorderTest::line)
                .toList();
    }

    private static String line(RunSummary run) {
        var reason = run.reason() == null
                ? ""
                : " "
                        + List.of(Reason.values()).stream()
                                .filter(one -> one.words().equals(run.reason()))
                                .findFirst()
                                .orElseThrow();
        return run.scheduledTime().toString().substring(11, 16) + " " + run.state() + reason;
    }

    private void settle() {
        loop.drain();
    }

    private void advanceTo(String instant) {
        settle(); // what a run's end arms, it arms in a turn of its own
        time.advanceTo(at(instant));
        settle();
    }

    private static Instant at(String instant) {
        return Instant.parse(instant);
    }
}
