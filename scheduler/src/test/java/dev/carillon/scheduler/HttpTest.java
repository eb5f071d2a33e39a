package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.VirtualTime;
import dev.carillon.scheduler.Configuration.ScriptSource;
import dev.carillon.scheduler.http.HttpApi;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The API over a real socket, every answer held against openapi.yaml. */
@NullUnmarked
class HttpTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String JOB = "a.ts%2Fflaky%20one";

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final VirtualTime time = new VirtualTime();
    private Service service;

    private Service serve(TimeSource clock, Map<String, String> flags) throws IOException {
        Files.createDirectories(folder.resolve("crons"));
        Files.writeString(folder.resolve("crons/a.ts"), """
                Deno.cron("flaky one", "* * * * 1-5", { backoffSchedule: [100] }, () => {
                  console.log("attempt", Carillon.run!.attempt);
                  if (Carillon.run!.attempt === 1) throw new Error("not yet");
                });
                """);
        Files.writeString(folder.resolve("crons/bad.ts"), "const x: = 1;");
        var all = new HashMap<>(Map.of(
                "http.port", "0",
                "node.name", "test",
                "database.url", "jdbc:h2:file:" + folder.resolve("db")));
        all.putAll(flags);
        var configuration = ConfigurationReader.read(
                null, Map.of(), all, List.of(new ScriptSource(folder.resolve("crons"), Permissions.none())));
        var started = Service.start(
                configuration,
                clock,
                from -> JdbcRunStore.open(new StoreConfig(from.database().url())));
        started.awaitScripts();
        return started;
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
        client.shutdownNow(); // closing would wait for a stream nobody reads on
    }

    private HttpResponse<String> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(send("GET", path).body());
    }

    private void awaitASucceededRun() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (get("/api/runs?state=succeeded").path("items").isEmpty()) {
            assertThat(System.nanoTime()).as("a run within a minute").isLessThan(deadline);
            time.advance(Duration.ofMillis(250));
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void every_answer_is_as_openapi_describes_it() throws IOException, InterruptedException {
        service = serve(time, Map.of());
        awaitASucceededRun();
        var run = get("/api/runs?state=succeeded")
                .path("items")
                .path(0)
                .path("id")
                .asString();
        var schema = new Schema(YAMLMapper.builder()
                .build()
                .readTree(send("GET", "/openapi.yaml").body()));
        var asked = new ArrayList<String>();
        for (var path : List.of(
                "/api/overview",
                "/api/jobs",
                "/api/jobs/" + JOB,
                "/api/runs",
                "/api/runs/" + run,
                "/api/runs/" + run + "/logs",
                "/api/scripts",
                "/api/nodes",
                "/healthz",
                "/readyz")) {
            var answer = send("GET", path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            asked.add(schema.check("get", path, "200", JSON.readTree(answer.body())));
        }
        for (var action : List.of("trigger", "pause", "resume")) {
            var path = "/api/jobs/" + JOB + "/" + action;
            var answer = send("POST", path);
            assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
            asked.add(schema.check("post", path, "200", JSON.readTree(answer.body())));
        }
        assertThat(schema.jsonPaths())
                .as("every path that answers JSON was asked")
                .isSubsetOf(asked);
    }

    @Test
    void what_is_wrong_with_a_request_is_told_with_a_code_and_the_way_out() throws IOException, InterruptedException {
        service = serve(time, Map.of());
        var wrong = Map.of(
                "GET /api/nothing", "404 not_found",
                "GET /api/jobs/nope", "404 no_such_job",
                "GET /api/jobs/a.ts%2Fnope", "404 no_such_job",
                "POST /api/jobs/a.ts%2Fnope/trigger", "404 no_such_job",
                "GET /api/runs/nope", "404 no_such_run",
                "GET /api/runs?limit=0", "400 bad_parameter",
                "GET /api/runs?from=yesterday", "400 bad_parameter",
                "GET /api/runs?state=lost", "400 bad_parameter",
                "DELETE /api/jobs", "405 method_not_allowed",
                "GET /nothing.js", "404 not_found");
        for (var each : wrong.entrySet()) {
            var answer = send(each.getKey().split(" ")[0], each.getKey().split(" ")[1]);
            var error = JSON.readTree(answer.body()).path("error");
            assertThat(answer.statusCode() + " " + error.path("code").asString())
                    .as(each.getKey())
                    .isEqualTo(each.getValue());
            assertThat(error.path("message").asString()).isNotEmpty();
        }
    }

    @Test
    void lists_come_in_pages() throws IOException, InterruptedException {
        service = serve(time, Map.of());
        awaitASucceededRun();
        for (int i = 0; i < 3; i++) {
            assertThat(send("POST", "/api/jobs/" + JOB + "/trigger").statusCode())
                    .isIn(200, 409);
        }
        var all = get("/api/runs").path("items");
        var paged = new ArrayList<String>();
        String cursor = "";
        do {
            var page = get("/api/runs?limit=1" + cursor);
            page.path("items").forEach(run -> paged.add(run.path("id").asString()));
            cursor = page.path("cursor").isNull()
                    ? ""
                    : "&cursor=" + page.path("cursor").asString();
        } while (!cursor.isEmpty());
        assertThat(paged).hasSizeGreaterThanOrEqualTo(all.size()).doesNotHaveDuplicates();
    }

    @Test
    void events_tell_what_happens() throws IOException, InterruptedException {
        service = serve(time, Map.of());
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/api/events"))
                .build();
        var answer = client.send(request, BodyHandlers.ofLines());
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        var lines = answer.body().iterator();
        assertThat(lines.next()).isEqualTo("event: hello");
        assertThat(send("POST", "/api/jobs/" + JOB + "/trigger").statusCode()).isEqualTo(200);
        boolean log = false;
        boolean end = false;
        while (!(log && end)) {
            var line = lines.next();
            log |= line.startsWith("data: ") && line.contains("\"text\":\"attempt 1\"") && line.contains("\"run\":");
            end |= line.startsWith("data: ") && line.contains("\"state\":\"failed\"") && line.contains("not yet");
        }
    }

    @Test
    void the_dashboard_comes_compressed_and_is_not_sent_twice() throws IOException, InterruptedException {
        service = serve(time, Map.of());
        var page = send("GET", "/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
        assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
        var etag = page.headers().firstValue("ETag").orElseThrow();
        assertThat(send("GET", "/", "If-None-Match", etag).statusCode()).isEqualTo(304);
        assertThat(send("GET", "/jobs/anything").body())
                .as("a place within the dashboard")
                .isEqualTo(page.body());
        var script = page.body().replaceAll("(?s).*src=\"(/assets/main[^\"]+)\".*", "$1");
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + script))
                .header("Accept-Encoding", "gzip")
                .build();
        var zipped = client.send(request, BodyHandlers.ofInputStream());
        assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(zipped.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
        try (var plain = new GZIPInputStream(zipped.body())) {
            assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(send("GET", script).body());
        }
    }

    @Test
    void without_a_token_pages_of_others_are_kept_out() throws IOException, InterruptedException {
        service = serve(time, Map.of());
        assertThat(send("POST", "/api/jobs/" + JOB + "/pause", "Origin", "https://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(send("POST", "/api/jobs/" + JOB + "/pause", "Origin", "http://127.0.0.1:" + service.port())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void with_a_token_only_who_carries_it_gets_in() throws IOException, InterruptedException {
        service = serve(time, Map.of("http.token", "0123456789abcdef"));
        assertThat(send("GET", "/api/jobs").statusCode()).isEqualTo(401);
        assertThat(send("GET", "/metrics").statusCode()).isEqualTo(401);
        assertThat(send("GET", "/api/jobs", "Authorization", "Bearer wrong").statusCode())
                .isEqualTo(401);
        assertThat(send("GET", "/api/jobs", "Authorization", "Bearer 0123456789abcdef")
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("GET", "/healthz").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/").statusCode()).isEqualTo(200);
    }

    @Test
    void a_port_in_use_is_one_sentence_and_leaves_nothing_behind() throws IOException {
        service = serve(time, Map.of());
        var taken = String.valueOf(service.port());
        assertThatThrownBy(() -> serve(
                        time, Map.of("http.port", taken, "database.url", "jdbc:h2:file:" + folder.resolve("other"))))
                .isInstanceOf(HttpApi.CannotListen.class)
                .hasMessageContaining("port " + taken + " of 127.0.0.1 is in use");
    }

    /** As much of JSON Schema as openapi.yaml uses. */
    private record Schema(JsonNode document) {
        List<String> jsonPaths() {
            var paths = new ArrayList<String>();
            document.path("paths").propertyStream().forEach(path -> {
                if (path.getValue().toString().contains("application/json")
                        && !path.getKey().equals("/api/events")
                        && !path.getKey().equals("/metrics")) {
                    paths.add(path.getKey());
                }
            });
            return paths;
        }

        /** @return the path as the document writes it */
        String check(String method, String path, String status, JsonNode value) {
            var template = path.replaceAll("^/api/(jobs|runs)/[^/]+", "/api/$1/{id}");
            var schema = document.path("paths")
                    .path(template)
                    .path(method)
                    .path("responses")
                    .path(status)
                    .path("content")
                    .path("application/json")
                    .path("schema");
            assertThat(schema.isMissingNode()).as("%s is described", template).isFalse();
            var problems = new ArrayList<String>();
            check(schema, value, template, problems);
            assertThat(problems).as("%s", value).isEmpty();
            return template;
        }

        private void check(JsonNode schema, JsonNode value, String at, List<String> problems) {
            if (schema.has("$ref")) {
                check(document.at(schema.path("$ref").asString().substring(1)), value, at, problems);
                return;
            }
            schema.path("allOf").forEach(part -> check(part, value, at, problems));
            if (schema.has("oneOf")) {
                boolean fits = false;
                for (var option : schema.path("oneOf")) {
                    var own = new ArrayList<String>();
                    check(option, value, at, own);
                    fits |= own.isEmpty();
                }
                if (!fits) {
                    problems.add(at + ": fits nothing: " + value);
                }
            }
            if (schema.has("type") && !isOfType(schema.path("type"), value)) {
                problems.add(at + ": " + value + " is no " + schema.path("type"));
                return;
            }
            if (schema.has("enum") && schema.path("enum").valueStream().noneMatch(word -> word.equals(value))) {
                problems.add(at + ": " + value + " is none of " + schema.path("enum"));
            }
            if (schema.has("pattern")
                    && value.isString()
                    && !value.asString().matches(schema.path("pattern").asString())) {
                problems.add(at + ": " + value + " does not match " + schema.path("pattern"));
            }
            if (value.isObject()) {
                schema.path("required").forEach(name -> {
                    if (!value.has(name.asString())) {
                        problems.add(at + ": has no " + name);
                    }
                });
                value.propertyStream().forEach(field -> {
                    var own = schema.path("properties").path(field.getKey());
                    if (!own.isMissingNode()) {
                        check(own, field.getValue(), at + "." + field.getKey(), problems);
                    } else if (schema.path("additionalProperties").isBoolean()) {
                        problems.add(at + ": undescribed " + field.getKey());
                    }
                });
            }
            if (value.isArray() && schema.has("items")) {
                value.forEach(item -> check(schema.path("items"), item, at + "[]", problems));
            }
        }

        private static boolean isOfType(JsonNode types, JsonNode value) {
            if (types.isArray()) {
                return types.valueStream().anyMatch(type -> isOfType(type, value));
            }
            return switch (types.asString()) {
                case "null" -> value.isNull();
                case "string" -> value.isString();
                case "integer" -> value.isIntegralNumber();
                case "boolean" -> value.isBoolean();
                case "array" -> value.isArray();
                default -> value.isObject();
            };
        }
    }
}
