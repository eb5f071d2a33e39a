package dev.carillon.kv.log;

import dev.carillon.kv.AtomicWrite;
import dev.carillon.kv.KvArithmetic;
import dev.carillon.kv.KvEntry;
import dev.carillon.kv.KvRange;
import dev.carillon.kv.KvStore;
import dev.carillon.kv.KvValue;
import dev.carillon.kv.codec.KeyCodec;
import dev.carillon.kv.codec.KeyPart;
import dev.carillon.kv.codec.Versionstamp;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One database, shared by every connection to it.
 *
 * <p>Threads: any.
 * <p>Closing: by {@link LogStores}, after the last connection.
 */
final class LogDatabase {
    /*
     * Everything is guarded by this object's monitor, and every operation is one stay in it: that is the queue of
     * operations, and what makes each of them a transaction. A stay is short: maps in memory, at most one write of a few
     * hundred bytes that the operating system takes into its own memory. So operations run on the caller's thread, a
     * script's too, and are done when the call returns; a hop to another thread and back would cost ten times as much.
     *
     * A commit is decided first (decide, pure but for reading), then appended to the log, then applied (apply, which
     * cannot fail and is also what reads a log back). If the append fails, nothing has happened.
     *
     * Futures of watchers and takers are completed after the monitor is left: their continuations are not ours.
     */
    private static final Comparator<byte[]> BYTES = Arrays::compareUnsigned;
    private static final Duration ALARM_MAX = Duration.ofMinutes(1); // the wall clock may have been set
    private static final Duration FAILURE_DELAY = Duration.ofSeconds(1); // before what is due is tried again
    private static final Duration SYNC_DELAY = Duration.ofSeconds(1);
    private static final long GARBAGE_MIN = 4 << 20; // bytes worth writing the log anew for
    private static final int ROW_BYTES = 40; // in the log, about, besides key and value
    private static final int COPY_AT_ONCE = 64; // entries in one record of a new log

    private static final System.Logger LOG = System.getLogger(LogDatabase.class.getName());

    private final TimeSource time;
    private final Executor worker;
    private final @Nullable LogFile log;
    private final Records records = new Records();

    private final TreeMap<byte[], Row> rows = new TreeMap<>(BYTES);
    private final TreeSet<Expiry> expiries = new TreeSet<>();
    private final Map<Long, Queued> messages = new HashMap<>();
    private final TreeSet<Queued> waiting = new TreeSet<>(Queued.BY_DUE);
    private final Map<Long, Object> started = new HashMap<>(); // message to the connection that handles it
    private long counter;
    private long nextMessage = 1;
    private long liveBytes;

    private final TreeMap<byte[], List<LogWatch>> watches = new TreeMap<>(BYTES);
    private final ArrayDeque<Taker> takers = new ArrayDeque<>();
    private List<Runnable> afterwards = new ArrayList<>(); // of the present stay
    private @Nullable Alarm alarm;
    private long alarmAtMs = Long.MAX_VALUE;
    private long notBeforeMs; // what is due: its log could not be written
    private boolean syncPending;
    private boolean rewriting;
    private boolean closed;

    private record Taker(Object connection, CompletableFuture<Optional<KvStore.Delivery>> message) {}

    private record Expiry(long atMs, byte[] key) implements Comparable<Expiry> {
        @Override
        public int compareTo(Expiry other) {
            int byTime = Long.compare(atMs, other.atMs);
            return byTime != 0 ? byTime : BYTES.compare(key, other.key);
        }
    }

    /**
     * @param path null for a database in memory
     * @param worker runs what must not hold up an alarm
     */
    LogDatabase(@Nullable Path path, TimeSource time, Executor worker) {
        this.time = time;
        this.worker = worker;
        log = path == null ? null : LogFile.open(path, commit -> apply(commit.counter(), commit.changes()));
        if (log != null) {
            recover();
        }
    }

    /** What was being handled belonged to a process that is gone. */
    private void recover() {
        stay(() -> {
            for (var id : List.copyOf(started.keySet())) {
                failed(id);
            }
            return null;
        });
    }

