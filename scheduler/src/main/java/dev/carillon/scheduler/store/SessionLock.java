package dev.carillon.scheduler.store;

import java.util.List;

/**
 * How a database locks a name for as long as a session lives.
 *
 * @param prepare statements before the rest, on the session
 * @param take query with the name; one row: whether it is ours now, and this session's id
 * @param holders query with the name: ids of the sessions that have it
 * @param end statement with a session's id
 * @param release statement that lets go of all
 */
public record SessionLock(List<String> prepare, String take, String holders, String end, String release) {}
