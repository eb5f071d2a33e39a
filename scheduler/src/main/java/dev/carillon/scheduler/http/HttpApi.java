package dev.carillon.scheduler.http;

import dev.carillon.scheduler.http.EventHub.Event;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.JobRefused;
import dev.carillon.scheduler.run.Page;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunQuery;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.StoreException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The service's HTTP side: JSON API, live events, metrics, health, and the dashboard's files.
 *
 * <p>Threads: every request runs on a virtual thread of its own.
 * <p>Closing: stops listening and ends the streams; any number of times.
 */
public final class HttpApi implements AutoCloseable {
    static final int PAGE_DEFAULT = 100;
    static final int JOBS_PAGE_DEFAULT = 1_000;
    static final int LOG_PAGE_DEFAULT = 1_000;
    static final int LOG_PAGE_MAX = 10_000;
    /** The dashboard takes a stream that says nothing for a minute for dead. */
    static final long STREAM_SILENCE_MS_MAX = 15_000;

    private static final long STREAM_LOOK_MS = 500; // how long the end of the service may go unseen

    private static final System.Logger LOG = System.getLogger(HttpApi.class.getName());
    /** Request attribute: the error has its body. */
    private static final String ANSWERED = "carillon.answered";

    private final ServiceView view;
    private final EventHub events;
    private final Access access;
    private final StaticPages pages = new StaticPages();
    private final Javalin server;
    private volatile boolean closing;

    /** Cannot listen: one sentence with the way out. */
    public static final class CannotListen extends RuntimeException {
        CannotListen(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private HttpApi(ServiceView view, EventHub events, @Nullable String token) {
        this.view = view;
        this.events = events;
        access = new Access(token);
        server = Javalin.create(this::configure);
    }

    /**
     * Starts to listen.
     *
     * @param port 0 for any that is free
     * @param token what requests must carry, or null for a loopback address
     * @throws CannotListen if the address cannot be had
     */
    public static HttpApi start(ServiceView view, EventHub events, String host, int port, @Nullable String token) {
        var api = new HttpApi(view, events, token);
        try {
            api.server.start(host, port);
        } catch (JavalinBindException e) {
            api.close();
            throw new CannotListen(
                    String.valueOf(e.getMessage()).contains("in use")
                            ? "port " + port + " of " + host
                                    + " is in use: stop the process that has it (another carillon"
                                    + " serve?) or choose another with --port or http.port"
                            : "cannot listen on " + host + " port " + port + ": " + rootMessage(e)
                                    + "; choose another with --host and --port",
                    e);
        }
        return api;
    }

    private static String rootMessage(Throwable error) {
        var root = error;
        for (var cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return String.valueOf(root.getMessage());
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        closing = true;
        try {
            server.stop();
        } catch (RuntimeException e) {
            // Some reader would not go in time; the sockets are closed all the same.
            LOG.log(System.Logger.Level.DEBUG, "not every request had ended", e);
        }
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.concurrency.useVirtualThreads = true;
        config.http.prefer405over404 = true;
        config.http.maxRequestSize = 64 * 1024;
        config.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            // Job ids hold slashes, which clients send as %2F.
            http.setUriCompliance(UriCompliance.from(EnumSet.of(
                    UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                    UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT,
                    UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
                    UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS)));
        });
        config.jetty.modifyServletContextHandler(
                context -> context.getServletHandler().setDecodeAmbiguousURIs(true));
        config.jetty.modifyServer(jetty -> {
            jetty.setStopTimeout(3_000);
            jetty.setErrorHandler(new PlainErrors());
        });
        routes(config);
    }

