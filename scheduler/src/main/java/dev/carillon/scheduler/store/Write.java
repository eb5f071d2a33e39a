package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobState;
import dev.carillon.scheduler.run.LogLine;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunStore.AttemptEnd;
import dev.carillon.scheduler.run.RunStore.AttemptStart;
import dev.carillon.scheduler.run.RunStore.JobRecord;
import dev.carillon.scheduler.run.RunStore.Skip;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Something that waits to be committed, and who waits for it. */
sealed interface Write {
    System.Logger LOG = System.getLogger(Write.class.getName());

    record Job(JobRecord job, CompletableFuture<Void> done) implements Write {}

    record State(JobKey job, JobState state, CompletableFuture<Void> done) implements Write {}

    record Start(AttemptStart start, CompletableFuture<Boolean> done) implements Write {}

    /** Starts that are acknowledged, and durable as one row with this id; they want rows of their own. */
    record Batch(long id, List<Start> starts) implements Write {}

    record End(AttemptEnd end, CompletableFuture<Boolean> done) implements Write {}

    record Skips(List<Skip> skips, CompletableFuture<List<Skip>> done) implements Write {}

    record Line(RunId run, LogLine line) implements Write {}

    /** Nothing itself: done when all before it is. */
    record Barrier(CompletableFuture<Void> done) implements Write {}

    default void fail(Throwable error) {
        switch (this) {
            case Job(var job, var done) -> done.completeExceptionally(error);
            case State(var job, var state, var done) -> done.completeExceptionally(error);
            case Start(var start, var done) -> done.completeExceptionally(error);
            case Batch(var id, var starts) ->
                LOG.log(
                        System.Logger.Level.ERROR,
                        starts.size() + " starts get their rows only when the database is opened again: "
                                + error.getMessage(),
                        error);
            case End(var end, var done) -> done.completeExceptionally(error);
            case Skips(var skips, var done) -> done.completeExceptionally(error);
            case Line line -> {}
            case Barrier(var done) -> done.completeExceptionally(error);
        }
    }
}
