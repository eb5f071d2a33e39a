package dev.carillon.scheduler.quartz;

/**
 * Hears what the cluster does to a node, and knows what the node can do.
 *
 * <p>Threads: any; {@link #jobsChanged} may block.
 */
public interface NodeListener {
    /** The others have taken this node for dead: whatever it runs is theirs now and is to be ended. */
    void fenced();

    /**
     * The cluster has put something right by itself; the audit table has the sentence.
     *
     * @param what the kind of thing, one word
     */
    default void audited(String what) {}

    /** Another node has registered, paused, resumed or retired jobs. */
    default void jobsChanged() {}

    /** Whether the start of a run could be recorded; a node that cannot claims nothing. */
    default boolean canRecord() {
        return true;
    }
}
