package dev.carillon.web;

import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of {@code fetch} with a server: request, head of the answer, its body in chunks. Redirects, data URLs and
 * everything else the standard says about {@code fetch} is glue.
 *
 * <p>A request, the body it sends and the body it gets are resources: closing one cancels what is going on with it, so
 * closing the runtime cancels everything.
 *
 * <p>Threads: runtime thread; waiting for bytes is done on virtual threads.
 */
public final class FetchOps {
    private static final int CHUNK_BYTES = 64 * 1024;
    /** What a request's length and connection are is for the client to say. */
    private static final Set<String> OWNED_BY_CLIENT = Set.of(
            "connection", "content-length", "expect", "http2-settings", "keep-alive", "transfer-encoding", "upgrade");

    private final Permissions permissions;
    private final ResourceTable resources;
    private final EventLoop loop;

    FetchOps(OpState state) {
        loop = state.borrow(EventLoop.class);
        permissions = state.borrow(Permissions.class);
        resources = state.borrow(ResourceTable.class);
    }

    /** Made with the first request of the process and shared: its connections are kept alive and used again. */
    private static final class Client {
        static final HttpClient INSTANCE;

        static {
            if (System.getProperty("jdk.httpclient.allowRestrictedHeaders") == null) {
                System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
            }
            INSTANCE = HttpClient.newBuilder()
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
        }
    }

