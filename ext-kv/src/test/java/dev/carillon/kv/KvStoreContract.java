package dev.carillon.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.kv.AtomicWrite.Check;
import dev.carillon.kv.AtomicWrite.Combine;
import dev.carillon.kv.AtomicWrite.Message;
import dev.carillon.kv.AtomicWrite.Mutation;
import dev.carillon.kv.AtomicWrite.Operator;
import dev.carillon.kv.AtomicWrite.Put;
import dev.carillon.kv.AtomicWrite.Remove;
import dev.carillon.kv.KvValue.Kind;
import dev.carillon.kv.codec.KeyCodec;
import dev.carillon.kv.codec.KeyPart;
import dev.carillon.kv.codec.Versionstamp;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.time.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every store does. Stages are done when the call returns, or when time has moved. */
@ExtendWith(LeakCheck.class)
public abstract class KvStoreContract {
    protected final VirtualTime time = new VirtualTime();
    protected KvStore store;

    /** A database of its own for the test. */
    protected abstract KvStore open() throws Exception;

    /** Another connection to the database {@link #open} gave; null if there cannot be one. */
    protected abstract KvStore openAgain() throws Exception;

    @BeforeEach
    void open_a_store() throws Exception {
        store = open();
    }

    @AfterEach
    void close_the_store() {
        store.close();
    }

    // --- entries

    @Test
    void what_is_put_is_read_with_the_version_of_its_commit() {
        long version = commit(put("a", "1")).orElseThrow();
        assertThat(show("a")).isEqualTo("a=1@" + version);
        assertThat(show("b")).isEmpty();
    }

    @Test
    void values_of_every_kind_come_back() {
        for (var kind : Kind.values()) {
            var value = kind == Kind.U64 ? KvValue.u64(-2) : new KvValue(kind, new byte[] {0, 1, -1});
            commit(new Put(key("a"), value, Put.NEVER, false));
            assertThat(read("a")).map(KvEntry::value).contains(value);
        }
    }

    @Test
    void versions_grow_with_every_commit_also_one_that_does_nothing() {
        long one = commit(put("a", "1")).orElseThrow();
        long two = write(new AtomicWrite(List.of(), List.of(), List.of())).orElseThrow();
        long three = commit(new Remove(key("never was"))).orElseThrow();
        assertThat(one).isPositive();
        assertThat(two).isGreaterThan(one);
        assertThat(three).isGreaterThan(two);
    }

    @Test
    void a_commit_goes_through_only_if_every_check_holds_against_the_state_before_it() {
        long version = commit(put("a", "1")).orElseThrow();
        assertThat(checked(new Check(key("a"), version + 1), put("b", "no"))).isEmpty();
        assertThat(checked(new Check(key("a"), Check.MISSING), put("b", "no"))).isEmpty();
        assertThat(checked(new Check(key("c"), 0), put("b", "no"))).isEmpty();
        assertThat(show("b")).isEmpty();
        assertThat(checked(new Check(key("a"), version), put("a", "2"))).isPresent();
        assertThat(checked(new Check(key("c"), Check.MISSING), put("c", "new"))).isPresent();
    }

    private OptionalLong checked(Check check, Mutation mutation) {
        return write(new AtomicWrite(List.of(check), List.of(mutation), List.of()));
    }

    @Test
    void mutations_of_one_commit_see_those_before_them() {
        commit(sum("n", 1), sum("n", 2), new Combine(key("n"), Operator.MAX, KvValue.u64(10)), sum("n", 1));
        assertThat(read("n")).map(entry -> entry.value().u64()).contains(11L);
        commit(new Remove(key("n")), sum("n", 5));
        assertThat(read("n")).map(entry -> entry.value().u64()).contains(5L);
        commit(put("n", "text"), new Remove(key("n")));
        assertThat(read("n")).isEmpty();
    }

