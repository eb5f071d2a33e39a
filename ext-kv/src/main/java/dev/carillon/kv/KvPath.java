package dev.carillon.kv;

import dev.carillon.runtime.Environment;
import dev.carillon.runtime.JsVisibleException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Which database a path means: its own words for the default one, for one in memory, and for files. */
sealed interface KvPath {
    record Default() implements KvPath {}

    record Memory() implements KvPath {}

    /** @param path as the script wrote it, or as its file URL says */
    record File(String path) implements KvPath {}

    /**
     * @param given null for none
     * @throws JsVisibleException for what is no path, and for remote databases
     */
    static KvPath of(@Nullable String given, Environment environment) {
        var path = given == null ? environment.value("DENO_KV_DEFAULT_PATH") : given;
        if (path != null) {
            var prefix = environment.value("DENO_KV_PATH_PREFIX");
            path = prefix == null ? path : prefix + path;
        }
        boolean remote = path != null && path.matches("https?://.*");
        if ("error".equals(environment.value("DENO_KV_REQUIRES_DISTRIBUTED_DATABASE")) && !remote) {
            throw JsVisibleException.typeError(
                    "Deno.openKv needs a remote database here: DENO_KV_REQUIRES_DISTRIBUTED_DATABASE is 'error'");
        }
        if (remote) {
            throw new JsVisibleException(
                    "NotSupported",
                    "Remote databases are not supported: give Deno.openKv a file path, got '" + path + "'");
        }
        if ("memory".equals(environment.value("DENO_KV_DB_MODE"))) {
            return new Memory();
        }
        if (path == null) {
            return new Default();
        }
        if (path.isEmpty()) {
            throw JsVisibleException.typeError("Filename cannot be empty");
        }
        if (path.equals(":memory:")) {
            return new Memory();
        }
        if (path.startsWith(":")) {
            throw JsVisibleException.typeError("Filename cannot start with ':' unless prefixed with './'");
        }
        return new File(path.startsWith("file:") ? ofUrl(path) : path);
    }

    private static String ofUrl(String url) {
        try {
            return Path.of(URI.create(url)).toString();
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw JsVisibleException.typeError("Invalid file URL: " + url);
        }
    }
}
