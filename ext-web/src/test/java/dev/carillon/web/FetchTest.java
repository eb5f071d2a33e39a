package dev.carillon.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.RuntimeOptions;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** fetch against real servers on loopback, polite ones and rude ones. Texts are Deno 2.9.6's. */
class FetchTest {
    private static final long DEADLINE_SECONDS = 30;

    private static String run(RawServer server, String body) {
        return run(server, Permissions.all(), body);
    }

    private static String run(RawServer server, Permissions permissions, String body) {
        var outcome = Script.run("""
                const url = "%s";
                const tell = async (f) => {
                  try {
                    console.log(await f());
                  } catch (e) {
                    console.log(`${e.name}: ${e.message}${e.cause ? ` | ${e.cause.message.replace(/http:\\S+:\\d+/, "URL")}` : ""}`);
                  }
                };
                %s
                """.formatted(server.url(), body), permissions);
        return (outcome.out() + outcome.err()).stripTrailing();
    }

    @Test
    void a_request_carries_what_it_was_given_and_what_fetch_adds() throws Exception {
        try (var server = new RawServer((request, out) -> {
            var body = new String(
                    request.in().readNBytes(Integer.parseInt("0" + request.header("content-length"))),
                    StandardCharsets.UTF_8);
            return RawServer.ok(
                    out,
                    String.join(
                            "|",
                            request.method(),
                            request.path(),
                            request.header("content-type"),
                            request.header("x-own"),
                            request.header("accept"),
                            request.header("accept-encoding"),
                            request.header("user-agent").replaceAll("/.*", ""),
                            request.header("authorization"),
                            request.header("upgrade"),
                            body));
        })) {
            assertThat(run(server, """
                            const get = (u, init) => tell(() => fetch(u, init).then((r) => r.text()));
                            await get(url + "/p?q=é#f");
                            await get(url, { method: "POST", body: "héllo", headers: { "X-Own": "1", "Content-Length": "3" } });
                            await get(url, { method: "PUT", body: new URLSearchParams("a=b c"), headers: { accept: "a/b" } });
                            await get(url, { method: "PATCH", body: new Uint8Array([65]) });
                            await get(new Request(url, { method: "POST", body: "r" }), { headers: { "user-agent": "Mine" } });
                            await get(url.replace("//", "//us%20er:p@"));
                            """)).isEqualTo("""
                            GET|/p?q=%C3%A9|||*/*|gzip, deflate|Carillon|||
                            POST|/|text/plain;charset=UTF-8|1|*/*|gzip, deflate|Carillon|||héllo
                            PUT|/|application/x-www-form-urlencoded;charset=UTF-8||a/b|gzip, deflate|Carillon|||a=b+c
                            PATCH|/|||*/*|gzip, deflate|Carillon|||A
                            POST|/|||*/*|gzip, deflate|Mine|||r
                            GET|/|||*/*|gzip, deflate|Carillon|Basic dXMgZXI6cA==||""".stripIndent());
        }
    }

    @Test
    void an_answer_is_seen_as_it_came() throws Exception {
        try (var server = new RawServer((request, out) -> {
            RawServer.text(
                    out,
                    "HTTP/1.1 404 Nope\r\nX-A: 1\r\nx-a: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nno");
            return true;
        })) {
            assertThat(run(server, """
                            await tell(async () => {
                              const r = await fetch(url + "/x#y");
                              return [r.status, r.statusText, r.ok, r.type, r.redirected, r.url === url + "/x", [...r.headers].join(";"), await r.text()].join("|");
                            });
                            await tell(async () => (await fetch(url)).headers.append("a", "b"));
                            """)).isEqualTo("""
                            404|Not Found|false|basic|false|true|content-length,2;set-cookie,a;set-cookie,b;x-a,1, 2|no
                            TypeError: Cannot change header: headers are immutable""");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "''!TypeError: fetch failed | error sending request for url (URL/): client error (SendRequest): connection closed before message completed",
                "HTTP/1.1 200 OK~Content-Length: 10~~abc!TypeError: error reading a body from connection",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~!TypeError: error reading a body from connection",
                "HTTP/1.1 200 OK~Content-Encoding: gzip~Content-Length: 16~~0123456789abcdef!TypeError: invalid gzip header",
                "HTTP/1.1 204 No~~!''",
                "HTTP/1.1 200 OK~Content-Length: 2~~ok!ok",
                "HTTP/1.1 103 Early~~HTTP/1.1 200 OK~Content-Length: 2~~ok!ok",
            })
    void what_a_server_breaks_off_is_a_type_error(String answer, String expected) throws Exception {
        try (var server = new RawServer((request, out) -> {
            RawServer.text(out, answer == null ? "" : answer.replace("~", "\r\n"));
            return false;
        })) {
            assertThat(run(server, "await tell(() => fetch(url).then((r) => r.text()));"))
                    .isEqualTo(expected == null ? "" : expected);
        }
    }

