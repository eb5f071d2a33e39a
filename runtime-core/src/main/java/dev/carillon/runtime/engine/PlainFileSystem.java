package dev.carillon.runtime.engine;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.graalvm.polyglot.io.FileSystem;
import org.jspecify.annotations.Nullable;

/** Modules from {@code ext:} and plain JavaScript files, read only. */
final class PlainFileSystem implements FileSystem {
    private static final String EXT_ROOT = "/ext:/";
    private final Function<String, @Nullable String> glue;

    /** @param glue text of an {@code ext:} specifier, or null if there is none */
    PlainFileSystem(Function<String, @Nullable String> glue) {
        this.glue = glue;
    }

    @Override
    public Path parsePath(URI uri) {
        return parsePath(uri.toString());
    }

    @Override
    public Path parsePath(String path) {
        if (path.startsWith("ext:")) {
            return Path.of(EXT_ROOT + path.substring(4));
        }
        return path.startsWith("file:") ? Path.of(URI.create(path)) : Path.of(path);
    }

    @Override
    public void checkAccess(Path path, Set<? extends AccessMode> modes, LinkOption... options) throws IOException {
        if (!path.startsWith(EXT_ROOT) && !Files.isReadable(path)) {
            throw new NoSuchFileException(path.toString());
        }
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        if (!path.startsWith(EXT_ROOT)) {
            return Files.newByteChannel(path);
        }
        var text = glue.apply("ext:" + path.toString().substring(EXT_ROOT.length()));
        if (text == null) {
            throw new NoSuchFileException(path.toString());
        }
        return new TextChannel(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Path toAbsolutePath(Path path) {
        return path.toAbsolutePath();
    }

    @Override
    public Path toRealPath(Path path, LinkOption... options) throws IOException {
        return path.startsWith(EXT_ROOT) ? path : path.toRealPath(options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return path.startsWith(EXT_ROOT)
                ? Map.of("isRegularFile", true, "isDirectory", false, "size", 1L)
                : Files.readAttributes(path, attributes, options);
    }

    @Override
    public void createDirectory(Path dir, FileAttribute<?>... attrs) {
        throw readOnly();
    }

    @Override
    public void delete(Path path) {
        throw readOnly();
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path dir, DirectoryStream.Filter<? super Path> filter) {
        throw readOnly();
    }

    private static SecurityException readOnly() {
        return new SecurityException("modules are only read");
    }

    /** A text as a file. */
    private static final class TextChannel implements SeekableByteChannel {
        private final byte[] bytes;
        private int position;

        TextChannel(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read(ByteBuffer target) {
            if (position >= bytes.length) {
                return -1;
            }
            int count = Math.min(target.remaining(), bytes.length - position);
            target.put(bytes, position, count);
            position += count;
            return count;
        }

        @Override
        public int write(ByteBuffer source) {
            throw readOnly();
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public SeekableByteChannel position(long to) {
            position = (int) to;
            return this;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw readOnly();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