    // --- the operations

    List<List<KvEntry>> read(List<KvRange> ranges) {
        return stay(() -> ranges.stream().map(this::entries).toList());
    }

    private List<KvEntry> entries(KvRange range) {
        if (BYTES.compare(range.start(), range.end()) >= 0) {
            return List.of();
        }
        NavigableMap<byte[], Row> part = rows.subMap(range.start(), true, range.end(), false);
        if (range.reverse()) {
            part = part.descendingMap();
        }
        var entries = new ArrayList<KvEntry>();
        for (var row : part.entrySet()) {
            if (entries.size() == range.limit()) {
                break;
            }
            entries.add(entry(row.getKey(), row.getValue()));
        }
        return entries;
    }

    private KvEntry entry(byte[] key, Row row) {
        return new KvEntry(key, valueOf(row), row.version());
    }

    private KvValue valueOf(Row row) {
        return new KvValue(row.kind(), row.value().read(log));
    }

    Optional<KvEntry> entry(byte[] key) {
        return Optional.ofNullable(rows.get(key)).map(row -> entry(key, row));
    }

    OptionalLong commit(AtomicWrite write) {
        return stay(() -> {
            for (var check : write.checks()) {
                var row = rows.get(check.key());
                if (check.version() != (row == null ? AtomicWrite.Check.MISSING : row.version())) {
                    return OptionalLong.empty();
                }
            }
            long version = counter + 1;
            append(version, decide(write, version));
            deliver();
            return OptionalLong.of(version);
        });
    }

    private List<Change> decide(AtomicWrite write, long version) {
        var changes = new ArrayList<Change>(
                write.mutations().size() + write.messages().size());
        var staged = new TreeMap<byte[], @Nullable KvValue>(BYTES);
        for (var mutation : write.mutations()) {
            switch (mutation) {
                case AtomicWrite.Put put -> {
                    var key = put.stamped() ? stamped(put.key(), version) : put.key();
                    staged.put(key, put.value());
                    changes.add(put(key, put.value(), version, put.expireAtMs()));
                }
                case AtomicWrite.Remove(byte[] key) -> {
                    staged.put(key, null);
                    changes.add(new Change.Remove(key));
                }
                case AtomicWrite.Combine combine -> {
                    var key = combine.key();
                    var before = staged.containsKey(key) ? staged.get(key) : stored(key);
                    var value = KvArithmetic.combine(combine.operator(), before, combine.operand());
                    staged.put(key, value);
                    changes.add(put(key, value, version, AtomicWrite.Put.NEVER));
                }
            }
        }
        long now = time.currentTimeMillis();
        long id = nextMessage;
        for (var message : write.messages()) {
            changes.add(new Change.Wait(new Queued(
                    id++,
                    now + message.delayMs(),
                    0,
                    message.backoffMs(),
                    message.keysIfUndelivered(),
                    Blob.of(message.payload()))));
        }
        return changes;
    }

    private @Nullable KvValue stored(byte[] key) {
        var row = rows.get(key);
        return row == null ? null : valueOf(row);
    }

    private static Change put(byte[] key, KvValue value, long version, long expireAtMs) {
        return new Change.Put(key, new Row(value.kind(), version, expireAtMs, Blob.of(value.bytes())));
    }

    private static byte[] stamped(byte[] key, long version) {
        var stamp = KeyCodec.encode(List.of(new KeyPart.Text(Versionstamp.of(version))));
        var whole = Arrays.copyOf(key, key.length + stamp.length);
        System.arraycopy(stamp, 0, whole, key.length, stamp.length);
        return whole;
    }

    // --- the queue

    CompletableFuture<Optional<KvStore.Delivery>> nextMessage(Object connection) {
        return stay(() -> {
            var taker = new Taker(connection, new CompletableFuture<>());
            takers.add(taker);
            deliver();
            return taker.message;
        });
    }

