package dev.carillon.web;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Streaming compression behind {@code CompressionStream} and {@code DecompressionStream}: each holds one coder, which
 * takes chunks and gives back what has become ready.
 *
 * <p>Threads: runtime thread only.
 */
public final class CompressionOps {
    private final ResourceTable resources;

    CompressionOps(OpState state) {
        resources = state.borrow(ResourceTable.class);
    }

    /** @param format {@code gzip}, {@code deflate} (zlib) or {@code deflate-raw}; checked by the glue */
    @Op("op_compression_new")
    public int create(String format, boolean compress) {
        return resources.add(compress ? new Compressor(format) : new Decompressor(format));
    }

    @Op("op_compression_write")
    public byte[] write(int rid, byte[] chunk) {
        return resources.get(rid, Coder.class).code(chunk);
    }

    /** Ends the stream: what is left; closes the coder in any case. */
    @Op("op_compression_finish")
    public byte[] finish(int rid) {
        try {
            return resources.get(rid, Coder.class).end();
        } finally {
            resources.close(rid);
        }
    }

    private interface Coder extends Resource {
        byte[] code(byte[] chunk);

        byte[] end();

        @Override
        default String name() {
            return "compression";
        }
    }

    private static final class Compressor implements Coder {
        private final @Nullable Deflater deflater; // null where the stream has its own
        private final ByteArrayOutputStream ready = new ByteArrayOutputStream();
        private final DeflaterOutputStream out;

        Compressor(String format) {
            try {
                if (format.equals("gzip")) {
                    out = new GZIPOutputStream(ready);
                    deflater = null;
                } else {
                    deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, format.equals("deflate-raw"));
                    out = new DeflaterOutputStream(ready, deflater);
                }
            } catch (IOException e) {
                throw inMemory(e);
            }
        }

        @Override
        public byte[] code(byte[] chunk) {
            try {
                out.write(chunk);
            } catch (IOException e) {
                throw inMemory(e);
            }
            return take();
        }

        @Override
        public byte[] end() {
            try {
                out.finish();
            } catch (IOException e) {
                throw inMemory(e);
            }
            return take();
        }

        private byte[] take() {
            var bytes = ready.toByteArray();
            ready.reset();
            return bytes;
        }

        @Override
        public void close() {
            try {
                out.close(); // which finishes the stream, so the deflater must still be there
            } catch (IOException e) {
                throw inMemory(e);
            }
            if (deflater != null) {
                deflater.end();
            }
        }

        private static IllegalStateException inMemory(IOException e) {
            return new IllegalStateException("writing to memory failed", e);
        }
    }

    /** Inflates; for gzip, reads the header before and the trailer after by itself. */
    private static final class Decompressor implements Coder {
        private static final int TRAILER_SIZE = 8;
        private final boolean gzip;
        private final Inflater inflater;
        private final CRC32 crc = new CRC32();
        private final GzipHeader header = new GzipHeader();
        private final ByteArrayOutputStream trailer = new ByteArrayOutputStream();

        Decompressor(String format) {
            gzip = format.equals("gzip");
            inflater = new Inflater(!format.equals("deflate"));
        }

        @Override
        public byte[] code(byte[] chunk) {
            int at = gzip ? header.take(chunk) : 0;
            if (at < 0) {
                return new byte[0];
            }
            var ready = new ByteArrayOutputStream();
            if (!inflater.finished()) {
                inflater.setInput(chunk, at, chunk.length - at);
                drain(ready);
                at = chunk.length - inflater.getRemaining();
            }
            if (inflater.finished() && at < chunk.length) {
                trailer.write(chunk, at, chunk.length - at);
                if (trailer.size() > (gzip ? TRAILER_SIZE : 0)) {
                    throw JsVisibleException.typeError("Trailing garbage in the compressed data");
                }
            }
            return ready.toByteArray();
        }

        private void drain(ByteArrayOutputStream ready) {
            var buffer = new byte[8192];
            try {
                while (!inflater.finished()) {
                    int n = inflater.inflate(buffer);
                    if (n == 0) {
                        if (inflater.needsDictionary()) {
                            throw JsVisibleException.typeError("invalid data: needs a preset dictionary");
                        }
                        return;
                    }
                    crc.update(buffer, 0, n);
                    ready.write(buffer, 0, n);
                }
            } catch (DataFormatException e) {
                throw new JsVisibleException("TypeError", "corrupt deflate stream", null, e);
            }
        }

        @Override
        public byte[] end() {
            if (!inflater.finished()) {
                throw JsVisibleException.typeError("unexpected end of file");
            }
            if (gzip) {
                var end = trailer.toByteArray();
                if (end.length < TRAILER_SIZE) {
                    throw JsVisibleException.typeError("unexpected end of file");
                }
                if (littleEndian(end, 0) != crc.getValue()
                        || littleEndian(end, 4) != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
                    throw JsVisibleException.typeError("corrupt gzip stream does not have a matching checksum");
                }
            }
            return new byte[0];
        }

        private static long littleEndian(byte[] bytes, int at) {
            return (bytes[at] & 0xFFL)
                    | (bytes[at + 1] & 0xFFL) << 8
                    | (bytes[at + 2] & 0xFFL) << 16
                    | (bytes[at + 3] & 0xFFL) << 24;
        }

        @Override
        public void close() {
            inflater.end();
        }
    }

    /** Skips the header of RFC 1952, which may come in any number of pieces. */
    private static final class GzipHeader {
        private static final int FIXED_SIZE = 10;
        private static final int HAS_CHECKSUM = 2;
        private static final int HAS_EXTRA = 4;
        private static final int HAS_NAME = 8;
        private static final int HAS_COMMENT = 16;
        private byte[] seen = new byte[0];
        private boolean done;

        /** Where the deflated data starts in {@code chunk}; -1 if the header goes on in the next one. */
        int take(byte[] chunk) {
            if (done) {
                return 0;
            }
            int before = seen.length;
            seen = Arrays.copyOf(seen, before + chunk.length);
            System.arraycopy(chunk, 0, seen, before, chunk.length);
            int end = length();
            done = end >= 0;
            return done ? end - before : -1;
        }

        private int length() {
            if ((seen.length > 0 && seen[0] != 0x1F)
                    || (seen.length > 1 && seen[1] != (byte) 0x8B)
                    || (seen.length > 2 && seen[2] != 8)) {
                throw JsVisibleException.typeError("invalid gzip header");
            }
            if (seen.length < FIXED_SIZE) {
                return -1;
            }
            int flags = seen[3];
            int at = FIXED_SIZE;
            if ((flags & HAS_EXTRA) != 0) {
                if (seen.length < at + 2) {
                    return -1;
                }
                at += 2 + ((seen[at] & 0xFF) | (seen[at + 1] & 0xFF) << 8);
            }
            for (int text : new int[] {HAS_NAME, HAS_COMMENT}) {
                if ((flags & text) != 0) {
                    while (at < seen.length && seen[at] != 0) {
                        at++;
                    }
                    at++;
                }
            }
            if ((flags & HAS_CHECKSUM) != 0) {
                at += 2;
            }
            return at <= seen.length ? at : -1;
        }
    }
}
