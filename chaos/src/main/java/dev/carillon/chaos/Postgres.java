package dev.carillon.chaos;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real PostgreSQL of our own that can be stopped and started again over the same data. */
final class Postgres implements AutoCloseable {
    private final Path binaries;
    private final Path data;
    private final int port;

    /** Unpacks, initialises and starts a server on {@code port} of the loopback address, data under {@code folder}. */
    Postgres(Path folder, int port) throws IOException {
        this.port = port;
        data = folder.resolve("pg");
        // Starting the library's own server once is how its binaries get unpacked.
        EmbeddedPostgres.builder().start().close();
        try (var versions = Files.list(Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg"))) {
            binaries = versions.filter(path -> Files.isExecutable(path.resolve("bin/pg_ctl")))
                    .findFirst()
                    .orElseThrow(() -> new IOException("the PostgreSQL binaries were not unpacked"));
        }
        run("initdb", "-D", data.toString(), "-A", "trust", "-U", "postgres");
        start();
    }

    int port() {
        return port;
    }

    /** The address as seen through {@code viaPort}: the server's own or a proxy's. */
    String url(int viaPort) {
        return "jdbc:postgresql://127.0.0.1:" + viaPort + "/postgres?user=postgres";
    }

    void restart() throws IOException {
        run("pg_ctl", "-D", data.toString(), "-m", "immediate", "stop");
        start();
    }

    @Override
    public void close() throws IOException {
        run("pg_ctl", "-D", data.toString(), "-m", "immediate", "stop");
    }

    private void start() throws IOException {
        var options = "-p " + port + " -c listen_addresses=127.0.0.1 -c max_connections=300 -k " + data;
        run("pg_ctl", "-D", data.toString(), "-w", "-l", data + "/log", "-o", options, "start");
    }

    /** The server refuses to run as root: a user namespace makes it somebody else. */
    private void run(String tool, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(binaries.resolve("bin").resolve(tool).toString());
        command.addAll(List.of(arguments));
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(data.resolveSibling(tool + ".log").toFile())
                .start()
                .onExit()
                .join()
                .exitValue();
        if (code != 0) {
            throw new IOException(
                    tool + " ended with " + code + ": " + Files.readString(data.resolveSibling(tool + ".log")));
        }
    }
}
