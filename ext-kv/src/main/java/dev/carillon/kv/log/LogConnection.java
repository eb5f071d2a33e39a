package dev.carillon.kv.log;

import dev.carillon.kv.AtomicWrite;
import dev.carillon.kv.KvEntry;
import dev.carillon.kv.KvRange;
import dev.carillon.kv.KvStore;
import dev.carillon.runtime.JsVisibleException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** One connection to a database it may share with others. */
final class LogConnection implements KvStore {
    private final LogDatabase database;
    private final Runnable release;
    private final Set<Watch> watches = new HashSet<>();
    private boolean closed;

    /** @param release gives the connection's share of the database back */
    LogConnection(LogDatabase database, Runnable release) {
        this.database = database;
        this.release = release;
    }

    @Override
    public CompletionStage<List<List<KvEntry>>> read(List<KvRange> ranges) {
        return now(() -> database.read(ranges));
    }

    @Override
    public CompletionStage<OptionalLong> commit(AtomicWrite write) {
        return now(() -> database.commit(write));
    }

    @Override
    public synchronized Watch watch(List<byte[]> keys, boolean raw) {
        requireOpen();
        var inner = database.watch(keys, raw);
        var watch = new Watch() {
            @Override
            public CompletionStage<Optional<List<Optional<KvEntry>>>> next() {
                return inner.next();
            }

            @Override
            public void close() {
                forget(this);
                inner.close();
            }
        };
        watches.add(watch);
        return watch;
    }

    private synchronized void forget(Watch watch) {
        watches.remove(watch);
    }

    @Override
    public CompletionStage<Optional<Delivery>> nextMessage() {
        try {
            synchronized (this) {
                requireOpen();
            }
            return database.nextMessage(this);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> CompletionStage<T> now(Supplier<T> operation) {
        try {
            synchronized (this) {
                requireOpen();
            }
            return CompletableFuture.completedFuture(operation.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw JsVisibleException.typeError("Database is closed.");
        }
    }

    @Override
    public void close() {
        List<Watch> open;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(watches);
        }
        open.forEach(Watch::close);
        database.left(this);
        release.run();
    }
}
