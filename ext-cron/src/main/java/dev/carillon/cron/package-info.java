/**
 * {@code Deno.cron}: {@code CronHandler}, {@code CronHandle}, {@code CronSpec}, {@code CronNext}, the retry plan and
 * the {@code op_cron_*} ops.
 */
@NullMarked
package dev.carillon.cron;

import org.jspecify.annotations.NullMarked;
