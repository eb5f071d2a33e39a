package dev.carillon.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.ManualLoop;
import dev.carillon.runtime.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every backend promises, whatever stands behind it. Time is virtual and begins at 2024-01-01T00:00:00Z; the test
 * is the runtime thread.
 */
public abstract class CronHandlerContract {
    /** Open crons the handler under test allows. */
    protected static final int CRONS_MAX = 5;

    /** Job functions the handler under test allows at the same time. */
    protected static final int RUNNING_MAX = 2;

    protected final VirtualTime time = new VirtualTime();
    protected final ManualLoop loop = new ManualLoop(time);
    protected final List<String> order = new ArrayList<>();
    protected CronHandler handler = new Nothing();

    /** A handler on {@link #time} and {@link #loop} with {@link #CRONS_MAX} and {@link #RUNNING_MAX}. */
    protected abstract CronHandler open();

    /** Lets everything that follows from what has been done so far happen; time stands still. */
    protected void settle() {
        loop.drain();
    }

    @BeforeEach
    void openHandler() {
        handler = open();
    }

    @AfterEach
    void leavesNothingBehind() {
        handler.close();
        settle();
        handler.close();
        assertThat(time.waiting()).as("alarms left after close").isEmpty();
        assertThat(loop.holds()).as("holds left after close").isZero();
    }

    @Test
    @Tag("S1.9")
    void a_cron_is_due_at_its_first_fire_time_and_not_before() {
        var job = job("a", "*/5 * * * *").succeeding();
        advance("PT4M59.999S");
        assertThat(job.starts()).isEmpty();
        advance("PT0.001S");
        assertThat(job.starts())
                .containsExactly(new JobFake.Start(at("2024-01-01T00:05:00Z"), at("2024-01-01T00:05:00Z"), 1));
    }

    @Test
    void a_run_that_succeeds_is_followed_by_the_next_fire_time() {
        var job = job("a", "*/5 * * * *").succeeding();
        advance("PT16M");
        assertThat(job.scheduled())
                .containsExactly("2024-01-01T00:05:00Z", "2024-01-01T00:10:00Z", "2024-01-01T00:15:00Z");
        assertThat(job.starts()).allMatch(start -> start.attempt() == 1);
    }

    @Test
    void a_failed_attempt_is_retried_after_each_backoff_step_and_then_waits_for_the_schedule() {
        var job = job("a", "*/5 * * * *", CronSpec.DEFAULT_BACKOFF).failing();
        advanceTo("2024-01-01T00:10:00.100Z");
        assertThat(job.actual())
                .containsExactly(
                        "2024-01-01T00:05:00Z",
                        "2024-01-01T00:05:00.100Z",
                        "2024-01-01T00:05:01.100Z",
                        "2024-01-01T00:05:06.100Z",
                        "2024-01-01T00:05:36.100Z",
                        "2024-01-01T00:06:36.100Z",
                        "2024-01-01T00:10:00Z",
                        "2024-01-01T00:10:00.100Z");
        assertThat(job.starts().stream().map(JobFake.Start::attempt)).containsExactly(1, 2, 3, 4, 5, 6, 1, 2);
        assertThat(job.scheduled().subList(0, 6)).containsOnly("2024-01-01T00:05:00Z");
    }

