package dev.carillon.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.scheduler.run.AttemptState;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobState;
import dev.carillon.scheduler.run.LogLine;
import dev.carillon.scheduler.run.NodeRow;
import dev.carillon.scheduler.run.Reason;
import dev.carillon.scheduler.run.RunEvent;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.run.RunStore.AttemptEnd;
import dev.carillon.scheduler.run.RunStore.AttemptStart;
import dev.carillon.scheduler.run.RunStore.JobRecord;
import dev.carillon.scheduler.run.RunStore.Skip;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.run.RunTrigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every database must do. */
@Timeout(60)
abstract class RunStoreContract {
    static final Instant T0 = Instant.parse("2024-01-01T00:00:00Z");
    static final JobKey JOB = new JobKey("daily.ts", "report");
    static final JobKey OTHER = new JobKey("daily.ts", "cleanup");

    RunStore store;

    /** An open store on an empty database. */
    abstract RunStore open() throws Exception;

    @BeforeEach
    void open_and_save_two_jobs() throws Exception {
        store = open();
        store.save(job(JOB));
        store.save(job(OTHER)).join();
    }

    @AfterEach
    void close_twice() {
        store.close();
        store.close();
    }

    @Test
    void a_run_that_succeeds_at_once_is_one_attempt() {
        var id = start(JOB, T0, 1, T0.plusMillis(7));
        assertThat(end(id, 1, RunEvent.ATTEMPT_SUCCEEDED, T0.plusMillis(57), null, null))
                .isTrue();

        var detail = store.run(id).orElseThrow();
        assertThat(detail.run())
                .isEqualTo(RunSummary.of(
                        id,
                        JOB,
                        T0,
                        RunState.SUCCEEDED,
                        null,
                        RunTrigger.SCHEDULE,
                        1,
                        T0.plusMillis(7),
                        T0.plusMillis(57),
                        "n1",
                        null));
        assertThat(detail.run().latenessMs()).isEqualTo(7);
        assertThat(detail.run().durationMs()).isEqualTo(50);
        assertThat(detail.attemptList()).singleElement().satisfies(attempt -> {
            assertThat(attempt.state()).isEqualTo(AttemptState.SUCCEEDED);
            assertThat(attempt.fence()).isEqualTo(1);
        });
    }

    @Test
    void attempts_of_a_retried_run_are_kept_with_their_errors_and_plans() {
        var id = start(JOB, T0, 1, T0);
        end(id, 1, RunEvent.RETRY_PLANNED, T0.plusMillis(10), "Error: first\n    at x", T0.plusMillis(110));
        assertThat(store.run(id).orElseThrow().run()).satisfies(run -> {
            assertThat(run.state()).isEqualTo(RunState.RETRYING);
            assertThat(run.error()).isEqualTo("Error: first");
            assertThat(run.endedAt()).isNull();
        });
        start(JOB, T0, 2, T0.plusMillis(110));
        end(id, 2, RunEvent.ATTEMPT_FAILED, T0.plusMillis(120), "Error: second", null);

        var detail = store.run(id).orElseThrow();
        assertThat(detail.run().state()).isEqualTo(RunState.FAILED);
        assertThat(detail.run().attempts()).isEqualTo(2);
        assertThat(detail.run().startedAt()).isEqualTo(T0);
        assertThat(detail.attemptList())
                .satisfiesExactly(
                        first -> {
                            assertThat(first.state()).isEqualTo(AttemptState.FAILED);
                            assertThat(first.error()).isEqualTo("Error: first\n    at x");
                            assertThat(first.retryAt()).isEqualTo(T0.plusMillis(110));
                            assertThat(first.durationMs()).isEqualTo(10);
                        },
                        second -> {
                            assertThat(second.state()).isEqualTo(AttemptState.FAILED);
                            assertThat(second.error()).isEqualTo("Error: second");
                            assertThat(second.startedAt()).isEqualTo(T0.plusMillis(110));
                        });
    }

