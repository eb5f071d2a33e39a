package dev.carillon.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The ops behind {@code Deno.serve}, over the JDK's HTTP server. A connection waits on a virtual thread; the handler runs
 * on the runtime thread like all of a script.
 *
 * <p>A server and each request under way are resources; closing the server breaks off what is under way.
 *
 * <p>Threads: runtime thread.
 */
public final class ServeOps {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int BACKLOG = 511;

    private final Permissions permissions;
    private final ResourceTable resources;
    private final EventLoop loop;

    ServeOps(OpState state) {
        permissions = state.borrow(Permissions.class);
        resources = state.borrow(ResourceTable.class);
        loop = state.borrow(EventLoop.class);
    }

    /** A server that accepts; {@code port} is the one it got. */
    public record Listening(int rid, int port) {}

    @Op("op_web_serve_listen")
    public Listening listen(String hostname, int port) {
        permissions.check(Kind.NET, hostname + ":" + port, "Deno.serve()");
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
        try {
            var server = HttpServer.create(new InetSocketAddress(hostname, port), BACKLOG);
            var serving = new Serving(server);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", serving::accept);
            server.start();
            return new Listening(resources.add(serving), server.getAddress().getPort());
        } catch (BindException e) {
            throw String.valueOf(e.getMessage()).contains("in use")
                    ? new JsVisibleException("AddrInUse", "Address already in use (os error 98)", "EADDRINUSE", e)
                    : new JsVisibleException(
                            "AddrNotAvailable", "Cannot assign requested address (os error 99)", "EADDRNOTAVAIL", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new JsVisibleException("Error", "cannot listen on " + hostname + ":" + port + ": " + e.getMessage());
        }
    }

    /**
     * A request that has come in.
     *
     * @param target path and query as sent
     * @param headers names and values in turn
     */
    public record Incoming(
            int rid,
            String method,
            String target,
            List<String> headers,
            boolean hasBody,
            String remoteHost,
            int remotePort) {}

    /** The next request; null once the server is closed. One at a time. */
    @Op("op_web_serve_next")
    public CompletionStage<@Nullable Incoming> next(int rid) {
        var serving = resources.get(rid, Serving.class);
        var result = new CompletableFuture<@Nullable Incoming>();
        var first = serving.arrived.poll();
        if (first != null) {
            result.complete(incoming(first));
        } else {
            serving.waiting = result;
        }
        return result;
    }

    private Incoming incoming(Served served) {
        var exchange = served.exchange;
        var flat = new ArrayList<String>();
        exchange.getRequestHeaders().forEach((name, values) -> {
            for (var value : values) {
                flat.add(name);
                flat.add(value);
            }
        });
        // As in Deno: any method but these may carry one, if only an empty one.
        boolean body = !exchange.getRequestMethod().equals("GET")
                && !exchange.getRequestMethod().equals("HEAD");
        var remote = exchange.getRemoteAddress();
        return new Incoming(
                resources.add(served),
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                flat,
                body,
                remote.getAddress().getHostAddress(),
                remote.getPort());
    }

    /** The next bytes of a request's body; null at its end. */
    @Op("op_web_serve_read")
    public CompletionStage<byte @Nullable []> read(int rid) {
        var served = resources.get(rid, Served.class);
        return FetchOps.offThread("serve read", () -> {
            var buffer = new byte[CHUNK_BYTES];
            try {
                int count = served.exchange.getRequestBody().read(buffer);
                return count < 0 ? null : Arrays.copyOf(buffer, count);
            } catch (IOException e) {
                throw new JsVisibleException("Http", "error reading a body from connection");
            }
        });
    }

    /**
     * Sends the head of the answer and, unless more is to come by {@code op_web_serve_write}, all of it.
     *
     * @param body null for none
     * @return false when the client has gone
     */
    @Op("op_web_serve_respond")
    public CompletionStage<Boolean> respond(
            int rid, int status, List<String> headers, byte @Nullable [] body, boolean more) {
        var served = more ? resources.get(rid, Served.class) : resources.take(rid, Served.class);
        return FetchOps.offThread("serve respond", () -> {
            var exchange = served.exchange;
            try {
                for (int i = 0; i < headers.size(); i += 2) {
                    var name = headers.get(i);
                    if (!name.equalsIgnoreCase("content-length") && !name.equalsIgnoreCase("transfer-encoding")) {
                        exchange.getResponseHeaders().add(name, headers.get(i + 1));
                    }
                }
                boolean head = exchange.getRequestMethod().equals("HEAD");
                if (head && body != null) {
                    exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
                }
                // For this server 0 means chunks and -1 nothing.
                long length = head || body == null && !more || body != null && body.length == 0
                        ? -1
                        : body == null ? 0 : body.length;
                exchange.sendResponseHeaders(status, length);
                if (length > 0 && body != null) {
                    exchange.getResponseBody().write(body);
                }
                return true;
            } catch (IOException e) {
                return false;
            } finally {
                if (!more) {
                    served.close();
                }
            }
        });
    }

    /** @return false when the client has gone */
    @Op("op_web_serve_write")
    public CompletionStage<Boolean> write(int rid, byte[] chunk) {
        var served = resources.get(rid, Served.class);
        return FetchOps.offThread("serve write", () -> {
            try {
                served.exchange.getResponseBody().write(chunk);
                served.exchange.getResponseBody().flush();
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** Ends a streamed answer; a failed one is broken off so that the client can tell. */
    @Op("op_web_serve_end")
    public void end(int rid, boolean failed) {
        if (!resources.has(rid)) {
            return;
        }
        var served = resources.take(rid, Served.class);
        served.broken = failed;
        served.close();
    }

    /** A server: requests that have arrived and nobody has asked for yet, or somebody who has asked. */
    private final class Serving implements Resource {
        final Queue<Served> arrived = new ArrayDeque<>(); // runtime thread only, as is waiting

        @Nullable
        CompletableFuture<@Nullable Incoming> waiting;

        private final HttpServer server;
        private final Set<Served> underWay = ConcurrentHashMap.newKeySet();
        private volatile boolean closed;

        Serving(HttpServer server) {
            this.server = server;
        }

        /** On the virtual thread of the request; returns when it has been answered. */
        void accept(HttpExchange exchange) {
            var served = new Served(exchange);
            underWay.add(served);
            try {
                loop.execute(() -> arrive(served));
                if (closed) {
                    served.close();
                }
                served.done.join();
            } finally {
                underWay.remove(served);
                served.finish();
            }
        }

        private void arrive(Served served) {
            var asked = waiting;
            if (closed) {
                served.broken = true;
                served.close();
            } else if (asked != null) {
                waiting = null;
                asked.complete(incoming(served));
            } else {
                arrived.add(served);
            }
        }

        @Override
        public String name() {
            return "httpServer";
        }

        @Override
        public void close() {
            closed = true;
            for (var served : underWay) {
                served.broken = true;
                served.close();
            }
            if (waiting != null) {
                waiting.complete(null);
            }
            Thread.ofVirtual().name("serve stop").start(() -> server.stop(0));
        }
    }

    /** One request under way. */
    private static final class Served implements Resource {
        final HttpExchange exchange;
        final CompletableFuture<Boolean> done = new CompletableFuture<>();
        volatile boolean broken;

        Served(HttpExchange exchange) {
            this.exchange = exchange;
        }

        /** On the thread of the request: what is not answered in full is broken off. */
        void finish() {
            if (!broken) {
                try {
                    exchange.getResponseBody().close();
                } catch (IOException e) {
                    broken = true;
                }
            }
            exchange.close();
        }

        @Override
        public String name() {
            return "httpRequest";
        }

        @Override
        public void close() {
            done.complete(true);
        }
    }
}
