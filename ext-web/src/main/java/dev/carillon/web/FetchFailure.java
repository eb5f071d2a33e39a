package dev.carillon.web;

import dev.carillon.runtime.JsVisibleException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why an exchange failed in the words Deno uses. Source: Deno 2.9.6, observed. */
final class FetchFailure {
    private static final String DNS =
            "client error (Connect): dns error: failed to lookup address information: Name or service not known";

    private FetchFailure() {}

    /** The failure of a request: the cause of the TypeError {@code fetch failed}. */
    static JsVisibleException of(@Nullable Throwable failure, String url) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause == null || cause instanceof CancellationException) {
            return new JsVisibleException("Interrupted", "operation canceled");
        }
        return new JsVisibleException("Error", "error sending request for url (" + url + "): " + reason(cause));
    }

    private static String reason(@Nullable Throwable cause) {
        for (var inner = cause; inner != null; inner = inner.getCause()) {
            if (inner instanceof UnresolvedAddressException || inner instanceof UnknownHostException) {
                return DNS;
            }
        }
        var message = String.valueOf(cause == null ? null : cause.getMessage());
        return switch (cause) {
            case ConnectException refused
            when message.contains("Connection refused") || message.equals("null") ->
                "client error (Connect): tcp connect error: Connection refused (os error 111)";
            case ConnectException other -> "client error (Connect): tcp connect error: " + message;
            case HttpTimeoutException slow -> "client error (Connect): operation timed out";
            case SSLException tls -> "client error (Connect): " + message;
            case IOException io
            when message.contains("header parser received no bytes")
                    || message.contains("EOF reached while reading")
                    || message.contains("Connection reset")
                    || message.contains("closed") ->
                "client error (SendRequest): connection closed before message completed";
            case null -> "client error (SendRequest): unknown";
            default -> "client error (SendRequest): " + message;
        };
    }

    /** The failure of a body that had begun. */
    static String whileReading(IOException e) {
        if (e instanceof ZipException) {
            return "Invalid gzip header".equals(e.getMessage()) || "Not in GZIP format".equals(e.getMessage())
                    ? "invalid gzip header"
                    : "corrupt deflate stream";
        }
        if (e instanceof EOFException && String.valueOf(e.getMessage()).startsWith("Unexpected end of ZLIB")) {
            return "unexpected end of file";
        }
        return "error reading a body from connection";
    }
}
