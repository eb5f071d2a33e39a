package dev.carillon.runtime.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The URL arithmetic of module specifiers: what the WHATWG URL standard says for {@code file:}, {@code ext:} and plain
 * {@code scheme://host/path} addresses, and no more. {@link java.net.URI} refuses names that scripts use (spaces,
 * {@code %zz}, {@code [id].ts}), so it is not used.
 */
final class ModuleUrl {
    private static final String HEX = "0123456789ABCDEF";

    private ModuleUrl() {}

    /** The {@code file:} URL of an absolute path, percent-encoded as Deno does. */
    static String ofPath(Path path) {
        var text = path.toString().replace('\\', '/');
        return "file://" + (text.startsWith("/") ? "" : "/") + encode(text, "%\"#<>?`{}^|[]", true);
    }

    /** The path a {@code file:} URL names; empty for another scheme or a name the file system cannot hold. */
    static Optional<Path> toPath(String url) {
        if (!url.startsWith("file:///")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(decode(withoutQuery(url).substring("file://".length()))));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The scheme, lower case, or the empty string if {@code specifier} does not start with one. */
    static String scheme(String specifier) {
        for (int i = 0; i < specifier.length(); i++) {
            char c = specifier.charAt(i);
            if (c == ':') {
                return i == 0 ? "" : specifier.substring(0, i).toLowerCase(Locale.ROOT);
            }
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
            if (!letter && (i == 0 || !other)) {
                return "";
            }
        }
        return "";
    }

    /** True for what the import rules call a relative or rooted specifier: {@code ./}, {@code ../} or {@code /}. */
    static boolean isRelative(String specifier) {
        return specifier.startsWith("./") || specifier.startsWith("../") || specifier.startsWith("/");
    }

    /**
     * Joins a specifier to the URL of the module that names it.
     *
     * @return empty if it is bare: neither relative nor an absolute URL
     */
    static Optional<String> join(String base, String specifier) {
        var scheme = scheme(specifier);
        if (!scheme.isEmpty()) {
            return Optional.of(normalize(scheme, specifier.substring(scheme.length() + 1)));
        }
        if (!isRelative(specifier)) {
            return Optional.empty();
        }
        int pathStart = pathStart(base);
        var origin = base.substring(0, pathStart);
        var basePath = withoutQuery(base.substring(pathStart));
        if (specifier.startsWith("//") && !base.startsWith("file:")) {
            return Optional.of(normalize(scheme(base), specifier));
        }
        int tail = tailStart(specifier);
        var path = specifier.substring(0, tail);
        var joined = path.startsWith("/") ? path : basePath.substring(0, basePath.lastIndexOf('/') + 1) + path;
        return Optional.of(origin + clean(joined) + encodeTail(specifier.substring(tail)));
    }

    /** The form a person reads in a stack trace: percent-escapes of {@code file:} names undone. */
    static String readable(String url) {
        return url.startsWith("file:") && url.indexOf('%') >= 0 ? decode(url) : url;
    }

    /** The last path segment's extension with its dot, lower case; empty if it has none. */
    static String extension(String url) {
        var path = withoutQuery(url);
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') ? path.substring(dot).toLowerCase(Locale.ROOT) : "";
    }

    private static String normalize(String scheme, String rest) {
        if (scheme.equals("file")) {
            var path = rest.startsWith("//") ? rest.substring(2) : rest;
            if (path.startsWith("localhost/")) {
                path = path.substring("localhost".length());
            }
            int tail = tailStart(path);
            return "file://" + clean((path.startsWith("/") ? "" : "/") + path.substring(0, tail))
                    + encodeTail(path.substring(tail));
        }
        if (rest.startsWith("//")) {
            int slash = rest.indexOf('/', 2);
            var host = (slash < 0 ? rest : rest.substring(0, slash)).toLowerCase(Locale.ROOT);
            var port = scheme.equals("https") ? ":443" : scheme.equals("http") ? ":80" : "\0";
            host = host.endsWith(port) ? host.substring(0, host.length() - port.length()) : host;
            var path = slash < 0 ? "/" : rest.substring(slash);
            int tail = tailStart(path);
            return scheme + ":" + host + clean(path.substring(0, tail)) + encodeTail(path.substring(tail));
        }
        return scheme + ":" + rest;
    }

    /** Where the path starts: after {@code file://}, {@code https://host} or, in opaque URLs, the scheme. */
    private static int pathStart(String url) {
        int colon = url.indexOf(':') + 1;
        if (!url.startsWith("//", colon)) {
            return colon;
        }
        int slash = url.indexOf('/', colon + 2);
        return slash < 0 ? url.length() : slash;
    }

    private static String clean(String path) {
        var out = new ArrayList<String>();
        var segments = List.of(path.replace('\\', '/').split("/", -1));
        for (int i = 0; i < segments.size(); i++) {
            var segment = segments.get(i);
            boolean last = i == segments.size() - 1;
            if (segment.equals("..") || segment.equalsIgnoreCase("%2e%2e")) {
                // The first segment is the empty one before the root, or an opaque URL's first name.
                if (out.size() > 1) {
                    out.removeLast();
                }
                if (last) {
                    out.add("");
                }
            } else if (segment.equals(".") || segment.equalsIgnoreCase("%2e")) {
                if (last) {
                    out.add("");
                }
            } else {
                out.add(encode(segment, "\"#<>?`{}^", false));
            }
        }
        return String.join("/", out);
    }

    private static String encodeTail(String tail) {
        return tail.isEmpty() ? tail : encode(tail, "\"<>", false);
    }

    private static int tailStart(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '?' || text.charAt(i) == '#') {
                return i;
            }
        }
        return text.length();
    }

    private static String withoutQuery(String url) {
        return url.substring(0, tailStart(url));
    }

    /** @param percent whether {@code %} itself is a plain character to be escaped */
    private static String encode(String text, String escaped, boolean percent) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            boolean escape = c <= ' ' || c >= 0x7f || (escaped.indexOf(c) >= 0 && (c != '%' || percent));
            if (escape && out == null) {
                out = new StringBuilder(text.substring(0, i));
            }
            if (out != null) {
                if (escape) {
                    for (byte b : text.substring(i, next).getBytes(StandardCharsets.UTF_8)) {
                        out.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
                    }
                } else {
                    out.appendCodePoint(c);
                }
            }
            i = next;
        }
        return out == null ? text : out.toString();
    }

    private static String decode(String text) {
        return text.indexOf('%') < 0 ? text : new String(decodeBytes(text), StandardCharsets.UTF_8);
    }

    /** UTF-8 with percent-escapes undone. */
    static byte[] decodeBytes(String text) {
        var out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c == '%' && hex(text, i + 1) >= 0 && hex(text, i + 2) >= 0) {
                out.write(hex(text, i + 1) << 4 | hex(text, i + 2));
                i += 3;
            } else {
                out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(c);
            }
        }
        return out.toByteArray();
    }

    private static int hex(String text, int at) {
        return at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    }
}
