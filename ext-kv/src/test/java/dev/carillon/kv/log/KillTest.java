package dev.carillon.kv.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.kv.AtomicWrite;
import dev.carillon.kv.KvEntry;
import dev.carillon.kv.KvRange;
import dev.carillon.kv.KvStore;
import dev.carillon.runtime.time.TimeSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed loses no commit it was told of. {@code -Dcarillon.kv.kills=200} for the long form. */
class KillTest {
    private static final int KILLS = Integer.getInteger("carillon.kv.kills", 4);

    @Test
    void a_commit_that_was_told_is_there_after_the_process_is_killed(@TempDir Path folder) throws Exception {
        long seed = System.nanoTime();
        System.out.println("KillTest seed " + seed);
        var random = new Random(seed);
        var file = folder.resolve("kv");
        long lastVersion = 0;
        long lastNumber = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            var process = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            BusyStore.class.getName(),
                            file.toString(),
                            Long.toString(lastNumber + 1))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            int lines = 1 + random.nextInt(20_000); // some past the point where the log is written anew
            try (var out = process.inputReader()) {
                String line;
                while ((line = out.readLine()) != null) {
                    if (!line.matches("\\d+ \\d+\\.")) {
                        break; // cut short by the kill
                    }
                    var told = line.split("[ .]");
                    long version = Long.parseLong(told[0]);
                    assertThat(version).as("seed %d", seed).isGreaterThan(lastVersion);
                    lastVersion = version;
                    lastNumber = Long.parseLong(told[1]);
                    if (--lines == 0) {
                        process.toHandle().destroyForcibly(); // and not its stream
                    }
                }
            }
            process.waitFor();
            try (var store = LogStores.on(TimeSource.system()).apply(file)) {
                long number = number(store, BusyStore.NUMBER);
                assertThat(number).as("seed %d, kill %d", seed, kill).isGreaterThanOrEqualTo(lastNumber);
                assertThat(number(store, BusyStore.COPY))
                        .as("of the same commit")
                        .isEqualTo(number);
                long next = store.commit(new AtomicWrite(List.of(), List.of(), List.of()))
                        .toCompletableFuture()
                        .join()
                        .orElseThrow();
                assertThat(next).isGreaterThan(lastVersion);
                lastVersion = next;
                lastNumber = number;
            }
        }
    }

    private static long number(KvStore store, byte[] key) {
        var next = Arrays.copyOf(key, key.length + 1);
        return store.read(List.of(new KvRange(key, next, 1, false))).toCompletableFuture().join().getFirst().stream()
                .map(KvEntry::value)
                .findFirst()
                .orElseThrow()
                .u64();
    }
}