    /** Hands what is due to those who wait. What an operation did before it stands, whatever becomes of this. */
    private void deliver() {
        try {
            deliverDue(time.currentTimeMillis());
        } catch (UncheckedIOException e) {
            heldUp(e);
        }
    }

    private void heldUp(UncheckedIOException e) {
        LOG.log(System.Logger.Level.ERROR, "what is due in the database is held up", e);
        notBeforeMs = time.currentTimeMillis() + FAILURE_DELAY.toMillis();
    }

    private void deliverDue(long now) {
        while (!takers.isEmpty() && !waiting.isEmpty() && waiting.first().dueMs() <= now) {
            var message = waiting.first();
            var taker = takers.peek();
            var delivery = new LogDelivery(message.id(), message.payload().read(log), taker.connection);
            append(counter, List.of(new Change.Start(message.id())));
            started.put(message.id(), taker.connection);
            takers.remove();
            afterwards.add(() -> taker.message.complete(Optional.of(delivery)));
        }
    }

    private void finished(long id, Object connection, boolean succeeded) {
        synchronized (this) {
            if (started.get(id) != connection || closed) {
                return; // its connection has closed: the message counts as failed
            }
        }
        stay(() -> {
            if (started.get(id) == connection) {
                if (succeeded) {
                    append(counter, List.of(new Change.Done(id)));
                } else {
                    failed(id);
                    deliver();
                }
            }
            return null;
        });
    }

    private void failed(long id) {
        var message = messages.get(id);
        if (message == null) {
            throw new IllegalStateException("message " + id + " is handled but not in the queue");
        }
        if (!message.exhausted()) {
            long dueMs = time.currentTimeMillis() + message.backoffMs().get(message.failures());
            append(counter, List.of(new Change.Wait(message.again(dueMs))));
            return;
        }
        var changes = new ArrayList<Change>();
        long version = counter + (message.keysIfUndelivered().isEmpty() ? 0 : 1);
        var payload = new KvValue(KvValue.Kind.CLONE, message.payload().read(log));
        for (var key : message.keysIfUndelivered()) {
            changes.add(put(key, payload, version, AtomicWrite.Put.NEVER));
        }
        changes.add(new Change.Done(id));
        append(version, changes);
    }

    /** A message in a handler's hands. */
    private final class LogDelivery implements KvStore.Delivery {
        private final long id;
        private final byte[] payload;
        private final Object connection;

        LogDelivery(long id, byte[] payload, Object connection) {
            this.id = id;
            this.payload = payload;
            this.connection = connection;
        }

        @Override
        public byte[] payload() {
            return payload;
        }