    @Test
    void starts_due_together_can_be_read_and_ended_as_soon_as_they_are_acknowledged() {
        var starts = together(IntStream.rangeClosed(1, 100)
                .mapToObj(
                        minute -> attempt(JOB, minute(minute), 1, minute(minute).plusMillis(3)))
                .toList());
        starts.getLast().join();
        assertThat(starts).allSatisfy(start -> assertThat(start.join()).isTrue());
        assertThat(store.run(RunId.of(JOB, minute(100))).orElseThrow().run()).satisfies(run -> {
            assertThat(run.state()).isEqualTo(RunState.RUNNING);
            assertThat(run.latenessMs()).isEqualTo(3);
            assertThat(run.node()).isEqualTo("n1");
        });

        var more = together(IntStream.rangeClosed(101, 200)
                .mapToObj(minute -> attempt(JOB, minute(minute), 1, minute(minute)))
                .toList());
        var ends = more.stream()
                .map(start -> start.thenCompose(fresh ->
                        store.end(success(RunId.of(JOB, minute(101 + more.indexOf(start)))))))
                .toList();
        assertThat(ends).allSatisfy(end -> assertThat(end.join()).isTrue());
        assertThat(store.runs(new RunQuery(null, Set.of(RunState.SUCCEEDED), null, null, null, null, 1000))
                        .items())
                .hasSize(100);
    }

    @Test
    void an_occurrence_that_has_a_row_is_refused_among_many_that_have_none() {
        start(JOB, minute(50), 1, T0);
        store.skip(List.of(skip(OTHER, minute(61), Reason.PAUSED))).join();
        assertThat(whichStart(together(IntStream.rangeClosed(1, 100)
                        .mapToObj(minute -> attempt(minute % 2 == 0 ? JOB : OTHER, minute(minute), 1, T0))
                        .toList())))
                .hasSize(98)
                .doesNotContain(50, 61);
        assertThat(whichStart(together(IntStream.rangeClosed(1, 200)
                        .mapToObj(i -> attempt(JOB, minute(100 + i % 100), 1, T0))
                        .toList())))
                .hasSize(99) // minute 100 has a row, and the others come twice
                .allMatch(place -> place < 100);
        assertThat(store.runs(new RunQuery(null, Set.of(), null, null, null, null, 1000))
                        .items())
                .hasSize(100 + 99);
    }

    /** A transaction undone takes back the numbers of its jobs. */
    @Test
    void a_job_saved_beside_a_refused_start_is_a_job_like_others() {
        start(JOB, T0, 1, T0);
        var added = new JobKey("daily.ts", "added");
        var refused = onWriter(() -> {
            store.save(job(added));
            return store.start(attempt(JOB, T0, 1, T0));
        });
        assertThat(refused.join()).isFalse();
        start(added, T0, 1, T0);
    }

    List<CompletableFuture<Boolean>> together(List<AttemptStart> starts) {
        return onWriter(() -> starts.stream().map(store::start).toList());
    }

    /** What is submitted there, the writer finds all at once when it returns from its acknowledgements. */
    <T> T onWriter(Supplier<T> submit) {
        var test = Thread.currentThread();
        while (true) {
            var submitted = store.flushed().thenApply(done -> Thread.currentThread() == test ? null : submit.get());
            if (submitted.join() != null) {
                return submitted.join();
            }
        }
    }

    /** Places of those that were not refused, from 1. */
    static List<Integer> whichStart(List<CompletableFuture<Boolean>> starts) {
        return IntStream.rangeClosed(1, starts.size())
                .filter(i -> starts.get(i - 1).join())
                .boxed()
                .toList();
    }

    static Instant minute(int number) {
        return T0.plusSeconds(60L * number);
    }

    @Test
    void an_occurrence_starts_once() {
        start(JOB, T0, 1, T0);
        assertThat(store.start(attempt(JOB, T0, 1, T0.plusMillis(5))).join()).isFalse();
        assertThat(store.skip(List.of(skip(JOB, T0, Reason.PAUSED)))).succeedsWithin(Duration.ofSeconds(10));
        assertThat(store.runs(RunQuery.newest(10)).items()).singleElement().satisfies(run -> {
            assertThat(run.state()).isEqualTo(RunState.RUNNING);
            assertThat(run.startedAt()).isEqualTo(T0);
        });
    }

