package dev.carillon.web;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The ops behind {@code URL} and {@code URLSearchParams}. A URL crosses as its serialisation.
 *
 * <p>Threads: runtime thread.
 */
public final class UrlOps {
    private static final Url.Part[] PARTS = Url.Part.values();

    /** @return the serialised URL, or null when there is none */
    @Op("op_web_url_parse")
    public @Nullable String parse(String input, @Nullable String base) {
        var url = Url.parse(input, base);
        return url == null ? null : url.href();
    }

    /**
     * @param href a serialised URL
     * @param part index into protocol, username, password, host, hostname, port, pathname, search, hash
     */
    @Op("op_web_url_set")
    public String set(String href, int part, String value) {
        var url = Url.parse(href, null);
        if (url == null || part < 0 || part >= PARTS.length) {
            throw JsVisibleException.typeError("Not a URL and a part of it: '" + href + "', " + part);
        }
        url.set(PARTS[part], value);
        return url.href();
    }

    /** Percent-decodes; what is no UTF-8 becomes U+FFFD. */
    @Op("op_web_percent_decode")
    public String percentDecode(String text) {
        var bytes = UrlHost.percentDecode(text.getBytes(StandardCharsets.UTF_8));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Percent-decodes to bytes. */
    @Op("op_web_percent_decode_bytes")
    public byte[] percentDecodeBytes(String text) {
        return UrlHost.percentDecode(text.getBytes(StandardCharsets.UTF_8));
    }
}
