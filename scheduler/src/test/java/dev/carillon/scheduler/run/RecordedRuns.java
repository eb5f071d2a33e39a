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
import java.util.Set;
import java.util.concurrent.CompletableFuture;

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

    /** The process dies: nothing is said to anybody. */
    void kill() {
        store.close();
    }

    @Override
    public void close() {
        recorder.close();
        store.close();
    }

    private static RunStore committed(RunStore store) {
        return (RunStore) Proxy.newProxyInstance(
                RunStore.class.getClassLoader(), new Class<?>[] {RunStore.class}, (proxy, method, arguments) -> {
                    try {
                        var answer = method.invoke(store, arguments);
                        if (answer instanceof CompletableFuture<?> future) {
                            future.handle((done, error) -> null).join();
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
