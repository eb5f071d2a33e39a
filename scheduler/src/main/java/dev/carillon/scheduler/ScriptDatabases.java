package dev.carillon.scheduler;

import dev.carillon.kv.KvOptions;
import dev.carillon.kv.KvStore;
import dev.carillon.kv.log.LogStores;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the databases of {@code Deno.openKv} are.
 *
 * <p>Source of Deno's folders: its {@code ext/kv} and {@code cli/cache}; the file has a name of its own, for Deno cannot read
 * it.
 */
public final class ScriptDatabases {
    private static final String FILE = "kv.carillon";

    private ScriptDatabases() {}

    /** As Deno has them: the default one by the configuration file in force, or by the script. */
    public static KvOptions ofDeno(@Nullable DenoConfig config, Map<String, String> environment) {
        return new KvOptions(LogStores.on(TimeSource.system()), main -> {
            var key = config == null
                    ? URI.create(main)
                    : config.file().toAbsolutePath().toUri();
            return made(denoFolder(environment)
                    .resolve("location_data")
                    .resolve(sha256(plain(key)))
                    .resolve(FILE));
        });
    }

    /**
     * Of a service: the default one by the script's name in the service's data folder.
     *
     * @param shared false if another node may run the script, which would find another database
     * @param fence asked before every commit
     */
    static KvOptions ofService(
            Function<@Nullable Path, KvStore> stores, Path data, String script, boolean shared, KvOptions.Fence fence) {
        return new KvOptions(
                stores,
                main -> {
                    if (!shared) {
                        throw new JsVisibleException(
                                "NotSupported",
                                "Deno.openKv() has no database that all nodes of a cluster share:"
                                        + " name a file to use one of this node alone");
                    }
                    return made(data.resolve("kv").resolve(script + ".kv"));
                },
                fence);
    }

    /** Every database in memory, for one look at a script. */
    public static KvOptions inMemory() {
        var stores = LogStores.on(TimeSource.system());
        return new KvOptions(path -> stores.apply(null), main -> Path.of(FILE));
    }

    private static Path denoFolder(Map<String, String> environment) {
        var own = environment.get("DENO_DIR");
        if (own != null && !own.isEmpty()) {
            return Path.of(own);
        }
        var caches = environment.get("XDG_CACHE_HOME");
        return caches != null && !caches.isEmpty()
                ? Path.of(caches, "carillon")
                : Path.of(environment.getOrDefault("HOME", ""), ".cache", "carillon");
    }

    private static Path made(Path file) {
        try {
            Files.createDirectories(file.getParent());
            return file.toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new JsVisibleException(
                    "Error", "cannot make the folder of the database " + file + ": " + e.getMessage(), null, e);
        }
    }

    /** Java leaves the two slashes of an empty host out. */
    private static String plain(URI url) {
        return url.toString().replaceFirst("^file:/(?!/)", "file:///");
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
