package dev.carillon.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every file of js/examples in a real service, a process of its own, with crons that are due half a second after they ask. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("../js/examples");
    private static final JsonMapper JSON = new JsonMapper();

    /** What each job's function prints when it works. */
    private static final Map<String, String> PRINTED = new TreeMap<>(Map.of(
            "cleanup.ts/clean scratch folder", "\\{ folder: \".*scratch\", kept: [1-9]\\d*, removed: 0 }",
            "health-check.ts/health check", "http://127\\.0\\.0\\.1:\\d+/healthz is well: 200 in \\d+ ms",
            "heartbeat.ts/heartbeat", "alive for \\d+ s \\(due 20\\d\\d-.*Z\\)",
            "report.ts/hourly report", "heartbeat\\.ts/heartbeat: [1-9]\\d* ok, 0 failed, slowest .*",
            "retry.ts/import price list", "(?s)imported 3 prices: \\[.*bell bronze.*",
            "several.ts/collect timer lag", "samples so far: [1-9]\\d*",
            "several.ts/summarise timer lag", "timer lag: median .*, worst .*, n=[1-9]\\d*",
            "several.ts/warm the cache once", "cache is warm; this cron needs no second run",
            "several.ts/weekday opening", "good morning"));

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;
    private Path output;
    private String api;

    static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".ts"))
                    .sorted()
                    .toList();
        }
    }

    @BeforeEach
    void serve() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        api = "http://127.0.0.1:" + port;
        var examples = Files.createDirectories(folder.resolve("examples/lib"));
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, examples.getParent().resolve(EXAMPLES.relativize(file)));
            }
        }
        // As shipped, but for the port: the test must not want a port that somebody else may have.
        var config = examples.getParent().resolve("carillon.yaml");
        Files.writeString(config, Files.readString(config).replace("127.0.0.1:8080", "127.0.0.1:" + port));
        output = folder.resolve("output");
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dlogback.configurationFile=none.xml",
                        Main.class.getName(),
                        "serve",
                        "--config",
                        "examples/carillon.yaml",
                        "--port",
                        String.valueOf(port))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment()
                .putAll(Map.of(
                        "DENO_CRON_TEST_SCHEDULE_OFFSET", "500", "CARILLON_URL", api, "HEALTH_URL", api + "/healthz"));
        process = builder.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        http.close();
    }

    @Test
    @Timeout(150)
    void every_example_registers_its_crons_and_each_runs_and_prints_what_it_should() throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        var missing = new TreeMap<>(PRINTED);
        while (!missing.isEmpty()) {
            assertThat(System.nanoTime())
                    .as("still missing %s; the service said:%n%s", missing, Files.readString(output))
                    .isLessThan(deadline);
            assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
            missing.entrySet()
                    .removeIf(expected -> hasPrinted(expected.getKey(), Pattern.compile(expected.getValue())));
            LockSupport.parkNanos(200_000_000); // between two looks at another process
        }
        var jobs = get("/api/jobs?limit=100").path("items");
        assertThat(jobs.valueStream().map(job -> job.path("id").asString()))
                .containsExactlyInAnyOrderElementsOf(PRINTED.keySet());
        var states = get("/api/scripts").path("items");
        assertThat(states.valueStream()
                        .map(script -> script.path("name").asString() + " "
                                + script.path("state").asString() + " "
                                + script.path("restarts").asInt()))
                .containsExactlyElementsOf(scripts().stream()
                        .map(script -> script.getFileName() + " running 0")
                        .toList());
        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        assertThat(folder.resolve(".carillon")).isDirectoryContaining("glob:**.mv.db");
        assertThat(folder.resolve(".carillon/rehearsal")).doesNotExist();
        assertThat(Files.readString(output)).doesNotContain("rehearsal");
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void check_passes(Path script) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = new Main(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of("check", "--allow-env", script.toString()));
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
        var expected = PRINTED.keySet().stream()
                .filter(job -> job.startsWith(script.getFileName() + "/"))
                .map(job -> job.substring(job.indexOf('/') + 1))
                .toList();
        assertThat(expected).isNotEmpty();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(expected);
    }

    /** True if a run of the job has succeeded and printed a line of this form. */
    private boolean hasPrinted(String job, Pattern form) {
        var runs = get("/api/runs?state=succeeded&limit=50&job=" + URLEncoder.encode(job, StandardCharsets.UTF_8));
        return runs.path("items")
                .valueStream()
                .flatMap(run -> get("/api/runs/" + run.path("id").asString() + "/logs")
                        .path("items")
                        .valueStream())
                .anyMatch(line -> form.matcher(line.path("text").asString()).matches());
    }

    private JsonNode get(String path) {
        try {
            var answer =
                    http.send(HttpRequest.newBuilder(URI.create(api + path)).build(), BodyHandlers.ofString());
            return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : JSON.createObjectNode();
        } catch (IOException e) {
            return JSON.createObjectNode(); // it does not listen yet
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
