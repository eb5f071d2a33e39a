package dev.carillon.scheduler.run;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.runtime.ManualLoop;
import dev.carillon.runtime.time.VirtualTime;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A recorder around the local backend, on virtual time and a real database that has committed before it answers, so that
 * everything happens at its own instant.
 */
final class RecordedRuns implements AutoCloseable {
    static final int LINES_MAX = 10_000;

    final VirtualTime time;
    final ManualLoop loop;
    final RunStore store;
    final RunRecorder recorder;
    /** Who has which job, as the cluster's table would say. */
    volatile Map<JobKey, List<String>> registrations = Map.of();

    /** Happens when jobs have been read and not yet handed over. */
    volatile Runnable afterReadingJobs = () -> {};

    /** In place of the store's answer to the end of an attempt. */
    volatile @Nullable CompletableFuture<Boolean> answerToEnd;

    final List<RunSummary> heard = new ArrayList<>();

    RecordedRuns(Path file, VirtualTime time, ManualLoop loop) {
        this(file, time, loop, false);
    }

    RecordedRuns(Path file, VirtualTime time, ManualLoop loop, boolean clustered) {
        this.time = time;
        this.loop = loop;
        this.store = committed(JdbcRunStore.open(new StoreConfig("jdbc:h2:file:" + file)));
        this.recorder = new RunRecorder(store, time, "n1", clustered);
        recorder.listen(new RunListener() {
            @Override
            public void onRun(RunSummary run) {
                synchronized (heard) {
                    heard.add(run);
                }
            }
        });
        recorder.start();
    }

    CronHandler handler(String script, LocalCronHandler.Limits limits) {
        return recorder.handler(
                script, new LocalCronHandler(loop, time, name -> null, limits, "n1"), loop::execute, LINES_MAX);
    }

    /** All runs, oldest due first. */
    List<RunSummary> runs() {
        store.flushed().join();
        return store.runs(new RunQuery(null, Set.of(), null, null, null, null, 1000))
                .items()
                .reversed();
    }

    /** For what a thread of the recorder's does. */
    void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it does not come true");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** The process dies: nothing is said to anybody. */
    void kill() {
        store.close();
    }

    @Override
    public void close() {
        recorder.close();
        store.close();
    }

    private RunStore committed(RunStore store) {
        return (RunStore) Proxy.newProxyInstance(
                RunStore.class.getClassLoader(), new Class<?>[] {RunStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("registrations")) {
                        return registrations;
                    }
                    try {
                        var answer = method.invoke(store, arguments);
                        if (answer instanceof CompletableFuture<?> future) {
                            future.handle((done, error) -> null).join();
                        }
                        var held = answerToEnd;
                        if (method.getName().equals("end") && held != null) {
                            return held;
                        }
                        if (method.getName().equals("jobs")) {
                            afterReadingJobs.run();
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
