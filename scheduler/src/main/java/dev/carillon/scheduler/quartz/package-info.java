/**
 * {@code QuartzBackend}: crons on Quartz's clustered job store; only room importing {@code org.quartz}. Quartz keeps and
 * fires instants, claims them for one node and notices dead nodes; what an instant means is decided elsewhere.
 */
@NullMarked
package dev.carillon.scheduler.quartz;

import org.jspecify.annotations.NullMarked;
