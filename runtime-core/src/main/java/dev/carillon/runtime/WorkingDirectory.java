package dev.carillon.runtime;

import java.nio.file.Path;

/**
 * Where a runtime's relative paths start. A JVM cannot change directory, and scripts of one process must not disturb each
 * other: each runtime has its own. In {@link OpState} under this type.
 *
 * <p>Threads: any.
 */
public final class WorkingDirectory {
    private volatile Path path;

    public WorkingDirectory(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    /** Absolute, without {@code .} and {@code ..}. */
    public Path path() {
        return path;
    }

    public void change(Path to) {
        path = resolve(to.toString());
    }

    /** @param given as guest code wrote it */
    public Path resolve(String given) {
        return path.resolve(given).normalize();
    }
}