        @Override
        public CompletableFuture<Void> finish(boolean succeeded) {
            try {
                finished(id, connection, succeeded);
                return CompletableFuture.completedFuture(null);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }

    // --- watches

    LogWatch watch(List<byte[]> keys, boolean raw) {
        return stay(() -> {
            var watch = new LogWatch(this, keys, raw);
            for (var key : keys) {
                watches.computeIfAbsent(key, k -> new ArrayList<>()).add(watch);
            }
            return watch;
        });
    }

    /** @return whom to tell that it has ended */
    synchronized @Nullable CompletableFuture<Optional<List<Optional<KvEntry>>>> unwatch(LogWatch watch) {
        for (var key : watch.keys()) {
            watches.computeIfPresent(key, (k, list) -> {
                list.remove(watch);
                return list.isEmpty() ? null : list;
            });
        }
        return watch.end();
    }

    private void touch(List<Change> changes) {
        if (watches.isEmpty()) {
            return;
        }
        var touched = new IdentityHashMap<LogWatch, Boolean>();
        for (var change : changes) {
            var key = switch (change) {
                case Change.Put put -> put.key();
                case Change.Remove remove -> remove.key();
                default -> null;
            };
            if (key != null) {
                watches.getOrDefault(key, List.of()).forEach(watch -> touched.put(watch, true));
            }
        }
        touched.keySet().forEach(watch -> watch.touched(afterwards));
    }

    // --- the life of a connection and of the database

    /** Ends what the connection has going on. */
    void left(Object connection) {
        stay(() -> {
            for (var taker : List.copyOf(takers)) {
                if (taker.connection == connection) {
                    takers.remove(taker);
                    afterwards.add(() -> taker.message.complete(Optional.empty()));
                }
            }
            for (var delivery : List.copyOf(started.entrySet())) {
                if (delivery.getValue() == connection) {
                    failed(delivery.getKey());
                }
            }
            deliver();
            return null;
        });
    }

    synchronized void close() {
        closed = true;
        if (alarm != null) {
            alarm.cancel();
        }
        if (log != null) {
            log.close();
        }
    }

    // --- inside

    /** One operation: first what has become due, then {@code body}; afterwards those who wait hear of it. */
    <T> T stay(Supplier<T> body) {
        List<Runnable> tell;
        T value;
        synchronized (this) {
            if (closed) {
                throw JsVisibleException.typeError("Database is closed.");
            }
            try {
                expire();
                value = body.get();
            } finally {
                tell = afterwards;
                if (!tell.isEmpty()) {
                    afterwards = new ArrayList<>();
                }
                arm();
            }
        }
        tell.forEach(Runnable::run);
        return value;
    }

    private void expire() {
        if (expiries.isEmpty()) {
            return;
        }
        long now = time.currentTimeMillis();
        if (expiries.first().atMs > now) {
            return;
        }
        var changes = new ArrayList<Change>();
        for (var expiry : expiries) {
            if (expiry.atMs > now) {
                break;
            }
            changes.add(new Change.Remove(expiry.key));
        }
        append(counter + 1, changes);
    }

    private void append(long newCounter, List<Change> changes) {
        if (log != null) {
            var record = records.write(newCounter, changes, blob -> blob.read(log));
            records.placed(log.append(record), Blob::moveTo);
        }
        apply(newCounter, changes);
        touch(changes);
        if (log != null) {
            syncSoon();
            rewriteIfWorthwhile();
        }
    }

    private void apply(long newCounter, List<Change> changes) {
        counter = newCounter;
        for (var change : changes) {
            switch (change) {
                case Change.Put(byte[] key, Row row) -> {
                    replaced(key, rows.put(key, row));
                    liveBytes += size(key, row);
                    if (row.expireAtMs() != AtomicWrite.Put.NEVER) {
                        expiries.add(new Expiry(row.expireAtMs(), key));
                    }
                }
                case Change.Remove(byte[] key) -> replaced(key, rows.remove(key));
                case Change.Wait(Queued message) -> {
                    done(message.id());
                    messages.put(message.id(), message);
                    waiting.add(message);
                    liveBytes += size(message);
                    nextMessage = Math.max(nextMessage, message.id() + 1);
                }
                case Change.Start(long id) -> {
                    var message = messages.get(id);
                    if (message != null) {
                        waiting.remove(message);
                        started.put(id, this); // by nobody, until a connection is put in
                    }
                }
                case Change.Done(long id) -> done(id);
            }
        }
    }

    private void replaced(byte[] key, @Nullable Row old) {
        if (old != null) {
            liveBytes -= size(key, old);
            if (old.expireAtMs() != AtomicWrite.Put.NEVER) {
                expiries.remove(new Expiry(old.expireAtMs(), key));
            }
        }
    }

    private void done(long id) {
        var message = messages.remove(id);
        if (message != null) {
            waiting.remove(message);
            started.remove(id);
            liveBytes -= size(message);
        }
    }

    private static long size(byte[] key, Row row) {
        return ROW_BYTES + key.length + row.value().length();
    }

    private static long size(Queued message) {
        return 2 * ROW_BYTES + message.payload().length();
    }

    /** Sets the alarm for what becomes due next, if it is not set so already. */
    private void arm() {
        long next = expiries.isEmpty() ? Long.MAX_VALUE : expiries.first().atMs;
        if (!takers.isEmpty() && !waiting.isEmpty()) {
            next = Math.min(next, waiting.first().dueMs());
        }
        next = Math.max(next, notBeforeMs);
        if (next == alarmAtMs || closed) {
            return;
        }
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
        alarmAtMs = next;
        if (next != Long.MAX_VALUE) {
            var delay = Duration.ofMillis(Math.max(0, next - time.currentTimeMillis()));
            alarm = time.after(
                    delay.compareTo(ALARM_MAX) > 0 ? ALARM_MAX : delay, () -> worker.execute(this::becameDue));
        }
    }

    private void becameDue() {
        List<Runnable> tell;
        synchronized (this) {
            if (closed) {
                return;
            }
            alarmAtMs = Long.MAX_VALUE; // it has rung, early maybe
            alarm = null;
            try {
                expire();
                deliver();
            } catch (UncheckedIOException e) {
                heldUp(e);
            } finally {
                tell = afterwards;
                afterwards = new ArrayList<>();
                arm();
            }
        }
        tell.forEach(Runnable::run);
    }

    private void syncSoon() {
        if (!syncPending) {
            syncPending = true;
            time.after(SYNC_DELAY, () -> worker.execute(this::syncNow));
        }
    }

    private void syncNow() {
        synchronized (this) {
            syncPending = false;
            if (closed || log == null) {
                return;
            }
        }
        try {
            log.sync();
        } catch (UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "commits are in the hands of the operating system only", e);
        }
    }

