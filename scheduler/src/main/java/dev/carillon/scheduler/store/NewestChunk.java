package dev.carillon.scheduler.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.h2.mvstore.DataUtils;
import org.jspecify.annotations.Nullable;

/**
 * Points the header of an H2 file that was not closed in order at the newest chunk the file holds, before H2 opens it.
 *
 * <p>Threads: one, and no other process: a file somebody has open is left alone.
 */
final class NewestChunk {
    /*
     * H2 (2.5.252) writes each commit as a chunk, into free space where there is some, and the file header only when a
     * chunk did not land where the one before had foretold, or every twentieth time. After a kill it starts at the
     * header's chunk and follows what each foretells. But it does not always write the header when it should: seen were
     * headers with the newest commits, up to 0.7 s of them, behind a chunk that foretold another place, and H2 opened
     * the file without them although every byte was there. WRITE_DELAY=0 does not help: the chunks are written.
     *
     * So we look for the chunk ourselves. A chunk counts if its header and its footer, the last bytes written, agree; a
     * torn one does not. Of those with a higher version than the header's, the newest is the one with the latest time: a
     * version may have been written twice, if H2 once went back. The header is never moved back, whatever the times say:
     * they are wall clock, and a clock set back between two processes makes old chunks look young. H2 itself still checks
     * that all the chunk refers to is there.
     */
    private static final int BLOCK = 4_096;
    private static final int FOOTER_LENGTH = 128;
    private static final int HEADERS = 2; // blocks at the start of the file, both the same
    private static final int CHUNK_HEADER_MAX = 1_024;
    private static final int READ_AT_ONCE = 256; // blocks

    private static final System.Logger LOG = System.getLogger(NewestChunk.class.getName());

    private NewestChunk() {}

    /** A chunk's place and age, in the file's own terms. */
    private record Chunk(long block, long id, long version, long timeMs) {}

    /** @return true if the header was changed */
    static boolean pointAt(Path file) {
        if (!Files.exists(file)) {
            return false;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock != null && pointAt(file, channel);
        } catch (OverlappingFileLockException e) {
            return false; // open in this process
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + file + ": " + e.getMessage(), e);
        }
    }

    private static boolean pointAt(Path file, FileChannel channel) throws IOException {
        var header = header(channel);
        if (header == null || header.containsKey("clean") || !"1000".equals(header.get("blockSize"))) {
            return false; // closed in order, or not a file we understand: H2's own business
        }
        var newest = newestAfter(hex(header, "version"), channel);
        if (newest == null) {
            return false;
        }
        header.put("block", Long.toHexString(newest.block));
        header.put("chunk", Long.toHexString(newest.id));
        header.put("version", Long.toHexString(newest.version));
        write(channel, header);
        LOG.log(
                System.Logger.Level.INFO,
                "{0} was not closed in order: its header now names the newest commit it holds, {1}",
                file,
                newest.version);
        return true;
    }

    private static @Nullable Map<String, String> header(FileChannel channel) throws IOException {
        Map<String, String> newest = null;
        for (int i = 0; i < HEADERS; i++) {
            var map = checked(line(read(channel, (long) i * BLOCK, BLOCK), 0, BLOCK));
            if (map != null && (newest == null || hex(map, "version") > hex(newest, "version"))) {
                newest = map;
            }
        }
        return newest;
    }

    private static @Nullable Chunk newestAfter(long version, FileChannel channel) throws IOException {
        Chunk newest = null;
        long blocks = channel.size() / BLOCK;
        for (long from = HEADERS; from < blocks; from += READ_AT_ONCE) {
            int count = (int) Math.min(READ_AT_ONCE, blocks - from);
            var bytes = read(channel, from * BLOCK, count * BLOCK);
            for (int i = 0; i < count; i++) {
                if (bytes[i * BLOCK] == 'c') {
                    var chunk = chunk(channel, from + i, line(bytes, i * BLOCK, CHUNK_HEADER_MAX));
                    if (chunk != null && chunk.version > version && (newest == null || isNewer(chunk, newest))) {
                        newest = chunk;
                    }
                }
            }
        }
        return newest;
    }

    private static boolean isNewer(Chunk one, Chunk other) {
        return one.timeMs != other.timeMs ? one.timeMs > other.timeMs : one.version > other.version;
    }

    private static @Nullable Chunk chunk(FileChannel channel, long block, String line) throws IOException {
        var map = fields(line);
        if (!map.containsKey("chunk")
                || !map.containsKey("len")
                || !map.containsKey("version")
                || !map.containsKey("time")) {
            return null;
        }
        long length = hex(map, "len");
        long end = (block + length) * BLOCK;
        if (length < 1 || end > channel.size()) {
            return null;
        }
        var footer = checked(line(read(channel, end - FOOTER_LENGTH, FOOTER_LENGTH), 0, FOOTER_LENGTH));
        if (footer == null
                || hex(footer, "chunk") != hex(map, "chunk")
                || hex(footer, "version") != hex(map, "version")) {
            return null;
        }
        return new Chunk(block, hex(map, "chunk"), hex(map, "version"), hex(map, "time"));
    }

    private static void write(FileChannel channel, Map<String, String> header) throws IOException {
        header.remove("fletcher");
        var text = new StringBuilder();
        for (var key : new TreeMap<>(header).entrySet()) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(key.getKey())
                    .append(':')
                    .append(key.getValue());
        }
        var bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        var whole = text + ",fletcher:" + Integer.toHexString(DataUtils.getFletcher32(bytes, 0, bytes.length)) + "\n";
        var block = ByteBuffer.allocate(BLOCK);
        block.put(whole.getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < HEADERS; i++) {
            channel.write(block.clear(), (long) i * BLOCK);
            channel.force(false); // one whole header at any instant
        }
    }

    /** The fields of a line whose checksum is right, or null. */
    private static @Nullable Map<String, String> checked(String line) {
        int checksum = line.lastIndexOf(",fletcher:");
        var map = fields(line.strip());
        var expected = map.get("fletcher");
        if (checksum < 0 || expected == null) {
            return null;
        }
        var bytes = line.substring(0, checksum).getBytes(StandardCharsets.ISO_8859_1);
        return Integer.toHexString(DataUtils.getFletcher32(bytes, 0, bytes.length))
                        .equals(expected)
                ? map
                : null;
    }

    private static Map<String, String> fields(String line) {
        var map = new HashMap<String, String>();
        for (var field : line.strip().split(",", -1)) {
            int colon = field.indexOf(':');
            if (colon > 0) {
                map.put(field.substring(0, colon), field.substring(colon + 1));
            }
        }
        return map;
    }

    private static long hex(Map<String, String> map, String key) {
        try {
            return Long.parseUnsignedLong(map.getOrDefault(key, "0"), 16);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static String line(byte[] bytes, int from, int length) {
        var text = new String(bytes, from, Math.min(length, bytes.length - from), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        return end < 0 ? "" : text.substring(0, end);
    }

    private static byte[] read(FileChannel channel, long position, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
            // until it is full or the file ends
        }
        return buffer.array();
    }
}
