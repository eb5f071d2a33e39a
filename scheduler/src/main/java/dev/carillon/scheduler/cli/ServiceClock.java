package dev.carillon.scheduler.cli;

import dev.carillon.runtime.time.TimeSource;
import java.time.Instant;

/** This machine's time, for countdowns on the terminal. */
final class ServiceClock {
    private ServiceClock() {}

    static Instant now() {
        return TimeSource.system().now();
    }
}
