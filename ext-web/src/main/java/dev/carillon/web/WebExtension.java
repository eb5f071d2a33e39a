package dev.carillon.web;

import dev.carillon.runtime.Extension;

/**
 * The extension {@code web}: everything a script finds on the global object that is not {@code Deno}.
 *
 * <p>Needs {@link dev.carillon.runtime.time.TimeSource} and {@link dev.carillon.runtime.RuntimeOptions} in the
 * runtime's state, which are there from the start.
 */
public final class WebExtension {
    private WebExtension() {}

    public static Extension create() {
        return Extension.builder("web")
                .resources(WebExtension.class.getClassLoader())
                .ops(ClockOps::new)
                .ops(_ -> new CryptoOps())
                .ops(_ -> new EncodingOps())
                .ops(CompressionOps::new)
                .ops(_ -> new UrlOps())
                .ops(FetchOps::new)
                .ops(ServeOps::new)
                .esm("main.js", "builtins.js", "date.js", "disposable.js")
                .esm("inspect.js", "console.js")
                .esm("webidl.js", "dom_exception.js", "event.js", "abort_signal.js", "global_events.js")
                .esm("timers.js", "performance.js")
                .esm("base64.js", "encoding.js", "structured_clone.js")
                .esm("compression.js", "crypto.js", "navigator.js")
                .esm("url.js", "streams.js", "blob.js", "form_data.js")
                .esm("headers.js", "body.js", "request.js", "response.js", "fetch.js", "serve.js")
                .entryPoint("main.js")
                .build();
    }
}
