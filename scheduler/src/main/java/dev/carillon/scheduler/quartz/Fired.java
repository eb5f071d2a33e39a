package dev.carillon.scheduler.quartz;

import dev.carillon.scheduler.quartz.DueTrigger.Armed;
import java.util.concurrent.CompletableFuture;

/**
 * A job this node has claimed, from the claim until the claim is given up.
 *
 * @param entryId key in {@code qrtz_fired_triggers}; whoever deletes that row decides what the trigger does next
 * @param ended completes when the claim has been given up
 */
record Fired(String entryId, QuartzCron cron, Armed armed, CompletableFuture<Void> ended) {}
