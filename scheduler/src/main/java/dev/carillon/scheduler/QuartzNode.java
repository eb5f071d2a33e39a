package dev.carillon.scheduler;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.scheduler.quartz.NodeListener;
import dev.carillon.scheduler.quartz.QuartzBackend;
import dev.carillon.scheduler.quartz.QuartzConfig;
import dev.carillon.scheduler.store.Database;
import dev.carillon.scheduler.store.StoreConfig;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * This process as a node of its cluster, with the connections that takes.
 *
 * <p>Closing: leaves the cluster, then closes the connections; any number of times.
 */
final class QuartzNode implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 8;

    private final Database database;
    private final QuartzBackend backend;

    private QuartzNode(Database database, QuartzBackend backend) {
        this.database = database;
        this.backend = backend;
    }

    /** @throws dev.carillon.scheduler.run.StoreException if the database cannot be had or the node is not let in */
    static QuartzNode join(Configuration configuration, TimeSource time, NodeListener listener) {
        var wanted = configuration.database();
        var password = wanted.password();
        var database = Database.open(
                new StoreConfig(wanted.url(), wanted.user(), password == null ? null : password.reveal()),
                "carillon-quartz",
                CONNECTIONS_MAX);
        try {
            var config = QuartzConfig.of(
                    configuration.node().cluster(),
                    configuration.node().name(),
                    configuration.limits().takeovers());
            return new QuartzNode(database, QuartzBackend.start(database, config, time, listener));
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    CronHandler handler(String script, Executor loop, Limits limits) {
        return backend.handler(script, loop, limits);
    }

    /** Completes when the cluster knows of every job registered here until now. */
    CompletableFuture<Void> registered() {
        return backend.registered();
    }

    /** Claims nothing more, and hands over what ends unfinished from now on. */
    void leave() {
        backend.leave();
    }

    @Override
    public void close() {
        backend.close();
        database.close();
    }
}
