package dev.carillon.scheduler.quartz;

import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;

/** Virtual time for threads that are not the test's: whatever follows from an alarm is done before time goes on. */
final class SettlingTime implements TimeSource {
    private final VirtualTime time;
    private final Runnable settle;

    SettlingTime(VirtualTime time, Runnable settle) {
        this.time = time;
        this.settle = settle;
    }

    @Override
    public Instant now() {
        return time.now();
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        return time.after(delay, () -> {
            task.run();
            settle.run();
        });
    }
}
