package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cron.CronNext;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.quartz.NodeProcess.Fire;
import dev.carillon.scheduler.run.Reason;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.StoreConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;

/** Nodes that do not have the same jobs, as in a deploy that goes through them one by one. */
@Timeout(240)
class RegistrationTest {
    @RegisterExtension
    final Cluster cluster = new Cluster();

    @Test
    void the_newest_definition_is_in_force_as_long_as_a_node_that_has_it_lives() throws Exception {
        var old = cluster.up("n1", "schedule=*/2 * * * * *");
        cluster.await("the old one runs", () -> !old.starts().isEmpty());
        var young = cluster.up("n2", "schedule=1-59/2 * * * * *");
        cluster.await("the new one runs", () -> young.starts().size() >= 3);
        var settled = young.starts().getFirst().scheduled();
        assertThat(young.starts()).allMatch(RegistrationTest::isOdd);
        assertThat(old.starts()).noneMatch(start -> start.scheduled().isAfter(settled));
        int before = old.starts().size();
        young.kill();
        cluster.await("the old one goes on", () -> old.starts().size() > before + 3);
        assertThat(old.starts().subList(before + 1, before + 3)).noneMatch(RegistrationTest::isOdd);
        cluster.assertNothingDoubled();
    }

    private static boolean isOdd(Fire fire) {
        return fire.scheduled().getEpochSecond() % 2 == 1;
    }

    @Test
    void occurrences_of_a_job_that_no_living_node_has_are_told_of_and_its_node_goes_on_where_it_left_off()
            throws Exception {
        var first = cluster.up("n1", "work=10");
        cluster.up("n2", "jobs=0", "janitor=500");
        cluster.await("it runs", () -> first.starts().size() >= 3);
        first.kill();
        cluster.await(
                "the other tells of what nobody runs",
                () -> cluster.runs().stream()
                                .filter(run -> isMissing(run.reason()))
                                .count()
                        >= 3);
        assertThat(cluster.query("select state from job")).containsExactly("active");
        var back = cluster.up("n1", "work=10");
        cluster.await("it runs again", () -> back.starts().size() >= 3);
        back.leave();
        var until = back.starts().getLast().scheduled();
        cluster.assertNothingDoubled();
        cluster.assertNothingMissed(1, until);
        assertThat(cluster.runs())
                .filteredOn(run -> run.state() == RunState.SKIPPED)
                .anyMatch(run -> isMissing(run.reason()));
    }

    private static boolean isMissing(String reason) {
        return Reason.HANDLER_MISSING.words().equals(reason);
    }

    @Test
    void a_job_is_retired_when_the_last_node_that_has_it_gives_it_up_and_not_before() throws Exception {
        var first = cluster.up("n1", "work=10", "janitor=500");
        var second = cluster.up("n2", "work=10", "janitor=500");
        cluster.await("they run", () -> cluster.starts().size() >= 2);
        first.tell("close job 0");
        cluster.await(
                "the first has given it up",
                () -> cluster.query("select node from registration").equals(List.of("n2")));
        int before = second.starts().size();
        cluster.await("the second runs on", () -> second.starts().size() >= before + 3);
        assertThat(cluster.query("select state from job")).containsExactly("active");
        second.tell("close job 0");
        cluster.await(
                "it is retired",
                () -> cluster.query("select state from job").getFirst().equals("retired"));
        cluster.await("its trigger is gone", () -> cluster.count("qrtz_triggers") == 0);
        assertThat(cluster.query("select detail from audit where what = 'RETIRED'"))
                .containsExactly("job 'cluster.ts/job 0' is retired, its trigger is gone");
    }

    @Test
    void a_node_that_waits_for_its_next_look_hears_at_once_of_what_another_hands_over() throws Exception {
        var leaving = cluster.up("n1", "schedule=* * * * * *", "work=60000");
        cluster.await("it is in mid-run", () -> !leaving.starts().isEmpty());
        var other = cluster.up("n2", "schedule=* * * * * *", "work=60000", "idle=600000");
        leaving.leave();
        var left = Instant.now();
        cluster.await("the other goes on", () -> !other.starts().isEmpty());
        var next = other.starts().getFirst();
        assertThat(next.attempt()).isEqualTo(2);
        assertThat(Duration.between(left, next.at())).isLessThan(Duration.ofSeconds(10));
    }

