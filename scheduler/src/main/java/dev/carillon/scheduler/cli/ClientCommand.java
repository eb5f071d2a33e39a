package dev.carillon.scheduler.cli;

import dev.carillon.scheduler.Durations;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A command that asks a running service over HTTP. */
abstract class ClientCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    final Main main;

    @Option(names = "--url")
    private String url = variable("CARILLON_URL", "http://127.0.0.1:8080");

    @Option(names = "--token")
    private @Nullable String token = System.getenv("CARILLON_TOKEN");

    @Option(names = "--json")
    boolean json;

    ClientCommand(Main main) {
        this.main = main;
    }

    /** The service said no, or nothing at all. */
    private static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message, null, false, false);
        }
    }

    @Override
    public final Integer call() {
        try {
            return ask();
        } catch (Refused e) {
            main.err().println("error: " + e.getMessage());
            return Main.FAILED;
        }
    }

    abstract int ask();

    private static String variable(String name, String standard) {
        var value = System.getenv(name);
        return value == null || value.isEmpty() ? standard : value;
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode send(String method, String path) {
        URI uri;
        try {
            uri = URI.create(url.replaceAll("/+$", "") + path);
            if (uri.getScheme() == null || uri.getHost() == null) {
                throw new IllegalArgumentException("no scheme or host");
            }
        } catch (IllegalArgumentException e) {
            throw new Usage("--url is '" + url + "', which is no address: write it as http://127.0.0.1:8080");
        }
        var request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).header("Accept", "application/json");
        if (token != null && !token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        request.method(method, HttpRequest.BodyPublishers.noBody());
        try (var client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            var response = client.send(request.build(), BodyHandlers.ofString());
            return read(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new Refused("no service answers at " + url
                    + ": start one with 'carillon serve', or name its address with --url or CARILLON_URL");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused("interrupted");
        }
    }

    private JsonNode read(int status, String body) {
        JsonNode node;
        try {
            node = JSON.readTree(body);
        } catch (JacksonException e) {
            throw new Refused(
                    url + " answers, but not as Carillon does (status " + status + "): is the address right?");
        }
        if (status >= 400) {
            var error = node.path("error");
            var hint = text(error, "hint");
            throw new Refused(text(error, "message") + (hint.isEmpty() ? "" : " " + hint));
        }
        return node;
    }

    static String text(JsonNode node, String field) {
        var value = node.path(field);
        return value.isNull() || value.isMissingNode() ? "" : value.asString();
    }

    void printJson(JsonNode node) {
        main.out().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
    }

    static String until(String instant) {
        if (instant.isEmpty()) {
            return "-";
        }
        var wait = Duration.between(ServiceClock.now(), Instant.parse(instant));
        return wait.isNegative() ? "now" : "in " + Durations.words(wait);
    }

    static String took(JsonNode run) {
        var ms = run.path("durationMs");
        return ms.isNumber() ? Durations.words(Duration.ofMillis(ms.asLong())) : "-";
    }

    static String query(Map<String, @Nullable String> parameters) {
        var query = parameters.entrySet().stream()
                .filter(entry -> entry.getValue() != null)
                .map(entry -> entry.getKey() + "=" + encode(String.valueOf(entry.getValue())))
                .collect(Collectors.joining("&"));
        return query.isEmpty() ? "" : "?" + query;
    }

    /** {@code carillon jobs}. */
    static final class Jobs extends ClientCommand {
        @Parameters(arity = "0..1")
        private @Nullable String part;

        Jobs(Main main) {
            super(main);
        }

        @Override
        int ask() {
            var table = new Table("JOB", "STATE", "NEXT", "LAST", "SCHEDULE");
            String cursor = null;
            int shown = 0;
            do {
                var parameters = new LinkedHashMap<String, @Nullable String>();
                parameters.put("cursor", cursor);
                var page = send("GET", "/api/jobs" + query(parameters));
                if (json) {
                    printJson(page);
                }
                for (var job : page.path("items")) {
                    if (part == null || text(job, "id").contains(part)) {
                        shown++;
                        table.row(
                                text(job, "id"),
                                text(job, "state"),
                                until(text(job, "nextFireTime")),
                                job.path("lastRun").isNull() ? "-" : text(job.path("lastRun"), "state"),
                                text(job, "schedule") + "  (" + text(job, "scheduleWords") + ")");
                    }
                }
                var next = text(page, "cursor");
                cursor = next.isEmpty() ? null : next;
            } while (cursor != null);
            if (!json) {
                if (shown == 0) {
                    main.out().println(part == null ? "No jobs." : "No job's name holds '" + part + "'.");
                } else {
                    table.print(main.out());
                }
            }
            return Main.OK;
        }
    }

    /** {@code carillon runs}. */
    static final class Runs extends ClientCommand {
        @Parameters(arity = "0..1")
        private @Nullable String job;

        @Option(names = "--state")
        private @Nullable String state;

        @Option(names = "--from")
        private @Nullable String from;

        @Option(names = "--to")
        private @Nullable String to;

        @Option(names = "--search")
        private @Nullable String search;

        @Option(names = "--limit")
        private int limit = 20;

        Runs(Main main) {
            super(main);
        }

        @Override
        int ask() {
            var parameters = new LinkedHashMap<String, @Nullable String>();
            parameters.put("job", job);
            parameters.put("state", state);
            parameters.put("from", from);
            parameters.put("to", to);
            parameters.put("q", search);
            parameters.put("limit", String.valueOf(limit));
            var page = send("GET", "/api/runs" + query(parameters));
            if (json) {
                printJson(page);
                return Main.OK;
            }
            var table = new Table("DUE", "JOB", "STATE", "ATTEMPTS", "TOOK", "RUN", "");
            for (var run : page.path("items")) {
                table.row(
                        text(run, "scheduledTime"),
                        text(run, "job"),
                        text(run, "state"),
                        text(run, "attempts"),
                        took(run),
                        text(run, "id"),
                        text(run, "reason") + text(run, "error"));
            }
            if (page.path("items").isEmpty()) {
                main.out().println("No runs.");
            } else {
                table.print(main.out());
            }
            return Main.OK;
        }
    }

    /** {@code carillon logs}. */
    static final class Logs extends ClientCommand {
        @Parameters(arity = "1", paramLabel = "<run or job>")
        private String what = "";

        Logs(Main main) {
            super(main);
        }

        @Override
        int ask() {
            var run = what.contains("/") ? newestRun() : what;
            if (run.isEmpty()) {
                main.err().println("error: job '" + what + "' has no run yet. See: carillon jobs");
                return Main.FAILED;
            }
            var detail = send("GET", "/api/runs/" + encode(run));
            if (!json) {
                main.err()
                        .println(text(detail, "job") + " due " + text(detail, "scheduledTime") + ": "
                                + text(detail, "state") + ", attempt " + text(detail, "attempts") + ", run " + run);
            }
            String cursor = null;
            do {
                var parameters = new LinkedHashMap<String, @Nullable String>();
                parameters.put("cursor", cursor);
                var page = send("GET", "/api/runs/" + encode(run) + "/logs" + query(parameters));
                if (json) {
                    printJson(page);
                }
                for (var line : page.path("items")) {
                    if (!json) {
                        main.out().println(text(line, "at") + "  " + text(line, "text"));
                    }
                }
                var next = text(page, "cursor");
                cursor = next.isEmpty() ? null : next;
            } while (cursor != null);
            for (var attempt : detail.path("attemptList")) {
                if (!json && !text(attempt, "error").isEmpty()) {
                    main.out().println("attempt " + text(attempt, "attempt") + ": " + text(attempt, "error"));
                }
            }
            return Main.OK;
        }

        private String newestRun() {
            var parameters = new LinkedHashMap<String, @Nullable String>();
            parameters.put("job", what);
            parameters.put("state", "running,retrying,succeeded,failed,interrupted");
            parameters.put("limit", "1");
            return text(
                    send("GET", "/api/runs" + query(parameters)).path("items").path(0), "id");
        }
    }

    /** {@code carillon trigger}, {@code pause}, {@code resume}. */
    static final class Act extends ClientCommand {
        private final String action;

        @Parameters(arity = "1", paramLabel = "<job>")
        private String job = "";

        Act(Main main, String action) {
            super(main);
            this.action = action;
        }

        @Override
        int ask() {
            var answer = send("POST", "/api/jobs/" + encode(job) + "/" + action);
            if (json) {
                printJson(answer);
            } else if (action.equals("trigger")) {
                main.out().println(text(answer, "id"));
            } else {
                var next = text(answer, "nextFireTime");
                main.out()
                        .println(job + " is " + text(answer, "state")
                                + (next.isEmpty() ? "" : ", next fire " + next + " (" + until(next) + ")"));
            }
            return Main.OK;
        }
    }
}
