package dev.carillon.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One service process under test: started by the launcher as a user would, hurt by signals. */
final class Node implements AutoCloseable {
    private final String name;
    private final Path launcher;
    private final Path folder;
    private final Path configuration;
    private final Map<String, String> environment;
    private @Nullable Process process;

    /**
     * @param launcher the {@code carillon} script
     * @param folder where the node's configuration and log live
     */
    Node(String name, Path launcher, Path folder, String configurationText, Map<String, String> environment)
            throws IOException {
        this.name = name;
        this.launcher = launcher;
        this.folder = folder;
        this.environment = Map.copyOf(environment);
        configuration = folder.resolve(name + ".yaml");
        Files.writeString(configuration, configurationText);
    }

    String name() {
        return name;
    }

    void start() throws IOException {
        var builder = new ProcessBuilder(launcher.toString(), "serve", "--config", configuration.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** Kills it at once, as a power cut would, and waits until it is gone. */
    void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    /** Asks it to stop, as a deployment does, and waits. */
    void stop() throws InterruptedException {
        if (process != null) {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    boolean alive() {
        return process != null && process.isAlive();
    }

    @Override
    public void close() {
        kill();
    }

    private void signal(String signal) throws IOException, InterruptedException {
        if (process != null) {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }
}
