package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.quartz.NodeProcess.Fire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nodes as real processes on a database that fails, or holds what nobody of ours would write. */
@Timeout(300)
class BrokenDatabaseTest {
    private static final Duration FAULTY = Cluster.LONG ? Duration.ofMinutes(5) : Duration.ofSeconds(12);
    private static final String JANITOR = "janitor=1000";

    @RegisterExtension
    final Cluster cluster = new Cluster();

    @TempDir
    Path folder;

    @Test
    @Tag("pitfall-5")
    void connections_that_break_around_commits_lose_no_run_double_none_and_leave_no_trigger_held() throws Exception {
        int jobs = 20;
        var nodes = List.of(
                cluster.start("n1", "jobs=" + jobs, JANITOR, "faulty=true"),
                cluster.start("n2", "jobs=" + jobs, JANITOR, "faulty=true"));
        nodes.forEach(cluster::awaitUp);
        for (var node : nodes) {
            node.tell("faults 0.2");
        }
        var until = Instant.now().plus(FAULTY);
        cluster.await(
                "it has been faulty for " + FAULTY,
                FAULTY.plusSeconds(60),
                () -> Instant.now().isAfter(until));
        for (var node : nodes) {
            node.tell("faults 0");
        }
        var healed = Instant.now();
        // A trigger may be held by a run under way, but not for longer than that takes.
        cluster.await(
                "nothing is held that nobody runs",
                () -> cluster.count("qrtz_triggers where trigger_state not in ('WAITING', 'BLOCKED')")
                                + cluster.count("qrtz_fired_triggers where fired_time < " + (healed.toEpochMilli()))
                        == 0);
        var freed = Duration.between(healed, Instant.now());
        cluster.await(
                "every job runs again",
                () -> cluster.starts().stream()
                                .filter(start -> start.scheduled().isAfter(healed.plusSeconds(2)))
                                .map(Fire::job)
                                .distinct()
                                .count()
                        == jobs);
        var settled = Instant.now().minusSeconds(1);
        for (var node : nodes) {
            node.leave();
        }
        System.err.printf(
                "faults for %s: %d runs started; %d ms after the last nothing was held%n",
                FAULTY, cluster.starts().size(), freed.toMillis());
        assertThat(freed).as("two periods of the janitor, and a slow machine").isLessThan(Duration.ofSeconds(8));
        cluster.assertNothingDoubled();
        assertThat(nodes.stream().flatMap(node -> node.ends().stream()).map(Fire::run))
                .as("nothing was done twice, for nobody died")
                .doesNotHaveDuplicates();
        cluster.assertNothingMissed(jobs, settled);
    }

    /** It is in touch with its cluster, so that nobody takes over what it has claimed. */
    @Test
    void a_node_that_cannot_record_starts_leaves_them_to_another() throws Exception {
        var broken = cluster.up("n1", "jobs=5", "work=10");
        var other = cluster.up("n2", "jobs=5", "work=10");
        cluster.await(
                "both work", () -> !broken.starts().isEmpty() && !other.starts().isEmpty());
        cluster.execute("create function refuse() returns trigger language plpgsql as $$ begin"
                + " if new.node = 'n1' then raise exception 'no connection left' using errcode = '08006'; end if;"
                + " return new; end $$");
        cluster.execute("create trigger refuse before insert on run for each row execute function refuse()");
        cluster.await(
                "what it had claimed is started there",
                () -> other.starts().stream().anyMatch(start -> start.attempt() == 2));
        var claimed = broken.starts().size();
        var begun = other.starts().size();
        cluster.await("the other goes on alone", () -> other.starts().size() > begun + 25);
        assertThat(broken.starts()).hasSize(claimed);
        assertThat(other.starts())
                .as("none waited for the broken one to give up writing")
                .allMatch(start -> start.lateness().toSeconds() < 6);
        cluster.execute("drop trigger refuse on run");
        cluster.await("it works again", () -> broken.starts().size() > claimed + 5);
        cluster.assertNothingDoubled();
    }

