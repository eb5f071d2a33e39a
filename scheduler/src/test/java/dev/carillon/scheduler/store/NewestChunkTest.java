package dev.carillon.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewestChunkTest {
    private static final int HEADERS_LENGTH = 2 * 4_096;
    private static final int FORETOLD_BROKEN = 40;

    @TempDir
    private Path folder;

    /** A store's file as a kill leaves it: every commit in it, and a header from long ago. */
    private Path killed(int commits) throws IOException {
        var file = folder.resolve("live.mv.db");
        var copy = folder.resolve("killed.mv.db");
        try (var store = new MVStore.Builder()
                .fileName(file.toString())
                .autoCommitDisabled()
                .open()) {
            store.setAutoCommitDelay(0);
            var map = store.<Integer, String>openMap("rows");
            var oldHeader = new byte[HEADERS_LENGTH];
            for (int i = 0; i < commits; i++) {
                map.put(i, "row " + i + " ".repeat(i * 37 % 3_000));
                if (i % 3 == 0) {
                    map.remove(i - 2); // frees space, which later chunks take
                }
                store.commit();
                if (i == FORETOLD_BROKEN) {
                    try (var raw = new RandomAccessFile(file.toFile(), "r")) {
                        raw.readFully(oldHeader);
                    }
                }
            }
            Files.copy(file, copy);
            try (var raw = new RandomAccessFile(copy.toFile(), "rw")) {
                raw.write(oldHeader);
            }
        }
        return copy;
    }

    private static int newestRow(Path file) {
        try (var store =
                new MVStore.Builder().fileName(file.toString()).readOnly().open()) {
            return store.<Integer, String>openMap("rows").lastKey();
        }
    }

    @Test
    void a_file_with_an_old_header_opens_with_its_newest_commit() throws IOException {
        var file = killed(200);
        NewestChunk.pointAt(file);
        assertThat(newestRow(file)).isEqualTo(199);
    }

    @Test
    void a_chunk_whose_end_was_not_written_does_not_count() throws IOException {
        var file = killed(200);
        try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
            var torn = new byte[4_096];
            put(torn, 0, "chunk:fff,len:2,pages:1,max:10,map:2,root:1,time:fffffff,version:fff,next:0,toc:1\n");
            raw.seek(raw.length());
            raw.write(torn); // the second block, with the footer, is missing
        }
        NewestChunk.pointAt(file);
        assertThat(newestRow(file)).isEqualTo(199);
    }

    @Test
    void an_old_chunk_from_before_the_clock_was_set_back_does_not_count() throws IOException {
        var file = killed(200);
        var without = Files.copy(file, folder.resolve("without.mv.db"));
        try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
            var old = new byte[4_096]; // whole, younger by its time than all others, and of an early version
            var version = header(file).replaceFirst(".*,version:(\\p{XDigit}+),.*", "$1"); // no newer than the header's
            put(old, 0, "chunk:1,len:1,pages:1,max:10,map:2,root:1,time:fffffff,version:" + version + ",toc:1\n");
            put(old, 4_096 - 128, withChecksum("chunk:1,len:1,version:" + version));
            raw.seek(raw.length());
            raw.write(old);
        }
        NewestChunk.pointAt(file);
        NewestChunk.pointAt(without);
        assertThat(header(file)).isEqualTo(header(without));
    }

    private static String header(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(HEADERS_LENGTH / 2), StandardCharsets.ISO_8859_1)
                    .replace("\0", "")
                    .strip();
        }
    }

    private static void put(byte[] block, int at, String text) {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static String withChecksum(String text) {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return text + ",fletcher:" + Integer.toHexString(DataUtils.getFletcher32(bytes, 0, bytes.length)) + "\n";
    }

    @Test
    void a_file_closed_in_order_is_left_alone() throws IOException {
        var file = folder.resolve("closed.mv.db");
        try (var store = new MVStore.Builder().fileName(file.toString()).open()) {
            store.openMap("rows").put(1, "one");
        }
        var before = Files.readAllBytes(file);
        assertThat(NewestChunk.pointAt(file)).isFalse();
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(NewestChunk.pointAt(folder.resolve("none.mv.db"))).isFalse();
    }

    @Test
    void a_file_somebody_has_open_is_left_alone() {
        var file = folder.resolve("open.mv.db");
        try (var store = new MVStore.Builder().fileName(file.toString()).open()) {
            store.openMap("rows").put(1, "one");
            store.commit();
            assertThat(NewestChunk.pointAt(file)).isFalse();
        }
    }
}
