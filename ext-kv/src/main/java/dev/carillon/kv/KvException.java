package dev.carillon.kv;

import dev.carillon.runtime.JsVisibleException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A database that cannot be opened; scripts see a plain Error with SQLite's opening words. */
public final class KvException extends JsVisibleException {
    private KvException(String message, @Nullable Throwable cause) {
        super("Error", message, null, cause);
    }

    public static KvException cannotOpen(Path path, @Nullable Throwable cause) {
        return new KvException("unable to open database file: " + path, cause);
    }

    public static KvException notADatabase() {
        return new KvException("file is not a database", null);
    }

    public static KvException locked(Path path) {
        return new KvException(
                "database is locked: another process has " + path + " open, and one at a time can", null);
    }
}
