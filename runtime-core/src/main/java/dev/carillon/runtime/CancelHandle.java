package dev.carillon.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * A resource whose closing cancels the operations that were started with its rid.
 *
 * <p>Threads: runtime thread only.
 */
public final class CancelHandle implements Resource {
    private final List<Runnable> actions = new ArrayList<>();
    private boolean cancelled;

    /** Runs {@code action} when the handle is closed; at once if it has been. */
    public void onCancel(Runnable action) {
        if (cancelled) {
            action.run();
        } else {
            actions.add(action);
        }
    }

    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public String name() {
        return "cancellation";
    }

    @Override
    public void close() {
        cancelled = true;
        actions.forEach(Runnable::run);
        actions.clear();
    }
}
