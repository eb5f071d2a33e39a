package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cron.CronSpec;
import dev.carillon.cron.Outcome;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import dev.carillon.cron.schedule.CronSchedule;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.quartz.DueTrigger.Armed;
import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.StoreConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tables of Quartz as we make them, and what the janitor does to them. */
@Timeout(60)
class QuartzTablesTest {
    @TempDir
    Path folder;

    private Database database;

    @BeforeEach
    void open() {
        database = Database.open(new StoreConfig("jdbc:h2:file:" + folder.resolve("t")), "test", 6);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void our_tables_have_the_columns_of_the_script_in_quartzs_jar() throws Exception {
        try (var connection = database.connection()) {
            assertThat(columns(connection, "CARILLON")).isEqualTo(columnsOfTheJar());
        }
    }

    /** Columns of each of Quartz's own tables, with what may not be null. */
    static TreeMap<String, TreeSet<String>> columnsOfTheJar() throws IOException {
        String script;
        try (var resource =
                QuartzTablesTest.class.getResourceAsStream("/org/quartz/impl/jdbcjobstore/tables_postgres.sql")) {
            script = new String(resource.readAllBytes(), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        }
        var expected = new TreeMap<String, TreeSet<String>>();
        var tables = Pattern.compile("create table (\\w+)\\s*\\((.*?)\\n\\);", Pattern.DOTALL)
                .matcher(script);
        while (tables.find()) {
            var columns = new TreeSet<String>();
            for (var line : tables.group(2).lines().map(String::strip).toList()) {
                if (line.matches("\\w+\\s+(varchar|bool|bigint|int|integer|smallint|numeric|bytea).*")) {
                    columns.add(line.split("\\s+")[0] + (line.contains("not null") ? " not null" : ""));
                }
            }
            expected.put(tables.group(1), columns);
        }
        assertThat(expected).hasSize(11);
        return expected;
    }

    @Test
    void migrating_twice_keeps_what_is_there() throws Exception {
        execute("insert into qrtz_locks (sched_name, lock_name) values ('test', 'TRIGGER_ACCESS')");
        database.close();
        open();
        assertThat(column("select lock_name from qrtz_locks")).containsExactly("TRIGGER_ACCESS");
    }

    @Test
    void triggers_nobody_holds_are_armed_again_and_those_somebody_holds_are_not() throws Exception {
        for (var state : List.of("ACQUIRED", "BLOCKED", "ERROR", "PAUSED_BLOCKED", "WAITING", "COMPLETE", "HELD")) {
            plant(state, state.equals("HELD") ? "BLOCKED" : state);
        }
        claim("other", 0);
        // Fresh, so that nobody takes its claim over.
        execute("insert into qrtz_scheduler_state values ('test', 'other', " + Long.MAX_VALUE / 2 + ", 1000)");
        try (var backend =
                QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), () -> {})) {
            backend.clean();
        }
        assertThat(column("select trigger_name || ' ' || trigger_state from qrtz_triggers order by 1"))
                .containsExactly(
                        "/ACQUIRED WAITING",
                        "/BLOCKED WAITING",
                        "/COMPLETE COMPLETE",
                        "/ERROR WAITING",
                        "/HELD BLOCKED",
                        "/PAUSED_BLOCKED WAITING",
                        "/WAITING WAITING");
        assertThat(column("select detail from audit where what = 'ORPHAN'")).hasSize(4);
    }