    // --- writing the log anew, without what is overwritten and removed

    private void rewriteIfWorthwhile() {
        if (log != null && !rewriting && log.length() - liveBytes > Math.max(GARBAGE_MIN, liveBytes)) {
            rewriting = true;
            worker.execute(this::rewrite);
        }
    }

    /*
     * The entries as of one instant are copied a few at a time, so that nobody waits long; then, in one stay, what was
     * appended meanwhile, byte by byte, and the new file takes the old one's place. A blob of the copy is at a known place
     * of the new file; one that was appended meanwhile has moved by the same distance as all others of that kind.
     */
    private void rewrite() {
        var moved = new IdentityHashMap<Blob, Long>();
        LogFile fresh = null;
        try {
            List<List<Change>> parts;
            long until;
            synchronized (this) {
                if (closed || log == null) {
                    return;
                }
                fresh = log.beginAnew();
                parts = everything();
                until = log.length();
            }
            for (var part : parts) {
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                    var record = records.write(counter, part, blob -> blob.read(log));
                    records.placed(fresh.append(record), moved::put);
                }
            }
            fresh.sync();
            synchronized (this) {
                if (!closed) {
                    swap(fresh, until, moved);
                    fresh = null;
                }
            }
        } catch (UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "the log goes on growing", e);
        } finally {
            if (fresh != null) {
                fresh.discard();
            }
            synchronized (this) {
                rewriting = false;
            }
        }
    }

    private List<List<Change>> everything() {
        var all = new ArrayList<Change>();
        rows.forEach((key, row) -> all.add(new Change.Put(key, row)));
        messages.values().forEach(message -> all.add(new Change.Wait(message)));
        started.keySet().forEach(id -> all.add(new Change.Start(id)));
        var parts = new ArrayList<List<Change>>();
        parts.add(List.of()); // the counter, should there be nothing else
        for (int at = 0; at < all.size(); at += COPY_AT_ONCE) {
            parts.add(all.subList(at, Math.min(all.size(), at + COPY_AT_ONCE)));
        }
        return parts;
    }

    private void swap(LogFile fresh, long until, Map<Blob, Long> moved) {
        if (log == null) {
            throw new IllegalStateException("a database in memory has no log to replace");
        }
        long distance = fresh.length() - until;
        fresh.copy(log, until, log.length());
        log.replaceBy(fresh);
        rows.values().forEach(row -> move(row.value(), distance, moved));
        messages.values().forEach(message -> move(message.payload(), distance, moved));
    }

    private static void move(Blob blob, long distance, Map<Blob, Long> moved) {
        var place = moved.get(blob);
        blob.moveTo(place != null ? place : blob.position() + distance);
    }
}
