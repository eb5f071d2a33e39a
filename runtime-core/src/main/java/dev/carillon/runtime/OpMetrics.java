package dev.carillon.runtime;

/**
 * How often an op was called and how it went, since the runtime started. An asynchronous op that was done at its call
 * counts as {@code completed} or {@code failed}.
 *
 * @param dispatched calls
 * @param completed calls that returned
 * @param failed calls that threw
 * @param completedAsync promises fulfilled later
 * @param failedAsync promises rejected later
 */
public record OpMetrics(long dispatched, long completed, long failed, long completedAsync, long failedAsync) {
    /** Promises not settled yet. */
    public long pending() {
        return dispatched - completed - failed - completedAsync - failedAsync;
    }
}
