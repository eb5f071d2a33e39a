package dev.carillon.chaos;

import java.time.Instant;

/**
 * Something the test did to the system.
 *
 * @param kind what, in a word or two: {@code kill -9}, {@code pause}, {@code database restart}
 * @param node whom it hit; {@code *} for all
 * @param until when it was over; for a kill, when the node was started again
 */
public record Fault(String kind, String node, Instant from, Instant until) {}