    @Test
    void a_commit_that_fails_changes_nothing_and_uses_no_version_up() {
        long before = commit(put("text", "1")).orElseThrow();
        assertThatThrownBy(() -> commit(put("a", "1"), sum("text", 1)))
                .hasMessageContaining("Failed to perform 'sum' mutation on a non-U64 value in the database");
        assertThat(show("a")).isEmpty();
        assertThat(commit(put("b", "1"))).hasValue(before + 1);
    }

    @Test
    void a_stamped_key_ends_with_the_versionstamp_of_its_commit() {
        long version = commit(new Put(key("log"), value("x"), Put.NEVER, true)).orElseThrow();
        var keys = range("log", null, false, 10).stream()
                .map(entry -> KeyCodec.decode(entry.key()))
                .toList();
        assertThat(keys).containsExactly(List.of(new KeyPart.Text("log"), new KeyPart.Text(Versionstamp.of(version))));
    }

    // --- ranges

    @Test
    void a_range_is_read_in_order_from_either_end_up_to_its_limit() {
        for (var name : List.of("d", "b", "a", "c", "e")) {
            commit(put(name, name));
        }
        assertThat(names(range("b", "e", false, 10))).isEqualTo("b c d");
        assertThat(names(range("b", "e", true, 10))).isEqualTo("d c b");
        assertThat(names(range("b", "e", false, 2))).isEqualTo("b c");
        assertThat(names(range("b", "e", true, 1))).isEqualTo("d");
        assertThat(range("b", "b", false, 10)).isEmpty();
        assertThat(range("c", "b", false, 10)).isEmpty();
    }

    @Test
    void several_ranges_are_read_at_once() {
        commit(put("a", "1"), put("b", "2"));
        var both = done(store.read(List.of(range("a", "b", 9), range("x", "y", 9), range("a", "c", 9))));
        assertThat(both).map(KvStoreContract::names).containsExactly("a", "", "a b");
    }

    // --- expiry

    @Test
    void an_entry_is_there_until_it_expires_and_gone_in_that_moment() {
        commit(expiring("a", "1", 100));
        time.advance(Duration.ofMillis(99));
        assertThat(show("a")).isNotEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(show("a")).isEmpty();
        assertThat(range("a", "b", false, 9)).isEmpty();
    }

    @Test
    void what_has_expired_is_gone_also_before_any_alarm_has_rung() {
        commit(expiring("a", "1", 100), new Put(key("n"), KvValue.u64(40), now() + 100, false));
        time.stepWallClock(Duration.ofMillis(100));
        assertThat(checked(new Check(key("a"), Check.MISSING), sum("n", 2))).isPresent();
        assertThat(read("n")).map(entry -> entry.value().u64()).contains(2L);
    }

    @Test
    void writing_again_ends_an_expiry_or_sets_another() {
        commit(expiring("a", "1", 100), expiring("b", "1", 100), expiring("c", "1", 100));
        commit(put("a", "2"), expiring("b", "2", 300));
        commit(new Remove(key("c")));
        commit(put("c", "2"));
        time.advance(Duration.ofMillis(200));
        assertThat(names(range("a", "z", false, 9))).isEqualTo("a b c");
        time.advance(Duration.ofMillis(100));
        assertThat(names(range("a", "z", false, 9))).isEqualTo("a c");
    }

    @Test
    void arithmetic_ends_an_expiry() {
        commit(new Put(key("n"), KvValue.u64(1), now() + 100, false));
        commit(sum("n", 1));
        time.advance(Duration.ofSeconds(1));
        assertThat(read("n")).map(entry -> entry.value().u64()).contains(2L);
    }

    @Test
    void expiring_is_a_commit() {
        long version = commit(expiring("a", "1", 100)).orElseThrow();
        time.advance(Duration.ofSeconds(1));
        assertThat(commit(put("b", "1")).orElseThrow()).isEqualTo(version + 2);
    }

    @Test
    void a_clock_set_back_keeps_an_entry_for_its_time() {
        commit(expiring("a", "1", 100));
        time.stepWallClock(Duration.ofHours(-1));
        time.advance(Duration.ofMillis(200));
        assertThat(show("a")).isNotEmpty();
        time.advance(Duration.ofHours(1));
        assertThat(show("a")).isEmpty();
    }

