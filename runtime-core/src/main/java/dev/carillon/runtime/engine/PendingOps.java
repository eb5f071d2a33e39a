package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.RuntimeLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/*
 * The asynchronous ops of one runtime. Completions made on the runtime thread itself go into a plain deque, those of other
 * threads through one lock-free queue and a wake-up; both are settled in batches, in order of completion, by one call into
 * the guest, which pulls them with next().
 */
final class PendingOps {
    private static final int ID_LIMIT = Integer.MAX_VALUE; // 31 bits, then from 0 again
    private final Thread runtimeThread;
    private final Runnable wake;
    private final int max;
    private final ArrayDeque<PendingOp> local = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<PendingOp> remote = new ConcurrentLinkedQueue<>();
    private final Set<Integer> unreferenced = new HashSet<>();
    private @Nullable PendingOp first;
    private int count;
    private int nextId;

    /** @param max how many may be in flight */
    PendingOps(Thread runtimeThread, Runnable wake, int max) {
        this.runtimeThread = runtimeThread;
        this.wake = wake;
        this.max = max;
    }

    int max() {
        return max;
    }

    /** @throws JsVisibleException RangeError when as many ops are in flight as may be */
    void admit(OpDecl op) {
        if (count >= max) {
            throw RuntimeLimits.exceeded("pending ops", op.name(), max, "await some first");
        }
    }

    /** Registers an op that did not finish at its call. */
    PendingOp begin(OpDecl op) {
        admit(op);
        var pending = new PendingOp(nextId, op, this);
        nextId = nextId == ID_LIMIT ? 0 : nextId + 1;
        pending.next = first;
        if (first != null) {
            first.previous = pending;
        }
        first = pending;
        count++;
        return pending;
    }

    /** Any thread. */
    void completed(PendingOp op) {
        if (Thread.currentThread() == runtimeThread) {
            local.add(op);
        } else {
            remote.add(op);
            wake.run();
        }
    }

    /** Moves what other threads have completed behind what this thread has; how many are ready to settle. */
    int ready() {
        for (var op = remote.poll(); op != null; op = remote.poll()) {
            local.add(op);
        }
        return local.size();
    }

    boolean anyReady() {
        return !local.isEmpty() || !remote.isEmpty();
    }

    /** The op that completed first; it is in flight no longer. */
    PendingOp next() {
        var op = local.remove();
        unlink(op);
        count--;
        if (!unreferenced.isEmpty()) {
            unreferenced.remove(op.promiseId);
        }
        return op;
    }

    private void unlink(PendingOp op) {
        if (op.previous == null) {
            first = op.next;
        } else {
            op.previous.next = op.next;
        }
        if (op.next != null) {
            op.next.previous = op.previous;
        }
    }

    /** @param referenced whether the op keeps the loop alive */
    void reference(int promiseId, boolean referenced) {
        if (referenced) {
            unreferenced.remove(promiseId);
        } else {
            unreferenced.add(promiseId);
        }
    }

    int count() {
        return count;
    }

    boolean keepsAlive() {
        return count > unreferenced.size();
    }

    /** What is in flight, oldest first. */
    List<PendingOp> all() {
        var list = new ArrayList<PendingOp>(count);
        for (var op = first; op != null; op = op.next) {
            list.addFirst(op);
        }
        return list;
    }
}
