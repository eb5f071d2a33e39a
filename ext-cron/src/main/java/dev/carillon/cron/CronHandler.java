package dev.carillon.cron;

/**
 * Decides when the crons of one runtime fire; the embedder picks the backend (local, Quartz) and may wrap it (history).
 *
 * <p>Threads: called on the runtime thread only, and must not block it.
 * <p>Closing: the resource table closes each handle; the embedder closes the handler, last.
 */
public interface CronHandler extends AutoCloseable {
    /**
     * Refuses early what {@link #create} would refuse by name: Deno reports a full registry and a name in use before it
     * looks at the schedule. Changes nothing; a wrapper passes it on.
     *
     * @param name already of valid form
     * @throws CronException as {@link #create}
     */
    void admit(String name);

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