    @Test
    void a_retry_that_succeeds_makes_the_next_run_start_with_a_fresh_set() {
        var job = job("a", "*/5 * * * *", List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)));
        advanceTo("2024-01-01T00:05:00Z");
        job.fail();
        advance("PT1S");
        job.succeed();
        job.failing();
        advanceTo("2024-01-01T00:10:03Z");
        assertThat(job.actual())
                .containsExactly(
                        "2024-01-01T00:05:00Z",
                        "2024-01-01T00:05:01Z",
                        "2024-01-01T00:10:00Z",
                        "2024-01-01T00:10:01Z",
                        "2024-01-01T00:10:03Z");
    }

    @Test
    void without_backoff_a_failed_run_waits_for_the_schedule() {
        var job = job("a", "*/5 * * * *", List.of()).failing();
        advance("PT10M");
        assertThat(job.actual()).containsExactly("2024-01-01T00:05:00Z", "2024-01-01T00:10:00Z");
    }

    @Test
    void fire_times_that_pass_while_a_run_goes_on_are_dropped() {
        var job = job("a", "* * * * *");
        advanceTo("2024-01-01T00:04:30Z");
        assertThat(job.actual()).containsExactly("2024-01-01T00:01:00Z");
        job.succeed();
        advance("PT1M");
        assertThat(job.actual()).containsExactly("2024-01-01T00:01:00Z", "2024-01-01T00:05:00Z");
    }

    @Test
    void fire_times_that_pass_while_a_retry_waits_are_dropped() {
        var job = job("a", "* * * * *", List.of(Duration.ofSeconds(61)));
        advanceTo("2024-01-01T00:01:00Z");
        job.fail();
        job.succeeding();
        advanceTo("2024-01-01T00:03:00Z");
        assertThat(job.actual())
                .containsExactly("2024-01-01T00:01:00Z", "2024-01-01T00:02:01Z", "2024-01-01T00:03:00Z");
    }

    @Test
    void a_retry_of_no_delay_comes_at_once_but_not_inside_the_call() {
        var job = job("a", "* * * * *", List.of(Duration.ZERO));
        advanceTo("2024-01-01T00:01:00Z");
        job.fail();
        assertThat(job.starts()).hasSize(1);
        settle();
        assertThat(job.actual()).containsExactly("2024-01-01T00:01:00Z", "2024-01-01T00:01:00Z");
    }

    @Test
    void crons_due_together_start_in_the_order_they_were_armed() {
        job("b", "* * * * *").succeeding();
        job("a", "* * * * *").succeeding();
        advance("PT1M");
        assertThat(order).containsExactly("b", "a");
    }

    @Test
    void a_due_cron_beyond_the_limit_of_runs_waits_for_a_slot_first_come_first_served() {
        var first = job("1", "* * * * *");
        var second = job("2", "* * * * *");
        var third = job("3", "* * * * *");
        job("4", "* * * * *");
        advanceTo("2024-01-01T00:01:00Z");
        assertThat(order).containsExactly("1", "2");
        advance("PT10S");
        second.succeed();
        settle();
        assertThat(order).containsExactly("1", "2", "3");
        first.succeed();
        settle();
        assertThat(order).containsExactly("1", "2", "3", "4");
        assertThat(third.starts())
                .containsExactly(new JobFake.Start(at("2024-01-01T00:01:00Z"), at("2024-01-01T00:01:10Z"), 1));
    }

    @Test
    void a_cron_that_never_fires_waits_until_it_is_closed() {
        var job = job("a", "0 0 30 2 *");
        advance("P4000D");
        assertThat(job.starts()).isEmpty();
        job.handle().close();
        assertThat(job.closed()).isTrue();
    }

    @Test
    void closing_a_cron_that_waits_ends_it_at_once_and_frees_its_name() {
        var job = job("a", "* * * * *");
        job.handle().close();
        assertThat(job.closed()).isTrue();
        var other = job("a", "*/2 * * * *").succeeding();
        advance("PT2M");
        assertThat(job.starts()).isEmpty();
        assertThat(other.actual()).containsExactly("2024-01-01T00:02:00Z");
    }

    @Test
    void closing_a_cron_that_waits_for_a_retry_ends_it_at_once() {
        var job = job("a", "* * * * *", List.of(Duration.ofSeconds(1)));
        advance("PT1M");
        job.fail();
        job.handle().close();
        advance("PT5M");
        assertThat(job.closed()).isTrue();
        assertThat(job.starts()).hasSize(1);
    }

    @Test
    void closing_a_cron_while_it_runs_lets_the_run_end_and_starts_no_other() {
        var job = job("a", "* * * * *", List.of(Duration.ofSeconds(1)));
        advance("PT1M");
        job.handle().close();
        settle();
        assertThat(job.closed()).isFalse();
        job.fail();
        advance("PT5M");
        assertThat(job.closed()).isTrue();
        assertThat(job.starts()).hasSize(1);
    }

    @Test
    void a_closed_cron_keeps_its_slot_until_its_run_has_ended() {
        var first = job("1", "* * * * *");
        job("2", "* * * * *");
        job("3", "* * * * *");
        advance("PT1M");
        first.handle().close();
        settle();
        assertThat(order).containsExactly("1", "2");
        first.succeed();
        settle();
        assertThat(order).containsExactly("1", "2", "3");
    }

    @Test
    void a_name_is_free_again_while_the_closed_cron_of_that_name_still_runs() {
        var first = job("a", "* * * * *");
        advance("PT1M");
        first.handle().close();
        var second = job("a", "* * * * *").succeeding();
        advance("PT1M");
        assertThat(second.actual()).containsExactly("2024-01-01T00:02:00Z");
        first.succeed();
        settle();
        assertThat(first.closed()).isTrue();
        assertThat(second.closed()).isFalse();
    }

    @Test
    void a_cron_closed_while_it_waits_for_a_slot_does_not_run() {
        var first = job("1", "* * * * *");
        job("2", "* * * * *");
        var third = job("3", "* * * * *");
        advance("PT1M");
        third.handle().close();
        assertThat(third.closed()).isTrue();
        first.succeed();
        settle();
        assertThat(order).containsExactly("1", "2");
    }

    @Test
    void closing_twice_is_closing_once() {
        var job = job("a", "* * * * *");
        job.handle().close();
        var second = job("a", "* * * * *").succeeding();
        job.handle().close();
        advance("PT1M");
        assertThat(second.starts()).hasSize(1);
    }

    @Test
    void a_name_in_use_is_refused_early_and_late() {
        job("a", "* * * * *");
        assertThatThrownBy(() -> handler.admit("a"))
                .isInstanceOf(CronException.class)
                .hasMessage("Cron with this name already exists");
        assertThatThrownBy(() -> job("a", "0 0 * * *"))
                .isInstanceOf(CronException.class)
                .hasMessage("Cron with this name already exists");
        handler.admit("A");
        handler.admit(" a");
        handler.admit("");
    }

    @Test
    @Tag("S1.10")
    void the_last_place_is_given_and_the_next_refused_whatever_its_name() {
        for (int i = 0; i < CRONS_MAX; i++) {
            job("c" + i, "* * * * *");
        }
        assertThatThrownBy(() -> job("x", "* * * * *"))
                .isInstanceOf(CronException.class)
                .hasMessage("Too many crons");
        assertThatThrownBy(() -> handler.admit("c0")).hasMessage("Too many crons");
    }

    @Test
    void a_place_is_free_again_when_its_cron_is_closed() {
        var jobs = new ArrayList<JobFake>();
        for (int i = 0; i < CRONS_MAX; i++) {
            jobs.add(job("c" + i, "* * * * *"));
        }
        jobs.get(2).handle().close();
        handler.admit("x");
        job("x", "* * * * *");
        assertThatThrownBy(() -> handler.admit("y")).hasMessage("Too many crons");
    }

    @Test
    void every_fire_has_a_scope_of_its_own_and_tells_of_its_run() {
        var fires = new ArrayList<CronNext.Fire>();
        var handle = handler.create(spec("a", "* * * * *", List.of(Duration.ofSeconds(1))));
        ask(handle, new Outcome.Registered(), fires);
        advance("PT1M");
        ask(handle, new Outcome.Failed("Error: boom"), fires);
        advance("PT1S");
        ask(handle, new Outcome.Succeeded(), fires);
        advance("PT1M");
        assertThat(fires).hasSize(3);
        assertThat(fires.stream().map(CronNext.Fire::scope))
                .doesNotHaveDuplicates()
                .doesNotContain(0L);
        assertThat(fires.get(0).run().id())
                .isEqualTo(fires.get(1).run().id())
                .isNotEqualTo(fires.get(2).run().id());
        assertThat(fires.stream().map(fire -> fire.run().attempt())).containsExactly(1, 2, 1);
        assertThat(fires).allMatch(fire -> fire.run().scheduledTime().equals(fire.scheduledFireTime()));
        assertThat(fires).allMatch(fire -> fire.run().job().endsWith("a"));
    }

    @Test
    void closing_the_handler_ends_every_cron_that_waits() {
        var waiting = job("a", "* * * * *");
        var never = job("b", "0 0 30 2 *");
        handler.close();
        settle();
        assertThat(waiting.closed()).isTrue();
        assertThat(never.closed()).isTrue();
    }

    @Test
    void a_clock_that_jumps_ahead_gives_one_run_and_no_catching_up() {
        var job = job("a", "* * * * *").succeeding();
        advance("PT0.5S");
        time.stepWallClock(Duration.ofMinutes(10));
        advance("PT59.5S");
        assertThat(job.actual()).containsExactly("2024-01-01T00:11:00Z");
        advance("PT1M");
        assertThat(job.actual()).containsExactly("2024-01-01T00:11:00Z", "2024-01-01T00:12:00Z");
    }

    @Test
    void a_clock_that_is_set_back_makes_a_cron_wait_until_it_gets_there_again() {
        var job = job("a", "* * * * *").succeeding();
        time.stepWallClock(Duration.ofSeconds(-30));
        advance("PT1M");
        assertThat(job.starts()).isEmpty();
        advance("PT30S");
        assertThat(job.actual()).containsExactly("2024-01-01T00:01:00Z");
    }

    @Test
    void a_clock_that_is_set_back_during_a_run_does_not_bring_the_same_fire_time_twice() {
        var job = job("a", "* * * * *");
        advance("PT1M");
        time.stepWallClock(Duration.ofSeconds(-30));
        job.succeed();
        job.succeeding();
        advance("PT90S");
        assertThat(job.scheduled()).containsExactly("2024-01-01T00:01:00Z", "2024-01-01T00:02:00Z");
    }

    protected JobFake job(String name, String schedule) {
        return job(name, schedule, List.of());
    }

    protected JobFake job(String name, String schedule, List<Duration> backoff) {
        var job = new JobFake(name, handler.create(spec(name, schedule, backoff)), time::now, order);
        settle();
        return job;
    }

    protected static CronSpec spec(String name, String schedule, List<Duration> backoff) {
        return new CronSpec(name, CronSchedule.parse(schedule), backoff);
    }

    protected void advance(String duration) {
        settle();
        time.advance(Duration.parse(duration));
        settle();
    }

    protected void advanceTo(String instant) {
        settle();
        time.advanceTo(at(instant));
        settle();
    }

    protected static Instant at(String instant) {
        return Instant.parse(instant);
    }

    private void ask(CronHandle handle, Outcome previous, List<CronNext.Fire> fires) {
        handle.next(previous).thenAccept(next -> {
            if (next instanceof CronNext.Fire fire) {
                fires.add(fire);
            }
        });
        settle();
    }

    /** Stands in until the test has opened its own. */
    private static final class Nothing implements CronHandler {
        @Override
        public void admit(String name) {
            throw new IllegalStateException("no handler opened");
        }

        @Override
        public CronHandle create(CronSpec spec) {
            throw new IllegalStateException("no handler opened");
        }

        @Override
        public void close() {}
    }
}