    @Test
    void of_two_equal_starts_in_one_group_one_wins_and_the_others_of_the_group_are_not_harmed() {
        start(JOB, T0, 1, T0);
        var futures = new ArrayList<CompletableFuture<Boolean>>();
        for (int i = 0; i < 50; i++) {
            futures.add(store.start(attempt(JOB, T0.plusSeconds(60L * (i % 25)), 1, T0)));
        }
        var fresh = futures.stream().filter(CompletableFuture::join).count();
        assertThat(fresh).isEqualTo(24);
        assertThat(store.runs(RunQuery.newest(100)).items()).hasSize(25);
    }

    @Test
    void the_end_of_a_superseded_attempt_is_refused() {
        var id = start(JOB, T0, 1, T0);
        store.interrupt("n1", T0.plusSeconds(1), Reason.PROCESS_DIED);
        start(JOB, T0, 2, T0.plusSeconds(2));
        assertThat(end(id, 1, RunEvent.ATTEMPT_SUCCEEDED, T0.plusSeconds(3), null, null))
                .isFalse();
        assertThat(store.run(id).orElseThrow().run().state()).isEqualTo(RunState.RUNNING);
        assertThat(store.run(id).orElseThrow().attemptList().getFirst().state()).isEqualTo(AttemptState.INTERRUPTED);
    }

    @Test
    void an_attempt_of_a_run_that_has_ended_or_got_there_already_is_refused() {
        var id = start(JOB, T0, 1, T0);
        end(id, 1, RunEvent.RETRY_PLANNED, T0, "Error: no", T0);
        start(JOB, T0, 2, T0);
        assertThat(store.start(attempt(JOB, T0, 2, T0)).join())
                .as("attempt 2 again")
                .isFalse();
        end(id, 2, RunEvent.ATTEMPT_SUCCEEDED, T0, null, null);
        assertThat(store.start(attempt(JOB, T0, 3, T0)).join())
                .as("after success")
                .isFalse();
        assertThat(store.run(id).orElseThrow().attemptList()).hasSize(2);
    }

    @Test
    void a_run_taken_over_goes_on_as_its_next_attempt_and_the_old_one_can_write_nothing_more() {
        var id = start(JOB, T0, 1, T0);
        start(JOB, T0, 2, T0.plusSeconds(3));
        assertThat(end(id, 1, RunEvent.ATTEMPT_SUCCEEDED, T0.plusSeconds(4), null, null))
                .isFalse();
        end(id, 2, RunEvent.ATTEMPT_SUCCEEDED, T0.plusSeconds(5), null, null);
        assertThat(store.run(id).orElseThrow().attemptList())
                .satisfiesExactly(
                        first -> {
                            assertThat(first.state()).isEqualTo(AttemptState.INTERRUPTED);
                            assertThat(first.endedAt()).isEqualTo(T0.plusSeconds(3));
                        },
                        second -> assertThat(second.state()).isEqualTo(AttemptState.SUCCEEDED));
        assertThat(store.run(id).orElseThrow().run().startedAt()).isEqualTo(T0);
    }