    @Test
    void a_server_that_is_not_there_is_named() throws Exception {
        var server = new RawServer((request, out) -> false);
        server.close();
        assertThat(run(server, """
                        await tell(() => fetch(url + "/x"));
                        await tell(() => fetch("http://nosuchhost.invalid/"));
                        """)).isEqualTo("""
                        TypeError: fetch failed | error sending request for url (URL/x): client error (Connect): tcp connect error: Connection refused (os error 111)
                        TypeError: fetch failed | error sending request for url (http://nosuchhost.invalid/): client error (Connect): dns error: failed to lookup address information: Name or service not known""");
    }

    @Test
    void redirects_follow_the_standard() throws Exception {
        try (var server = new RawServer((request, out) -> {
            var body = new String(
                    request.in().readNBytes(Integer.parseInt("0" + request.header("content-length"))),
                    StandardCharsets.UTF_8);
            if (request.path().equals("/end")) {
                return RawServer.ok(
                        out,
                        String.join(
                                "|",
                                request.method(),
                                request.header("content-type"),
                                request.header("authorization"),
                                request.header("x"),
                                body));
            }
            var parts = request.path().split("/");
            int left = parts.length > 2 ? Integer.parseInt(parts[2]) : 0;
            var location = left > 0 ? "/" + parts[1] + "/" + (left - 1) : "/end";
            RawServer.text(
                    out, "HTTP/1.1 " + parts[1] + " R\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
            return true;
        })) {
            assertThat(run(server, """
                            for (const code of [301, 302, 303, 307, 308]) {
                              await tell(async () => {
                                const r = await fetch(`${url}/${code}#f`, { method: "POST", body: "b", headers: { authorization: "z", x: "y" } });
                                return [r.url === url + "/end", r.redirected, await r.text()].join("|");
                              });
                            }
                            await tell(() => fetch(url + "/302/19").then((r) => r.text()));
                            await tell(() => fetch(url + "/302/20").then((r) => r.text()));
                            await tell(() => fetch(url + "/302", { redirect: "error" }));
                            await tell(async () => {
                              const r = await fetch(url + "/302", { redirect: "manual" });
                              return [r.status, r.type, r.headers.get("location")].join("|");
                            });
                            const stream = () => new ReadableStream({ start: (c) => (c.enqueue(new Uint8Array([65])), c.close()) });
                            await tell(() => fetch(url + "/307", { method: "POST", body: stream() }));
                            """)).isEqualTo("""
                            true|true|GET||z|y|
                            true|true|GET||z|y|
                            true|true|GET||z|y|
                            true|true|POST|text/plain;charset=UTF-8|z|y|b
                            true|true|POST|text/plain;charset=UTF-8|z|y|b
                            GET||||
                            TypeError: Fetch failed: Maximum number of redirects (20) reached
                            TypeError: Fetch failed: Encountered redirect while redirect mode is set to 'error'
                            302|basic|/end
                            TypeError: Fetch failed: Can not redeliver a streaming request body after a redirect""");
        }
    }

    @Test
    void secrets_do_not_follow_to_another_origin_and_permissions_are_asked_again() throws Exception {
        RawServer.Answer echo = (request, out) -> RawServer.ok(
                out, request.header("authorization") + "|" + request.header("cookie") + "|" + request.header("x"));
        try (var other = new RawServer(echo);
                var server = new RawServer((request, out) -> {
                    RawServer.text(
                            out, "HTTP/1.1 302 R\r\nLocation: " + other.url() + "/end\r\nContent-Length: 0\r\n\r\n");
                    return true;
                })) {
            var script = """
                    await tell(() => fetch(url, { headers: { authorization: "a", cookie: "c", x: "y" } }).then((r) => r.text()));
                    """;
            var both = List.of("127.0.0.1:" + server.port(), "127.0.0.1:" + other.port());
            assertThat(run(server, Permissions.builder().allow(Kind.NET, both).build(), script))
                    .isEqualTo("||y");
            assertThat(run(
                            server,
                            Permissions.builder()
                                    .allow(Kind.NET, List.of(both.getFirst()))
                                    .build(),
                            script))
                    .isEqualTo("NotCapable: Requires net access to \"127.0.0.1:" + other.port()
                            + "\", run again with the --allow-net flag");
            assertThat(run(server, Permissions.none(), "await tell(() => fetch('https://example.com/x'));"))
                    .isEqualTo(
                            "NotCapable: Requires net access to \"example.com:443\", run again with the --allow-net flag");
        }
    }

    @Test
    void an_abort_ends_the_exchange_with_its_reason_and_closes_the_connection() throws Exception {
        var asked = new Semaphore(0);
        var gone = new CountDownLatch(3);
        try (var server = new RawServer((request, out) -> {
            if (request.path().equals("/asked")) {
                asked.acquire();
                return RawServer.ok(out, "");
            }
            if (request.path().equals("/half")) {
                RawServer.text(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            }
            asked.release();
            request.awaitEnd();
            gone.countDown();
            return false;
        })) {
            assertThat(run(server, """
                            const reason = new RangeError("why");
                            const aborting = (f) => tell(async () => {
                              const c = new AbortController();
                              const failing = f(c).catch((e) => e === reason);
                              await fetch(url + "/asked");
                              c.abort(reason);
                              return await failing;
                            });
                            await aborting((c) => fetch(url + "/hang", { signal: c.signal }));
                            await aborting(async (c) => (await fetch(url + "/half", { signal: c.signal })).text());
                            await aborting(async (c) => {
                              for await (const _ of (await fetch(url + "/half", { signal: c.signal })).body);
                            });
                            """)).isEqualTo("true\ntrue\ntrue");
            assertThat(gone.await(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .as("connections still open: %d", gone.getCount())
                    .isTrue();
        }
    }

    @Test
    void a_timeout_signal_ends_what_takes_too_long() throws Exception {
        try (var server = new RawServer((request, out) -> {
            RawServer.text(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            request.awaitEnd();
            return false;
        })) {
            assertThat(run(server, """
                            await tell(async () => (await fetch(url, { signal: AbortSignal.timeout(20) })).text());
                            """)).isEqualTo("TimeoutError: The operation was aborted due to timeout");
        }
    }

    @Test
    void cancelling_or_breaking_off_a_body_closes_the_connection() throws Exception {
        var gone = new CountDownLatch(2);
        try (var server = new RawServer((request, out) -> {
            RawServer.text(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            request.awaitEnd();
            gone.countDown();
            return false;
        })) {
            assertThat(run(server, """
                            const r = await fetch(url);
                            await r.body.cancel();
                            console.log(r.bodyUsed);
                            for await (const chunk of (await fetch(url)).body) break;
                            """)).isEqualTo("true");
            assertThat(gone.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip", "deflate", "raw", "none"})
    void encoded_bodies_are_decoded(String coding) throws Exception {
        var plain = "the quick brown fox ".repeat(5000);
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = switch (coding) {
            case "gzip" -> new GZIPOutputStream(bytes);
            case "deflate" -> new DeflaterOutputStream(bytes);
            case "raw" -> new DeflaterOutputStream(bytes, new java.util.zip.Deflater(9, true));
            default -> bytes;
        }) {
            out.write(plain.getBytes(StandardCharsets.US_ASCII));
        }
        try (var server = new RawServer((request, out) -> {
            var header = coding.equals("none")
                    ? ""
                    : "Content-Encoding: " + (coding.equals("raw") ? "deflate" : coding) + "\r\n";
            RawServer.text(out, "HTTP/1.1 200 OK\r\n" + header + "Content-Length: " + bytes.size() + "\r\n\r\n");
            out.write(bytes.toByteArray());
            out.flush();
            return true;
        })) {
            assertThat(run(server, """
                            await tell(() => fetch(url).then((r) => r.text()).then((t) => [t.length, t === "the quick brown fox ".repeat(5000)].join()));
                            """)).isEqualTo(plain.length() + ",true");
        }
    }

    @Test
    void a_large_body_comes_no_faster_than_it_is_read() throws Exception {
        long size = 50L * 1024 * 1024;
        long aheadMax = 16L * 1024 * 1024; // socket buffers and what the client takes in one go
        var sent = new AtomicLong();
        var most = new AtomicLong();
        try (var server = new RawServer((request, out) -> {
            if (request.path().startsWith("/read/")) {
                long received = Long.parseLong(request.path().substring("/read/".length()));
                most.accumulateAndGet(sent.get() - received, Math::max);
                return RawServer.ok(out, "");
            }
            RawServer.text(out, "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            var chunk = new byte[64 * 1024];
            while (sent.get() < size) {
                out.write(chunk);
                sent.addAndGet(chunk.length);
            }
            out.flush();
            return true;
        })) {
            assertThat(run(server, """
                            let received = 0;
                            let reported = 0;
                            for await (const chunk of (await fetch(url + "/big")).body) {
                              received += chunk.length;
                              if (received - reported < 1 << 21) continue;
                              reported = received;
                              await (await fetch(`${url}/read/${received}`)).text();
                            }
                            console.log(received);
                            """)).isEqualTo(String.valueOf(size));
            assertThat(most.get()).isBetween(1L, aheadMax);
        }
    }

    @Test
    void a_streamed_upload_arrives_whole_and_its_failure_is_the_cause() throws Exception {
        try (var server = new RawServer((request, out) -> {
            long count = 0;
            var in = request.in();
            while (true) {
                var line = new StringBuilder();
                for (int c = in.read(); c != '\n'; c = in.read()) {
                    if (c < 0) {
                        return false;
                    }
                    line.append((char) c);
                }
                int length = Integer.parseInt(line.toString().strip(), 16);
                count += in.readNBytes(length).length;
                in.readNBytes(2);
                if (length == 0) {
                    return RawServer.ok(out, request.header("transfer-encoding") + " " + count);
                }
            }
        })) {
            assertThat(run(server, """
                            let left = 160;
                            const body = new ReadableStream({
                              pull(c) {
                                if (left-- === 0) c.close();
                                else c.enqueue(new Uint8Array(65536));
                              },
                            });
                            await tell(() => fetch(url, { method: "POST", body }).then((r) => r.text()));
                            const broken = new ReadableStream({ pull: (c) => c.error(new RangeError("mine")) });
                            await tell(() => fetch(url, { method: "POST", body: broken }));
                            """)).isEqualTo("chunked " + 160 * 65536 + "\nTypeError: fetch failed | mine");
        }
    }

    @Test
    void connections_are_used_again_and_many_requests_run_at_once() throws Exception {
        try (var server = new RawServer((request, out) -> RawServer.ok(out, request.path()))) {
            assertThat(run(server, """
                            for (let i = 0; i < 20; i++) await (await fetch(`${url}/${i}`)).text();
                            """)).isEmpty();
            assertThat(server.connections).hasValue(1);
            assertThat(run(server, """
                            const all = await Promise.all(Array.from({ length: 100 }, (_, i) => fetch(`${url}/${i}`).then((r) => r.text())));
                            console.log(all.every((text, i) => text === `/${i}`));
                            """)).isEqualTo("true");
        }
    }

    @Test
    void a_pending_fetch_keeps_the_program_alive() throws Exception {
        try (var server = new RawServer((request, out) -> RawServer.ok(out, "late"))) {
            assertThat(run(server, "fetch(url).then((r) => r.text()).then(console.log);"))
                    .isEqualTo("late");
        }
    }

    @Test
    void closing_the_runtime_cancels_what_is_under_way(@TempDir Path folder) throws Exception {
        var asked = new CountDownLatch(2);
        var gone = new CountDownLatch(2);
        try (var server = new RawServer((request, out) -> {
            if (request.path().equals("/half")) {
                RawServer.text(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            }
            asked.countDown();
            request.awaitEnd();
            gone.countDown();
            return false;
        })) {
            var script = Files.writeString(
                    folder.resolve("main.ts"),
                    "fetch('%s/hang'); const r = await fetch('%s/half'); await r.text();"
                            .formatted(server.url(), server.url()));
            CompletableFuture<JsRuntime.Exit> ended;
            try (var runtime = Script.ENGINE.newRuntime(RuntimeOptions.builder()
                    .extensions(List.of(WebExtension.create()))
                    .permissions(Permissions.all())
                    .build())) {
                runtime.loadMain(script.toUri());
                assertThat(asked.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
                ended = runtime.exit();
            }
            var exit = ended.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertThat(exit).isInstanceOf(JsRuntime.Exit.Stopped.class);
            assertThat(gone.await(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .as("connections still open: %d", gone.getCount())
                    .isTrue();
        }
    }
}
