package dev.carillon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A debugger as Chrome's: it finds its target over HTTP and speaks the DevTools protocol over a web socket. */
public final class DevTools implements WebSocket.Listener, AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int DEADLINE_SECONDS = 60;

    private final LinkedBlockingQueue<JsonNode> incoming = new LinkedBlockingQueue<>();
    private final List<JsonNode> unread = new ArrayList<>();
    private final StringBuilder part = new StringBuilder();
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private int calls;

    /** Attaches as soon as something listens. */
    public DevTools(int port) throws InterruptedException {
        var address = JSON.readTree(targets(URI.create("http://127.0.0.1:" + port + "/json")))
                .path(0)
                .path("webSocketDebuggerUrl")
                .asString();
        socket =
                http.newWebSocketBuilder().buildAsync(URI.create(address), this).join();
    }

    private String targets(URI uri) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (true) {
            try {
                return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                        .body();
            } catch (IOException e) { // it does not listen yet
                assertThat(System.nanoTime()).as("no debugger at %s", uri).isLessThan(deadline);
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    /** What every debugger says first. */
    public void enable() throws InterruptedException {
        call("Runtime.enable", "{}");
        call("Debugger.enable", "{}");
        call("Runtime.runIfWaitingForDebugger", "{}");
    }

    public JsonNode call(String method, String params) throws InterruptedException {
        int id = ++calls;
        socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}", true)
                .join();
        var answer = take(message -> message.path("id").asInt(-1) == id);
        assertThat(answer.has("error")).as("%s: %s", method, answer).isFalse();
        return answer.path("result");
    }

    public JsonNode event(String method, Predicate<JsonNode> wanted) throws InterruptedException {
        return take(message ->
                        message.path("method").asString("").equals(method) && wanted.test(message.path("params")))
                .path("params");
    }

    /** Waits until a script whose URL ends so is known. */
    public JsonNode parsed(String urlEnd) throws InterruptedException {
        return event(
                "Debugger.scriptParsed", params -> params.path("url").asString().endsWith(urlEnd));
    }

    /** Sets a breakpoint at a line, counted from 1. */
    public JsonNode breakAt(String url, int line) throws InterruptedException {
        return call(
                "Debugger.setBreakpointByUrl",
                "{\"lineNumber\":%d,\"columnNumber\":0,\"url\":\"%s\"}".formatted(line - 1, url));
    }

    /** Waits until the script pauses; its innermost frame. */
    public JsonNode paused() throws InterruptedException {
        return event("Debugger.paused", params -> true).path("callFrames").path(0);
    }

    /** The line of a frame, counted from 1. */
    public static int line(JsonNode frame) {
        return frame.path("location").path("lineNumber").asInt() + 1;
    }

    private JsonNode take(Predicate<JsonNode> wanted) throws InterruptedException {
        for (int i = 0; i < unread.size(); i++) {
            if (wanted.test(unread.get(i))) {
                return unread.remove(i);
            }
        }
        while (true) {
            var message = incoming.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertThat(message).as("an answer; unread %s", unread).isNotNull();
            if (wanted.test(message)) {
                return message;
            }
            unread.add(message);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            incoming.add(JSON.readTree(part.toString()));
            part.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }
}