    /** Each time the others look at all jobs of all nodes. */
    @Test
    void a_node_that_registers_a_large_script_tells_the_others_when_it_has_done_so() throws Exception {
        try (var database = Database.open(new StoreConfig(cluster.url()), "quartz", 6);
                var bell = cluster.connect();
                var listen = bell.createStatement();
                var other = cluster.connect();
                var insert = other.createStatement();
                var backend =
                        QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), () -> {})) {
            listen.execute("listen carillon_jobs");
            other.setAutoCommit(false);
            insert.execute("insert into carillon.registration (script, name, node, revision, schedule, registered_at)"
                    + " values ('s.ts', 'job 0', 'n1', 'x', 'x', 0)");
            var handler = backend.handler("s.ts", Runnable::run, new Limits(1_000, 50));
            for (int i = 0; i < 1_000; i++) { // the first waits for the other transaction
                handler.create(new CronSpec("job " + i, CronSchedule.parse("0 0 1 1 *"), List.of()))
                        .next(new Outcome.Registered());
            }
            other.rollback();
            backend.registered().join();
            assertThat(cluster.count("registration")).isEqualTo(1_000);
            listen.execute("select 1");
            var rung = bell.unwrap(PGConnection.class).getNotifications();
            assertThat(rung).hasSizeBetween(1, 2); // the first one may have gone alone
        }
    }

    @Test
    void a_job_paused_on_one_node_is_paused_on_all_at_once() throws Exception {
        var first = cluster.up("n1", "work=10");
        var second = cluster.up("n2", "work=10");
        cluster.await(
                "both work", () -> !first.starts().isEmpty() && !second.starts().isEmpty());
        first.tell("pause job 0");
        cluster.await(
                "it is paused",
                () -> cluster.query("select state from job").getFirst().equals("paused"));
        var paused = Instant.now();
        cluster.await(
                "seconds pass",
                () -> cluster.query("select id from run where reason = 'PAUSED' and scheduled_at > "
                                        + paused.toEpochMilli())
                                .size()
                        >= 4);
        assertThat(cluster.starts()).noneMatch(start -> start.scheduled().isAfter(paused.plusSeconds(1)));
    }

    @Test
    void what_was_due_while_no_node_lived_does_not_start_late_when_two_come_back_at_once() throws Exception {
        assertThat(registersAgainAnHourOverdue(Duration.ofSeconds(2)))
                .as("the other has just come back too")
                .isEmpty();
    }

    @Test
    void what_was_due_while_another_node_lived_starts_late() throws Exception {
        assertThat(registersAgainAnHourOverdue(Duration.ofHours(2)))
                .as("the other has lived all the while, and has told of nothing")
                .isPresent();
    }

    /**
     * A yearly job that was due an hour ago is registered, beside another node.
     *
     * @param otherUp for how long the other has lived
     * @return the run that starts at once; empty if the job waits for its next year
     */
    private Optional<CronNext.Fire> registersAgainAnHourOverdue(Duration otherUp) throws Exception {
        try (var database = Database.open(new StoreConfig(cluster.url()), "quartz", 6)) {
            try (var backend = nodeOf(database)) {
                registerYearly(backend);
                backend.registered().join();
            }
            long now = System.currentTimeMillis();
            long overdue = now - Duration.ofHours(1).toMillis();
            cluster.execute("update qrtz_triggers set next_fire_time = " + overdue + ", prev_fire_time = " + overdue);
            cluster.execute("insert into qrtz_scheduler_state (sched_name, instance_name, last_checkin_time,"
                    + " checkin_interval) values ('test', 'n2', " + now + ", 1000000)");
            cluster.execute("insert into node (name, started_at, last_seen_at, stopped, version, backend) values"
                    + " ('n2', " + (now - otherUp.toMillis()) + ", " + now + ", false, 'test', 'quartz')");
            try (var backend = nodeOf(database)) {
                var next = registerYearly(backend).toCompletableFuture();
                backend.registered().join();
                long due = Long.parseLong(cluster.query("select next_fire_time from qrtz_triggers")
                        .getFirst());
                return due > now ? Optional.empty() : Optional.of((CronNext.Fire) next.get(20, TimeUnit.SECONDS));
            }
        }
    }

    private static QuartzBackend nodeOf(Database database) {
        return QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), () -> {});
    }

    private static CompletionStage<CronNext> registerYearly(QuartzBackend backend) {
        return backend.handler("s.ts", Runnable::run, new Limits(10, 10))
                .create(new CronSpec("yearly", CronSchedule.parse("0 0 1 1 *"), List.of()))
                .next(new Outcome.Registered());
    }
}
