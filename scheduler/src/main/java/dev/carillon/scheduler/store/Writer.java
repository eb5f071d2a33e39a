package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.RunStore.AttemptStart;
import dev.carillon.scheduler.run.RunTrigger;
import dev.carillon.scheduler.run.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: one thread takes everything that is queued and commits it as one transaction, while the next group
 * gathers. Of many starts due together, where no other process writes, a batch is committed first as one row, so that job
 * functions do not wait for thousands of rows; these come with the rest of the group.
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
    /** Fewer starts than this get their rows at once. */
    private static final int BATCH_MIN = 32;
    /** More go into the next: while that is written, job functions of this one are called. */
    private static final int BATCH_MAX = 1_000;
    /** When no start has come for so long, those due together are taken to be all there. */
    private static final long BATCH_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
    /** Other writes wait for starts to come no longer than this. */
    private static final long BATCH_OPEN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final System.Logger LOG = System.getLogger(Writer.class.getName());

    private final Database database;
    private final KnownJobs known;
    /** Without a lock: a hundred scripts due together would stand in line at it. */
    private final BlockingQueue<Write> queue = new LinkedTransferQueue<>();

    private final AtomicInteger linesQueued = new AtomicInteger();
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private @Nullable Connection connection;
    private volatile long busySince = IDLE;
    private volatile boolean closed;
    /** Starts have been acknowledged that have no rows yet. */
    private volatile boolean behind;

    Writer(Database database) {
        this.database = database;
        known = database.isShared() ? new KnownJobs(null) : takeUp(database);
        this.thread = Thread.ofPlatform().name("carillon-store-writer").daemon().start(this::loop);
    }

    /** Gives rows to what a process that died has acknowledged in batches, and looks up to when occurrences may have rows. */
    private static KnownJobs takeUp(Database database) {
        try {
            return database.transaction(connection -> {
                var left = StartBatches.left(connection);
                new Group(connection, database.dialect(), new KnownJobs(null), true, false).execute(left);
                try (var select = connection.prepareStatement(
                                "select scheduled_at from run order by id desc fetch first 1 row only");
                        var rows = select.executeQuery()) {
                    return new KnownJobs(rows.next() ? Instant.ofEpochMilli(rows.getLong(1)) : Instant.MIN);
                }
            });
        } catch (SQLException e) {
            throw database.explain(e);
        }
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

    /** Blocks until what has been acknowledged has its rows. */
    void catchUp() {
        if (behind && Thread.currentThread() != thread) {
            var done = new CompletableFuture<Void>();
            submit(new Write.Barrier(done));
            done.exceptionally(failed -> null).join(); // whoever reads finds out himself what is wrong
        }
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
                gather(group);
                busySince = System.nanoTime();
                commit(group);
                busySince = IDLE;
                behind = false;
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

    /** What is queued. Once there is a batch of starts, those to come join it: job functions first, then their rows. */
    private void gather(List<Write> group) throws InterruptedException {
        group.add(queue.take());
        queue.drainTo(group, GROUP_MAX - 1);
        var fresh = group;
        if (!batch(fresh, BATCH_MIN)) {
            return;
        }
        long latest = System.nanoTime() + BATCH_OPEN_NANOS;
        long until = System.nanoTime() + BATCH_GAP_NANOS;
        while (group.size() < GROUP_MAX && fresh.stream().noneMatch(Write.Barrier.class::isInstance)) {
            long left = Math.min(until - System.nanoTime(), latest - System.nanoTime());
            var next = left > 0 ? queue.poll(left, TimeUnit.NANOSECONDS) : null;
            if (next == null) {
                return;
            }
            int from = group.size();
            group.add(next);
            queue.drainTo(group, GROUP_MAX - group.size());
            fresh = group.subList(from, group.size());
            if (batch(fresh, 1)) {
                until = System.nanoTime() + BATCH_GAP_NANOS;
            }
        }
    }

    /** Makes the new starts among {@code writes} durable, many as one row, and acknowledges them, if there are {@code min}. */
    private boolean batch(List<Write> writes, int min) {
        var starts = new ArrayList<Write.Start>();
        var others = new ArrayList<Write>();
        for (var write : writes) {
            if (write instanceof Write.Start start && isForBatch(start.start(), starts)) {
                known.seen(start.start().job(), start.start().scheduledTime());
                starts.add(start);
            } else {
                others.add(write);
            }
        }
        if (starts.size() < min) {
            return false;
        }
        var batches = new ArrayList<Write>();
        for (int from = 0; from < starts.size(); from += BATCH_MAX) {
            var batch = starts.subList(from, Math.min(from + BATCH_MAX, starts.size()));
            try {
                batches.add(transaction(open -> StartBatches.insert(open, known, batch)));
            } catch (SQLException | RuntimeException e) {
                // They go with their group, which tries again, or says what is wrong.
                batches.addAll(starts.subList(from, starts.size()));
                break;
            }
            behind = true;
            batch.forEach(start -> start.done().complete(true));
        }
        writes.clear();
        writes.addAll(batches);
        writes.addAll(others);
        return batches.getFirst() instanceof Write.Batch;
    }

    /** Its key will not be refused, so nobody needs to wait for its row. */
    private boolean isForBatch(AttemptStart start, List<Write.Start> batch) {
        return (batch.isEmpty() || start.node().equals(batch.getFirst().start().node()))
                && start.attempt() == 1
                && start.trigger() == RunTrigger.SCHEDULE
                && known.number(start.job()) != null
                && known.isNew(start.job(), start.scheduledTime());
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
            var all = new Group(open, database.dialect(), known, lookFirst, again);
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
            known.forgetNumbers();
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
