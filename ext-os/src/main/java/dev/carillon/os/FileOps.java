package dev.carillon.os;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.WorkingDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The file ops. Each exists twice, synchronous and asynchronous, made from one body: permission and path are settled at
 * the call, on the runtime thread, so that a later {@code chdir} or revocation cannot change what was asked for; the work
 * of the asynchronous twin is done on a virtual thread.
 *
 * <p>Threads: runtime thread.
 */
public final class FileOps {
    private static final int MODE_PERMISSIONS = 0777;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_FOLDER = PosixFilePermissions.fromString("rwx------");

    /** Made by its first use: seeding takes as long as many a script. */
    private static final class Random {
        private static final SecureRandom SOURCE = new SecureRandom();
    }

    private final Permissions permissions;
    private final WorkingDirectory cwd;

    FileOps(OpState state) {
        permissions = state.borrow(Permissions.class);
        cwd = state.borrow(WorkingDirectory.class);
    }

    // ---- reading

    @Op("op_os_read_file_sync")
    public byte[] readFileSync(String path) {
        return readFileCall(path, "Deno.readFileSync()").now();
    }

    @Op("op_os_read_file")
    public CompletionStage<byte[]> readFile(String path) {
        return readFileCall(path, "Deno.readFile()").later();
    }

    private Call<byte[]> readFileCall(String name, String api) {
        var given = path(Kind.READ, name, "readfile", api);
        var path = given.path();
        return new Call<>("readfile '" + given.shown() + "'", () -> Files.readAllBytes(path));
    }

    @Op("op_os_read_text_file_sync")
    public String readTextFileSync(String path) {
        return readTextFileCall(path, "Deno.readTextFileSync()").now();
    }

    @Op("op_os_read_text_file")
    public CompletionStage<String> readTextFile(String path) {
        return readTextFileCall(path, "Deno.readTextFile()").later();
    }

