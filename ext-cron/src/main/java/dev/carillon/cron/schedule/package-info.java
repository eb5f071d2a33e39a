/**
 * Parsing and {@code nextAfter(Instant)}: pure, no clock; the only place that understands cron text, and the only room
 * importing cron-utils.
 */
@NullMarked
package dev.carillon.cron.schedule;

import org.jspecify.annotations.NullMarked;
