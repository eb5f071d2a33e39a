package dev.carillon.kv;

import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a runtime's databases are.
 *
 * @param open gives a connection to the database in a file, or for null to a new one in memory
 * @param defaultPath the file {@code Deno.openKv()} opens, from the URL of the main module
 * @param fence asked before every commit
 */
public record KvOptions(Function<@Nullable Path, KvStore> open, Function<String, Path> defaultPath, Fence fence) {
    /** Without a fence. */
    public KvOptions(Function<@Nullable Path, KvStore> open, Function<String, Path> defaultPath) {
        this(open, defaultPath, () -> {});
    }

    /** Keeps a runtime from writing whose time is over. */
    @FunctionalInterface
    public interface Fence {
        /** @throws dev.carillon.runtime.JsVisibleException if the runtime may write no more; nothing is written */
        void check();
    }
}
