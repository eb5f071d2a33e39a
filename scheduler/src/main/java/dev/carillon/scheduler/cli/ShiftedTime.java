package dev.carillon.scheduler.cli;

import dev.carillon.runtime.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The machine's time with a wall clock that is set wrong: for trying what a cluster makes of such a node. */
final class ShiftedTime implements TimeSource {
    private static final String PROPERTY = "carillon.clock-offset";

    private final TimeSource machine = TimeSource.system();
    private final Duration ahead;

    private ShiftedTime(Duration ahead) {
        this.ahead = ahead;
    }

    /** The machine's time, unless {@code -Dcarillon.clock-offset=PT5S} or the like says by how much it is to be wrong. */
    static TimeSource system() {
        return of(System.getProperty(PROPERTY));
    }

    static TimeSource of(@Nullable String offset) {
        return offset == null ? TimeSource.system() : new ShiftedTime(Duration.parse(offset));
    }

    @Override
    public Instant now() {
        return machine.now().plus(ahead);
    }

    @Override
    public long nanoTime() {
        return machine.nanoTime();
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
        return machine.after(delay, task);
    }
}
