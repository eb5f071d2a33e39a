package dev.carillon.scheduler;

import dev.carillon.runtime.Permissions;
import dev.carillon.scheduler.Configuration.ScriptLimits;
import dev.carillon.scheduler.Configuration.ScriptSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which files are scripts, and whether they changed. In a folder every source file directly in it is a script, except
 * names that begin with {@code _} or {@code .}, declarations ({@code .d.ts}) and tests; what lies in folders below is
 * for scripts to import, and a change there counts as a change of every script of the folder.
 *
 * <p>Threads: one at a time.
 */
public final class ScriptFiles {
    /** How far below a folder of scripts, and beside a script named by itself, imports are looked for. */
    private static final int DEPTH_MAX = 8;

    private static final int DEPTH_BESIDE_FILE_MAX = 2;
    static final int NAME_LENGTH_MAX = 200; // chars; columns of Quartz and ours

    private final List<ScriptSource> sources;
    private final Map<Place, ScriptFolder> folders = new HashMap<>();

    private record Place(Path path, int depth) {}

    public ScriptFiles(List<ScriptSource> sources) {
        this.sources = List.copyOf(sources);
    }

    /**
     * @param name the file's name within its folder
     * @param fingerprint differs when the file, or what it may import, has changed
     */
    public record Found(String name, Path path, Permissions permissions, ScriptLimits limits, long fingerprint) {
        boolean isSameAs(Found other) {
            return fingerprint == other.fingerprint && path.equals(other.path);
        }

        boolean isAsIn(Map<String, Found> look) {
            var other = look.get(name);
            return other != null && isSameAs(other);
        }
    }

    /**
     * One look at what is there.
     *
     * @throws UncheckedIOException if a folder cannot be read
     */
    public static Map<String, Found> scan(List<ScriptSource> sources, List<String> problems) {
        return new ScriptFiles(sources).look(problems);
    }

    /**
     * Another look, which costs less than the first: a service looks twice a second.
     *
     * @param problems is added a sentence for each script that is left out
     * @return by name
     * @throws UncheckedIOException if a folder cannot be read
     */
    public Map<String, Found> look(List<String> problems) {
        var found = new LinkedHashMap<String, Found>();
        var beside = new HashMap<Path, Long>();
        for (var source : sources) {
            if (Files.isDirectory(source.path())) {
                var folder = folder(source.path(), DEPTH_MAX);
                long imports = look(folder);
                for (var file : folder.scripts()) {
                    var attributes = ScriptFolder.attributesOf(file);
                    if (attributes != null && attributes.isRegularFile()) {
                        add(source, file, 31 * ScriptFolder.stamp(attributes) + imports, found, problems);
                    }
                }
            } else if (Files.exists(source.path())) {
                long imports = beside.computeIfAbsent(
                        source.path().toAbsolutePath().getParent(),
                        parent -> look(folder(parent, DEPTH_BESIDE_FILE_MAX)));
                var attributes = ScriptFolder.attributesOf(source.path());
                long stamp = attributes == null ? 0 : ScriptFolder.stamp(attributes);
                add(source, source.path(), 31 * stamp + imports, found, problems);
            }
        }
        return found;
    }

    private ScriptFolder folder(Path path, int depth) {
        return folders.computeIfAbsent(new Place(path, depth), place -> new ScriptFolder(path, depth));
    }

    private static long look(ScriptFolder folder) {
        try {
            return folder.look();
        } catch (IOException e) {
            throw new UncheckedIOException("folder " + folder.path() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void add(
            ScriptSource source, Path file, long fingerprint, Map<String, Found> found, List<String> problems) {
        var name = file.getFileName().toString();
        if (name.length() > NAME_LENGTH_MAX) {
            problems.add(file + " is left out: its name has " + name.length() + " characters, a script's has at most "
                    + NAME_LENGTH_MAX + ", rename it");
            return;
        }
        var other = found.putIfAbsent(name, new Found(name, file, source.permissions(), source.limits(), fingerprint));
        if (other != null && !other.path().equals(file)) {
            problems.add(file + " is left out: " + other.path() + " has the name '" + name
                    + "' already, rename one of them");
        }
    }
}
