package dev.carillon.runtime.engine;

import dev.carillon.runtime.Extension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Text of glue files, read from the class path once for the whole process. */
final class GlueSources {
    private final Map<Key, String> texts = new ConcurrentHashMap<>();

    private record Key(ClassLoader loader, String path) {}

    /**
     * @return the text of {@code js/<extension>/<file>}, or null if there is none
     * @throws IllegalStateException if it is not 7-bit ASCII
     */
    @Nullable
    String text(Extension extension, String file) {
        var key = new Key(extension.resources(), "js/" + extension.name() + "/" + file);
        var known = texts.get(key);
        if (known != null) {
            return known;
        }
        try (var stream = key.loader().getResourceAsStream(key.path())) {
            if (stream == null) {
                return null;
            }
            var bytes = stream.readAllBytes();
            var text = new String(bytes, StandardCharsets.UTF_8);
            // A look at each character is what a start is spared: others take several bytes, or are no UTF-8.
            if (text.length() != bytes.length || text.indexOf('\uFFFD') >= 0) {
                int odd = firstNonAscii(text);
                throw new IllegalStateException("Extension code must be 7-bit ASCII: ext:" + extension.name() + "/"
                        + file
                        + " has U+" + Integer.toHexString(text.charAt(odd)) + " in line "
                        + (text.substring(0, odd).chars().filter(c -> c == '\n').count() + 1));
            }
            texts.put(key, text);
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException("Reading " + key.path(), e);
        }
    }

    private static int firstNonAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return i;
            }
        }
        throw new IllegalArgumentException("7-bit ASCII after all");
    }
}
