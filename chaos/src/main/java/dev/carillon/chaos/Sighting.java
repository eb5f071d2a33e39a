package dev.carillon.chaos;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt as the sink saw it happen, by the sink's own clock.
 *
 * @param scheduledTime the occurrence the attempt claims to serve
 * @param attempt which try it claims to be, from 1
 * @param fence the claim's fencing token
 * @param started when its first message arrived
 * @param ended when its last message was accepted; null if it never came or came after a higher fence had started
 * @param ok how it ended; meaningless while {@code ended} is null
 */
public record Sighting(
        String job,
        Instant scheduledTime,
        int attempt,
        long fence,
        String node,
        Instant started,
        @Nullable Instant ended,
        boolean ok) {
    Occurrence occurrence() {
        return new Occurrence(job, scheduledTime);
    }

    boolean succeeded() {
        return ended != null && ok;
    }

    boolean failed() {
        return ended != null && !ok;
    }
}
