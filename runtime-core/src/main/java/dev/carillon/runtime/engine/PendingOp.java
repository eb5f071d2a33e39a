package dev.carillon.runtime.engine;

import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One asynchronous op in flight, from its call until the guest's promise is settled. */
final class PendingOp implements BiConsumer<@Nullable Object, @Nullable Throwable> {
    final int promiseId;
    final OpDecl op;
    private final PendingOps owner;
    // Set once by the completing thread, read by the runtime thread after a queue has handed the op over.
    @Nullable
    Object value;

    @Nullable
    Throwable error;

    // Neighbours among the ops in flight; runtime thread only.
    @Nullable
    PendingOp previous;

    @Nullable
    PendingOp next;

    PendingOp(int promiseId, OpDecl op, PendingOps owner) {
        this.promiseId = promiseId;
        this.op = op;
        this.owner = owner;
    }

    /** Called by the op's stage on whatever thread completes it. */
    @Override
    public void accept(@Nullable Object result, @Nullable Throwable failure) {
        value = result;
        error = unwrap(failure);
        owner.completed(this);
    }

    static @Nullable Throwable unwrap(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