    @Test
    @Tag("pitfall-6")
    void triggers_that_say_they_are_held_and_are_not_run_again_and_leave_a_word_in_the_audit() throws Exception {
        var states = List.of("ACQUIRED", "BLOCKED", "PAUSED_BLOCKED", "ERROR");
        var node = cluster.up("n1", "jobs=" + (states.size() + 1), JANITOR);
        cluster.await("it works", () -> node.starts().size() > 5);
        for (int i = 0; i < states.size(); i++) {
            var plant = "update qrtz_triggers set trigger_state = '" + states.get(i)
                    + "' where trigger_state = 'WAITING' and trigger_name = '/job " + i + "'";
            cluster.await("job " + i + " waits, and is planted", () -> cluster.execute(plant) == 1);
        }
        cluster.await("each orphan is told of", () -> cluster.count("audit where what = 'ORPHAN'") >= states.size());
        for (int i = 0; i < states.size(); i++) {
            var job = "job " + i;
            assertThat(cluster.query(
                            "select detail from audit where what = 'ORPHAN' and detail like '%/" + job + "''%'"))
                    .as(job)
                    .isNotEmpty();
        }
        var healed = Instant.now();
        cluster.await(
                "each runs again",
                () -> node.starts().stream()
                                .filter(start -> start.scheduled().isAfter(healed))
                                .map(Fire::job)
                                .distinct()
                                .count()
                        == states.size() + 1);
        cluster.assertNothingDoubled();
    }

    @Test
    @Tag("pitfall-7")
    void a_thread_pool_that_refuses_once_puts_no_trigger_in_error() throws Exception {
        var node = cluster.up("n1", "jobs=3", "refuse-once=true", "janitor=3600000");
        cluster.await("the pool has refused", () -> node.said("pool refused"::equals));
        var refused = Instant.now();
        cluster.await(
                "every job goes on",
                () -> node.starts().stream()
                                .filter(start -> start.scheduled().isAfter(refused.plusSeconds(1)))
                                .map(Fire::job)
                                .collect(Collectors.toCollection(HashSet::new))
                                .size()
                        == 3);
        assertThat(cluster.query("select trigger_name from qrtz_triggers where trigger_state = 'ERROR'"))
                .isEmpty();
        var until = Instant.now().minusSeconds(1);
        node.leave();
        cluster.assertNothingDoubled();
        cluster.assertNothingMissed(3, until);
    }

    @Test
    @Tag("pitfall-14")
    void serialized_objects_planted_in_the_tables_are_never_brought_to_life() throws Exception {
        var mark = folder.resolve("mark");
        var payload = new Payload(mark.toString());
        new ObjectInputStream(new java.io.ByteArrayInputStream(bytes(payload))).readObject();
        assertThat(mark).as("the payload is a live one").exists();
        Files.delete(mark);

        var node = cluster.up("n1", "jobs=3");
        cluster.await("it works", () -> node.starts().size() > 5);
        plant(
                "update qrtz_job_details set job_data = ?, job_class_name = '" + Payload.class.getName()
                        + "' where job_name = '/job 0'",
                payload);
        plant("update qrtz_triggers set job_data = ? where trigger_name = '/job 1'", payload);
        plant(
                "insert into qrtz_blob_triggers select sched_name, trigger_name, trigger_group, ? from qrtz_triggers"
                        + " where trigger_name = '/job 0'",
                payload);
        cluster.execute("update qrtz_triggers set trigger_type = 'BLOB' where trigger_name = '/job 0'");
        plant("insert into qrtz_calendars values ('test', 'planted', ?)", payload);
        var planted = Instant.now();
        cluster.await(
                "jobs nobody touched go on",
                () -> node.starts().stream()
                        .anyMatch(start ->
                                start.job().equals("job 2") && start.scheduled().isAfter(planted.plusSeconds(2))));
        node.kill(); // what it ran is recovered: there Quartz reads triggers and jobs
        var again = cluster.up("n1", "jobs=3");
        cluster.await(
                "and after a kill too",
                () -> again.starts().stream().anyMatch(start -> start.job().equals("job 2")));
        assertThat(mark).as("nobody deserialized it").doesNotExist();
        assertThat(again.isAlive()).isTrue();
        again.leave();
        cluster.assertNothingDoubled();
    }

    private void plant(String sql, Payload payload) throws SQLException, IOException {
        try (var connection = cluster.connect();
                var statement = connection.prepareStatement(sql)) {
            statement.setBytes(1, bytes(payload));
            assertThat(statement.executeUpdate()).as(sql).isEqualTo(1);
        }
    }

    private static byte[] bytes(Payload payload) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(payload);
        }
        return bytes.toByteArray();
    }

    /** Leaves a mark when it is deserialized, as an attacker's would. */
    private static final class Payload implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private final String mark;

        Payload(String mark) {
            this.mark = mark;
        }

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            Files.writeString(Path.of(mark), "was here");
        }
    }
}