    private void routes(JavalinConfig config) {
        var routes = config.routes;
        routes.before(access::check);
        routes.get("/api/overview", context -> json(context, view.overview()));
        routes.get("/api/jobs", this::jobs);
        routes.get(
                "/api/jobs/<id>",
                context -> json(
                        context, view.job(job(context)).orElseThrow(() -> notFound("job", context.pathParam("id")))));
        routes.post("/api/jobs/<id>/trigger", context -> json(context, view.trigger(job(context))));
        routes.post("/api/jobs/<id>/pause", context -> json(context, view.pause(job(context))));
        routes.post("/api/jobs/<id>/resume", context -> json(context, view.resume(job(context))));
        routes.get("/api/runs", context -> json(context, view.runs(runQuery(context))));
        routes.get(
                "/api/runs/{id}",
                context -> json(
                        context, view.run(run(context)).orElseThrow(() -> notFound("run", context.pathParam("id")))));
        routes.get("/api/runs/{id}/logs", this::logs);
        routes.get("/api/scripts", context -> json(context, new Page<>(view.scripts(), null)));
        routes.get("/api/nodes", context -> json(context, new Page<>(view.nodes(), null)));
        routes.get("/api/events", this::stream);
        routes.get(
                "/metrics",
                context -> context.contentType("text/plain; version=0.0.4; charset=utf-8")
                        .result(view.metrics()));
        routes.get("/healthz", context -> {
            var health = view.health();
            context.status(health.ok() ? 200 : 503);
            json(context, health);
        });
        routes.get("/readyz", context -> {
            var health = view.health();
            context.status(health.ok() && health.ready() ? 200 : 503);
            json(context, health);
        });
        for (var path : List.of("/", "/<path>")) {
            routes.get(path, this::page);
            routes.head(path, this::page);
        }

        routes.exception(ApiError.class, this::refuse);
        routes.exception(JobRefused.class, (e, context) -> refuse(ofRefused(e), context));
        routes.exception(StoreException.class, (e, context) -> {
            LOG.log(System.Logger.Level.ERROR, "{0} {1}: {2}", context.method(), context.path(), e.getMessage());
            refuse(new ApiError(503, "store_unavailable", String.valueOf(e.getMessage()), e.hint()), context);
        });
        routes.exception(
                HttpResponseException.class,
                (e, context) -> refuse(
                        new ApiError(
                                e.getStatus(),
                                e.getStatus() == 405 ? "method_not_allowed" : "http_" + e.getStatus(),
                                e.getStatus() == 405
                                        ? context.method() + " is not possible on " + context.path()
                                        : String.valueOf(e.getMessage()),
                                "/openapi.yaml lists what is"),
                        context));
        routes.exception(Exception.class, (e, context) -> {
            if (!closing) {
                LOG.log(System.Logger.Level.ERROR, context.method() + " " + context.path() + " failed", e);
            }
            refuse(
                    new ApiError(500, "internal", "The service failed on this request.", "Its log has the cause."),
                    context);
        });
        routes.error(404, context -> {
            if (context.attribute(ANSWERED) == null) {
                refuse(nothingAt(context.path()), context);
            }
        });
    }

    private void refuse(ApiError error, Context context) {
        context.status(error.status());
        context.attribute(ANSWERED, true);
        json(context, error.body());
    }

    private static ApiError ofRefused(JobRefused e) {
        var message = String.valueOf(e.getMessage());
        return switch (e.code()) {
            case NO_SUCH_JOB -> new ApiError(404, "no_such_job", message, "GET /api/jobs lists the jobs there are.");
            case BUSY -> new ApiError(409, "busy", message, "Wait until its run has ended.");
            case NOT_LOADED -> new ApiError(409, "not_loaded", message, "GET /api/scripts says how its script stands.");
            case RETIRED -> new ApiError(409, "retired", message, "Register it again in its script.");
        };
    }

    private static ApiError nothingAt(String path) {
        return new ApiError(
                404, "not_found", "There is nothing at " + path + ".", "/openapi.yaml lists what there is.");
    }

    private static ApiError notFound(String what, String id) {
        return new ApiError(
                404, "no_such_" + what, "There is no " + what + " '" + id + "'.", "GET /api/" + what + "s lists them.");
    }

    private static void json(Context context, Object body) {
        context.contentType("application/json")
                .header("Cache-Control", "no-store")
                .result(Json.bytes(body));
    }

    private void jobs(Context context) {
        json(context, view.jobs(context.queryParam("cursor"), limit(context, JOBS_PAGE_DEFAULT, RunQuery.LIMIT_MAX)));
    }

    private void logs(Context context) {
        var id = run(context);
        if (view.run(id).isEmpty()) {
            throw notFound("run", id.text());
        }
        int limit = limit(context, LOG_PAGE_DEFAULT, LOG_PAGE_MAX);
        var lines = view.logs(id, parameter(context, "cursor", Long::parseLong, "a cursor of this list", -1L), limit);
        json(
                context,
                new Page<>(
                        lines,
                        lines.size() < limit
                                ? null
                                : String.valueOf(lines.getLast().seq())));
    }

