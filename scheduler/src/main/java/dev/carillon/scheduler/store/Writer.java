package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: one thread takes everything that is queued and commits it as one transaction, while the next group
 * gathers. Ten thousand starts due at one instant cost a few commits.
 *
 * <p>Threads: {@link #submit} and {@link #line} from any thread, never blocking. Futures complete on the writer's thread.
 * <p>Closing: after what is queued has been committed; what comes later fails.
 */
final class Writer implements AutoCloseable {
    /** Lines that may wait; more are dropped, and counted where they were printed. */
    static final int LINES_QUEUED_MAX = 100_000;

    private static final int GROUP_MAX = 20_000;
    private static final long RETRY_FOR_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long RETRY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long STALLED_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final long IDLE = Long.MAX_VALUE;
    private static final System.Logger LOG = System.getLogger(Writer.class.getName());

    private final Database database;
    private final Map<JobKey, Integer> jobNumbers = new ConcurrentHashMap<>();
    private final BlockingQueue<Write> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger linesQueued = new AtomicInteger();
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private @Nullable Connection connection;
    private volatile long busySince = IDLE;
    private volatile boolean closed;

    Writer(Database database) {
        this.database = database;
        this.thread = Thread.ofPlatform().name("carillon-store-writer").daemon().start(this::loop);
    }

    void submit(Write write) {
        queue.add(write);
        if (closed && queue.remove(write)) {
            write.fail(new StoreException(
                    StoreException.Code.CLOSED, "the store is closed", "the service is stopping", null));
        }
    }

    /** @return false if the line was dropped */
    boolean line(Write.Line line) {
        if (closed || linesQueued.incrementAndGet() > LINES_QUEUED_MAX) {
            linesQueued.decrementAndGet();
            return false;
        }
        queue.add(line);
        return true;
    }

    /** It has been at one group for so long that what is queued now will be written late. */
    boolean isStalled() {
        long since = busySince;
        return since != IDLE && System.nanoTime() - since > STALLED_NANOS;
    }

    @Override
    public void close() {
        closed = true;
        queue.add(new Write.Barrier(new CompletableFuture<>())); // wakes the writer, which looks at closed next
        ended.join();
    }

    private void loop() {
        var group = new ArrayList<Write>();
        try {
            while (!closed || !queue.isEmpty()) {
                group.clear();
                group.add(queue.take());
                queue.drainTo(group, GROUP_MAX - 1);
                busySince = System.nanoTime();
                commit(group);
                busySince = IDLE;
                for (var write : group) {
                    if (write instanceof Write.Line) {
                        linesQueued.decrementAndGet();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
            closed = true;
            for (var write = queue.poll(); write != null; write = queue.poll()) {
                write.fail(new StoreException(
                        StoreException.Code.CLOSED, "the store is closed", "the service is stopping", null));
            }
            ended.complete(null);
        }
    }

    private void commit(List<Write> group) {
        long giveUp = System.nanoTime() + RETRY_FOR_NANOS;
        boolean lookFirst = false;
        boolean again = false;
        while (true) {
            try {
                attempt(group, lookFirst, again);
                return;
            } catch (SQLException e) {
                if (Failures.isConflict(e) && !lookFirst) {
                    lookFirst = true; // an occurrence that has its row: leave it out
                } else if (Failures.isTransient(e) && System.nanoTime() < giveUp) {
                    again = true;
                    LockSupport.parkNanos(RETRY_PAUSE_NANOS);
                } else {
                    one(group, again, database.explain(e));
                    return;
                }
            } catch (StoreException e) { // no connection to be had
                if (System.nanoTime() >= giveUp || closed) {
                    group.forEach(write -> write.fail(e));
                    return;
                }
                LockSupport.parkNanos(RETRY_PAUSE_NANOS);
            } catch (RuntimeException e) {
                one(group, again, e);
                return;
            }
        }
    }

    /** The group failed for good: whoever is not at fault gets a transaction of his own. */
    private void one(List<Write> group, boolean again, RuntimeException failure) {
        if (group.size() == 1) {
            group.getFirst().fail(failure);
            return;
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "a group of {0} writes failed, trying them one by one: {1}",
                group.size(),
                failure.getMessage());
        for (var write : group) {
            try {
                attempt(List.of(write), true, again);
            } catch (SQLException e) {
                write.fail(database.explain(e));
            } catch (RuntimeException e) {
                write.fail(e);
            }
        }
    }

    private void attempt(List<Write> writes, boolean lookFirst, boolean again) throws SQLException {
        var group = transaction(open -> {
            var all = new Group(open, database.dialect(), jobNumbers, lookFirst, again);
            all.execute(writes);
            return all;
        });
        group.acknowledge();
    }

    private <T> T transaction(Database.Work<T> work) throws SQLException {
        try {
            var open = connection;
            if (open == null) {
                open = database.connection();
                open.setAutoCommit(false);
                connection = open;
            }
            return database.transaction(open, work);
        } catch (SQLException | RuntimeException e) {
            jobNumbers.clear(); // those of jobs this transaction would have made are nobody's
            disconnect(); // it may be broken
            throw e;
        }
    }

    private void disconnect() {
        var open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing the writer''s connection: {0}", e.getMessage());
            }
        }
    }
}
