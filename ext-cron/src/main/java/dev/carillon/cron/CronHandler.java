package dev.carillon.cron;

/**
 * Decides when the crons of one runtime fire; the embedder picks the backend (local, Quartz) and may wrap it (history).
 *
 * <p>Threads: called on the runtime thread only, and must not block it.
 * <p>Closing: the resource table closes each handle; the embedder closes the handler, last.
 */
public interface CronHandler extends AutoCloseable {
    /**
     * Registers one cron.
     *
     * @throws CronException at the limits of the backend (too many crons, name in use); guest code sees a TypeError, as
     *     in Deno
     */
    CronHandle create(CronSpec spec);

    @Override
    void close();
}
