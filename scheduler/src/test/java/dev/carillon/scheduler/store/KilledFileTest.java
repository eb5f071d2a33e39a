package dev.carillon.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobState;
import dev.carillon.scheduler.run.NodeRow;
import dev.carillon.scheduler.run.RunEvent;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunStore.AttemptEnd;
import dev.carillon.scheduler.run.RunStore.AttemptStart;
import dev.carillon.scheduler.run.RunStore.JobRecord;
import dev.carillon.scheduler.run.RunTrigger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.h2.store.fs.Recorder;
import org.h2.store.fs.rec.FilePathRec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What kill -9 leaves of an H2 file is what had been written to it until then. So each write is recorded, and the file opened
 * as it was after some of them: {@code -Dcarillon.killed-file-minutes} says how long it is written to.
 */
class KilledFileTest {
    private static final int MINUTES = Integer.getInteger("carillon.killed-file-minutes", 60);
    private static final int JOBS = 80;
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private final List<Written> writes = new ArrayList<>();
    /** By id, how many writes had been made when it was acknowledged. */
    private final Map<String, Integer> started = new ConcurrentHashMap<>();

    private final Map<String, Integer> ended = new ConcurrentHashMap<>();

    /**
     * @param position of the bytes, or the file's new length if there are none
     * @param aside made by another thread than the writer's
     */
    private record Written(byte[] bytes, long position, boolean aside) {}

    private record Row(String id, String state, int job) {}

    @BeforeEach
    void record() {
        FilePathRec.register();
        FilePathRec.setRecorder((operation, file, bytes, position) -> {
            boolean aside = Thread.currentThread().getName().equals("aside");
            if (operation == Recorder.WRITE) {
                add(new Written(bytes.clone(), position, aside));
            } else if (operation == Recorder.TRUNCATE) {
                add(new Written(new byte[0], position, aside));
            }
        });
    }

    @AfterEach
    void recordNoMore() {
        FilePathRec.setRecorder(null);
    }

    @Test
    void a_file_is_whole_and_has_what_was_acknowledged_at_whatever_write_its_process_dies() throws Exception {
        int from = work();
        int opened = 0;
        try (var killed = FileChannel.open(
                folder.resolve("killed.mv.db"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < writes.size(); i++) {
                apply(writes.get(i), killed);
                // The writer's own thread is never in the midst of its transaction when it stores.
                if (i >= from && (writes.get(i).aside() || i % 50 == 0)) {
                    verify(i + 1);
                    opened++;
                }
            }
        }
        assertThat(opened).isGreaterThan(MINUTES);
    }

    /** @return how many writes had been made when its jobs were there */
    private int work() throws InterruptedException {
        try (var store = JdbcRunStore.open(new StoreConfig("jdbc:h2:file:rec:" + folder.resolve("busy")))) {
            var jobs = IntStream.range(0, JOBS)
                    .mapToObj(i -> new JobKey("busy.ts", "job " + i))
                    .toList();
            for (var job : jobs) {
                store.save(new JobRecord(job, "* * * * *", List.of(), JobState.ACTIVE, T0));
            }
            store.flushed().join();
            int from = count();
            for (int minute = 1; minute <= MINUTES; minute++) {
                var due = T0.plusSeconds(60L * minute);
                var runs = jobs.stream().map(job -> run(store, job, due)).toArray(CompletableFuture<?>[]::new);
                Thread.ofPlatform()
                        .name("aside")
                        .start(() -> store.seen(new NodeRow("node", T0, due, false, "1", "local")))
                        .join();
                CompletableFuture.allOf(runs).join();
            }
            return from;
        }
    }

    private CompletableFuture<Void> run(JdbcRunStore store, JobKey job, Instant due) {
        var id = RunId.of(job, due);
        return store.start(new AttemptStart(id, job, due, RunTrigger.SCHEDULE, 1, due, "node"))
                .thenCompose(fresh -> {
                    started.put(id.text(), count());
                    return store.end(new AttemptEnd(id, 1, RunEvent.ATTEMPT_SUCCEEDED, due, null, null, null));
                })
                .thenAccept(fresh -> ended.put(id.text(), count()));
    }

    private void verify(int written) throws IOException, SQLException {
        var where = "killed after write " + written + " of " + writes.size();
        Files.copy(folder.resolve("killed.mv.db"), folder.resolve("found.mv.db"), StandardCopyOption.REPLACE_EXISTING);
        var found = new StoreConfig("jdbc:h2:file:" + folder.resolve("found"));
        JdbcRunStore.open(found).close();
        try (var connection = DriverManager.getConnection(Dialect.H2.complete(found), "sa", "")) {
            var rows = rows(connection, "select id, state, job, trigger_kind from run");
            assertThat(rows(connection, "select id, state, 0 from run use index (run_by_state) where state >= ''"))
                    .as("index on state, %s", where)
                    .containsExactlyInAnyOrderElementsOf(rows.stream()
                            .map(row -> new Row(row.id(), row.state(), 0))
                            .toList());
            assertThat(rows(connection, "select id, '', job from run use index (run_by_job) where job >= 0"))
                    .as("index on job, %s", where)
                    .containsExactlyInAnyOrderElementsOf(rows.stream()
                            .map(row -> new Row(row.id(), "", row.job()))
                            .toList());
            var states = rows.stream().collect(Collectors.toMap(Row::id, Row::state));
            assertThat(states.keySet()).as("starts, %s", where).containsAll(by(written, started));
            assertThat(by(written, ended)).as("ends, %s", where).allMatch(id -> "succeeded".equals(states.get(id)));
        }
    }

    private static List<Row> rows(Connection connection, String query) throws SQLException {
        var found = new ArrayList<Row>();
        try (var statement = connection.createStatement()) {
            statement.execute("set schema " + Database.SCHEMA);
            try (var rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    found.add(new Row(rows.getString(1), rows.getString(2), rows.getInt(3)));
                }
            }
        }
        return found;
    }

    private static Set<String> by(int written, Map<String, Integer> acknowledged) {
        return acknowledged.entrySet().stream()
                .filter(entry -> entry.getValue() <= written)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static void apply(Written write, FileChannel file) throws IOException {
        if (write.bytes().length == 0) {
            file.truncate(write.position());
        }
        var bytes = ByteBuffer.wrap(write.bytes());
        while (bytes.hasRemaining()) {
            file.write(bytes, write.position() + bytes.position());
        }
    }

    private synchronized void add(Written write) {
        writes.add(write);
    }

    private synchronized int count() {
        return writes.size();
    }
}
