package dev.carillon.scheduler.quartz;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * Something outside that job functions act on: it accepts an effect unless it has seen a higher fence for the same run,
 * as whoever offers effects to be fenced should.
 */
final class Effects implements AutoCloseable {
    private final HttpServer server;
    private final Runnable onEffect;
    private final Map<String, Long> fences = new HashMap<>();
    private final List<Effect> accepted = new CopyOnWriteArrayList<>();
    private final List<Effect> refused = new CopyOnWriteArrayList<>();

    /** What a job function wanted done: {@code run fence node}. */
    record Effect(String run, long fence, String node, Instant at) {}

    /** @param onEffect called after each effect, accepted or not, on any thread */
    Effects(Runnable onEffect) throws IOException {
        this.onEffect = onEffect;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    List<Effect> accepted() {
        return accepted;
    }

    List<Effect> refused() {
        return refused;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var words = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).split(" ");
            boolean good = take(new Effect(words[0], Long.parseLong(words[1]), words[2], Instant.now()));
            onEffect.run();
            exchange.sendResponseHeaders(good ? 204 : 409, -1);
        }
    }

    private synchronized boolean take(Effect effect) {
        boolean good = effect.fence() >= fences.getOrDefault(effect.run(), 0L);
        (good ? accepted : refused).add(effect);
        if (good) {
            fences.put(effect.run(), effect.fence());
        }
        return good;
    }
}