    @Test
    void a_run_whose_first_claimer_died_before_its_row_was_written_begins_with_the_attempt_that_took_it_over() {
        var id = start(JOB, T0, 2, T0);
        assertThat(store.run(id).orElseThrow().attemptList())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.attempt()).isEqualTo(2));
        assertThat(store.start(attempt(JOB, T0, 1, T0)).join()).isFalse();
    }

    @Test
    void what_a_dead_process_left_becomes_interrupted_and_only_that() {
        var running = start(JOB, T0, 1, T0);
        var retrying = start(OTHER, T0, 1, T0);
        end(retrying, 1, RunEvent.RETRY_PLANNED, T0, "Error: no", T0.plusSeconds(60));
        var done = start(JOB, T0.plusSeconds(60), 1, T0.plusSeconds(60));
        end(done, 1, RunEvent.ATTEMPT_SUCCEEDED, T0.plusSeconds(61), null, null);

        var interrupted = store.interrupt(null, T0.plusSeconds(90), Reason.PROCESS_DIED);

        assertThat(interrupted).extracting(RunSummary::id).containsExactlyInAnyOrder(running.text(), retrying.text());
        assertThat(store.run(running).orElseThrow().run()).satisfies(run -> {
            assertThat(run.state()).isEqualTo(RunState.INTERRUPTED);
            assertThat(run.reason()).isEqualTo(Reason.PROCESS_DIED.words());
            assertThat(run.endedAt()).isEqualTo(T0.plusSeconds(90));
        });
        assertThat(store.run(retrying).orElseThrow().attemptList().getFirst()).satisfies(attempt -> {
            assertThat(attempt.state()).isEqualTo(AttemptState.FAILED);
            assertThat(attempt.endedAt()).isEqualTo(T0);
        });
        assertThat(store.run(done).orElseThrow().run().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(store.interrupt(null, T0.plusSeconds(91), Reason.PROCESS_DIED))
                .isEmpty();
    }

    @Test
    void of_skipped_occurrences_those_are_told_that_had_no_row() {
        var first = skip(JOB, T0, Reason.STILL_RUNNING);
        var second = skip(JOB, T0.plusSeconds(60), Reason.STILL_RUNNING);
        assertThat(store.skip(List.of(first)).join()).containsExactly(first);
        assertThat(store.skip(List.of(first, second)).join()).containsExactly(second);
    }

    @Test
    void skipped_occurrences_carry_their_reason() {
        store.skip(List.of(skip(JOB, T0, Reason.SERVICE_DOWN), skip(JOB, T0.plusSeconds(60), Reason.STILL_RUNNING)))
                .join();
        assertThat(store.runs(RunQuery.newest(10)).items())
                .extracting(RunSummary::reason)
                .containsExactly(Reason.STILL_RUNNING.words(), Reason.SERVICE_DOWN.words());
        assertThat(store.run(RunId.of(JOB, T0)).orElseThrow().attemptList()).isEmpty();
        assertThat(store.count(List.of(RunState.SKIPPED), T0.plusSeconds(1))).isEqualTo(1);
        assertThat(store.newestScheduled())
                .containsEntry(JOB, T0.plusSeconds(60))
                .doesNotContainKey(OTHER);
    }

    @Test
    void pages_follow_one_another_without_gap_or_overlap_while_new_runs_arrive() {
        for (int i = 0; i < 25; i++) {
            start(i % 2 == 0 ? JOB : OTHER, T0.plusSeconds(i), 1, T0);
        }
        var seen = new ArrayList<String>();
        String cursor = null;
        int pages = 0;
        do {
            var page = store.runs(new RunQuery(null, Set.of(), null, null, null, cursor, 10));
            page.items().forEach(run -> seen.add(run.id()));
            cursor = page.cursor();
            start(JOB, T0.plusSeconds(1_000 + ++pages), 1, T0);
        } while (cursor != null);
        assertThat(pages).isEqualTo(3);
        assertThat(seen)
                .containsExactlyElementsOf(IntStream.range(0, 25)
                        .mapToObj(i -> RunId.of((24 - i) % 2 == 0 ? JOB : OTHER, T0.plusSeconds(24 - i))
                                .text())
                        .toList());
    }

    @Test
    void searches_narrow_by_job_state_time_and_text() {
        for (int i = 0; i < 10; i++) {
            var id = start(i % 2 == 0 ? JOB : OTHER, T0.plusSeconds(60L * i), 1, T0);
            if (i < 4) {
                end(id, 1, RunEvent.ATTEMPT_FAILED, T0, i == 3 ? "TypeError: 100% wrong_" : "Error: no", null);
            } else {
                end(id, 1, RunEvent.ATTEMPT_SUCCEEDED, T0, null, null);
            }
        }
        assertThat(minutes(new RunQuery(JOB.id(), Set.of(), null, null, null, null, 100)))
                .containsExactly(8, 6, 4, 2, 0);
        assertThat(minutes(new RunQuery(null, Set.of(RunState.FAILED), null, null, null, null, 100)))
                .containsExactly(3, 2, 1, 0);
        assertThat(minutes(new RunQuery(
                        OTHER.id(), Set.of(RunState.FAILED, RunState.SUCCEEDED), null, null, null, null, 3)))
                .containsExactly(9, 7, 5);
        assertThat(minutes(new RunQuery(null, Set.of(), T0.plusSeconds(120), T0.plusSeconds(240), null, null, 100)))
                .containsExactly(3, 2);
        assertThat(minutes(new RunQuery(null, Set.of(), null, null, "REPORT", null, 100)))
                .containsExactly(8, 6, 4, 2, 0);
        assertThat(minutes(new RunQuery(null, Set.of(), null, null, "typeerror: 100%", null, 100)))
                .containsExactly(3);
        assertThat(minutes(new RunQuery(null, Set.of(), null, null, "wrong_", null, 100)))
                .containsExactly(3);
        assertThat(minutes(new RunQuery(null, Set.of(), null, null, "w%g", null, 100)))
                .isEmpty();
        assertThat(minutes(new RunQuery(null, Set.of(RunState.SUCCEEDED), null, null, "error", null, 100)))
                .isEmpty();
        assertThat(minutes(new RunQuery("no/such", Set.of(), null, null, null, null, 100)))
                .isEmpty();
    }

    @Test
    void lines_come_back_in_order_and_from_where_the_reader_stopped() {
        var id = start(JOB, T0, 1, T0);
        for (int i = 1; i <= 5; i++) {
            assertThat(store.log(id, new LogLine(1_000_000 + i, T0.plusMillis(i), 1, "log", "line " + i + " \u00fc\0")))
                    .isTrue();
        }
        store.flushed().join();
        assertThat(store.logs(id, 0, 100))
                .extracting(LogLine::text)
                .containsExactly(
                        "line 1 ü\ufffd", "line 2 ü\ufffd", "line 3 ü\ufffd", "line 4 ü\ufffd", "line 5 ü\ufffd");
        assertThat(store.logs(id, 1_000_003, 1)).singleElement().satisfies(line -> {
            assertThat(line.seq()).isEqualTo(1_000_004);
            assertThat(line.attempt()).isEqualTo(1);
        });
        assertThat(store.run(id).orElseThrow().logCount()).isEqualTo(5);
    }

    @Test
    void a_write_that_cannot_be_done_fails_alone() {
        var lost = store.start(attempt(new JobKey("never", "saved"), T0, 1, T0));
        var fine = store.start(attempt(JOB, T0, 1, T0));
        assertThatThrownBy(lost::join).hasMessageContaining("never/saved");
        assertThat(fine.join()).isTrue();
    }

    @Test
    void jobs_are_brought_up_to_date_in_place() {
        var changed = new JobRecord(JOB, "*/5 * * * *", List.of(), JobState.ACTIVE, T0.plusSeconds(5));
        store.save(changed).join();
        assertThat(store.jobs()).containsExactly(job(OTHER), changed);
        assertThat(job(JOB).backoff()).isNotEmpty();
    }

    /** A node that loads its script does not know what another has been asked since it last looked. */
    @Test
    void a_job_registered_anew_stays_paused() {
        store.become(JOB, JobState.PAUSED).join();
        store.save(job(JOB)).join();
        assertThat(stateOf(JOB)).isEqualTo(JobState.PAUSED);
        store.become(JOB, JobState.ACTIVE).join();
        assertThat(stateOf(JOB)).isEqualTo(JobState.ACTIVE);
    }

    @Test
    void a_retired_job_comes_back_only_when_it_is_registered_anew() {
        store.become(JOB, JobState.RETIRED).join();
        store.become(JOB, JobState.ACTIVE).join();
        assertThat(stateOf(JOB)).isEqualTo(JobState.RETIRED);
        store.save(job(JOB)).join();
        assertThat(stateOf(JOB)).isEqualTo(JobState.ACTIVE);
    }

    @Test
    void a_job_retired_and_registered_in_one_group_ends_as_it_was_asked_last() {
        for (int i = 0; i < 50; i++) {
            store.become(JOB, JobState.RETIRED);
            store.save(job(JOB));
            store.save(job(OTHER));
            store.become(OTHER, JobState.RETIRED);
        }
        store.flushed().join();
        assertThat(stateOf(JOB)).isEqualTo(JobState.ACTIVE);
        assertThat(stateOf(OTHER)).isEqualTo(JobState.RETIRED);
    }

    private JobState stateOf(JobKey job) {
        return store.jobs().stream()
                .filter(record -> record.key().equals(job))
                .findFirst()
                .orElseThrow()
                .state();
    }

    @Test
    void history_is_pruned_by_age_and_by_number_and_what_runs_is_spared() {
        var old = start(JOB, T0, 1, T0);
        store.log(old, new LogLine(1_000_001, T0, 1, "log", "x"));
        end(old, 1, RunEvent.RETRY_PLANNED, T0, "e", T0);
        start(JOB, T0, 2, T0);
        end(old, 2, RunEvent.ATTEMPT_SUCCEEDED, T0, null, null);
        var oldButRunning = start(OTHER, T0, 1, T0);
        for (int i = 1; i <= 10; i++) {
            var id = start(JOB, T0.plusSeconds(3600 + i), 1, T0);
            end(id, 1, RunEvent.ATTEMPT_SUCCEEDED, T0, null, null);
        }
        assertThat(store.prune(T0.plusSeconds(60), 4)).isEqualTo(7);
        assertThat(store.run(old)).isEmpty();
        assertThat(store.logs(old, 0, 10)).isEmpty();
        assertThat(store.run(oldButRunning)).isPresent();
        assertThat(store.runs(new RunQuery(JOB.id(), Set.of(), null, null, null, null, 100))
                        .items())
                .hasSize(4);
    }

    @Test
    void nodes_are_remembered() {
        var node = new NodeRow("n1", T0, T0.plusSeconds(5), false, "0.1", "local");
        store.seen(node);
        store.seen(new NodeRow("n1", T0, T0.plusSeconds(10), true, "0.1", "local"));
        assertThat(store.nodes()).containsExactly(new NodeRow("n1", T0, T0.plusSeconds(10), true, "0.1", "local"));
        assertThat(store.healthy()).isTrue();
        assertThat(store.clockOffset(Instant.now()).abs()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void after_closing_writes_fail_and_say_so() {
        store.close();
        assertThatThrownBy(store.start(attempt(JOB, T0, 1, T0))::join).hasMessageContaining("the store is closed");
        assertThat(store.log(RunId.of(JOB, T0), new LogLine(1, T0, 1, "log", "x")))
                .isFalse();
    }

    private List<Integer> minutes(RunQuery query) {
        return store.runs(query).items().stream()
                .map(run -> (int) Duration.between(T0, run.scheduledTime()).toMinutes())
                .toList();
    }

    RunId start(JobKey job, Instant scheduled, int attempt, Instant at) {
        assertThat(store.start(attempt(job, scheduled, attempt, at)).join()).isTrue();
        return RunId.of(job, scheduled);
    }

    private static AttemptEnd success(RunId id) {
        return new AttemptEnd(id, 1, RunEvent.ATTEMPT_SUCCEEDED, T0, null, null, null);
    }

    private boolean end(
            RunId id, int attempt, RunEvent event, Instant at, @Nullable String error, @Nullable Instant retryAt) {
        return store.end(new AttemptEnd(id, attempt, event, at, error, retryAt, null))
                .join();
    }

    static AttemptStart attempt(JobKey job, Instant scheduled, int attempt, Instant at) {
        return attempt(job, scheduled, attempt, at, "n1");
    }

    static AttemptStart attempt(JobKey job, Instant scheduled, int attempt, Instant at, String node) {
        return new AttemptStart(RunId.of(job, scheduled), job, scheduled, RunTrigger.SCHEDULE, attempt, at, node);
    }

    static JobRecord job(JobKey key) {
        return new JobRecord(
                key, "* * * * *", List.of(Duration.ofMillis(100), Duration.ofSeconds(1)), JobState.ACTIVE, T0);
    }

    private static Skip skip(JobKey job, Instant due, Reason reason) {
        return new Skip(RunId.of(job, due), job, due, reason, "n1");
    }
}
