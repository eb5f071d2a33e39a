package dev.carillon.kv.log;

import dev.carillon.kv.KvEntry;
import dev.carillon.kv.KvStore;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Some keys somebody looks at. Guarded by the database's monitor. */
final class LogWatch implements KvStore.Watch {
    private static final long MISSING = -1;

    private final LogDatabase database;
    private final List<byte[]> keys;
    private final boolean raw;
    private long @Nullable [] seen; // versions of the last state told; null before the first
    private boolean changed;
    private boolean ended;
    private @Nullable CompletableFuture<Optional<List<Optional<KvEntry>>>> pending;

    LogWatch(LogDatabase database, List<byte[]> keys, boolean raw) {
        this.database = database;
        this.keys = List.copyOf(keys);
        this.raw = raw;
    }

    List<byte[]> keys() {
        return keys;
    }

    @Override
    public CompletableFuture<Optional<List<Optional<KvEntry>>>> next() {
        synchronized (database) {
            if (ended || keys.isEmpty()) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
        }
        try {
            return database.stay(this::state);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Optional<List<Optional<KvEntry>>>> state() {
        if (pending != null) {
            throw new IllegalStateException("a watch is asked again before it has answered");
        }
        var news = news();
        if (news != null) {
            return CompletableFuture.completedFuture(Optional.of(news));
        }
        pending = new CompletableFuture<>();
        return pending;
    }

    /** The present state if it is worth telling, else null. */
    private @Nullable List<Optional<KvEntry>> news() {
        if (seen != null && !changed) {
            return null;
        }
        changed = false;
        var state = keys.stream().map(database::entry).toList();
        var versions = state.stream()
                .mapToLong(entry -> entry.map(KvEntry::version).orElse(MISSING))
                .toArray();
        if (!raw && Arrays.equals(seen, versions)) {
            return null;
        }
        seen = versions;
        return state;
    }

    /** A commit has changed one of the keys. */
    void touched(List<Runnable> afterwards) {
        changed = true;
        var waiting = pending;
        if (waiting != null) {
            var news = news();
            if (news != null) {
                pending = null;
                afterwards.add(() -> waiting.complete(Optional.of(news)));
            }
        }
    }

    @Override
    public void close() {
        var waiting = database.unwatch(this);
        if (waiting != null) {
            waiting.complete(Optional.empty());
        }
    }

    @Nullable
    CompletableFuture<Optional<List<Optional<KvEntry>>>> end() {
        ended = true;
        var waiting = pending;
        pending = null;
        return waiting;
    }
}
