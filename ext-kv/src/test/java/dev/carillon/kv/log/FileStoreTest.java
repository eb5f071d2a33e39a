package dev.carillon.kv.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.kv.AtomicWrite;
import dev.carillon.kv.AtomicWrite.Put;
import dev.carillon.kv.AtomicWrite.Remove;
import dev.carillon.kv.KvException;
import dev.carillon.kv.KvStore;
import dev.carillon.kv.KvStoreContract;
import dev.carillon.kv.KvValue;
import dev.carillon.kv.KvValue.Kind;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends KvStoreContract {
    @TempDir
    Path folder;

    private final LogStores stores = new LogStores(time, Runnable::run);

    private Path file() {
        return folder.resolve("kv");
    }

    @Override
    protected KvStore open() {
        return stores.apply(file());
    }

    @Override
    protected KvStore openAgain() {
        return stores.apply(file());
    }

    private void reopen() {
        store.close();
        store = open();
    }

    @Test
    void entries_versions_and_the_counter_are_there_after_closing_and_opening() {
        commit(put("a", "1"), put("b", "2"));
        commit(put("a", "3"), new Remove(key("b")));
        long last = write(new AtomicWrite(List.of(), List.of(), List.of())).orElseThrow();
        var before = show("a");
        reopen();
        assertThat(show("a")).isEqualTo(before).startsWith("a=3");
        assertThat(show("b")).isEmpty();
        assertThat(commit(put("c", "1"))).hasValue(last + 1);
    }

    @Test
    void what_expired_while_it_was_closed_is_gone_when_it_opens() {
        commit(expiring("a", "1", 100), expiring("b", "1", 10_000));
        store.close();
        time.advance(Duration.ofSeconds(1));
        store = open();
        assertThat(show("a")).isEmpty();
        time.advance(Duration.ofSeconds(9));
        assertThat(show("b")).isEmpty();
    }

    @Test
    void messages_wait_in_the_file_with_their_failures() {
        enqueue("m", 50);
        reopen();
        time.advance(Duration.ofMillis(50));
        taken().finish(false);
        reopen();
        time.advance(Duration.ofMillis(100));
        var again = taken();
        assertThat(text(again.payload())).isEqualTo("m");
        again.finish(false);
        reopen();
        time.advance(Duration.ofMillis(100));
        taken().finish(false); // the last it may have
        reopen();
        time.advance(Duration.ofDays(1));
        assertThat(store.nextMessage().toCompletableFuture()).isNotDone();
    }

    @Test
    void one_file_is_one_database_whatever_it_is_called() throws Exception {
        Files.createSymbolicLink(folder.resolve("link"), folder);
        commit(put("a", "1"));
        try (var other = stores.apply(folder.resolve("link/./kv"))) {
            var own = store;
            store = other;
            assertThat(show("a")).startsWith("a=1");
            store = own;
        }
    }

    @Test
    void another_process_is_told_that_the_file_is_taken() {
        // As good as another process: it shares no memory with this one.
        assertThatThrownBy(() -> new LogStores(time, Runnable::run).apply(file()))
                .isInstanceOf(KvException.class)
                .hasMessageContaining("database is locked: another process has");
    }

    @Test
    void what_cannot_be_opened_is_told_in_one_line() throws Exception {
        assertThatThrownBy(() -> stores.apply(folder.resolve("nowhere/kv")))
                .hasMessage("unable to open database file: " + folder.resolve("nowhere/kv"));
        assertThatThrownBy(() -> stores.apply(folder))
                .hasMessage("unable to open database file: " + folder.toRealPath());
        var text = Files.writeString(folder.resolve("text"), "something else, and long enough");
        assertThatThrownBy(() -> stores.apply(text)).hasMessage("file is not a database");
        assertThat(Files.readString(text)).isEqualTo("something else, and long enough");
    }

    @Test
    void an_empty_file_and_one_whose_making_was_cut_short_become_databases() throws Exception {
        for (int length : new int[] {0, 5}) {
            var path = folder.resolve("short" + length);
            Files.write(path, "Carillon KV 1\n".substring(0, length).getBytes("UTF-8"));
            stores.apply(path).close();
            stores.apply(path).close();
        }
    }

    @Test
    void whatever_byte_the_last_commit_was_cut_at_all_before_it_is_there() throws Exception {
        commit(put("a", "1"));
        long whole = Files.size(file());
        commit(put("a", "2"), put("b", "2"));
        store.close();
        var bytes = Files.readAllBytes(file());
        for (int length = (int) whole; length < bytes.length; length++) {
            Files.write(file(), java.util.Arrays.copyOf(bytes, length));
            store = open();
            assertThat(show("a")).as("%d bytes", length).startsWith("a=1");
            assertThat(show("b")).isEmpty();
            commit(put("c", "3"));
            reopen();
            assertThat(show("c")).as("%d bytes", length).startsWith("c=3");
            store.close();
        }
        store = open();
    }

    @Test
    void a_commit_with_a_wrong_byte_does_not_count() throws Exception {
        commit(put("a", "1"));
        commit(put("a", "2"));
        store.close();
        try (var file = new RandomAccessFile(file().toFile(), "rw")) {
            file.seek(file.length() - 1);
            int last = file.read();
            file.seek(file.length() - 1);
            file.write(last ^ 1);
        }
        store = open();
        assertThat(show("a")).startsWith("a=1");
    }

    @Test
    void a_log_of_mostly_old_values_is_written_anew_and_loses_nothing() throws Exception {
        long largest = 0;
        var large = new KvValue(Kind.BYTES, new byte[60_000]);
        enqueue("waits", 1_000_000);
        enqueue("handled", 0);
        var handled = taken();
        commit(put("kept", "1"));
        for (int i = 0; i < 400; i++) {
            commit(new Put(key("large"), large, Put.NEVER, false), put("last", "" + i));
            largest = Math.max(largest, Files.size(file()));
        }
        assertThat(largest).as("24 MB were written").isLessThan(10_000_000);
        assertThat(Files.exists(folder.resolve("kv.new"))).isFalse();
        var before = show("last") + show("kept");
        handled.finish(true);
        assertThat(show("last") + show("kept")).isEqualTo(before).startsWith("last=399");
        reopen();
        assertThat(show("last") + show("kept")).isEqualTo(before);
        assertThat(read("large")).map(entry -> entry.value()).contains(large);
        time.advance(Duration.ofSeconds(1_000));
        assertThat(text(taken().payload())).isEqualTo("waits");
        assertThat(store.nextMessage().toCompletableFuture()).isNotDone();
    }
}
