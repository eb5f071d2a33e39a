package dev.carillon.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.chaos.JobHistory.Change;
import dev.carillon.chaos.Verdict.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The checker proves itself first: a right world passes, and every planted fault is found under its own name. */
class CheckerTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant END = START.plusSeconds(60);
    private static final Duration EPSILON = Duration.ofMillis(500);
    private static final Checker CHECKER = new Checker(new Checker.Settings(
            EPSILON,
            Duration.ofSeconds(5),
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)),
            Duration.ofMillis(300),
            END));

    /** A world that can be broken: 3 jobs due every second for a minute, each start 5 ms late and 20 ms long. */
    private static final class World {
        final List<JobHistory> jobs = new ArrayList<>();
        final List<Sighting> sightings = new ArrayList<>();
        final List<Recorded> history = new ArrayList<>();
        final List<Fault> faults = new ArrayList<>();

        World() {
            for (var job : List.of("a", "b", "c")) {
                jobs.add(new JobHistory(
                        job, List.of(new Change(START.minusSeconds(10), START.minusSeconds(9), "* * * * * *"))));
                for (int second = -10; second < 60; second++) {
                    run(job, START.plusSeconds(second));
                }
            }
        }

        void run(String job, Instant due) {
            sightings.add(seen(job, due, 1, 1, "n1", 5, 25, true));
            history.add(new Recorded(
                    job,
                    due,
                    "succeeded",
                    null,
                    List.of(new Recorded.Attempt(1, 1, "n1", "succeeded", due.plusMillis(25)))));
        }

        Findings check() {
            return CHECKER.check(jobs, sightings, history, faults);
        }

        void forget(String job, Instant due) {
            sightings.removeIf(sighting -> sighting.occurrence().equals(new Occurrence(job, due)));
        }

        void tell(String job, Instant due, String state, String reason, Recorded.Attempt... attempts) {
            history.removeIf(row -> row.occurrence().equals(new Occurrence(job, due)));
            history.add(new Recorded(job, due, state, reason, List.of(attempts)));
        }
    }

    private static Sighting seen(
            String job, Instant due, int attempt, long fence, String node, long startMs, long endMs, boolean ok) {
        return new Sighting(
                job, due, attempt, fence, node, due.plusMillis(startMs), endMs < 0 ? null : due.plusMillis(endMs), ok);
    }

    private static final Instant AT = START.plusSeconds(30);

    @Test
    void a_world_without_faults_is_valid() {
        var findings = new World().check();
        assertThat(findings.valid()).isTrue();
        assertThat(findings.counts().get(Kind.OK)).isEqualTo(210);
        assertThat(findings.lateness(0.99)).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void a_dropped_run_is_missed() {
        expect(Kind.MISSED, world -> {
            world.forget("a", AT);
            world.history.removeIf(row -> row.occurrence().equals(new Occurrence("a", AT)));
        });
    }

    @Test
    void a_run_the_history_invents_is_a_lie() {
        expect(Kind.HISTORY_LIED, world -> world.forget("a", AT));
    }

    @Test
    void a_run_the_history_forgets_is_a_lie() {
        expect(
                Kind.HISTORY_LIED,
                world -> world.history.removeIf(row -> row.occurrence().equals(new Occurrence("b", AT))));
    }

    @Test
    void a_second_first_attempt_is_a_duplicate() {
        expect(Kind.DUPLICATE, world -> world.sightings.add(seen("a", AT, 1, 1, "n2", 40, 60, true)));
    }

    @Test
    void an_attempt_after_success_is_a_duplicate() {
        expect(Kind.DUPLICATE, world -> world.sightings.add(seen("a", AT, 2, 2, "n2", 40, 60, true)));
    }

    @Test
    void two_runs_of_one_job_at_once_overlap() {
        expect(Kind.OVERLAP, world -> {
            world.forget("a", AT);
            world.sightings.add(seen("a", AT, 1, 1, "n1", 5, 1_200, true));
            world.tell("a", AT, "succeeded", null, new Recorded.Attempt(1, 1, "n1", "succeeded", AT.plusMillis(1_200)));
        });
    }

    @Test
    void a_run_shifted_by_half_a_second_is_a_phantom() {
        expect(Kind.PHANTOM, world -> world.run("a", AT.plusMillis(500)));
    }

    @Test
    void a_stale_fence_that_commits_is_a_zombie() {
        expect(Kind.ZOMBIE, world -> {
            world.forget("a", AT);
            world.sightings.add(seen("a", AT, 1, 1, "n1", 5, -1, false));
            world.sightings.add(seen("a", AT, 2, 2, "n2", 600, 700, true));
            world.tell(
                    "a",
                    AT,
                    "succeeded",
                    null,
                    new Recorded.Attempt(1, 1, "n1", "succeeded", AT.plusMillis(650)),
                    new Recorded.Attempt(2, 2, "n2", "succeeded", AT.plusMillis(700)));
        });
    }

    @Test
    void a_start_without_end_is_an_orphan() {
        expect(Kind.ORPHAN, world -> {
            world.forget("a", AT);
            world.sightings.add(seen("a", AT, 1, 1, "n1", 5, -1, false));
            world.tell("a", AT, "running", null, new Recorded.Attempt(1, 1, "n1", "running", null));
        });
    }

    @Test
    void a_retry_that_comes_too_early_is_bad() {
        expect(Kind.RETRY_BAD, world -> {
            world.forget("a", AT);
            world.sightings.add(seen("a", AT, 1, 1, "n1", 5, 25, false));
            world.sightings.add(seen("a", AT, 2, 2, "n1", 525, 600, true));
            world.tell(
                    "a",
                    AT,
                    "succeeded",
                    null,
                    new Recorded.Attempt(1, 1, "n1", "failed", AT.plusMillis(25)),
                    new Recorded.Attempt(2, 2, "n1", "succeeded", AT.plusMillis(600)));
        });
    }

    @Test
    void a_retry_is_early_by_no_more_than_the_clock_of_its_node_may_be_off() {
        var world = new World();
        world.forget("a", AT);
        world.sightings.add(seen("a", AT, 1, 1, "n1", 5, 25, false));
        world.sightings.add(seen("a", AT, 2, 2, "n1", 525, 600, true)); // half a second early
        world.tell(
                "a",
                AT,
                "succeeded",
                null,
                new Recorded.Attempt(1, 1, "n1", "failed", AT.plusMillis(25)),
                new Recorded.Attempt(2, 2, "n1", "succeeded", AT.plusMillis(600)));
        world.faults.add(new Fault("clock offset", "n2", AT.minusSeconds(1), AT.plusSeconds(2)));
        world.faults.add(new Fault("kill -9", "n1", AT.minusSeconds(1), AT.plusSeconds(2)));
        assertThat(world.check().counts().get(Kind.RETRY_BAD)).isOne();
        world.faults.add(new Fault("clock offset", "n1", AT.minusSeconds(1), AT.plusSeconds(2)));
        assertThat(world.check().valid()).isTrue();
        world.sightings.removeLast();
        world.sightings.add(seen("a", AT, 2, 2, "n1", 524, 600, true));
        assertThat(world.check().counts().get(Kind.RETRY_BAD)).isOne();
    }

    @Test
    void an_attempt_that_fails_after_its_node_has_lost_contact_is_followed_at_once() {
        var world = new World();
        world.forget("a", AT);
        world.sightings.add(seen("a", AT, 1, 1, "n1", 5, 25, false));
        world.sightings.add(seen("a", AT, 2, 2, "n1", 125, 200, true));
        world.faults.add(new Fault("database restart", Fault.EVERYWHERE, AT.minusSeconds(2), AT.minusSeconds(1)));
        var second = new Recorded.Attempt(2, 2, "n1", "succeeded", AT.plusMillis(200));
        world.tell("a", AT, "succeeded", null, new Recorded.Attempt(1, 1, "n1", "failed", AT.plusMillis(25)), second);
        assertThat(world.check().counts().get(Kind.RETRY_BAD)).isOne();
        world.tell(
                "a", AT, "succeeded", null, new Recorded.Attempt(1, 1, "n1", "interrupted", AT.plusMillis(25)), second);
        assertThat(world.check().valid()).isTrue();
        world.faults.clear();
        assertThat(world.check().counts().get(Kind.RETRY_BAD)).isOne();
    }

    @Test
    void a_start_after_the_last_bound_is_overdue() {
        expect(Kind.OVERDUE, world -> {
            world.jobs.clear();
            world.sightings.clear();
            world.history.clear();
            world.jobs.add(new JobHistory(
                    "a", List.of(new Change(START.minusSeconds(9), START.minusSeconds(8), "30 0 * * * *"))));
            world.sightings.add(seen("a", AT, 1, 1, "n1", 6_000, 6_010, true));
            world.tell("a", AT, "succeeded", "", new Recorded.Attempt(1, 1, "n1", "succeeded", AT.plusMillis(6_010)));
        });
    }

    @Test
    void while_every_node_is_hit_nothing_becomes_overdue() {
        var world = new World();
        world.jobs.clear();
        world.sightings.clear();
        world.history.clear();
        world.jobs.add(
                new JobHistory("a", List.of(new Change(START.minusSeconds(9), START.minusSeconds(8), "30 0 * * * *"))));
        world.sightings.add(seen("a", AT, 1, 1, "n1", 6_000, 6_010, true));
        world.tell("a", AT, "succeeded", "", new Recorded.Attempt(1, 1, "n1", "succeeded", AT.plusMillis(6_010)));
        world.faults.add(new Fault("database restart", "n1", AT.minusSeconds(1), AT.plusSeconds(2)));
        assertThat(world.check().counts().get(Kind.OVERDUE)).isOne();
        world.faults.add(new Fault("database restart", Fault.EVERYWHERE, AT.minusSeconds(1), AT.plusSeconds(2)));
        assertThat(world.check().valid()).isTrue();
        assertThat(world.check().counts().get(Kind.LATE)).isOne();
    }

    @Test
    void a_run_under_a_wrong_claim_is_found_by_the_blind_pass() {
        var world = new World();
        world.forget("a", AT);
        world.sightings.add(new Sighting(
                "a", AT, 1, 1, "n1", AT.minusSeconds(3), AT.minusSeconds(3).plusMillis(1), true));
        assertThat(world.check().disagreements()).singleElement().asString().contains("a: 1 target(s)");
    }

    @Test
    void a_start_as_early_as_a_clock_may_be_ahead_is_its_targets_for_the_blind_pass_too() {
        var world = new World();
        world.forget("a", AT);
        world.sightings.add(seen("a", AT, 1, 1, "n1", -300, -280, true));
        assertThat(world.check().disagreements()).isEmpty();
    }

    @Test
    void a_skip_is_legal_with_a_reason_while_its_job_is_busy() {
        var world = new World();
        world.forget("a", AT);
        world.forget("a", AT.plusSeconds(1));
        world.sightings.add(seen("a", AT, 1, 1, "n1", 5, 1_100, true));
        world.tell("a", AT.plusSeconds(1), "skipped", "still running");
        assertThat(world.check().valid()).isTrue();
        assertThat(world.check().counts().get(Kind.SKIPPED)).isOne();
        world.tell("a", AT.plusSeconds(1), "skipped", " ");
        assertThat(world.check().counts().get(Kind.MISSED)).isOne();
    }

    @Test
    void a_skip_is_legal_with_a_reason_while_a_fault_is_felt_and_missed_otherwise() {
        var world = new World();
        world.forget("a", AT);
        world.tell("a", AT, "skipped", "not recorded");
        assertThat(world.check().counts().get(Kind.MISSED)).isOne();
        world.faults.add(new Fault("database restart", Fault.EVERYWHERE, AT.minusSeconds(1), AT));
        assertThat(world.check().counts().get(Kind.SKIPPED)).isOne();
    }

    @Test
    void a_run_is_redone_only_if_its_node_was_lost_before_the_end_was_recorded() {
        var world = new World();
        world.sightings.add(seen("a", AT, 2, 2, "n2", 900, 920, true));
        world.tell(
                "a",
                AT,
                "succeeded",
                null,
                new Recorded.Attempt(1, 1, "n1", "interrupted", AT.plusMillis(880)),
                new Recorded.Attempt(2, 2, "n2", "succeeded", AT.plusMillis(920)));
        assertThat(world.check().counts().get(Kind.DUPLICATE)).isOne();
        world.faults.add(new Fault("kill -9", "n2", AT.plusMillis(26), AT.plusSeconds(5)));
        assertThat(world.check().counts().get(Kind.DUPLICATE)).isOne();
        world.faults.add(new Fault("kill -9", "n1", AT.plusMillis(26), AT.plusSeconds(5)));
        assertThat(world.check().counts().get(Kind.REDONE)).isOne();
        assertThat(world.check().valid()).isTrue();
    }

    @Test
    void a_start_before_its_time_is_early() {
        expect(Kind.EARLY, world -> {
            world.forget("a", AT);
            world.sightings.add(seen("a", AT, 1, 1, "n1", -600, -580, true));
        });
    }

    @Test
    void a_takeover_is_right_and_its_delay_is_measured_from_the_fault() {
        var world = new World();
        world.forget("a", AT);
        world.sightings.add(seen("a", AT, 1, 1, "n1", 5, -1, false));
        world.sightings.add(seen("a", AT, 2, 2, "n2", 710, 800, true));
        world.tell(
                "a",
                AT,
                "succeeded",
                null,
                new Recorded.Attempt(1, 1, "n1", "interrupted", AT.plusMillis(700)),
                new Recorded.Attempt(2, 2, "n2", "succeeded", AT.plusMillis(800)));
        world.faults.add(new Fault("kill -9", "n1", AT.plusMillis(10), AT.plusSeconds(5)));
        var findings = world.check();
        assertThat(findings.valid()).isTrue();
        assertThat(findings.counts().get(Kind.TAKEN_OVER)).isOne();
        assertThat(findings.takeoverMax()).isEqualTo(Duration.ofMillis(700));
    }

    @Test
    void nothing_is_demanded_while_a_pause_is_under_way_and_running_while_paused_is_a_phantom() {
        var paused = new JobHistory(
                "a",
                List.of(
                        new Change(START, START.plusMillis(100), "* * * * * *"),
                        new Change(START.plusSeconds(10), START.plusSeconds(12), ""),
                        new Change(START.plusSeconds(20), START.plusMillis(20_100), "* * * * * *")));
        var world = new World();
        world.jobs.clear();
        world.jobs.add(paused);
        world.sightings.clear();
        world.history.clear();
        for (int second = 1; second < 60; second++) {
            if (second < 10 || second > 20) {
                world.run("a", START.plusSeconds(second));
            }
        }
        assertThat(world.check().valid()).isTrue();
        world.run("a", START.plusSeconds(15));
        assertThat(world.check().counts().get(Kind.PHANTOM)).isOne();
    }

    @Test
    void report_and_plot_name_the_fault() {
        var world = new World();
        world.forget("a", AT);
        world.faults.add(new Fault("pause", "n2", AT, AT.plusSeconds(4)));
        var findings = world.check();
        assertThat(Report.text(findings, world.faults, world.sightings, 0))
                .contains("**INVALID**", "HISTORY_LIED a 2026-01-01T00:00:30Z", "| pause | 1 | 4 |");
        assertThat(Report.plot(findings, world.faults))
                .contains("<title>pause n2</title>", "#c0392b")
                .endsWith("</svg>\n");
    }

    private static void expect(Kind kind, Consumer<World> mutation) {
        var world = new World();
        mutation.accept(world);
        var findings = world.check();
        assertThat(findings.valid()).isFalse();
        assertThat(findings.counts().get(kind))
                .as(() -> Report.text(findings, world.faults, world.sightings, 0))
                .isOne();
        assertThat(findings.verdicts().stream().filter(verdict -> verdict.kind().wrong()))
                .hasSize(1);
    }
}
