package dev.carillon.scheduler.run;

import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A loop on a thread of its own and the machine's clocks, without a script. */
public final class ThreadLoop implements EventLoop, Executor, AutoCloseable {
    private final ExecutorService executor;
    private volatile @Nullable Thread thread;

    public ThreadLoop(String name) {
        executor = Executors.newSingleThreadExecutor(task -> {
            var fresh = new Thread(task, name);
            fresh.setDaemon(true);
            thread = fresh;
            return fresh;
        });
    }

    @Override
    public void execute(Runnable task) {
        if (!executor.isShutdown()) {
            executor.execute(task);
        }
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        var cancelled = new AtomicBoolean();
        var alarm = TimeSource.system()
                .after(
                        delay,
                        () -> execute(() -> {
                            if (!cancelled.get()) {
                                task.run();
                            }
                        }));
        return () -> {
            cancelled.set(true);
            alarm.cancel();
        };
    }

    @Override
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public Hold hold() {
        return () -> {};
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
