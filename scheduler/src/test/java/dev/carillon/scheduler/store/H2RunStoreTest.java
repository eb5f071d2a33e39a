package dev.carillon.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.run.StoreException.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class H2RunStoreTest extends RunStoreContract {
    @TempDir
    Path folder;

    @Override
    RunStore open() {
        return JdbcRunStore.open(new StoreConfig(url()));
    }

    @Test
    void history_is_there_after_opening_again() {
        start(JOB, T0, 1, T0);
        store.close();
        store = open();
        assertThat(store.runs(RunQuery.newest(10)).items()).hasSize(1);
        assertThat(store.jobs()).hasSize(2);
        start(JOB, T0.plusSeconds(60), 1, T0); // the job keeps its number
    }

    /** The file as a kill would leave it: the writer waits in the acknowledgement until it has been copied. */
    @Test
    void starts_acknowledged_before_they_have_rows_are_there_after_a_kill() throws Exception {
        var killed = new StoreConfig("jdbc:h2:file:" + folder.resolve("killed"));
        onWriter(() -> {
                    for (int minute = 1; minute < 100; minute++) {
                        store.start(
                                attempt(JOB, minute(minute), 1, minute(minute).plusMillis(3)));
                    }
                    return store.start(attempt(JOB, minute(100), 1, minute(100).plusMillis(3)))
                            .thenRun(() -> copy("a.mv.db", "killed.mv.db"));
                })
                .join();
        assertThat(count(killed, "start_batch")).isEqualTo(1);
        assertThat(count(killed, "run")).isZero();

        for (int opened = 0; opened < 2; opened++) {
            try (var after = JdbcRunStore.open(killed)) {
                assertThat(after.runs(RunQuery.newest(1000)).items())
                        .hasSize(100)
                        .allSatisfy(run -> {
                            assertThat(run.state()).isEqualTo(RunState.RUNNING);
                            assertThat(run.attempts()).isEqualTo(1);
                            assertThat(run.latenessMs()).isEqualTo(3);
                            assertThat(run.node()).isEqualTo("n1");
                        });
                assertThat(after.start(attempt(JOB, minute(100), 1, T0)).join()).isFalse();
            }
            assertThat(count(killed, "start_batch")).isZero();
        }
    }

    @Test
    void who_starts_among_thousands_does_not_wait_for_all_to_be_written() throws Exception {
        onWriter(() -> {
                    var first =
                            store.start(attempt(JOB, minute(1), 1, T0)).thenRun(() -> copy("a.mv.db", "first.mv.db"));
                    for (int minute = 2; minute < 2_500; minute++) {
                        store.start(attempt(JOB, minute(minute), 1, T0));
                    }
                    return store.start(attempt(JOB, minute(2_500), 1, T0))
                            .thenRun(() -> copy("a.mv.db", "last.mv.db"))
                            .thenCompose(done -> first);
                })
                .join();
        var first = new StoreConfig("jdbc:h2:file:" + folder.resolve("first"));
        var last = new StoreConfig("jdbc:h2:file:" + folder.resolve("last"));
        assertThat(count(first, "start_batch")).isEqualTo(1);
        assertThat(count(last, "start_batch")).isEqualTo(3);
        assertThat(count(last, "run")).isZero();
        JdbcRunStore.open(last).close();
        assertThat(count(last, "run")).isEqualTo(2_500);
    }

    @Test
    void an_occurrence_that_had_a_row_before_opening_is_refused_among_many_that_have_none() {
        start(JOB, minute(50), 1, T0);
        store.close();
        store = open();
        start(JOB, minute(1), 1, T0); // from here on the job is known
        assertThat(whichStart(together(IntStream.rangeClosed(1, 100)
                        .mapToObj(minute -> attempt(JOB, minute(minute), 1, T0))
                        .toList())))
                .hasSize(98)
                .doesNotContain(1, 50);
        assertThat(store.runs(RunQuery.newest(1000)).items()).hasSize(100);
    }

    private void copy(String from, String to) {
        try {
            Files.copy(folder.resolve(from), folder.resolve(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long count(StoreConfig config, String table) throws Exception {
        try (var connection = DriverManager.getConnection(Dialect.H2.complete(config), "sa", "");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from carillon." + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void a_transaction_waits_for_its_turn() throws Exception {
        try (var database = Database.open(new StoreConfig("jdbc:h2:file:" + folder.resolve("turns")))) {
            boolean waits = database.transaction(connection -> anotherWaits(database));
            assertThat(waits).isTrue();
        }
    }

    @Test
    void what_fails_is_undone_within_its_turn() throws Exception {
        try (var database = Database.open(new StoreConfig("jdbc:h2:file:" + folder.resolve("turns")));
                var real = database.connection()) {
            real.setAutoCommit(false);
            var waits = new AtomicBoolean();
            var watched = (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("rollback")) {
                            waits.set(anotherWaits(database));
                        }
                        return method.invoke(real, arguments);
                    });
            assertThatThrownBy(() -> database.transaction(watched, connection -> {
                        throw new SQLException("no");
                    }))
                    .hasMessage("no");
            assertThat(waits).isTrue();
        }
    }

    /** Another transaction does not begin before this one ends. */
    private static boolean anotherWaits(Database database) {
        var thread = Thread.ofPlatform().start(() -> {
            try {
                database.transaction(connection -> true);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });
        while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return thread.isAlive();
    }

    @Test
    void a_file_open_elsewhere_is_refused_in_one_sentence() throws Exception {
        var held = folder.resolve("held");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldFile.class.getName(),
                        held.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var said = process.inputReader()) {
            assertThat(said.lines().anyMatch("open"::equals)).isTrue();
            assertRefused("jdbc:h2:file:" + held, Code.LOCKED, "another process");
        } finally {
            process.destroyForcibly();
        }
        process.waitFor();
        JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + held)).close(); // free again after a kill
    }

    @Test
    void a_full_disk_is_told_whatever_code_it_has() {
        var full = new SQLException(
                "General error",
                "HY000",
                50_000,
                new IOException("Writing failed", new IOException("No space left on device")));
        var told = Failures.explain(new StoreConfig(url()), full);
        assertThat(told.code()).isEqualTo(Code.FULL);
        assertThat(told).hasMessageContaining("is full");
    }

    /** H2 would write stacks to a file of its own, and to the terminal where it cannot. */
    @Test
    void what_fails_within_h2_leaves_no_trace_file() throws Exception {
        var file = Files.write(folder.resolve("damaged.mv.db"), new byte[5_000]);
        var url = "jdbc:h2:file:" + file.toString().replace(".mv.db", "");
        assertThatThrownBy(() -> JdbcRunStore.open(new StoreConfig(url))).isInstanceOf(StoreException.class);
        assertThat(folder).isDirectoryNotContaining("glob:**.trace.db");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WRITE_DELAY=500",
                "DB_CLOSE_ON_EXIT=TRUE",
                "LOCK_TIMEOUT=1",
                "AUTO_SERVER=TRUE",
                "FILE_LOCK=NO",
                "ACCESS_MODE_DATA=r",
                "LOCK_MODE=0",
                "INIT=drop all objects"
            })
    void an_option_that_could_lose_runs_is_refused_by_name(String option) {
        assertRefused(url() + ";" + option, Code.BAD_URL, option.substring(0, option.indexOf('=')));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:mem:x",
                "jdbc:h2:tcp://localhost/x",
                "jdbc:h2:file:",
                "jdbc:mysql://localhost/x",
                "nonsense"
            })
    void a_database_we_do_not_serve_is_refused(String url) {
        assertRefused(url, Code.BAD_URL, "");
    }

    @Test
    void the_options_we_need_may_be_written_out() {
        JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + folder.resolve("b") + ";write_delay=0;CACHE_SIZE=8192"))
                .close();
    }

    @Test
    void a_wrong_password_is_said_to_be_one() {
        store.close();
        assertThatThrownBy(() -> JdbcRunStore.open(new StoreConfig(url(), "sa", "guess")))
                .asInstanceOf(type(StoreException.class))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.WRONG_PASSWORD));
        store = open();
    }

    @Test
    void a_file_of_something_else_is_refused() throws Exception {
        Files.writeString(folder.resolve("other.mv.db"), "this is no database".repeat(1000));
        assertRefused("jdbc:h2:file:" + folder.resolve("other"), Code.CORRUPT, "other");
    }

    @Test
    void a_newer_schema_is_refused_and_left_alone() throws Exception {
        var future = "jdbc:h2:file:" + folder.resolve("future");
        JdbcRunStore.open(new StoreConfig(future)).close();
        try (var connection = DriverManager.getConnection(Dialect.H2.complete(new StoreConfig(future)), "sa", "");
                var statement = connection.createStatement()) {
            statement.executeUpdate("insert into carillon.\"carillon_schema\" (\"installed_rank\", \"version\","
                    + " \"description\", \"type\", \"script\", \"installed_by\", \"installed_on\", \"execution_time\","
                    + " \"success\") values (99, '99', 'from the future', 'SQL', 'V99__x.sql', 'sa', current_timestamp,"
                    + " 1, true)");
        }
        assertRefused(future, Code.WRONG_VERSION, "99");
    }

    private String url() {
        return "jdbc:h2:file:" + folder.resolve("a");
    }

    private static void assertRefused(String url, Code code, String names) {
        assertThatThrownBy(() -> JdbcRunStore.open(new StoreConfig(url)))
                .asInstanceOf(type(StoreException.class))
                .satisfies(e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    assertThat(e.getMessage()).contains(names).doesNotContain("\n");
                    assertThat(e.hint()).isNotBlank();
                });
    }
}
