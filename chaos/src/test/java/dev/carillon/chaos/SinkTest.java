package dev.carillon.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinkTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    @Test
    void starts_and_ends_are_joined_and_a_stale_fence_is_refused() throws Exception {
        try (var sink = new Sink(folder.resolve("sink.jsonl"), Clock.fixed(NOW, ZoneOffset.UTC));
                var client = HttpClient.newHttpClient()) {
            assertThat(post(client, sink, "start", 1, 1)).isEqualTo(204);
            assertThat(post(client, sink, "start", 2, 2)).isEqualTo(204);
            assertThat(post(client, sink, "end", 1, 1)).isEqualTo(409);
            assertThat(post(client, sink, "end", 2, 2)).isEqualTo(204);
            assertThat(sink.refused()).isOne();
            assertThat(sink.sightings())
                    .extracting(Sighting::attempt, Sighting::ended)
                    .containsExactly(tuple(1, null), tuple(2, NOW));
        }
        assertThat(Files.readAllLines(folder.resolve("sink.jsonl"))).hasSize(4);
    }

    private static int post(HttpClient client, Sink sink, String event, int attempt, long fence) throws Exception {
        var body = """
                {"event":"%s","job":"s/j","scheduledTime":"2026-01-01T00:00:00Z","attempt":%d,"fence":%d,"node":"n","ok":true}""".formatted(event, attempt, fence);
        var request = HttpRequest.newBuilder(sink.address())
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }
}
