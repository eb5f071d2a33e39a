package dev.carillon.scheduler.http;

import io.javalin.http.Context;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. With a token: whoever carries it, as {@code Authorization: Bearer …}; the dashboard's own files and the
 * health checks are open. Without one the service listens on loopback only, and what is left to keep out are web pages
 * of others in a browser on this machine: requests under a foreign host name (DNS rebinding) or from a foreign origin.
 */
final class Access {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final byte @Nullable [] token;

    Access(@Nullable String token) {
        this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
    }

    void check(Context context) {
        var host = String.valueOf(context.header("Host")).toLowerCase(Locale.ROOT);
        if (token == null && !LOOPBACK.contains(withoutPort(host)) && !isLoopbackAddress(withoutPort(host))) {
            throw new ApiError(
                    403,
                    "foreign_host",
                    "This service answers on this machine only, and was asked as '" + host + "'.",
                    "Use http://127.0.0.1, or set http.token to serve others.");
        }
        var origin = context.header("Origin");
        if (origin != null && !origin.equals("null") && !host.equals(authority(origin))
                || "null".equals(origin) && !context.method().toString().equals("GET")) {
            throw new ApiError(403, "foreign_origin", "Pages of " + origin + " may not use this service.", null);
        }
        if (token != null && needsToken(context.path()) && !carriesToken(context)) {
            context.header("WWW-Authenticate", "Bearer");
            throw new ApiError(
                    401,
                    "token_needed",
                    context.header("Authorization") == null ? "This service wants a token." : "That is not the token.",
                    "Send it as 'Authorization: Bearer <token>'; it is http.token in the service's configuration.");
        }
    }

    private static boolean needsToken(String path) {
        return path.startsWith("/api/") || path.equals("/metrics") || path.equals("/api");
    }

    private boolean carriesToken(Context context) {
        var header = context.header("Authorization");
        if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return false;
        }
        // Equal time whatever was sent.
        return MessageDigest.isEqual(token, header.substring(7).strip().getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isLoopbackAddress(String host) {
        return host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static @Nullable String authority(String origin) {
        try {
            return URI.create(origin).getRawAuthority();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