    /** A process that was stopped claims on its way back what is due, and then learns that it was taken for dead. */
    @Test
    @Timeout(20) // before the janitor comes
    void what_a_fenced_node_still_held_is_due_again_at_its_next_check_in() throws Exception {
        var fenced = new CountDownLatch(1);
        try (var _ =
                QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), fenced::countDown)) {
            plant("HELD", "BLOCKED");
            claim("n1", 0);
            execute("delete from qrtz_scheduler_state");
            fenced.await();
            while (!column("select trigger_state || ' ' || priority from qrtz_triggers")
                    .equals(List.of("WAITING 2"))) {
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    /** The others take it for dead after it has seen itself listed, and before it signs again: it waits for their lock. */
    @Test
    @Timeout(20)
    void a_node_that_is_struck_off_while_it_checks_in_learns_of_it() throws Exception {
        var fenced = new CountDownLatch(1);
        try (var _ = QuartzBackend.start(
                        database, QuartzConfig.of("test", "n1"), TimeSource.system(), fenced::countDown);
                var other = database.connection();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("delete from qrtz_scheduler_state");
            while (column("select session_id from information_schema.sessions where blocker_id is not null")
                    .isEmpty()) {
                LockSupport.parkNanos(10_000_000);
            }
            other.commit();
            fenced.await();
        }
    }

    /** The history, in the same file, is not to be stored in the midst of a transaction, as each commit would do. */
    @Test
    void a_node_on_h2_checks_in_when_nobody_else_writes() throws Exception {
        try (var _ = QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), () -> {});
                var history = Database.open(new StoreConfig("jdbc:h2:file:" + folder.resolve("t")))) {
            var lastCheckIn = "select last_checkin_time from qrtz_scheduler_state";
            history.transaction(writing -> {
                var before = column(lastCheckIn);
                long until = System.nanoTime()
                        + 2 * QuartzConfig.of("test", "n1").checkIn().toNanos();
                while (System.nanoTime() < until) {
                    assertThat(column(lastCheckIn)).isEqualTo(before);
                    LockSupport.parkNanos(10_000_000);
                }
                return before;
            });
        }
    }

    @Test
    void what_a_run_gives_up_does_not_wait_until_a_large_script_is_registered() throws Exception {
        try (var backend = QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), () -> {});
                var other = database.connection();
                var statement = other.createStatement()) {
            plant("HELD", "BLOCKED");
            claim("n1", 5_000);
            plant("job 0", "WAITING");
            other.setAutoCommit(false);
            statement.execute("select * from qrtz_triggers where trigger_name = '/job 0' for update");
            var handler = backend.handler("s.ts", Runnable::run, new Limits(4_000, 50));
            for (int i = 0; i < 3_000; i++) { // the first waits for the lock
                handler.create(new CronSpec("job " + i, CronSchedule.parse("0 0 1 1 *"), List.of()))
                        .next(new Outcome.Registered());
            }
            var held = (QuartzCron) handler.create(new CronSpec("HELD", CronSchedule.parse("0 0 1 1 *"), List.of()));
            var fired = new Fired("e1", held, new Armed(7000, 5000, 1, 0));
            var registered = fired.ended().thenApply(over -> registered());
            backend.end(fired, new Armed(8000, 8000, 1, 0));
            other.rollback();
            assertThat(registered.join()).isLessThan(1_000);
        }
    }

    /** Its claim was committed, and not yet known to the runtime that ended because of it. */
    @Test
    @Timeout(20) // before the janitor comes
    void what_was_on_its_way_to_a_node_as_it_was_fenced_goes_on_as_the_same_run() throws Exception {
        try (var backend =
                QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), () -> {})) {
            var handler = backend.handler("s.ts", task -> {}, Limits.DENO);
            var cron = (QuartzCron) handler.create(new CronSpec("HELD", CronSchedule.parse("0 0 1 1 *"), List.of()));
            plant("HELD", "BLOCKED");
            claim("n1", 5_000);
            var fired = new Fired("e1", cron, new Armed(7000, 5000, 1, 0));
            backend.fencedOff();
            backend.deliver(fired);
            handler.close();
            while (!column("select trigger_state || ' ' || prev_fire_time || ' ' || priority from qrtz_triggers")
                    .equals(List.of("WAITING 5000 1"))) {
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    @Test
    void a_planted_payload_is_taken_away_unread_and_the_scheduler_lives_on() throws Exception {
        var planted = new java.io.ByteArrayOutputStream();
        try (var out = new java.io.ObjectOutputStream(planted)) {
            out.writeObject(new Payload());
        }
        plant("job", "WAITING");
        var bytes = "X'" + java.util.HexFormat.of().formatHex(planted.toByteArray()) + "'";
        execute("update qrtz_job_details set job_data = " + bytes);
        execute("update qrtz_triggers set job_data = " + bytes);
        execute("insert into qrtz_blob_triggers values ('test', '/job', 's.ts', " + bytes + ")");
        try (var backend =
                QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), () -> {})) {
            backend.clean();
        }
        assertThat(column("select count(*) from qrtz_job_details where job_data is not null"))
                .containsExactly("0");
        assertThat(column("select count(*) from qrtz_triggers where job_data is not null"))
                .containsExactly("0");
        assertThat(column("select count(*) from qrtz_blob_triggers")).containsExactly("0");
        assertThat(column("select detail from audit where what = 'PAYLOAD'")).hasSize(3);
        assertThat(Payload.read).isZero();
    }

    @Test
    void what_is_our_own_is_not_told_as_planted() throws Exception {
        try (var backend =
                QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), () -> {})) {
            var spec = new CronSpec("job", CronSchedule.parse("0 0 1 1 *"), List.of());
            backend.handler("s.ts", Runnable::run, Limits.DENO).create(spec).next(new Outcome.Registered());
            while (!backend.isQuiet()) {
                LockSupport.parkNanos(10_000_000);
            }
            assertThat(column("select trigger_state from qrtz_triggers")).containsExactly("WAITING");
            backend.clean();
        }
        assertThat(column("select detail from audit")).isEmpty();
    }

    /** Does something as soon as it is read. */
    private static final class Payload implements java.io.Serializable {
        private static final long serialVersionUID = 1L;
        static int read;

        private void readObject(java.io.ObjectInputStream in) {
            read++;
        }
    }

    @Test
    void a_node_that_leaves_says_goodbye() throws Exception {
        QuartzBackend.start(database, QuartzConfig.of("test", "n1"), TimeSource.system(), () -> {})
                .close();
        assertThat(column("select instance_name from qrtz_scheduler_state")).isEmpty();
    }

    private int registered() {
        try {
            return Integer.parseInt(column("select count(*) from registration").getFirst());
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    /** The trigger "HELD". */
    private void claim(String node, long scheduledMs) throws SQLException {
        execute("insert into qrtz_fired_triggers (sched_name, entry_id, trigger_name, trigger_group, instance_name,"
                + " fired_time, sched_time, priority, state) values ('test', 'e1', '/HELD', 's.ts', '" + node + "', 0, "
                + scheduledMs + ", 1, 'EXECUTING')");
    }

    private void plant(String name, String state) throws SQLException {
        execute("insert into qrtz_job_details values ('test', '/" + name + "', 's.ts', null, 'x', true, false, false,"
                + " true, null)");
        execute("insert into qrtz_triggers values ('test', '/" + name + "', 's.ts', '/" + name
                + "', 's.ts', null, 4102444800000, 0, 1, '" + state + "', 'CARILLON', 1, null, null, -1, null)");
    }

    /** Columns of our tables for Quartz. */
    static TreeMap<String, TreeSet<String>> columns(Connection connection, String schema) throws SQLException {
        var found = new TreeMap<String, TreeSet<String>>();
        try (var rows = connection.getMetaData().getColumns(null, schema, null, null)) {
            while (rows.next()) {
                var table = rows.getString("TABLE_NAME").toLowerCase(Locale.ROOT);
                if (table.startsWith("qrtz_")) {
                    found.computeIfAbsent(table, key -> new TreeSet<>())
                            .add(rows.getString("COLUMN_NAME").toLowerCase(Locale.ROOT)
                                    + (rows.getString("IS_NULLABLE").equals("NO") ? " not null" : ""));
                }
            }
        }
        return found;
    }

    private List<String> column(String query) throws SQLException {
        var values = new ArrayList<String>();
        try (Connection connection = database.connection();
                var select = connection.createStatement();
                var rows = select.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.connection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
