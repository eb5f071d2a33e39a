package dev.carillon.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One service process under test, in a folder of its own: started by the launcher as a user would, hurt by signals. */
final class Node implements AutoCloseable {
    static final String SCRIPT = "target.js";

    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private final String name;
    private final Path launcher;
    private final Path folder;
    private final int port;
    private final Map<String, String> environment;
    private final @Nullable NodeClock clock;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER_MAX).build();
    private @Nullable Process process;

    /**
     * @param launcher the {@code carillon} script
     * @param folder where the node's configuration, script and log live
     * @param port of its API
     * @param profile of the launcher: {@code one-shot} or {@code service}
     * @param heapMb of its JVM, at most
     * @param clock null if its clock cannot be set wrong
     */
    Node(
            String name,
            Path launcher,
            Path folder,
            int port,
            String databaseUrl,
            String profile,
            int heapMb,
            Map<String, String> environment,
            @Nullable NodeClock clock)
            throws IOException {
        this.name = name;
        this.launcher = launcher;
        this.folder = folder;
        this.port = port;
        this.clock = clock;
        this.environment = new HashMap<>(environment);
        this.environment.put("CARILLON_PROFILE", profile);
        this.environment.put("CARILLON_BUILD", "never");
        this.environment.put("CARILLON_JAVA_OPTS", "-Xmx" + heapMb + "m");
        if (clock != null) {
            this.environment.putAll(clock.environment());
        }
        Files.writeString(folder.resolve("carillon.yaml"), """
                backend: quartz
                database: { url: "%s" }
                node: { name: %s }
                http: { host: 127.0.0.1, port: %d }
                schedules: { seconds: true }
                log: { level: info }
                scripts:
                  - path: %s
                    permissions: { net: ["127.0.0.1"], env: [%s] }
                """.formatted(
                        databaseUrl, name, port, SCRIPT, String.join(", ", environment.keySet())));
        install(0);
    }

    String name() {
        return name;
    }

    @Nullable
    NodeClock clock() {
        return clock;
    }

    /** Puts this revision of the script in its place, whole at any moment; a running node takes it up by itself. */
    void install(int revision) throws IOException {
        var text = new String(Resources.bytes(SCRIPT), StandardCharsets.UTF_8)
                .replace("REVISION = 0", "REVISION = " + revision);
        var fresh = Files.writeString(folder.resolve("_" + SCRIPT), text);
        Files.move(fresh, folder.resolve(SCRIPT), StandardCopyOption.ATOMIC_MOVE);
    }

    void start() throws IOException {
        var builder = new ProcessBuilder(launcher.toString(), "serve", "--config", "carillon.yaml")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** Its database answers and every script has been tried. */
    boolean isReady() {
        return get("/readyz") == 200;
    }

    /** @return the status of the answer, 0 for none */
    int get(String path) {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    /** Pauses or resumes a job. */
    boolean ask(String job, String verb) {
        var id = URLEncoder.encode(job, StandardCharsets.UTF_8).replace("+", "%20");
        return send(HttpRequest.newBuilder(uri("/api/jobs/" + id + "/" + verb))
                        .POST(HttpRequest.BodyPublishers.noBody()))
                == 200;
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private int send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(ANSWER_MAX).build(), BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** Kills it at once, as a power cut would, and waits until it is gone. */
    void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    /** Asks it to stop, as a deployment does, and waits. */
    void stop() throws InterruptedException {
        if (process != null) {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                kill();
            }
        }
    }

    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    @Override
    public void close() {
        kill();
        http.close();
    }

    private void signal(String signal) throws IOException, InterruptedException {
        if (process != null) {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }
}
