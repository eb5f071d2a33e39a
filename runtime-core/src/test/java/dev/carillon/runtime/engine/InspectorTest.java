package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.RuntimeOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A debugger as Chrome's: it finds the target over HTTP, speaks the protocol over a web socket, maps by source maps. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InspectorTest {
    @TempDir
    Path folder;

    @Test
    void a_breakpoint_at_a_line_of_the_typescript_is_hit_evaluated_in_and_left() throws Exception {
        // Types take lines of their own, so that lines of the running code and of the source differ.
        var script = Files.writeString(folder.resolve("s.ts"), """
                interface Bell {
                  name: string;
                  tons: number;
                }

                type Named = { [name: string]: Bell };

                function weigh(bell: Bell): number {
                  const kilos: number = bell.tons * 1000;
                  return kilos;
                }
                const bells: Named = { emmanuel: { name: "Emmanuel", tons: 13 } };
                Deno[Deno.internal].core.print(`${weigh(bells.emmanuel)}\\n`);
                """);
        var printed = new LinkedBlockingQueue<String>();
        int port = freePort();
        var exits = new CompletableFuture<JsRuntime.Exit>();
        var host = Thread.ofPlatform().start(() -> {
            // Creating the engine waits for the debugger.
            try (var engine = JsEngine.create(new Inspector(port, Inspector.Start.PAUSED));
                    var runtime = engine.newRuntime(RuntimeOptions.builder()
                            .output((level, text, scope) -> printed.add(text))
                            .build())) {
                runtime.loadMain(script.toUri());
                exits.complete(runtime.exit().join());
            }
        });
        try (var client = new Client(port)) {
            client.call("Runtime.enable", "{}");
            client.call("Debugger.enable", "{}");
            client.call("Runtime.runIfWaitingForDebugger", "{}");
            var parsed = client.event(
                    "Debugger.scriptParsed",
                    params -> params.path("url").asString().endsWith("/s.ts"));
            client.event("Debugger.paused", params -> true); // before the first line

            var map = sourceMap(parsed.path("sourceMapURL").asString());
            assertThat(map.path("sources").path(0).asString())
                    .isEqualTo(script.toUri().toString());
            assertThat(map.path("sourcesContent").path(0).asString()).isEqualTo(Files.readString(script));
            int running = runningLine(map, 10); // return kilos;
            assertThat(running).as("the running code has other lines").isNotEqualTo(10);

            var set = client.call(
                    "Debugger.setBreakpointByUrl",
                    "{\"lineNumber\":%d,\"columnNumber\":0,\"url\":\"%s\"}"
                            .formatted(running - 1, parsed.path("url").asString()));
            assertThat(set.path("breakpointId").asString()).isNotEmpty();
            client.call("Debugger.resume", "{}");

            var paused = client.event("Debugger.paused", params -> true);
            var frame = paused.path("callFrames").path(0);
            assertThat(frame.path("functionName").asString()).isEqualTo("weigh");
            var at = SourceMap.decode(map.path("mappings").asString())
                    .original(
                            frame.path("location").path("lineNumber").asInt() + 1,
                            frame.path("location").path("columnNumber").asInt() + 1)
                    .orElseThrow();
            assertThat(at.line()).isEqualTo(10);
            assertThat(printed).isEmpty();
            var value = client.call(
                    "Debugger.evaluateOnCallFrame",
                    "{\"callFrameId\":\"%s\",\"expression\":\"bell.name + kilos\"}"
                            .formatted(frame.path("callFrameId").asString()));
            assertThat(value.path("result").path("value").asString()).isEqualTo("Emmanuel13000");
            client.call("Debugger.resume", "{}");

            assertThat(printed.poll(30, TimeUnit.SECONDS)).isEqualTo("13000\n");
            assertThat(exits.get(30, TimeUnit.SECONDS)).isEqualTo(new JsRuntime.Exit.Drained(0));
        }
        host.join();
    }

    @Test
    void modules_carry_no_map_where_nobody_debugs() throws Exception {
        var cache = new ModuleCache(folder);
        var module = cache.prepare("file:///a.ts", ModuleKind.TYPESCRIPT, "const a: number = 1;", false);
        assertThat(module.source().getCharacters().toString()).doesNotContain("sourceMappingURL");
    }

    @Test
    void a_port_in_use_is_told() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var inspector = new Inspector(taken.getLocalPort(), Inspector.Start.AT_ONCE);
            assertThatThrownBy(() -> JsEngine.create(inspector))
                    .isInstanceOf(Inspector.Unavailable.class)
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("in use");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--inspect, 9229, AT_ONCE",
        "--inspect=9300, 9300, AT_ONCE",
        "--inspect-wait=127.0.0.1:0, 0, ATTACHED",
        "--inspect-brk=[::1]:9229, 9229, PAUSED",
        "--inspect-brk=localhost:1, 1, PAUSED",
    })
    void flags_are_denos(String flag, int port, Inspector.Start start) {
        assertThat(Inspector.isFlag(flag)).isTrue();
        assertThat(Inspector.parse(flag)).isEqualTo(new Inspector(port, start));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--inspect=|no address",
                "--inspect=65536|no address",
                "--inspect=localhost|no address",
                "--inspect=a:b|no address",
                "--inspect=0.0.0.0:9229|this machine only",
                "--inspect-later|none of --inspect, --inspect-wait, --inspect-brk",
            })
    void what_is_no_address_of_this_machine_is_refused(String flag, String said) {
        assertThatThrownBy(() -> Inspector.parse(flag))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static JsonNode sourceMap(String url) {
        var prefix = "data:application/json;base64,";
        assertThat(url).startsWith(prefix);
        return Json.MAPPER.readTree(
                new String(Base64.getDecoder().decode(url.substring(prefix.length())), StandardCharsets.UTF_8));
    }

    /** The first line of the running code that came from {@code line} of the source. */
    private static int runningLine(JsonNode map, int line) {
        var decoded = SourceMap.decode(map.path("mappings").asString());
        for (int running = 1; running < 100; running++) {
            for (int column = 1; column < 40; column++) {
                if (decoded.original(running, column)
                        .filter(at -> at.line() == line)
                        .isPresent()) {
                    return running;
                }
            }
        }
        throw new AssertionError("nothing runs at line " + line);
    }

    /** Speaks the DevTools protocol. */
    private static final class Client implements WebSocket.Listener, AutoCloseable {
        private final LinkedBlockingQueue<JsonNode> incoming = new LinkedBlockingQueue<>();
        private final List<JsonNode> unread = new ArrayList<>();
        private final StringBuilder part = new StringBuilder();
        private final HttpClient http = HttpClient.newHttpClient();
        private final WebSocket socket;
        private int calls;

        Client(int port) throws Exception {
            var list = targets(URI.create("http://127.0.0.1:" + port + "/json"));
            var address = Json.MAPPER
                    .readTree(list)
                    .path(0)
                    .path("webSocketDebuggerUrl")
                    .asString();
            socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create(address), this)
                    .join();
        }

        private String targets(URI uri) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
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

        JsonNode call(String method, String params) throws InterruptedException {
            int id = ++calls;
            socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}", true)
                    .join();
            var answer = take(message -> message.path("id").asInt(-1) == id);
            assertThat(answer.has("error")).as("%s: %s", method, answer).isFalse();
            return answer.path("result");
        }

        JsonNode event(String method, Predicate<JsonNode> wanted) throws InterruptedException {
            return take(message ->
                            message.path("method").asString("").equals(method) && wanted.test(message.path("params")))
                    .path("params");
        }

        private JsonNode take(Predicate<JsonNode> wanted) throws InterruptedException {
            for (int i = 0; i < unread.size(); i++) {
                if (wanted.test(unread.get(i))) {
                    return unread.remove(i);
                }
            }
            while (true) {
                var message = incoming.poll(30, TimeUnit.SECONDS);
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
                incoming.add(Json.MAPPER.readTree(part.toString()));
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
}
