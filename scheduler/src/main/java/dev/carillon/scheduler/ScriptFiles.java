package dev.carillon.scheduler;

import dev.carillon.runtime.Permissions;
import dev.carillon.scheduler.Configuration.ScriptLimits;
import dev.carillon.scheduler.Configuration.ScriptSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which files are scripts, and whether they changed. In a folder every source file directly in it is a script, except
 * names that begin with {@code _} or {@code .}, declarations ({@code .d.ts}) and tests; what lies in folders below is
 * for scripts to import, and a change there counts as a change of every script of the folder.
 */
public final class ScriptFiles {
    private static final Pattern SOURCE = Pattern.compile(".*\\.(ts|mts|tsx|js|mjs|jsx)");
    private static final Pattern NOT_A_SCRIPT = Pattern.compile("[._].*|.*\\.d\\.m?ts|.*[._]test\\.[a-z]+");
    private static final Pattern IMPORTABLE = Pattern.compile(".*\\.(ts|mts|tsx|js|mjs|jsx|json|jsonc)");
    /** How far below a folder of scripts, and beside a script named by itself, imports are looked for. */
    private static final int DEPTH_MAX = 8;

    private static final int DEPTH_BESIDE_FILE_MAX = 2;
    static final int NAME_LENGTH_MAX = 200; // chars; columns of Quartz and ours
    private static final int FILES_MAX = 5_000; // looked at per folder; beyond it changes may go unseen

    private ScriptFiles() {}

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

    /** @throws UncheckedIOException if a folder cannot be read */
    public static Map<String, Found> scan(List<ScriptSource> sources, List<String> problems) {
        var found = new LinkedHashMap<String, Found>();
        var beside = new HashMap<Path, Long>();
        for (var source : sources) {
            if (Files.isDirectory(source.path())) {
                scanFolder(source, found, problems);
            } else if (Files.exists(source.path())) {
                add(
                        new Found(
                                source.path().getFileName().toString(),
                                source.path(),
                                source.permissions(),
                                source.limits(),
                                31 * stamp(source.path())
                                        + beside.computeIfAbsent(
                                                source.path().toAbsolutePath().getParent(),
                                                folder -> siblings(folder, DEPTH_BESIDE_FILE_MAX))),
                        found,
                        problems);
            }
        }
        return found;
    }

    /** Asks the system once for each script: a service looks twice a second. */
    private static void scanFolder(ScriptSource source, Map<String, Found> found, List<String> problems) {
        var scripts = new TreeMap<Path, Long>();
        var others = new Importable(source.path());
        try (var files = Files.list(source.path())) {
            for (var file : (Iterable<Path>) files::iterator) {
                var attributes = isScript(file) ? attributesOf(file) : null;
                if (attributes != null && attributes.isRegularFile()) {
                    scripts.put(file, stamp(attributes));
                } else {
                    others.look(file, DEPTH_MAX - 1);
                }
            }
        } catch (IOException e) {
            throw cannotBeRead(source.path(), e);
        }
        scripts.forEach((file, stamp) -> add(
                new Found(
                        file.getFileName().toString(),
                        file,
                        source.permissions(),
                        source.limits(),
                        31 * stamp + others.sum),
                found,
                problems));
    }

    private static boolean isScript(Path file) {
        var name = file.getFileName().toString();
        return SOURCE.matcher(name).matches() && !NOT_A_SCRIPT.matcher(name).matches();
    }

    private static void add(Found script, Map<String, Found> found, List<String> problems) {
        if (script.name().length() > NAME_LENGTH_MAX) {
            problems.add(script.path() + " is left out: its name has "
                    + script.name().length() + " characters, a script's has at most " + NAME_LENGTH_MAX
                    + ", rename it");
            return;
        }
        var other = found.putIfAbsent(script.name(), script);
        if (other != null && !other.path().equals(script.path())) {
            problems.add(script.path() + " is left out: " + other.path() + " has the name '" + script.name()
                    + "' already, rename one of them");
        }
    }

    /** What scripts of a folder may import besides each other. */
    private static final class Importable extends SimpleFileVisitor<Path> {
        private final Path folder;
        private long sum;
        private int seen;

        Importable(Path folder) {
            this.folder = folder;
        }

        void look(Path from, int depth) throws IOException {
            if (seen < FILES_MAX) {
                Files.walkFileTree(from, Set.of(), depth, this);
            }
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            var name = directory.getFileName();
            return !directory.equals(folder)
                            && name != null
                            && (name.toString().startsWith(".")
                                    || name.toString().equals("node_modules"))
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            boolean script = folder.equals(file.getParent()) && isScript(file);
            if (!script && IMPORTABLE.matcher(file.getFileName().toString()).matches()) {
                sum += 31 * stamp(attributes) + file.hashCode();
            }
            return ++seen < FILES_MAX ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }

    private static long siblings(Path folder, int depth) {
        var files = new Importable(folder);
        try {
            files.look(folder, depth);
        } catch (IOException e) {
            throw cannotBeRead(folder, e);
        }
        return files.sum;
    }

    private static UncheckedIOException cannotBeRead(Path folder, IOException e) {
        return new UncheckedIOException("folder " + folder + " cannot be read: " + e.getMessage(), e);
    }

    private static long stamp(Path file) {
        var attributes = attributesOf(file);
        return attributes == null ? 0 : stamp(attributes);
    }

    /** Or null if it is gone since it was listed: the next look knows. */
    private static @Nullable BasicFileAttributes attributesOf(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            return null;
        }
    }

    private static long stamp(BasicFileAttributes attributes) {
        return 31 * attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS) + attributes.size();
    }
}
