package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.DevTools;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.RuntimeOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

    private final LinkedBlockingQueue<String> printed = new LinkedBlockingQueue<>();

    @Test
    void a_script_that_waits_for_the_debugger_stops_at_a_line_of_its_typescript_is_evaluated_in_and_goes_on()
            throws Exception {
        // Types take lines of their own and a literal stands on one, so that the transpiler's lines would be others.
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
        int port = freePort();
        var exits = new CompletableFuture<JsRuntime.Exit>();
        var host = Thread.ofPlatform().start(() -> {
            // Creating the engine waits for the debugger.
            try (var engine = JsEngine.create(new Inspector(port, Inspector.Start.PAUSED));
                    var runtime = engine.newRuntime(options())) {
                runtime.loadMain(script.toUri());
                exits.complete(runtime.exit().join());
            }
        });
        try (var client = new DevTools(port)) {
            client.enable();
            var parsed = client.parsed("/s.ts");
            assertThat(DevTools.line(client.paused()))
                    .as("the first line that runs")
                    .isEqualTo(12);

            var map = sourceMap(parsed.path("sourceMapURL").asString());
            assertThat(map.path("sources").path(0).asString())
                    .isEqualTo(script.toUri().toString());
            assertThat(map.path("sourcesContent").path(0).asString()).isEqualTo(Files.readString(script));

            client.breakAt(script.toUri().toString(), 10);
            client.call("Debugger.resume", "{}");

            var frame = client.paused();
            assertThat(frame.path("functionName").asString()).isEqualTo("weigh");
            assertThat(frame.path("url").asString()).endsWith("/s.ts");
            assertThat(DevTools.line(frame)).isEqualTo(10);
            assertThat(SourceMap.decode(map.path("mappings").asString())
                            .original(
                                    DevTools.line(frame),
                                    frame.path("location").path("columnNumber").asInt() + 1))
                    .as("what a debugger with source maps shows")
                    .contains(new SourceMap.Position(10, 3));
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
    void a_script_that_runs_already_stops_at_a_line_of_its_typescript_and_is_stepped_through_in_those()
            throws Exception {
        var script = Files.writeString(folder.resolve("s.ts"), """
                interface Bell { name: string; tons: number }
                const bells: Bell[] = [{ name: "Emmanuel", tons: 13 }, { name: "Marie", tons: 6 }];

                globalThis.ring = (): void => bells
                  .filter((bell: Bell) => bell.tons > 10)
                  .forEach((bell: Bell) => {
                    const kilos: number = bell.tons * 1000;
                    Deno[Deno.internal].core.print(`${bell.name} ${kilos}`);
                  });
                """);
        int port = freePort();
        try (var engine = JsEngine.create(new Inspector(port, Inspector.Start.AT_ONCE));
                var runtime = engine.newRuntime(options())) {
            runtime.loop().execute(() -> runtime.loop().hold()); // else it would end when it has nothing to do
            runtime.loadMain(script.toUri()).get(30, TimeUnit.SECONDS);
            runtime.execute("first.js", "ring()").get(30, TimeUnit.SECONDS);
            assertThat(printed.poll(30, TimeUnit.SECONDS)).isEqualTo("Emmanuel 13000");
            try (var client = new DevTools(port)) {
                client.enable();
                var url = client.parsed("/s.ts").path("url").asString();
                client.breakAt(url, 7);
                var rung = runtime.execute("again.js", "ring()");
                assertThat(DevTools.line(client.paused())).isEqualTo(7);
                client.call("Debugger.stepOver", "{}");
                assertThat(DevTools.line(client.paused())).isEqualTo(8);
                client.breakAt(url, 5);
                client.call("Debugger.resume", "{}");
                rung.get(30, TimeUnit.SECONDS);
                var last = runtime.execute("last.js", "ring()");
                assertThat(DevTools.line(client.paused())).isEqualTo(5);
                client.call("Debugger.disable", "{}");
                last.get(30, TimeUnit.SECONDS);
            }
        }
    }

    private RuntimeOptions options() {
        return RuntimeOptions.builder()
                .output((level, text, scope) -> printed.add(text))
                .build();
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
}
