package dev.carillon.chaos;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The system under test: nodes as processes, their database, and a wire to it for each of them. */
final class Cluster implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofSeconds(90);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Postgres postgres;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Proxy> proxies = new ArrayList<>();
    private final boolean clocks;

    /** Sets everything up in {@code folder}; only the database runs. */
    Cluster(Path folder, Path launcher, int count, Jobs jobs, String profile, URI sink)
            throws IOException, InterruptedException {
        postgres = new Postgres(folder, freePort());
        var library = NodeClock.build(folder);
        clocks = library.isPresent();
        for (int i = 1; i <= count; i++) {
            var home = Files.createDirectories(folder.resolve("n" + i));
            var proxy = new Proxy(postgres.port());
            proxies.add(proxy);
            nodes.add(new Node(
                    "n" + i,
                    launcher,
                    home,
                    freePort(),
                    postgres.url(proxy.port()),
                    profile,
                    jobs.heapMb(),
                    Map.of(
                            "CHAOS_SINK", sink.toString(),
                            "CHAOS_JOBS", Integer.toString(jobs.count()),
                            "CHAOS_EDITED", Integer.toString(AskedJobs.firstEdited(jobs.count())),
                            "CHAOS_PERIOD", Integer.toString(jobs.periodSeconds()),
                            "CHAOS_OTHER_SCHEDULE", AskedJobs.OTHER_SCHEDULE),
                    clocks ? NodeClock.right(library.get(), home.resolve("clock")) : null));
        }
    }

    /** Starts every node and waits until all are ready. */
    void start() throws IOException {
        for (var node : nodes) {
            node.start();
        }
        for (var node : nodes) {
            awaitReady(node);
        }
    }

    void stop() throws InterruptedException {
        for (var node : nodes) {
            node.stop();
        }
    }

    int size() {
        return nodes.size();
    }

    Node node(int index) {
        return nodes.get(index);
    }

    List<Node> nodes() {
        return nodes;
    }

    Proxy wire(int index) {
        return proxies.get(index);
    }

    Postgres postgres() {
        return postgres;
    }

    /** Whether nodes' clocks can be set wrong here. */
    boolean hasClocks() {
        return clocks;
    }

    /** @throws IOException if it is not ready in time */
    void awaitReady(Node node) throws IOException {
        var deadline = Instant.now().plus(READY_MAX);
        while (!node.isReady()) {
            if (!node.isAlive() || Instant.now().isAfter(deadline)) {
                throw new IOException("node " + node.name()
                        + (node.isAlive() ? " is not ready after " + READY_MAX : " ended") + ": see its log");
            }
            rest(LOOK);
        }
    }

    static void rest(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }

    @Override
    public void close() throws IOException {
        nodes.forEach(Node::close);
        for (var proxy : proxies) {
            proxy.close();
        }
        postgres.close();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
