package dev.carillon.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.carillon.scheduler.run.AttemptRow;
import dev.carillon.scheduler.run.AttemptState;
import dev.carillon.scheduler.run.Reason;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.run.StoreException.Code;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PostgresRunStoreTest extends RunStoreContract {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static EmbeddedPostgres server;

    private String database = "";

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Override
    RunStore open() throws Exception {
        database = "t" + DATABASES.incrementAndGet();
        sql("create database " + database);
        return JdbcRunStore.open(new StoreConfig(url(database)));
    }

    @Test
    void tables_of_others_in_the_same_database_are_left_alone() throws Exception {
        sql("create database shared");
        try (var connection = server.getDatabase("postgres", "shared").getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create table run (theirs integer)");
            statement.execute("insert into run values (42)");
        }
        JdbcRunStore.open(new StoreConfig(url("shared"))).close();
        try (var connection = server.getDatabase("postgres", "shared").getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select theirs from public.run")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(42);
        }
    }

    @Test
    void two_stores_on_one_database_agree_on_who_starts_an_occurrence() {
        try (var second = JdbcRunStore.open(new StoreConfig(url(database)))) {
            second.save(job(JOB)).join();
            int mine = 0;
            int theirs = 0;
            for (int i = 0; i < 200; i++) {
                var a = store.start(attempt(JOB, T0.plusSeconds(i), 1, T0));
                // Under another name: after a broken commit a store looks up whether its own row is there.
                var b = second.start(attempt(JOB, T0.plusSeconds(i), 1, T0, "n2"));
                assertThat(a.join() ^ b.join()).as("occurrence %d", i).isTrue();
                mine += a.join() ? 1 : 0;
                theirs += b.join() ? 1 : 0;
            }
            assertThat(mine + theirs).isEqualTo(200);
        }
    }

    /** A stopped process keeps its connections: without a bound its locks would stay until it goes on. */
    @Test
    @Timeout(20)
    void a_process_that_stops_in_the_midst_of_a_transaction_loses_its_locks() throws Exception {
        store.save(job(JOB)).join();
        try (var ours = Database.open(new StoreConfig(url(database)));
                var stopped = ours.connection();
                var other = ours.connection()) {
            stopped.setAutoCommit(false);
            update(stopped, "update job set schedule = 'stopped'");
            update(other, "update job set schedule = 'other'"); // waits for the lock
            assertThatThrownBy(stopped::commit).isInstanceOf(SQLException.class);
        }
    }

    @Test
    @Timeout(30)
    void a_write_that_the_server_undoes_to_break_a_circle_is_done_again() throws Exception {
        store.save(job(JOB)).join();
        start(JOB, T0, 1, T0);
        start(JOB, T0.plusSeconds(60), 1, T0);
        try (var other = server.getDatabase("postgres", database).getConnection()) {
            other.setAutoCommit(false);
            update(other, lock(T0.plusSeconds(60)));
            var ended =
                    CompletableFuture.supplyAsync(() -> store.interrupt(null, T0.plusSeconds(90), Reason.PROCESS_DIED));
            while (!isSomebodyWaiting()) {
                Thread.onSpinWait();
            }
            update(other, lock(T0)); // the server ends the transaction that has waited longer: the store's
            other.commit();
            assertThat(ended.join()).hasSize(2);
        }
    }

    /** It handed the run on because the database was slow to take its start, and the database takes it after all. */
    @Test
    @Timeout(30)
    void the_next_attempt_starts_although_the_one_before_is_just_being_written() throws Exception {
        var run = start(JOB, T0, 1, T0);
        try (var other = server.getDatabase("postgres", database).getConnection()) {
            update(other, "create table carillon.late as select * from carillon.run");
            update(other, "delete from carillon.run");
            other.setAutoCommit(false);
            update(other, "insert into carillon.run select * from carillon.late");
            var second = store.start(attempt(JOB, T0, 2, T0.plusSeconds(3)));
            while (!isSomebodyWaiting()) {
                Thread.onSpinWait();
            }
            other.commit();
            assertThat(second.join()).as("attempt 2 starts").isTrue();
        }
        assertThat(store.run(run).orElseThrow().attemptList())
                .extracting(AttemptRow::state)
                .containsExactly(AttemptState.INTERRUPTED, AttemptState.RUNNING);
    }

    private static String lock(Instant scheduledTime) {
        return "update carillon.run set error = null where scheduled_at = " + scheduledTime.toEpochMilli();
    }

    private static boolean isSomebodyWaiting() throws SQLException {
        try (var connection = server.getPostgresDatabase().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from pg_locks where not granted")) {
            rows.next();
            return rows.getInt(1) > 0;
        }
    }

    private static void update(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void a_server_that_is_not_there_is_said_to_be_unreachable() {
        assertRefused("jdbc:postgresql://127.0.0.1:1/postgres?user=postgres", Code.UNREACHABLE);
        assertRefused(server.getJdbcUrl("postgres", "nowhere"), Code.UNREACHABLE);
    }

    @Test
    void a_user_that_may_not_write_is_refused() throws Exception {
        sql("create role reader login password 'secret'");
        sql("create database closed");
        assertThatThrownBy(() ->
                        JdbcRunStore.open(new StoreConfig(url("closed").replaceAll("\\?.*", ""), "reader", "secret")))
                .asInstanceOf(type(StoreException.class))
                .satisfies(e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(Code.READ_ONLY);
                    assertThat(e.getMessage()).doesNotContain("secret");
                });
    }

    @Test
    void a_database_that_only_reads_is_refused_also_when_it_has_our_tables() throws Exception {
        sql("create database standby");
        JdbcRunStore.open(new StoreConfig(url("standby"))).close();
        sql("alter database standby set default_transaction_read_only = on");
        assertRefused(url("standby"), Code.READ_ONLY);
    }

    @Test
    void tables_of_a_foreign_quartz_in_our_schema_are_refused_and_left_alone() throws Exception {
        sql("create database foreigner");
        try (var connection = server.getDatabase("postgres", "foreigner").getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create schema carillon");
            statement.execute("create table carillon.qrtz_triggers (sched_name varchar(120), theirs integer)");
            statement.execute("insert into carillon.qrtz_triggers values ('theirs', 42)");
        }
        assertRefused(url("foreigner"), Code.WRONG_VERSION);
        try (var connection = server.getDatabase("postgres", "foreigner").getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select theirs from carillon.qrtz_triggers")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(42);
        }
    }

    @Test
    void a_wrong_password_and_a_newer_schema_are_refused() throws Exception {
        sql("create role friend login password 'right'");
        sql("create database newer");
        assertThatThrownBy(() -> JdbcRunStore.open(new StoreConfig(
                        url("newer").replaceAll("\\?.*", "") + "?gssEncMode=disable", "friend", "wrong")))
                .asInstanceOf(type(StoreException.class))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("wrong"));
        JdbcRunStore.open(new StoreConfig(url("newer"))).close();
        try (var connection = server.getDatabase("postgres", "newer").getConnection();
                var statement = connection.createStatement()) {
            statement.execute(
                    "insert into carillon.carillon_schema (installed_rank, version, description, type, script,"
                            + " checksum, installed_by, execution_time, success) values (99, '99', 'later', 'SQL',"
                            + " 'V99__later.sql', 1, 'x', 1, true)");
        }
        assertRefused(url("newer"), Code.WRONG_VERSION);
    }

    private static void assertRefused(String url, Code code) {
        assertThatThrownBy(() -> JdbcRunStore.open(new StoreConfig(url)))
                .asInstanceOf(type(StoreException.class))
                .satisfies(e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    assertThat(e.getMessage()).doesNotContain("\n");
                });
    }

    private static String url(String database) {
        return server.getJdbcUrl("postgres", database);
    }

    private static void sql(String statement) throws SQLException {
        try (var connection = server.getPostgresDatabase().getConnection();
                var run = connection.createStatement()) {
            run.execute(statement);
        }
    }
}