    private Call<String> readTextFileCall(String name, String api) {
        var given = path(Kind.READ, name, "readfile", api);
        var path = given.path();
        return new Call<>(
                "readfile '" + given.shown() + "'", () -> new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
    }

    // ---- writing

    /** How a file is opened for writing; {@code mode} is null to leave it to the system. */
    public record WriteOptions(
            boolean append,
            boolean create,
            boolean createNew,
            @Nullable Integer mode) {}

    @Op("op_os_write_file_sync")
    public void writeFileSync(
            String path, byte[] data, boolean append, boolean create, boolean createNew, @Nullable Integer mode) {
        writeFileCall(path, data, new WriteOptions(append, create, createNew, mode), "Deno.writeFileSync()")
                .now();
    }

    @Op("op_os_write_file")
    public CompletionStage<@Nullable Void> writeFile(
            String path, byte[] data, boolean append, boolean create, boolean createNew, @Nullable Integer mode) {
        return writeFileCall(path, data, new WriteOptions(append, create, createNew, mode), "Deno.writeFile()")
                .later();
    }

    @Op("op_os_write_text_file_sync")
    public void writeTextFileSync(
            String path, String text, boolean append, boolean create, boolean createNew, @Nullable Integer mode) {
        var options = new WriteOptions(append, create, createNew, mode);
        writeFileCall(path, text.getBytes(StandardCharsets.UTF_8), options, "Deno.writeTextFileSync()")
                .now();
    }

    @Op("op_os_write_text_file")
    public CompletionStage<@Nullable Void> writeTextFile(
            String path, String text, boolean append, boolean create, boolean createNew, @Nullable Integer mode) {
        var options = new WriteOptions(append, create, createNew, mode);
        return writeFileCall(path, text.getBytes(StandardCharsets.UTF_8), options, "Deno.writeTextFile()")
                .later();
    }

    private Call<@Nullable Void> writeFileCall(String name, byte[] data, WriteOptions options, String api) {
        var given = path(Kind.WRITE, name, "writefile", api);
        var path = given.path();
        return new Call<>("writefile '" + given.shown() + "'", () -> {
            var how = new HashSet<OpenOption>();
            how.add(StandardOpenOption.WRITE);
            how.add(options.append() ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
            if (options.createNew()) {
                how.add(StandardOpenOption.CREATE_NEW);
            } else if (options.create()) {
                how.add(StandardOpenOption.CREATE);
            }
            try (var channel = FileChannel.open(path, how, modeAttribute(options.mode()))) {
                if (options.mode() != null) {
                    Files.setPosixFilePermissions(path, permissionsOf(options.mode()));
                }
                var buffer = ByteBuffer.wrap(data);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            return null;
        });
    }

    @Op("op_os_truncate_sync")
    public void truncateSync(String path, double length) {
        truncateCall(path, length, "Deno.truncateSync()").now();
    }

    @Op("op_os_truncate")
    public CompletionStage<@Nullable Void> truncate(String path, double length) {
        return truncateCall(path, length, "Deno.truncate()").later();
    }

    private Call<@Nullable Void> truncateCall(String name, double length, String api) {
        var given = path(Kind.WRITE, name, "truncate", api);
        var path = given.path();
        return new Call<>("truncate '" + given.shown() + "'", () -> {
            try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                long size = (long) Math.max(0, length);
                if (channel.size() >= size) {
                    channel.truncate(size);
                } else {
                    channel.write(ByteBuffer.wrap(new byte[1]), size - 1);
                }
            }
            return null;
        });
    }

    // ---- what is there

    /** What {@code stat} knows; times in milliseconds since the epoch. */
    public record FileFacts(
            boolean isFile,
            boolean isDirectory,
            boolean isSymlink,
            double size,
            double mtime,
            double atime,
            double birthtime,
            double ctime,
            double dev,
            double ino,
            double mode,
            double nlink,
            double uid,
            double gid,
            double rdev) {}

    @Op("op_os_stat_sync")
    public FileFacts statSync(String path) {
        return statCall(path, "stat", "Deno.statSync()").now();
    }

    @Op("op_os_stat")
    public CompletionStage<FileFacts> stat(String path) {
        return statCall(path, "stat", "Deno.stat()").later();
    }

    @Op("op_os_lstat_sync")
    public FileFacts lstatSync(String path) {
        return statCall(path, "lstat", "Deno.lstatSync()").now();
    }

    @Op("op_os_lstat")
    public CompletionStage<FileFacts> lstat(String path) {
        return statCall(path, "lstat", "Deno.lstat()").later();
    }

    private Call<FileFacts> statCall(String name, String word, String api) {
        var given = path(Kind.READ, name, word, api);
        var path = given.path();
        var links = word.equals("lstat") ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS} : new LinkOption[0];
        return new Call<>(word + " '" + given.shown() + "'", () -> {
            Map<String, Object> facts;
            try {
                facts = Files.readAttributes(path, "unix:*", links);
            } catch (NoSuchFileException e) {
                // The JDK says the same of what lies below a file.
                throw belowFile(path) ? new NotDirectoryException(given.shown()) : e;
            }
            int mode = number(facts.get("mode")).intValue();
            int format = mode & 0170000;
            return new FileFacts(
                    format == 0100000,
                    format == 0040000,
                    format == 0120000,
                    number(facts.get("size")).doubleValue(),
                    millis(facts.get("lastModifiedTime")),
                    millis(facts.get("lastAccessTime")),
                    millis(facts.get("creationTime")),
                    millis(facts.get("ctime")),
                    number(facts.get("dev")).doubleValue(),
                    number(facts.get("ino")).doubleValue(),
                    mode,
                    number(facts.get("nlink")).doubleValue(),
                    number(facts.get("uid")).doubleValue(),
                    number(facts.get("gid")).doubleValue(),
                    number(facts.get("rdev")).doubleValue());
        });
    }

    private static boolean belowFile(Path path) {
        var above = path.getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        return above != null && !Files.isDirectory(above);
    }

    private static Number number(@Nullable Object value) {
        return value instanceof Number number ? number : 0;
    }

    private static double millis(@Nullable Object value) {
        return value instanceof FileTime time ? time.toMillis() : Double.NaN;
    }

    @Op("op_os_real_path_sync")
    public String realPathSync(String path) {
        return realPathCall(path, "Deno.realPathSync()").now();
    }

    @Op("op_os_real_path")
    public CompletionStage<String> realPath(String path) {
        return realPathCall(path, "Deno.realPath()").later();
    }

    private Call<String> realPathCall(String name, String api) {
        var given = path(Kind.READ, name, "realpath", api);
        var path = given.path();
        return new Call<>(
                "realpath '" + given.shown() + "'", () -> path.toRealPath().toString());
    }

    @Op("op_os_read_link_sync")
    public String readLinkSync(String path) {
        return readLinkCall(path, "Deno.readLinkSync()").now();
    }

    @Op("op_os_read_link")
    public CompletionStage<String> readLink(String path) {
        return readLinkCall(path, "Deno.readLink()").later();
    }

    private Call<String> readLinkCall(String name, String api) {
        var given = path(Kind.READ, name, "readlink", api);
        var path = given.path();
        var context = "readlink '" + given.shown() + "'";
        return new Call<>(context, () -> {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(path)) {
                throw IoFailure.EINVAL.in(context);
            }
            return Files.readSymbolicLink(path).toString();
        });
    }