    private static RunQuery runQuery(Context context) {
        try {
            var states = EnumSet.noneOf(RunState.class);
            for (var words : context.queryParams("state")) {
                for (var word : words.split(",", -1)) {
                    if (!word.isEmpty()) {
                        states.add(RunState.of(word));
                    }
                }
            }
            return new RunQuery(
                    blankToNull(context.queryParam("job")),
                    states,
                    instant(context, "from"),
                    instant(context, "to"),
                    blankToNull(context.queryParam("q")),
                    blankToNull(context.queryParam("cursor")),
                    limit(context, PAGE_DEFAULT, RunQuery.LIMIT_MAX));
        } catch (IllegalArgumentException e) {
            throw new ApiError(400, "bad_parameter", String.valueOf(e.getMessage()), null);
        }
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static @Nullable Instant instant(Context context, String name) {
        var text = blankToNull(context.queryParam(name));
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new ApiError(
                    400,
                    "bad_parameter",
                    "'" + name + "' is '" + text + "', which is not an instant.",
                    "Write it as 2026-11-21T08:00:00Z.");
        }
    }

    private static int limit(Context context, int standard, int max) {
        int limit = parameter(context, "limit", Integer::parseInt, "a whole number", standard);
        if (limit < 1 || limit > max) {
            throw new ApiError(400, "bad_parameter", "'limit' is " + limit + ".", "It may be 1-" + max + ".");
        }
        return limit;
    }

    private static <T> T parameter(Context context, String name, Function<String, T> parse, String what, T standard) {
        var text = blankToNull(context.queryParam(name));
        if (text == null) {
            return standard;
        }
        try {
            return parse.apply(text);
        } catch (NumberFormatException e) {
            throw new ApiError(
                    400, "bad_parameter", "'" + name + "' is '" + text + "', which is not " + what + ".", null);
        }
    }

    private static JobKey job(Context context) {
        try {
            return JobKey.parse(context.pathParam("id"));
        } catch (IllegalArgumentException e) {
            throw notFound("job", context.pathParam("id"));
        }
    }

    private static RunId run(Context context) {
        try {
            return new RunId(context.pathParam("id"));
        } catch (IllegalArgumentException e) {
            throw notFound("run", context.pathParam("id"));
        }
    }

    /** What Jetty refuses before it reaches us, in the API's own form. */
    private static final class PlainErrors implements Request.Handler {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            var message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
            var body = new ApiError(
                            response.getStatus(),
                            "bad_request",
                            message == null ? "This request cannot be understood." : message + ".",
                            "/openapi.yaml lists what can be asked.")
                    .body();
            response.getHeaders().put("Content-Type", "application/json");
            response.write(true, ByteBuffer.wrap(Json.bytes(body)), callback);
            return true;
        }
    }

    /** Server-sent events until the reader goes, falls behind, or the service stops. */
    private void stream(Context context) throws IOException, InterruptedException {
        var response = context.res();
        response.setStatus(200);
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        try (var follower = events.follow()) {
            var out = response.getOutputStream();
            out.write(text(new Event(
                    "hello", Json.write(Map.of("version", view.health().version())))));
            out.flush();
            long silentMs = 0;
            while (!closing && !follower.isCut()) {
                var event = follower.poll(STREAM_LOOK_MS);
                if (event != null) {
                    silentMs = 0;
                    while (event != null) { // all that is there goes out in one write
                        out.write(text(event));
                        event = follower.poll(0);
                    }
                    out.flush();
                } else if ((silentMs += STREAM_LOOK_MS) >= STREAM_SILENCE_MS_MAX) {
                    silentMs = 0;
                    out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            }
        } catch (IOException e) {
            // The reader has gone, which is how every stream ends.
        }
    }

    private static byte[] text(Event event) {
        return ("event: " + event.name() + "\ndata: " + event.data() + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private void page(Context context) {
        var path = context.path();
        if (path.startsWith("/api/")) {
            throw nothingAt(path);
        }
        var found = pages.find(path);
        if (found.isEmpty() && !path.substring(path.lastIndexOf('/') + 1).contains(".")) {
            found = pages.find("/index.html"); // a place within the dashboard
        }
        if (found.isEmpty()) {
            throw path.equals("/")
                    ? new ApiError(
                            404, "no_dashboard", "This build carries no dashboard.", "The API is at /openapi.yaml.")
                    : new ApiError(404, "not_found", "There is no file " + path + ".", null);
        }
        var page = found.get();
        context.header("ETag", page.etag())
                .header("Cache-Control", page.forever() ? "public, max-age=31536000, immutable" : "no-cache")
                .header("Vary", "Accept-Encoding")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header(
                        "Content-Security-Policy",
                        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'");
        if (page.etag().equals(context.header("If-None-Match"))) {
            context.status(304);
            return;
        }
        var gzip = page.gzip();
        context.contentType(page.type());
        if (gzip != null && String.valueOf(context.header("Accept-Encoding")).contains("gzip")) {
            context.header("Content-Encoding", "gzip").result(gzip);
        } else {
            context.result(page.plain());
        }
    }
}
