package dev.carillon.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A wire between one node and its database that can be cut, stalled or slowed.
 *
 * <p>Threads: the faults may be switched from any thread; two virtual threads a connection move the bytes.
 */
public final class Proxy implements AutoCloseable {
    private final ServerSocket server;
    private final int targetPort;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile Duration delay = Duration.ZERO;

    /** Listens on a free port of the loopback address and forwards to {@code targetPort} there. */
    public Proxy(int targetPort) throws IOException {
        this.targetPort = targetPort;
        server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy-accept").start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** While cut, no byte passes and new connections are accepted but lead nowhere, as with a dropped route. */
    public void cut(boolean isCut) {
        cut = isCut;
    }

    /** Resets every connection at once. */
    public void reset() {
        open.forEach(Proxy::closeQuietly);
    }

    /** Holds back each chunk for {@code duration} in each direction. */
    public void slow(Duration duration) {
        delay = duration;
    }

    @Override
    public void close() throws IOException {
        server.close();
        reset();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var near = server.accept();
                open.add(near);
                Thread.ofVirtual().start(() -> connect(near));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket near) {
        awaitWire();
        try {
            var far = new Socket(InetAddress.getLoopbackAddress(), targetPort);
            open.add(far);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pump(near, far));
            pump(far, near);
        } catch (IOException refused) {
            closeQuietly(near);
        }
    }

    private void pump(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            var buffer = new byte[16_384];
            int length;
            while ((length = in.read(buffer)) >= 0) {
                if (!delay.isZero()) {
                    LockSupport.parkNanos(delay.toNanos());
                }
                awaitWire();
                out.write(buffer, 0, length);
            }
        } catch (IOException ended) {
            // Either side went away: the other learns it by the close.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void awaitWire() {
        while (cut && !server.isClosed()) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyClosed) {
            // It is closed, which is what was wanted.
        }
    }
}
