package dev.carillon.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on loopback that says exactly what a test wants said, well-formed or not. */
final class RawServer implements AutoCloseable {
    /** Answers one request; the connection goes on as long as this returns true. */
    interface Answer {
        boolean give(Request request, OutputStream out) throws Exception;
    }

    /** {@code in} is what follows the head. */
    record Request(String method, String path, String head, InputStream in) {
        /** Returns when the client has closed the connection, politely or not. */
        void awaitEnd() {
            try {
                while (in.read() >= 0) {
                    continue;
                }
            } catch (IOException e) {
                return;
            }
        }

        String header(String name) {
            for (var line : head.split("\r\n")) {
                if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                    return line.substring(name.length() + 1).strip();
                }
            }
            return "";
        }
    }

    final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket socket;
    private final Answer answer;

    RawServer(Answer answer) throws IOException {
        this.answer = answer;
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                var connection = socket.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            var in = connection.getInputStream();
            boolean more = true;
            while (more) {
                var head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                var first = head.substring(0, head.indexOf('\r')).split(" ");
                more = answer.give(new Request(first[0], first[1], head, in), connection.getOutputStream());
            }
        } catch (Exception e) {
            return; // the test looks at what the client made of it
        }
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return "";
            }
            head.append((char) c);
        }
        return head.toString();
    }

    static void text(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** A whole answer with a length. */
    static boolean ok(OutputStream out, String body) throws IOException {
        text(
                out,
                "HTTP/1.1 200 OK\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n"
                        + body);
        return true;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