    // --- watches

    @Test
    void a_watch_tells_the_state_first_and_then_each_change() {
        commit(put("a", "1"));
        try (var watch = store.watch(List.of(key("a"), key("b")), false)) {
            assertThat(told(watch.next())).matches("a=1@\\d+ -");
            var next = watch.next().toCompletableFuture();
            assertThat(next).isNotDone();
            commit(put("c", "other"));
            assertThat(next).isNotDone();
            commit(put("b", "2"));
            assertThat(told(next)).matches("a=1@\\d+ b=2@\\d+");
        }
    }

    @Test
    void changes_between_two_looks_come_as_one_and_the_last_state_always_does() {
        try (var watch = store.watch(List.of(key("a")), false)) {
            watch.next();
            commit(put("a", "1"));
            commit(put("a", "2"));
            assertThat(told(watch.next())).startsWith("a=2");
            assertThat(watch.next().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void the_same_value_anew_is_a_change_and_a_delete_of_nothing_is_one_to_a_raw_watch_only() {
        commit(put("a", "1"));
        try (var watch = store.watch(List.of(key("a"), key("b")), false);
                var raw = store.watch(List.of(key("a"), key("b")), true)) {
            watch.next();
            raw.next();
            var change = watch.next().toCompletableFuture();
            var rawChange = raw.next().toCompletableFuture();
            commit(new Remove(key("b")));
            assertThat(change).isNotDone();
            assertThat(rawChange).isDone();
            commit(put("a", "1"));
            assertThat(change).isDone();
        }
    }

    @Test
    void a_watch_hears_of_an_expiry_when_it_is_due() {
        commit(expiring("a", "1", 100));
        try (var watch = store.watch(List.of(key("a")), false)) {
            watch.next();
            var change = watch.next().toCompletableFuture();
            time.advance(Duration.ofMillis(100));
            assertThat(told(change)).isEqualTo("-");
        }
    }

    @Test
    void a_commit_that_fails_is_not_heard_of() {
        try (var watch = store.watch(List.of(key("a")), true)) {
            watch.next();
            var change = watch.next().toCompletableFuture();
            checked(new Check(key("x"), 1), put("a", "1"));
            assertThat(change).isNotDone();
        }
    }

    @Test
    void a_watch_ends_when_it_is_closed_or_its_connection_is() {
        var one = store.watch(List.of(key("a")), false);
        var other = store.watch(List.of(key("a")), false);
        one.next();
        other.next();
        var next = one.next();
        var otherNext = other.next();
        one.close();
        assertThat(done(next)).isEmpty();
        store.close();
        assertThat(done(otherNext)).isEmpty();
        other.close();
    }

    @Test
    void a_watch_of_nothing_ends_at_once() {
        try (var watch = store.watch(List.of(), false)) {
            assertThat(done(watch.next())).isEmpty();
        }
    }

    // --- the queue

    @Test
    void a_message_waits_until_somebody_takes_it() {
        enqueue("m", 0);
        var delivery = taken();
        assertThat(text(delivery.payload())).isEqualTo("m");
        delivery.finish(true);
        assertThat(store.nextMessage().toCompletableFuture()).isNotDone();
    }

    @Test
    void messages_come_when_they_are_due_by_time_and_then_in_the_order_they_came() {
        enqueue("late", 200);
        enqueue("first", 100);
        enqueue("second", 100);
        var next = store.nextMessage().toCompletableFuture();
        time.advance(Duration.ofMillis(99));
        assertThat(next).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(text(next.join().orElseThrow().payload())).isEqualTo("first");
        time.advance(Duration.ofMillis(500));
        assertThat(text(taken().payload())).isEqualTo("second");
        assertThat(text(taken().payload())).isEqualTo("late");
    }

    @Test
    void a_failed_message_comes_again_after_each_backoff_and_then_goes_to_its_keys() {
        write(new AtomicWrite(
                List.of(),
                List.of(),
                List.of(new Message(bytes("m"), 0, List.of(100, 1_000), List.of(key("dead"), key("letter"))))));
        taken().finish(false);
        try (var watch = store.watch(List.of(key("dead")), false)) {
            watch.next();
            var buried = watch.next().toCompletableFuture();
            for (int wait : new int[] {100, 1_000}) {
                var next = store.nextMessage().toCompletableFuture();
                time.advance(Duration.ofMillis(wait - 1));
                assertThat(next).isNotDone();
                time.advance(Duration.ofMillis(1));
                assertThat(buried).isNotDone();
                next.join().orElseThrow().finish(false);
            }
            assertThat(told(buried)).startsWith("dead=m");
        }
        assertThat(show("letter")).startsWith("letter=m");
        time.advance(Duration.ofDays(1));
        assertThat(store.nextMessage().toCompletableFuture()).isNotDone();
    }

    @Test
    void a_message_that_may_not_fail_is_dropped_when_it_does() {
        write(new AtomicWrite(List.of(), List.of(), List.of(new Message(bytes("m"), 0, List.of(), List.of()))));
        taken().finish(false);
        time.advance(Duration.ofDays(1));
        assertThat(store.nextMessage().toCompletableFuture()).isNotDone();
    }

    @Test
    void a_handler_may_take_as_long_as_it_wants() {
        enqueue("m", 0);
        var delivery = taken();
        var next = store.nextMessage().toCompletableFuture();
        time.advance(Duration.ofHours(10));
        assertThat(next).isNotDone();
        delivery.finish(true);
        time.advance(Duration.ofHours(10));
        assertThat(next).isNotDone();
    }

    @Test
    void each_message_goes_to_one_of_those_who_wait() {
        var one = store.nextMessage().toCompletableFuture();
        var other = store.nextMessage().toCompletableFuture();
        enqueue("m", 0);
        assertThat(one).isDone();
        assertThat(other).isNotDone();
        enqueue("n", 0);
        assertThat(other).isDone();
    }

    @Test
    void a_commit_that_fails_enqueues_nothing_and_a_handler_sees_what_came_with_its_message() {
        var next = store.nextMessage().toCompletableFuture();
        var message = new Message(bytes("m"), 0, List.of(), List.of());
        write(new AtomicWrite(List.of(new Check(key("x"), 1)), List.of(), List.of(message)));
        assertThat(next).isNotDone();
        var seen = next.thenApply(delivery -> show("a"));
        write(new AtomicWrite(List.of(), List.of(put("a", "1")), List.of(message)));
        assertThat(seen.join()).startsWith("a=1");
    }

    // --- connections

    @Test
    void connections_share_entries_watches_and_the_queue() throws Exception {
        var other = openAgain();
        if (other == null) {
            return;
        }
        try (other) {
            try (var watch = other.watch(List.of(key("a")), false)) {
                watch.next();
                var change = watch.next();
                commit(put("a", "1"));
                assertThat(told(change)).startsWith("a=1");
            }
            var next = other.nextMessage();
            enqueue("m", 0);
            var delivery = done(next).orElseThrow();
            // The other goes; what it worked on counts as failed.
            other.close();
            assertThat(store.nextMessage().toCompletableFuture()).isNotDone();
            time.advance(Duration.ofMillis(100));
            delivery.finish(true);
            assertThatThrownBy(() -> done(other.read(List.of()))).hasMessageContaining("Database is closed.");
        }
    }

    @Test
    void a_message_whose_taker_closes_is_delivered_again_and_its_late_answer_counts_no_more() throws Exception {
        var other = openAgain();
        if (other == null) {
            return;
        }
        enqueue("m", 0);
        var late = done(other.nextMessage()).orElseThrow();
        other.close();
        var next = store.nextMessage().toCompletableFuture();
        time.advance(Duration.ofMillis(100));
        assertThat(text(next.join().orElseThrow().payload())).isEqualTo("m");
        late.finish(true);
        next.join().orElseThrow().finish(false);
        var third = store.nextMessage().toCompletableFuture();
        time.advance(Duration.ofSeconds(10));
        assertThat(third).isDone();
    }

    @Test
    void after_close_every_operation_fails_and_who_waits_for_messages_is_sent_home() {
        var next = store.nextMessage();
        store.close();
        store.close();
        assertThat(done(next)).isEmpty();
        assertThatThrownBy(() -> commit(put("a", "1"))).hasMessageContaining("Database is closed.");
        assertThatThrownBy(() -> done(store.read(List.of()))).hasMessageContaining("Database is closed.");
        assertThatThrownBy(() -> done(store.nextMessage())).hasMessageContaining("Database is closed.");
        assertThatThrownBy(() -> store.watch(List.of(key("a")), false)).hasMessage("Database is closed.");
        assertThat(time.waiting()).allMatch(delay -> delay.compareTo(Duration.ofSeconds(1)) <= 0);
    }

    // --- words of the tests

    protected OptionalLong commit(Mutation... mutations) {
        return write(new AtomicWrite(List.of(), List.of(mutations), List.of()));
    }

    protected OptionalLong write(AtomicWrite write) {
        return done(store.commit(write));
    }

    protected void enqueue(String text, long delayMs) {
        write(new AtomicWrite(
                List.of(), List.of(), List.of(new Message(bytes(text), delayMs, List.of(100, 100), List.of()))));
    }

    protected KvStore.Delivery taken() {
        return done(store.nextMessage()).orElseThrow();
    }

    protected Put put(String key, String value) {
        return new Put(key(key), value(value), Put.NEVER, false);
    }

    protected Put expiring(String key, String value, long inMs) {
        return new Put(key(key), value(value), now() + inMs, false);
    }

    private long now() {
        return time.currentTimeMillis();
    }

    private static Combine sum(String key, long by) {
        return new Combine(key(key), Operator.SUM, KvValue.u64(by));
    }

    protected static byte[] key(String text) {
        return KeyCodec.encode(List.of(new KeyPart.Text(text)));
    }

    private static KvValue value(String text) {
        return new KvValue(Kind.CLONE, bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    protected Optional<KvEntry> read(String key) {
        var next = Arrays.copyOf(key(key), key(key).length + 1);
        return done(store.read(List.of(new KvRange(key(key), next, 1, false)))).getFirst().stream()
                .findFirst();
    }

    /** Empty for none. */
    protected String show(String key) {
        return read(key).map(KvStoreContract::show).orElse("");
    }

    private static String show(KvEntry entry) {
        return name(entry) + "=" + text(entry.value().bytes()) + "@" + entry.version();
    }

    private static String name(KvEntry entry) {
        return ((KeyPart.Text) KeyCodec.decode(entry.key()).getFirst()).text();
    }

    protected static String names(List<KvEntry> entries) {
        return entries.stream().map(KvStoreContract::name).collect(Collectors.joining(" "));
    }

    private static KvRange range(String start, String end, int limit) {
        return new KvRange(key(start), key(end), limit, false);
    }

    /** @param end null for the extensions of {@code start} */
    private List<KvEntry> range(String start, String end, boolean reverse, int limit) {
        var last = end == null ? Arrays.copyOf(key(start), key(start).length + 1) : key(end);
        if (end == null) {
            last[last.length - 1] = -1;
        }
        return done(store.read(List.of(new KvRange(key(start), last, limit, reverse))))
                .getFirst();
    }

    private static String told(CompletionStage<Optional<List<Optional<KvEntry>>>> next) {
        return done(next).orElseThrow().stream()
                .map(entry -> entry.map(KvStoreContract::show).orElse("-"))
                .collect(Collectors.joining(" "));
    }

    /** The value of a stage that has to be done by now. */
    protected static <T> T done(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        assertThat(future).isDone();
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
