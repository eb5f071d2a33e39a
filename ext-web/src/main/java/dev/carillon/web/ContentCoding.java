package dev.carillon.web;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** The {@code Content-Encoding}s a fetch takes: gzip and deflate, in any order and number. */
final class ContentCoding {
    private static final int LOOK_AHEAD = 2;

    private ContentCoding() {}

    /** @param encoding as in the header, lower case; one that is not known leaves the bytes as they are */
    static InputStream decode(InputStream raw, String encoding) throws IOException {
        if (encoding.isEmpty()) {
            return raw;
        }
        var in = raw;
        var codings = encoding.split("\\s*,\\s*");
        for (int i = codings.length - 1; i >= 0; i--) {
            switch (codings[i]) {
                case "gzip", "x-gzip" -> {
                    var peeked = peek(in);
                    if (peeked == null) {
                        return InputStream.nullInputStream();
                    }
                    in = new GZIPInputStream(peeked);
                }
                case "deflate" -> {
                    var peeked = peek(in);
                    if (peeked == null) {
                        return InputStream.nullInputStream();
                    }
                    in = inflate(peeked);
                }
                case "identity" -> {}
                default -> {
                    return raw;
                }
            }
        }
        return in;
    }

    /** An empty body is allowed whatever its encoding: null then. */
    private static @org.jspecify.annotations.Nullable PushbackInputStream peek(InputStream in) throws IOException {
        var pushback = new PushbackInputStream(in, LOOK_AHEAD);
        int first = pushback.read();
        if (first < 0) {
            return null;
        }
        pushback.unread(first);
        return pushback;
    }

    /** Some servers send deflate without the zlib header it should have. */
    private static InputStream inflate(PushbackInputStream in) throws IOException {
        int first = in.read();
        int second = in.read();
        if (second < 0) {
            throw new EOFException("unexpected end of file");
        }
        in.unread(second);
        in.unread(first);
        boolean zlib = (first & 0xf) == 8 && (first << 8 | second) % 31 == 0;
        return new InflaterInputStream(in, new Inflater(!zlib));
    }
}
