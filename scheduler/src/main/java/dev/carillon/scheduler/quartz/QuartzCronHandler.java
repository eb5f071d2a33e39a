package dev.carillon.scheduler.quartz;

import dev.carillon.cron.CronException;
import dev.carillon.cron.CronHandle;
import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronSpec;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Crons of one runtime on a {@link QuartzBackend}.
 *
 * <p>Threads: the runtime's, but for {@link #reserve} and {@link #release}.
 * <p>Closing: after its runtime; closes every cron and gives up what was still running: for the schedule to go on or,
 * when the node is leaving, to other nodes as the next attempt.
 */
final class QuartzCronHandler implements CronHandler {
    private final QuartzBackend backend;
    private final String script;
    private final Executor loop;
    private final Limits limits;
    private final Map<String, QuartzCron> byName = new HashMap<>();
    private int running;
    private boolean closed;

    QuartzCronHandler(QuartzBackend backend, String script, Executor loop, Limits limits) {
        this.backend = backend;
        this.script = script;
        this.loop = loop;
        this.limits = limits;
    }

    @Override
    public void admit(String name) {
        if (byName.size() >= limits.crons()) {
            throw CronException.tooMany();
        }
        if (byName.containsKey(name)) {
            throw CronException.nameInUse();
        }
    }

    @Override
    public CronHandle create(CronSpec spec) {
        if (closed) {
            throw new IllegalStateException("cron handler is closed; refused cron '" + spec.name() + "'");
        }
        admit(spec.name());
        var cron = new QuartzCron(backend, this, script, spec, loop);
        byName.put(spec.name(), cron);
        return cron;
    }

    @Override
    public void close() {
        closed = true;
        for (var cron : new ArrayList<>(byName.values())) {
            cron.close();
        }
        for (var fired : backend.claimed()) {
            if (fired.cron().isOf(this)) {
                fired.cron().abandon(fired);
            }
        }
    }

    void forget(QuartzCron cron) {
        byName.remove(cron.spec().name(), cron);
    }

    /** Takes a slot if one is free. Any thread. */
    synchronized boolean reserve() {
        if (running >= limits.running()) {
            return false;
        }
        running++;
        return true;
    }

    /** Gives a slot back. Any thread. */
    synchronized void release() {
        running--;
    }
}
