package dev.carillon.scheduler.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The dashboard's files from the class path under {@code /web}: read, hashed and compressed once. */
final class StaticPages {
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("yaml", "application/yaml"));

    private final Map<String, Optional<Page>> pages = new ConcurrentHashMap<>();

    /**
     * @param etag quoted
     * @param gzip null where compression gains nothing
     * @param forever true if the name holds a hash of the content
     */
    record Page(byte[] plain, byte @Nullable [] gzip, String type, String etag, boolean forever) {}

    /** @param path as in the URL, with its leading slash */
    Optional<Page> find(String path) {
        var file = path.equals("/") ? "/index.html" : path;
        if (!file.matches("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")) {
            return Optional.empty();
        }
        var known = pages.get(file);
        if (known == null) {
            known = load("/web" + file);
            if (known.isPresent()) {
                pages.put(file, known); // misses are not kept: their number is up to the client
            }
        }
        return known;
    }

    private static Optional<Page> load(String resource) {
        try (var stream = StaticPages.class.getResourceAsStream(resource)) {
            if (stream == null) {
                return Optional.empty();
            }
            var plain = stream.readAllBytes();
            var extension = resource.substring(resource.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            var type = TYPES.get(extension);
            if (type == null) {
                return Optional.empty();
            }
            var etag = '"'
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(plain), 0, 12)
                    + '"';
            return Optional.of(
                    new Page(plain, compress(plain), type, etag, resource.matches(".*-[A-Z0-9]{8}\\.[a-z0-9.]+")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte @Nullable [] compress(byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.size() < plain.length ? bytes.toByteArray() : null;
    }
}
