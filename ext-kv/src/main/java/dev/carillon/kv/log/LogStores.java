package dev.carillon.kv.log;

import dev.carillon.kv.KvException;
import dev.carillon.kv.KvStore;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Opens databases. Connections to one file share what is in memory of it, whatever name the file was opened by; so a
 * process wants one of these.
 *
 * <p>Threads: any.
 */
public final class LogStores implements Function<@Nullable Path, KvStore> {
    private final TimeSource time;
    private final Executor worker;
    private final Map<Path, Shared> byPath = new HashMap<>();

    private static final class Shared {
        final LogDatabase database;
        int connections;

        Shared(LogDatabase database) {
            this.database = database;
        }
    }

    /** @param worker runs the work of alarms, which wait for none of it: expiry, deliveries, writing a log anew */
    public LogStores(TimeSource time, Executor worker) {
        this.time = time;
        this.worker = worker;
    }

    /** With virtual threads for the work of alarms. */
    public static LogStores on(TimeSource time) {
        return new LogStores(time, task -> Thread.ofVirtual().name("kv").start(task));
    }

    /**
     * A connection; its {@link KvStore#close} closes the database if nobody else has it open.
     *
     * @param path absolute; null for a database in memory that nobody else can open
     * @throws KvException if the file cannot be opened, is no database, or is open in another process
     */
    @Override
    public KvStore apply(@Nullable Path path) {
        if (path == null) {
            var database = new LogDatabase(null, time, worker);
            return new LogConnection(database, database::close);
        }
        var real = real(path);
        synchronized (byPath) {
            var shared = byPath.get(real);
            if (shared == null) {
                shared = new Shared(new LogDatabase(real, time, worker));
                byPath.put(real, shared);
            }
            shared.connections++;
            return new LogConnection(shared.database, () -> release(real));
        }
    }

    private void release(Path real) {
        synchronized (byPath) {
            var shared = byPath.get(real);
            if (shared != null && --shared.connections == 0) {
                byPath.remove(real);
                shared.database.close();
            }
        }
    }

    /** One name for a file, however it is spelled, also before it exists. */
    private static Path real(Path path) {
        try {
            if (Files.exists(path)) {
                return path.toRealPath();
            }
            var folder = path.toAbsolutePath().getParent();
            return folder == null ? path : folder.toRealPath().resolve(path.getFileName());
        } catch (IOException e) {
            throw KvException.cannotOpen(path, e);
        }
    }
}
