package dev.carillon.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The world outside that the jobs under test act on: an HTTP server that notes every start and end with its own clock.
 *
 * <p>It is a fenced store, as a real one should be: a message with a fence lower than one already seen for the same run is
 * answered 409 and changes nothing. Every message is also appended to a file, one JSON object a line, accepted or not.
 *
 * <p>Threads: any number of clients; the readings are snapshots.
 */
public final class Sink implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.shared();

    private final HttpServer server;
    private final Writer log;
    private final Clock clock;
    private final Map<Key, Sighting> sightings = new LinkedHashMap<>();
    private final Map<Occurrence, Long> fences = new HashMap<>();
    private int refused;

    private record Key(Occurrence occurrence, int attempt, long fence, String node) {}

    /** Listens on a free port of the loopback address. */
    public Sink(Path logFile, Clock clock) throws IOException {
        this.clock = clock;
        log = Files.newBufferedWriter(logFile);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /** Where jobs send their messages. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** What was seen so far. */
    public synchronized List<Sighting> sightings() {
        return new ArrayList<>(sightings.values());
    }

    /** How many messages were turned away for a stale fence. */
    public synchronized int refused() {
        return refused;
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        log.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean accepted = note(JSON.readTree(body), body);
            exchange.sendResponseHeaders(accepted ? 204 : 409, -1);
        }
    }

    /** Takes one message: {@code {event: "start" | "end", job, scheduledTime, attempt, fence, node, ok}}. */
    synchronized boolean note(JsonNode message, String text) {
        var now = clock.instant();
        var occurrence = new Occurrence(
                message.get("job").asString(),
                Instant.parse(message.get("scheduledTime").asString()));
        long fence = message.get("fence").asLong();
        boolean stale = fence < fences.getOrDefault(occurrence, Long.MIN_VALUE);
        write("{\"at\":\"" + now + "\",\"stale\":" + stale + ",\"message\":" + text + "}\n");
        if (stale) {
            refused++;
            return false;
        }
        fences.put(occurrence, fence);
        var key = new Key(
                occurrence,
                message.get("attempt").asInt(),
                fence,
                message.get("node").asString());
        if (message.get("event").asString().equals("start")) {
            sightings.put(
                    key,
                    new Sighting(
                            occurrence.job(),
                            occurrence.scheduledTime(),
                            key.attempt(),
                            fence,
                            key.node(),
                            now,
                            null,
                            false));
        } else {
            var started = sightings.get(key);
            var from = started == null ? now : started.started();
            sightings.put(
                    key,
                    new Sighting(
                            occurrence.job(),
                            occurrence.scheduledTime(),
                            key.attempt(),
                            fence,
                            key.node(),
                            from,
                            now,
                            message.get("ok").asBoolean()));
        }
        return true;
    }

    private void write(String line) {
        try {
            log.write(line);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
