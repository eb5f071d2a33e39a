package dev.carillon.scheduler.store;

import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobState;
import dev.carillon.scheduler.run.RunEvent;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunStore.AttemptEnd;
import dev.carillon.scheduler.run.RunStore.AttemptStart;
import dev.carillon.scheduler.run.RunStore.JobRecord;
import dev.carillon.scheduler.run.RunTrigger;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How long 10,000 starts due at one instant take to be durable; not a test. Argument: a JDBC URL, none for H2. */
final class GroupCommitBench {
    private static final int JOBS = 10_000;

    private GroupCommitBench() {}

    public static void main(String[] args) throws Exception {
        var url = args.length > 0
                ? args[0]
                : "jdbc:h2:file:" + Files.createTempDirectory("bench").resolve("runs");
        try (var store = JdbcRunStore.open(new StoreConfig(url))) {
            var due = Instant.parse("2024-01-01T00:00:00Z");
            var jobs = new ArrayList<JobKey>();
            for (int i = 0; i < JOBS; i++) {
                var key = new JobKey("bench.ts", "job " + i);
                jobs.add(key);
                store.save(new JobRecord(key, "* * * * *", List.of(), JobState.ACTIVE, due));
            }
            store.flushed().join();
            for (int round = 0; round < 20; round++) {
                due = due.plusSeconds(60);
                var starts = new ArrayList<CompletableFuture<Boolean>>();
                long begin = System.nanoTime();
                for (var job : jobs) {
                    starts.add(store.start(
                            new AttemptStart(RunId.of(job, due), job, due, RunTrigger.SCHEDULE, 1, due, "n1")));
                }
                CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new))
                        .join();
                long started = System.nanoTime();
                var ends = new ArrayList<CompletableFuture<Boolean>>();
                for (var job : jobs) {
                    ends.add(store.end(
                            new AttemptEnd(RunId.of(job, due), 1, RunEvent.ATTEMPT_SUCCEEDED, due, null, null, null)));
                }
                CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
                long ended = System.nanoTime();
                System.out.printf(
                        "round %d: %d starts in %.1f ms, ends in %.1f ms%n",
                        round, JOBS, (started - begin) / 1e6, (ended - started) / 1e6);
            }
        }
    }
}
