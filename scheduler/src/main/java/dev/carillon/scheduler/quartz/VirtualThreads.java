package dev.carillon.scheduler.quartz;

import org.quartz.spi.ThreadPool;

/**
 * Quartz's thread pool: a virtual thread for every run. It never refuses while the scheduler runs (one refusal would put
 * every trigger of the job in state ERROR for ever); how much runs at a time is decided before a trigger is claimed.
 */
public class VirtualThreads implements ThreadPool {
    private final int batchMax;
    private volatile boolean closed;

    /** @param batchMax most triggers claimed at a time */
    VirtualThreads(int batchMax) {
        this.batchMax = batchMax;
    }

    @Override
    public boolean runInThread(Runnable task) {
        if (closed) {
            return false;
        }
        Thread.ofVirtual().name("quartz-run").start(task);
        return true;
    }

    @Override
    public int blockForAvailableThreads() {
        return batchMax;
    }

    @Override
    public void initialize() {}

    @Override
    public void shutdown(boolean waitForJobsToComplete) {
        closed = true;
    }

    @Override
    public int getPoolSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void setInstanceId(String id) {}

    @Override
    public void setInstanceName(String name) {}
}
