package dev.carillon.runtime.engine;

import com.oracle.truffle.api.source.Source;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A module's text, ready for the engine, with the way back to what its author wrote. Shared by every runtime that loads
 * the same text from the same place, and with it the engine's parsed form.
 *
 * <p>Threads: any.
 */
final class PreparedModule {
    private static final String MODULE_TYPE = "application/javascript+module";
    // GraalJS hands a module with top-level await the value of its last statement, and is then loaded only once that
    // settles: a script that ends in Deno.cron(...) would be loading for ever.
    private static final String MODULE_END = "void 0;";

    private final String url;
    private final String original;
    private final @Nullable String mappings;
    private final Source source;
    private volatile @Nullable SourceMap map;

    private PreparedModule(String url, String original, @Nullable String mappings, Source source) {
        this.url = url;
        this.original = original;
        this.mappings = mappings;
        this.source = source;
    }

    /**
     * @param mappings from {@code code} back to {@code original}, or null if they are the same text
     * @param internal true for glue, whose frames no stack trace shows
     * @param mapped true if a debugger will look: the code then carries its source map, original text and all
     */
    static PreparedModule of(
            String url, String original, String code, @Nullable String mappings, boolean internal, boolean mapped) {
        var map = mapped && mappings != null ? "\n" + mapComment(url, original, mappings) : "";
        // A debugger that steps on at the end is to stay in the lines there are.
        var gap = code.endsWith("\n") ? "" : map.isEmpty() ? "\n" : " ";
        var text = code + gap + MODULE_END + map;
        return new PreparedModule(url, original, mappings, source(url, text, MODULE_TYPE, internal));
    }

    /** What debuggers look for in the last line of a text. */
    private static String mapComment(String url, String original, String mappings) {
        var map = Json.MAPPER.writeValueAsString(Map.of(
                "version", 3,
                "sources", List.of(url),
                "sourcesContent", List.of(original),
                "names", List.of(),
                "mappings", mappings));
        return "//# sourceMappingURL=data:application/json;base64,"
                + Base64.getEncoder().encodeToString(map.getBytes(StandardCharsets.UTF_8));
    }

    static Source source(String url, String code, String mediaType, boolean internal) {
        var builder = Source.newBuilder("js", code, url).mimeType(mediaType).internal(internal);
        try {
            builder.uri(new URI(url));
        } catch (URISyntaxException e) {
            // The name carries the URL; only a debugger misses the other form.
        }
        return builder.build();
    }

    String url() {
        return url;
    }

    /** From the running code back to the original, as a source map writes them; null if they are the same text. */
    @Nullable
    String mappings() {
        return mappings;
    }

    /** As its author wrote it, decoded. */
    String original() {
        return original;
    }

    Source source() {
        return source;
    }

    /** Whether the word stands anywhere in the text. */
    boolean mentions(String word) {
        for (int at = original.indexOf(word); at >= 0; at = original.indexOf(word, at + 1)) {
            int end = at + word.length();
            if ((at == 0 || !Character.isJavaIdentifierPart(original.charAt(at - 1)))
                    && (end == original.length() || !Character.isJavaIdentifierPart(original.charAt(end)))) {
                return true;
            }
        }
        return false;
    }

    /** Where a place of the running code stands in the original. */
    Optional<SourceMap.Position> original(int line, int column) {
        if (mappings == null) {
            return Optional.of(new SourceMap.Position(line, column));
        }
        var decoded = map;
        if (decoded == null) {
            decoded = SourceMap.decode(mappings);
            map = decoded;
        }
        return decoded.original(line, column);
    }

    /** A line of the original, without its end; empty if there is no such line. */
    Optional<String> line(int number) {
        int start = 0;
        for (int n = 1; n < number; n++) {
            start = original.indexOf('\n', start) + 1;
            if (start == 0) {
                return Optional.empty();
            }
        }
        int end = original.indexOf('\n', start);
        var line = original.substring(start, end < 0 ? original.length() : end);
        return Optional.of(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    }
}
