package dev.carillon.scheduler;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A folder of scripts as it is looked at again and again: what it holds is listed when it may have changed, and each look
 * asks the system once for each script, and once for each other file that scripts may import.
 *
 * <p>Threads: one at a time.
 */
final class ScriptFolder {
    private static final Pattern SOURCE = Pattern.compile(".*\\.(ts|mts|tsx|js|mjs|jsx)");
    private static final Pattern NOT_A_SCRIPT = Pattern.compile("[._].*|.*\\.d\\.m?ts|.*[._]test\\.[a-z]+");
    private static final Pattern IMPORTABLE = Pattern.compile(".*\\.(ts|mts|tsx|js|mjs|jsx|json|jsonc)");
    private static final int FILES_MAX = 5_000; // that are no scripts; beyond it changes may go unseen

    /** The clock of a file system may tick late, so that a folder's time stands still through a second change. */
    private static final int LOOKS_UNTIL_SETTLED = 4;
    /** Not every file system gives a folder a new time when a file comes. */
    private static final int LOOKS_BETWEEN_LISTINGS = 20;

    private final Path path;
    private final int depth; // of files below that are looked at; 1 is this folder alone
    private final boolean top;
    private @Nullable FileTime modified;
    private int stoodStill; // looks since it was modified
    private final List<Path> scripts = new ArrayList<>();
    private final List<Path> importable = new ArrayList<>();
    private final Map<Path, ScriptFolder> below = new TreeMap<>();
    private int others; // files and folders that are no scripts

    ScriptFolder(Path path, int depth) {
        this(path, depth, true);
    }

    private ScriptFolder(Path path, int depth, boolean top) {
        this.path = path;
        this.depth = depth;
        this.top = top;
    }

    Path path() {
        return path;
    }

    /** Of the last look, in the order of their names; some may be gone since, or be links to something else. */
    List<Path> scripts() {
        return scripts;
    }

    /**
     * Another look.
     *
     * @return differs when what scripts may import besides each other has changed
     */
    long look() throws IOException {
        return look(new Count());
    }

    private static final class Count {
        int seen;
    }

    private long look(Count count) throws IOException {
        listIfChanged();
        count.seen += others;
        long sum = 0;
        for (var file : importable) {
            var attributes = attributesOf(file, LinkOption.NOFOLLOW_LINKS);
            sum += attributes == null ? 0 : 31 * stamp(attributes) + file.hashCode();
        }
        for (var folder : below.values()) {
            sum += count.seen < FILES_MAX ? folder.lookBelow(count) : 0;
        }
        return sum;
    }

    private long lookBelow(Count count) {
        try {
            return look(count);
        } catch (IOException e) {
            return 0; // gone, or not ours to read: no script imports from it
        }
    }

    private void listIfChanged() throws IOException {
        var time = Files.getLastModifiedTime(path);
        stoodStill = time.equals(modified) ? stoodStill + 1 : 0;
        modified = null; // unless the listing comes to its end
        if (stoodStill < LOOKS_UNTIL_SETTLED || stoodStill % LOOKS_BETWEEN_LISTINGS == 0) {
            list();
        }
        modified = time;
    }

    private void list() throws IOException {
        scripts.clear();
        importable.clear();
        var before = Map.copyOf(below);
        below.clear();
        others = 0;
        try (var files = Files.newDirectoryStream(path)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                boolean script = top && isScript(name);
                if (!script && ++others > FILES_MAX) {
                    continue;
                }
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    if (depth > 1 && !name.startsWith(".") && !name.equals("node_modules")) {
                        var known = before.get(file);
                        below.put(file, known == null ? new ScriptFolder(file, depth - 1, false) : known);
                    }
                } else if (script) {
                    scripts.add(file);
                } else if (IMPORTABLE.matcher(name).matches()) {
                    importable.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        scripts.sort(Comparator.naturalOrder());
    }

    private static boolean isScript(String name) {
        return SOURCE.matcher(name).matches() && !NOT_A_SCRIPT.matcher(name).matches();
    }

    /** Or null if it is gone since it was listed: the next look knows. */
    static @Nullable BasicFileAttributes attributesOf(Path file, LinkOption... options) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, options);
        } catch (IOException e) {
            return null;
        }
    }

    /** Differs when the file has changed. */
    static long stamp(BasicFileAttributes attributes) {
        return 31 * attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS) + attributes.size();
    }
}
