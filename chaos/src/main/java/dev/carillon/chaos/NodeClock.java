package dev.carillon.chaos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The wall clock of one node, which can be set wrong while it runs: a small library, preloaded into the process, adds what
 * a file says. Wants a C compiler.
 */
final class NodeClock {
    private final Path library;
    private final Path file;

    private NodeClock(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /** Builds the library once into {@code folder}; empty where there is no {@code cc}. */
    static Optional<Path> build(Path folder) throws IOException, InterruptedException {
        var source = folder.resolve("clock.c");
        var library = folder.resolve("clock.so");
        Files.write(source, Resources.bytes("clock.c"));
        try {
            var compiler = new ProcessBuilder(
                            "cc", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
                    .inheritIO()
                    .start();
            return compiler.waitFor() == 0 ? Optional.of(library) : Optional.empty();
        } catch (IOException noCompiler) {
            return Optional.empty();
        }
    }

    /** A clock that is right. */
    static NodeClock right(Path library, Path file) throws IOException {
        var clock = new NodeClock(library, file);
        clock.set(Duration.ZERO);
        return clock;
    }

    /** What the process wants in its environment. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "CHAOS_CLOCK", file.toString());
    }

    /** Sets it so far off, at once; in place, since the process has the file mapped. */
    void set(Duration offset) throws IOException {
        var bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(offset.toNanos())
                .flip();
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(bytes, 0);
        }
    }
}
