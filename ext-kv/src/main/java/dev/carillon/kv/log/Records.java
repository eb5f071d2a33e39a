package dev.carillon.kv.log;

import dev.carillon.kv.KvValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import java.util.zip.CRC32C;

/**
 * Commits as bytes: length and checksum of the rest, the counter, then each change with a tag.
 *
 * <p>Threads: one at a time.
 */
final class Records {
    /** Length and checksum, before each record. */
    static final int FRAME_BYTES = 2 * Integer.BYTES;

    private static final byte PUT = 1;
    private static final byte REMOVE = 2;
    private static final byte WAIT = 3;
    private static final byte START = 4;
    private static final byte DONE = 5;

    private static final int KEPT_BYTES_MAX = 1 << 20; // of a buffer that once grew larger

    private ByteBuffer out = ByteBuffer.allocate(1_024);
    private final List<Blob> blobs = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>();

    /** A record as it goes to the log. */
    record Record(byte[] bytes, int length) {}

    /** One commit as the log holds it. */
    record Commit(long counter, List<Change> changes) {}

    /** @param bytesOf how a blob is read; called while this runs */
    Record write(long counter, List<Change> changes, Function<Blob, byte[]> bytesOf) {
        if (out.capacity() > KEPT_BYTES_MAX) {
            out = ByteBuffer.allocate(1_024);
        }
        out.clear().position(FRAME_BYTES);
        blobs.clear();
        places.clear();
        room(Long.BYTES).putLong(counter);
        for (var change : changes) {
            switch (change) {
                case Change.Put(byte[] key, Row row) -> {
                    room(1 + 1 + 2 * Long.BYTES)
                            .put(PUT)
                            .put((byte) row.kind().number())
                            .putLong(row.version())
                            .putLong(row.expireAtMs());
                    bytes(key);
                    blob(row.value(), bytesOf);
                }
                case Change.Remove(byte[] key) -> {
                    room(1).put(REMOVE);
                    bytes(key);
                }
                case Change.Wait(Queued message) -> {
                    room(1 + 2 * Long.BYTES + Integer.BYTES)
                            .put(WAIT)
                            .putLong(message.id())
                            .putLong(message.dueMs())
                            .putInt(message.failures());
                    room(Integer.BYTES * (1 + message.backoffMs().size()))
                            .putInt(message.backoffMs().size());
                    message.backoffMs().forEach(out::putInt);
                    room(Integer.BYTES).putInt(message.keysIfUndelivered().size());
                    message.keysIfUndelivered().forEach(this::bytes);
                    blob(message.payload(), bytesOf);
                }
                case Change.Start(long id) -> room(1 + Long.BYTES).put(START).putLong(id);
                case Change.Done(long id) -> room(1 + Long.BYTES).put(DONE).putLong(id);
            }
        }
        int length = out.position();
        out.putInt(0, length - FRAME_BYTES).putInt(Integer.BYTES, checksum(out.array(), FRAME_BYTES, length));
        return new Record(out.array(), length);
    }

    /** Tells each blob of the last record, which now stands at {@code position}, its place. */
    void placed(long position, ObjLongConsumer<Blob> tell) {
        for (int i = 0; i < blobs.size(); i++) {
            tell.accept(blobs.get(i), position + places.get(i));
        }
    }

    static int checksum(byte[] bytes, int from, int to) {
        var crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    /** @param position of the record's first byte after the frame */
    static Commit read(byte[] record, long position) {
        var in = ByteBuffer.wrap(record);
        long counter = in.getLong();
        var changes = new ArrayList<Change>();
        while (in.hasRemaining()) {
            byte tag = in.get();
            changes.add(
                    switch (tag) {
                        case PUT -> put(in, position);
                        case REMOVE -> new Change.Remove(bytes(in));
                        case WAIT -> new Change.Wait(message(in, position));
                        case START -> new Change.Start(in.getLong());
                        case DONE -> new Change.Done(in.getLong());
                        default -> throw new IllegalStateException("no kind of change: " + tag + " at " + position);
                    });
        }
        return new Commit(counter, changes);
    }

    private static Change put(ByteBuffer in, long position) {
        var kind = KvValue.Kind.of(in.get());
        long version = in.getLong();
        long expireAtMs = in.getLong();
        var key = bytes(in);
        return new Change.Put(key, new Row(kind, version, expireAtMs, blob(in, position)));
    }

    private static Queued message(ByteBuffer in, long position) {
        long id = in.getLong();
        long dueMs = in.getLong();
        int failures = in.getInt();
        var backoff = new Integer[in.getInt()];
        Arrays.setAll(backoff, i -> in.getInt());
        var keys = new byte[in.getInt()][];
        Arrays.setAll(keys, i -> bytes(in));
        return new Queued(id, dueMs, failures, List.of(backoff), List.of(keys), blob(in, position));
    }

    private static byte[] bytes(ByteBuffer in) {
        var bytes = new byte[in.getInt()];
        in.get(bytes);
        return bytes;
    }

    private static Blob blob(ByteBuffer in, long position) {
        int length = in.getInt();
        var blob = Blob.inLog(position + in.position(), length);
        in.position(in.position() + length);
        return blob;
    }

    private void bytes(byte[] bytes) {
        room(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes);
    }

    private void blob(Blob blob, Function<Blob, byte[]> bytesOf) {
        bytes(bytesOf.apply(blob));
        blobs.add(blob);
        places.add(out.position() - blob.length());
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            var larger = ByteBuffer.allocate(Math.max(2 * out.capacity(), out.position() + bytes));
            out = larger.put(out.flip());
        }
        return out;
    }
}