    /**
     * Gets a request ready.
     *
     * @param url serialised, http or https
     * @param headers names and values in turn
     * @param body null for none
     * @param streaming the body comes later, by {@code op_web_fetch_body_write}
     * @return rid of the request
     */
    @Op("op_web_fetch_start")
    public int start(String method, String url, List<String> headers, byte @Nullable [] body, boolean streaming) {
        var parsed = Url.parse(url, null);
        if (parsed == null) {
            throw JsVisibleException.typeError("Invalid URL: '" + url + "'");
        }
        int port = parsed.port() >= 0 ? parsed.port() : parsed.scheme().equals("https") ? 443 : 80;
        permissions.check(Kind.NET, parsed.host() + ":" + port, "fetch()");
        var uri = uri(url);
        var upload = streaming ? new Upload() : null;
        BodyPublisher publisher;
        if (upload != null) {
            publisher = BodyPublishers.fromPublisher(upload);
        } else {
            publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        }
        try {
            var request = HttpRequest.newBuilder(uri)
                    // Asking plain servers for an upgrade to HTTP/2 confuses some of them.
                    .version(uri.getScheme().equals("https") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                    .method(method, publisher);
            if (method.equals("GET")) {
                request.GET(); // says nothing of a length, unlike a body of none
            }
            for (int i = 0; i < headers.size(); i += 2) {
                if (!OWNED_BY_CLIENT.contains(headers.get(i).toLowerCase(Locale.ROOT))) {
                    request.header(headers.get(i), headers.get(i + 1));
                }
            }
            return resources.add(new Exchange(request.build(), upload, url));
        } catch (IllegalArgumentException e) {
            throw JsVisibleException.typeError(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The head of an answer.
     *
     * @param headers names and values in turn, in the order they came
     * @param body rid to read the body from
     */
    public record Head(int status, List<String> headers, int body) {}

    /**
     * Sends the request; completes with the head of the answer. The request's rid is closed then, or with the end of its
     * own body if that comes later.
     */
    @Op("op_web_fetch_send")
    public CompletionStage<Head> send(int rid) {
        var exchange = resources.get(rid, Exchange.class);
        var head = new CompletableFuture<Head>();
        exchange.start()
                .whenComplete((response, failure) -> loop.execute(() -> {
                    if (response == null || !resources.has(rid)) {
                        head.completeExceptionally(FetchFailure.of(failure, exchange.url));
                        if (resources.has(rid)) {
                            resources.close(rid);
                        }
                        return;
                    }
                    exchange.taken = true;
                    if (!exchange.uploading()) {
                        resources.close(rid);
                    }
                    head.complete(head(response));
                }));
        return head;
    }

    private Head head(HttpResponse<InputStream> response) {
        var flat = new ArrayList<String>();
        response.headers().map().forEach((name, values) -> {
            if (!name.startsWith(":")) {
                for (var value : values) {
                    flat.add(name);
                    flat.add(value);
                }
            }
        });
        var encoding = response.headers().firstValue("content-encoding").orElse("");
        return new Head(response.statusCode(), flat, resources.add(new Download(response.body(), encoding)));
    }

    /** The next bytes of the body; null at its end. One read at a time. */
    @Op("op_web_fetch_read")
    public CompletionStage<byte @Nullable []> read(int rid) {
        var body = resources.get(rid, Download.class);
        return offThread("fetch body", body::next);
    }

    /** Completes when there is room for more. */
    @Op("op_web_fetch_body_write")
    public CompletionStage<Boolean> write(int rid, byte[] chunk) {
        var upload = resources.get(rid, Exchange.class).upload();
        return offThread("fetch upload", () -> upload.offer(chunk));
    }

    /** @param failure null when the body is complete */
    @Op("op_web_fetch_body_end")
    public void end(int rid, @Nullable String failure) {
        if (!resources.has(rid)) {
            return; // failed or aborted meanwhile
        }
        var exchange = resources.get(rid, Exchange.class);
        exchange.upload().end(failure);
        if (exchange.taken) {
            resources.close(rid);
        }
    }

    /** The bytes of a file, for a {@code file:} URL. */
    @Op("op_web_fetch_file")
    public CompletionStage<byte[]> file(String path) {
        permissions.check(Kind.READ, path, "fetch()");
        return offThread("fetch file", () -> {
            try {
                return Files.readAllBytes(Path.of(path));
            } catch (IOException | InvalidPathException e) {
                throw JsVisibleException.typeError("NetworkError when attempting to fetch resource.");
            }
        });
    }

    interface Work<T extends @Nullable Object> {
        T run() throws IOException;
    }

    static <T extends @Nullable Object> CompletionStage<T> offThread(String name, Work<T> work) {
        var result = new CompletableFuture<T>();
        Thread.ofVirtual().name(name).start(() -> {
            try {
                result.complete(work.run());
            } catch (Throwable e) { // all, else guest code waits forever
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static URI uri(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException first) {
            // The standard leaves some characters alone which URI wants encoded.
            var escaped = new StringBuilder();
            boolean host = true;
            for (int i = 0; i < url.length(); i++) {
                char c = url.charAt(i);
                host = host && (i < 8 || c != '/');
                boolean plain = host ? "|^`{}<>\" \\".indexOf(c) < 0 : "|^`{}<>\" \\[]".indexOf(c) < 0;
                if (plain && (c != '%' || isEscape(url, i))) {
                    escaped.append(c);
                } else {
                    escaped.append('%').append(String.format("%02X", (int) c));
                }
            }
            try {
                return new URI(escaped.toString());
            } catch (URISyntaxException second) {
                throw JsVisibleException.typeError("Invalid URL: '" + url + "'");
            }
        }
    }

    private static boolean isEscape(String url, int at) {
        return at + 2 < url.length()
                && Character.digit(url.charAt(at + 1), 16) >= 0
                && Character.digit(url.charAt(at + 2), 16) >= 0;
    }

    /** Cancelling the rest of a body may wait for a lock that its reader holds. */
    private static void closeOffThread(InputStream body) {
        Thread.ofVirtual().name("fetch close").start(() -> {
            try {
                body.close();
            } catch (IOException e) {
                System.getLogger(FetchOps.class.getName())
                        .log(System.Logger.Level.DEBUG, "closing the body of an answer", e);
            }
        });
    }

    /** A request on its way. */
    private static final class Exchange implements Resource {
        final String url;
        private final HttpRequest request;
        private final @Nullable Upload upload;
        private @Nullable CompletableFuture<HttpResponse<InputStream>> sent;
        private boolean taken; // the body of the answer has an owner

        Exchange(HttpRequest request, @Nullable Upload upload, String url) {
            this.request = request;
            this.upload = upload;
            this.url = url;
        }

        CompletableFuture<HttpResponse<InputStream>> start() {
            var future = Client.INSTANCE.sendAsync(request, BodyHandlers.ofInputStream());
            sent = future;
            return future;
        }

        boolean uploading() {
            return upload != null && !upload.ended();
        }

        Upload upload() {
            if (upload == null) {
                throw JsVisibleException.badResource();
            }
            return upload;
        }

        @Override
        public String name() {
            return "fetchRequest";
        }

        @Override
        public void close() {
            if (upload != null && !upload.ended()) {
                upload.end("request closed");
            }
            if (sent != null && !taken) {
                sent.cancel(true);
                // The answer may have come without anybody having seen it yet.
                sent.thenAccept(response -> closeOffThread(response.body()));
            }
        }
    }

    /** A request body that comes in chunks; waits with each until the connection has taken the one before. */
    private static final class Upload implements Flow.Publisher<ByteBuffer> {
        private static final Executor VIRTUAL = Executors.newVirtualThreadPerTaskExecutor();
        private final SubmissionPublisher<ByteBuffer> chunks = new SubmissionPublisher<>(VIRTUAL, 1);
        private final CompletableFuture<Boolean> wanted = new CompletableFuture<>();
        private volatile boolean ended;

        boolean ended() {
            return ended;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            chunks.subscribe(subscriber);
            wanted.complete(true);
        }

        /** @return false when nobody wants the rest */
        boolean offer(byte[] chunk) {
            if (!wanted.join() || chunks.isClosed() || !chunks.hasSubscribers()) {
                return false;
            }
            if (chunk.length > 0) {
                try {
                    chunks.submit(ByteBuffer.wrap(chunk));
                } catch (IllegalStateException closed) {
                    return false;
                }
            }
            return true;
        }

        void end(@Nullable String failure) {
            ended = true;
            if (failure == null) {
                wanted.thenRunAsync(chunks::close, VIRTUAL);
            } else {
                chunks.closeExceptionally(new IOException(failure));
                wanted.complete(false);
            }
        }
    }

    /** The body of an answer. */
    private static final class Download implements Resource {
        private final InputStream raw;
        private final String encoding;
        private final byte[] buffer = new byte[CHUNK_BYTES];
        private @Nullable InputStream decoded;
        private volatile boolean closed;

        Download(InputStream raw, String encoding) {
            this.raw = raw;
            this.encoding = encoding.strip().toLowerCase(Locale.ROOT);
        }

        /** Off the runtime thread. */
        byte @Nullable [] next() throws IOException {
            try {
                if (decoded == null) {
                    decoded = ContentCoding.decode(raw, encoding);
                }
                int count = decoded.read(buffer);
                return count < 0 ? null : Arrays.copyOf(buffer, count);
            } catch (IOException e) {
                if (closed) {
                    throw new JsVisibleException("Interrupted", "operation canceled");
                }
                throw JsVisibleException.typeError(FetchFailure.whileReading(e));
            }
        }

        @Override
        public String name() {
            return "fetchResponse";
        }

        @Override
        public void close() {
            closed = true;
            closeOffThread(raw);
        }
    }
}