    /** Entries as {@code f} file, {@code d} folder, {@code l} link or {@code o} other, followed by the name. */
    @Op("op_os_read_dir_sync")
    public List<String> readDirSync(String path) {
        return readDirCall(path, "Deno.readDirSync()").now();
    }

    @Op("op_os_read_dir")
    public CompletionStage<List<String>> readDir(String path) {
        return readDirCall(path, "Deno.readDir()").later();
    }

    private Call<List<String>> readDirCall(String name, String api) {
        var given = path(Kind.READ, name, "readdir", api);
        var path = given.path();
        return new Call<>("readdir '" + given.shown() + "'", () -> {
            var entries = new ArrayList<String>();
            try (var stream = Files.newDirectoryStream(path)) {
                for (var entry : stream) {
                    entries.add(kindOf(entry) + entry.getFileName().toString());
                }
            } catch (java.nio.file.DirectoryIteratorException e) {
                throw e.getCause();
            }
            return entries;
        });
    }

    private static String kindOf(Path entry) {
        if (Files.isSymbolicLink(entry)) {
            return "l";
        }
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            return "d";
        }
        return Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS) ? "f" : "o";
    }

    // ---- changing the tree

    @Op("op_os_mkdir_sync")
    public void mkdirSync(String path, boolean recursive, @Nullable Integer mode) {
        mkdirCall(path, recursive, mode, "Deno.mkdirSync()").now();
    }

    @Op("op_os_mkdir")
    public CompletionStage<@Nullable Void> mkdir(String path, boolean recursive, @Nullable Integer mode) {
        return mkdirCall(path, recursive, mode, "Deno.mkdir()").later();
    }

    private Call<@Nullable Void> mkdirCall(String name, boolean recursive, @Nullable Integer mode, String api) {
        var given = path(Kind.WRITE, name, "mkdir", api);
        var path = given.path();
        return new Call<>("mkdir '" + given.shown() + "'", () -> {
            if (recursive) {
                Files.createDirectories(path, modeAttribute(mode));
            } else {
                Files.createDirectory(path, modeAttribute(mode));
            }
            return null;
        });
    }

    @Op("op_os_remove_sync")
    public void removeSync(String path, boolean recursive) {
        removeCall(path, recursive, "Deno.removeSync()").now();
    }

    @Op("op_os_remove")
    public CompletionStage<@Nullable Void> remove(String path, boolean recursive) {
        return removeCall(path, recursive, "Deno.remove()").later();
    }

    private Call<@Nullable Void> removeCall(String name, boolean recursive, String api) {
        var given = path(Kind.WRITE, name, "remove", api);
        var path = given.path();
        return new Call<>("remove '" + given.shown() + "'", () -> {
            if (recursive && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(path, DELETE_ALL);
            } else {
                Files.delete(path);
            }
            return null;
        });
    }

    private static final SimpleFileVisitor<Path> DELETE_ALL = new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    };

    @Op("op_os_rename_sync")
    public void renameSync(String from, String to) {
        renameCall(from, to, "Deno.renameSync()").now();
    }

    @Op("op_os_rename")
    public CompletionStage<@Nullable Void> rename(String from, String to) {
        return renameCall(from, to, "Deno.rename()").later();
    }

    private Call<@Nullable Void> renameCall(String from, String to, String api) {
        var source = path(Kind.READ, from, "rename", api);
        permissions.checkPath(Kind.WRITE, source.path(), from, api);
        var target = path(Kind.WRITE, to, "rename", api);
        return new Call<>(pair("rename", source.shown(), target.shown()), () -> {
            Files.move(source.path(), target.path(), StandardCopyOption.ATOMIC_MOVE);
            return null;
        });
    }

    @Op("op_os_copy_file_sync")
    public void copyFileSync(String from, String to) {
        copyFileCall(from, to, "Deno.copyFileSync()").now();
    }

    @Op("op_os_copy_file")
    public CompletionStage<@Nullable Void> copyFile(String from, String to) {
        return copyFileCall(from, to, "Deno.copyFile()").later();
    }

    private Call<@Nullable Void> copyFileCall(String from, String to, String api) {
        var sourceGiven = path(Kind.READ, from, "copy", api);
        var targetGiven = path(Kind.WRITE, to, "copy", api);
        var context = pair("copy", sourceGiven.shown(), targetGiven.shown());
        var source = sourceGiven.path();
        var target = targetGiven.path();
        return new Call<>(context, () -> {
            if (Files.exists(source) && !Files.isRegularFile(source)) {
                throw new JsVisibleException(
                        "TypeError",
                        "the source path is neither a regular file nor a symlink to a regular file: " + context,
                        IoFailure.EINVAL.name(),
                        null);
            }
            // Files.copy would put the file in the place of an empty folder.
            if (Files.isDirectory(target)) {
                throw IoFailure.EISDIR.in(context);
            }
            if (Files.exists(target) && Files.isSameFile(source, target)) {
                return null;
            }
            Files.copy(source, target, new CopyOption[] {
                StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES
            });
            return null;
        });
    }

    @Op("op_os_symlink_sync")
    public void symlinkSync(String from, String to) {
        symlinkCall(from, to, "Deno.symlinkSync()").now();
    }

    @Op("op_os_symlink")
    public CompletionStage<@Nullable Void> symlink(String from, String to) {
        return symlinkCall(from, to, "Deno.symlink()").later();
    }

    private Call<@Nullable Void> symlinkCall(String from, String to, String api) {
        for (var kind : List.of(Kind.READ, Kind.WRITE)) {
            if (permissions.query(kind, null).state() != Permissions.State.GRANTED) {
                throw new JsVisibleException(
                        "NotCapable",
                        api + " requires unscoped --allow-read and --allow-write permissions; path-scoped grants (e.g."
                                + " --allow-write=<path>) are not supported because a symlink's target is only resolved"
                                + " when the link is traversed");
            }
        }
        var link = resolve(to, "symlink");
        return new Call<>(pair("symlink", from, to), () -> {
            Files.createSymbolicLink(link, Path.of(from));
            return null;
        });
    }

    @Op("op_os_link_sync")
    public void linkSync(String from, String to) {
        linkCall(from, to, "Deno.linkSync()").now();
    }

    @Op("op_os_link")
    public CompletionStage<@Nullable Void> link(String from, String to) {
        return linkCall(from, to, "Deno.link()").later();
    }

    private Call<@Nullable Void> linkCall(String from, String to, String api) {
        var source = path(Kind.READ, from, "link", api);
        permissions.checkPath(Kind.WRITE, source.path(), from, api);
        var target = path(Kind.READ, to, "link", api);
        permissions.checkPath(Kind.WRITE, target.path(), to, api);
        return new Call<>(pair("link", source.shown(), target.shown()), () -> {
            Files.createLink(target.path(), source.path());
            return null;
        });
    }

    @Op("op_os_chmod_sync")
    public void chmodSync(String path, int mode) {
        chmodCall(path, mode, "Deno.chmodSync()").now();
    }

    @Op("op_os_chmod")
    public CompletionStage<@Nullable Void> chmod(String path, int mode) {
        return chmodCall(path, mode, "Deno.chmod()").later();
    }

    private Call<@Nullable Void> chmodCall(String name, int mode, String api) {
        var given = path(Kind.WRITE, name, "chmod", api);
        var path = given.path();
        return new Call<>("chmod '" + given.shown() + "'", () -> {
            Files.setPosixFilePermissions(path, permissionsOf(mode));
            return null;
        });
    }

    /** Times in seconds since the epoch. */
    @Op("op_os_utime_sync")
    public void utimeSync(String path, double atime, double mtime) {
        utimeCall(path, atime, mtime, "Deno.utimeSync()").now();
    }

    @Op("op_os_utime")
    public CompletionStage<@Nullable Void> utime(String path, double atime, double mtime) {
        return utimeCall(path, atime, mtime, "Deno.utime()").later();
    }

    private Call<@Nullable Void> utimeCall(String name, double atime, double mtime, String api) {
        var given = path(Kind.WRITE, name, "utime", api);
        var path = given.path();
        return new Call<>("utime '" + given.shown() + "'", () -> {
            Files.getFileAttributeView(path, java.nio.file.attribute.BasicFileAttributeView.class)
                    .setTimes(
                            FileTime.fromMillis(Math.round(mtime * 1000)),
                            FileTime.fromMillis(Math.round(atime * 1000)),
                            null);
            return null;
        });
    }

    @Op("op_os_make_temp_sync")
    public String makeTempSync(boolean folder, @Nullable String dir, @Nullable String prefix, @Nullable String suffix) {
        return makeTempCall(folder, dir, prefix, suffix, folder ? "Deno.makeTempDirSync()" : "Deno.makeTempFileSync()")
                .now();
    }

    @Op("op_os_make_temp")
    public CompletionStage<String> makeTemp(
            boolean folder, @Nullable String dir, @Nullable String prefix, @Nullable String suffix) {
        return makeTempCall(folder, dir, prefix, suffix, folder ? "Deno.makeTempDir()" : "Deno.makeTempFile()")
                .later();
    }

    /** Part of a name, and of nothing else: the right to write a folder is none to what lies beside it. */
    private static void checkNamePart(@Nullable String part) {
        if (part == null) {
            return;
        }
        if (part.indexOf('/') >= 0 || part.indexOf('\\') >= 0) {
            throw new JsVisibleException("Error", "Invalid path separator in prefix or suffix: \"" + part + "\"");
        }
        if (part.chars().anyMatch(Character::isISOControl)) {
            throw new JsVisibleException(
                    "Error",
                    "Invalid control character in prefix or suffix: \"" + part.replaceAll("\\p{Cntrl}", "\ufffd")
                            + "\"");
        }
    }

    private Call<String> makeTempCall(
            boolean folder, @Nullable String dir, @Nullable String prefix, @Nullable String suffix, String api) {
        checkNamePart(prefix);
        checkNamePart(suffix);
        Path parent;
        if (dir == null) {
            permissions.check(Kind.WRITE, "<TMP>", api);
            parent = Path.of(System.getProperty("java.io.tmpdir"));
        } else {
            parent = path(Kind.WRITE, dir, "tmpdir", api).path();
        }
        return new Call<>(folder ? "tmpdir" : "tmpfile", () -> {
            while (true) {
                var random = new byte[8];
                Random.SOURCE.nextBytes(random);
                var name = (prefix == null ? "" : prefix)
                        + HexFormat.of().formatHex(random)
                        + (suffix == null ? "" : suffix);
                var target = parent.resolve(name);
                try {
                    if (folder) {
                        Files.createDirectory(target, PosixFilePermissions.asFileAttribute(OWNER_ONLY_FOLDER));
                    } else {
                        Files.createFile(target, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
                    }
                    // As Deno: absolute only if the folder was given so.
                    return dir == null ? target.toString() : Path.of(dir, name).toString();
                } catch (java.nio.file.FileAlreadyExistsException e) {
                    continue; // somebody drew the same name
                }
            }
        });
    }

    // ---- the working directory

    @Op("op_os_cwd")
    public String workingDirectory() {
        return cwd.path().toString();
    }

    @Op("op_os_chdir")
    public void changeDirectory(String name) {
        var given = path(Kind.READ, name, "chdir", "Deno.chdir()");
        var path = given.path();
        var context = "chdir '" + given.shown() + "'";
        if (!Files.exists(path)) {
            throw IoFailure.ENOENT.in(context);
        }
        if (!Files.isDirectory(path)) {
            throw IoFailure.ENOTDIR.in(context);
        }
        if (!Files.isExecutable(path)) {
            throw IoFailure.EACCES.in(context);
        }
        cwd.change(path);
    }

    // ---- common parts

    /** A path that was allowed; {@code shown} is how messages call it. */
    private record Target(Path path, String shown) {}

    private Target path(Kind kind, String name, String word, String api) {
        var path = resolve(name, word);
        var shown = permissions.checkPath(kind, path, name, api);
        if (name.isEmpty()) {
            throw IoFailure.ENOENT.in(word + " ''");
        }
        return new Target(path, shown);
    }

    /** Normalised, so that what is opened is what was checked, even where {@code link/..} would lead elsewhere. */
    private Path resolve(String name, String word) {
        try {
            return cwd.resolve(name);
        } catch (InvalidPathException e) {
            throw IoFailure.of(e, word + " '" + name + "'");
        }
    }

    private static String pair(String word, String from, String to) {
        return word + " '" + from + "' -> '" + to + "'";
    }

    private static FileAttribute<?>[] modeAttribute(@Nullable Integer mode) {
        return mode == null
                ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissionsOf(mode))};
    }

    private static Set<PosixFilePermission> permissionsOf(int mode) {
        var set = EnumSet.noneOf(PosixFilePermission.class);
        var ordered = PosixFilePermission.values(); // owner read, write, execute, group…, others…
        for (int i = 0; i < ordered.length; i++) {
            if ((mode & MODE_PERMISSIONS & (0400 >> i)) != 0) {
                set.add(ordered[i]);
            }
        }
        return set;
    }

    @FunctionalInterface
    private interface Body<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** An operation that has been allowed; {@code context} is what its errors say was tried. */
    private record Call<T extends @Nullable Object>(String context, Body<T> body) {
        T now() {
            try {
                return body.run();
            } catch (IOException e) {
                throw IoFailure.of(e, context);
            } catch (InvalidPathException e) {
                throw IoFailure.of(e, context);
            }
        }

        CompletionStage<T> later() {
            var result = new CompletableFuture<T>();
            Thread.ofVirtual().name(context).start(() -> {
                try {
                    result.complete(now());
                } catch (Throwable e) { // all, else guest code waits forever
                    result.completeExceptionally(e);
                }
            });
            return result;
        }
    }
}
