package dev.carillon.scheduler.run;

import java.time.Instant;

/**
 * One process of the service, as the store knows it.
 *
 * @param stopped it said goodbye; a node that did not and is not seen any more is lost
 */
public record NodeRow(
        String name, Instant startedAt, Instant lastSeenAt, boolean stopped, String version, String backend) {}
