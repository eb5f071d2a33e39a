package dev.carillon.cron;

import java.time.Instant;

/**
 * The run a job function is working on, as the script sees it in {@code Carillon.run}.
 *
 * @param id identity of the run: the same for every attempt, on every node
 * @param job {@code <script>/<cron name>} in the service, the cron's name elsewhere
 * @param scheduledTime when the run was due
 * @param attempt which try this is, from 1
 * @param fence grows with every start of the run on any node; a smaller one is stale
 * @param node name of the process that works on it
 */
public record RunInfo(String id, String job, Instant scheduledTime, int attempt, long fence, String node) {}
