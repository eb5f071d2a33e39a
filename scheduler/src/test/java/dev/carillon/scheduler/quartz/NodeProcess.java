package dev.carillon.scheduler.quartz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A {@link ClusterNode} seen from outside: what it says, and the signals it gets. */
final class NodeProcess {
    private final String name;
    private final Process process;
    private final Runnable onLine;
    private final List<Thread> readers;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final List<Fire> starts = new CopyOnWriteArrayList<>();
    private final List<Fire> ends = new CopyOnWriteArrayList<>();

    /** A call of a job function, or its return. */
    record Fire(String run, int attempt, Instant scheduled, Instant at, String job) {
        static Fire parse(String line) {
            var words = line.split(" ", 6);
            return new Fire(
                    words[1],
                    Integer.parseInt(words[2]),
                    Instant.ofEpochMilli(Long.parseLong(words[3])),
                    Instant.ofEpochMilli(Long.parseLong(words[4])),
                    words[5]);
        }

        Duration lateness() {
            return Duration.between(scheduled, at);
        }

        /** What may happen once. */
        String identity() {
            return run + " " + attempt;
        }
    }

    /** @param onLine called after each line it says, on any thread */
    NodeProcess(String name, Class<?> main, List<String> flags, List<String> arguments, Runnable onLine)
            throws IOException {
        this.name = name;
        this.onLine = onLine;
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx160m",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(flags);
        command.add(main.getName());
        command.addAll(arguments);
        process = new ProcessBuilder(command).start();
        readers = List.of(listen(process.getInputStream(), this::heard), listen(process.getErrorStream(), logged::add));
    }

    /** Whole lines alone: one that a kill has cut off was never said. */
    private Thread listen(InputStream stream, Consumer<String> onWholeLine) {
        return Thread.ofVirtual().start(() -> {
            var line = new StringBuilder();
            try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (int c = reader.read(); c >= 0; c = reader.read()) {
                    if (c != '\n') {
                        line.append((char) c);
                        continue;
                    }
                    onWholeLine.accept(line.toString());
                    line.setLength(0);
                    onLine.run();
                }
            } catch (IOException e) {
                logged.add("its pipe is gone: " + e.getMessage());
            }
            onLine.run();
        });
    }

    private void heard(String line) {
        said.add(line);
        if (line.startsWith("started ")) {
            starts.add(Fire.parse(line));
        } else if (line.startsWith("ended ")) {
            ends.add(Fire.parse(line));
        }
    }

    String name() {
        return name;
    }

    List<Fire> starts() {
        return starts;
    }

    List<Fire> ends() {
        return ends;
    }

    boolean isUp() {
        return said("up"::equals);
    }

    boolean isFenced() {
        return said("fenced"::equals);
    }

    boolean said(Predicate<String> line) {
        return said.stream().anyMatch(line);
    }

    boolean logged(String part) {
        return logs(part) > 0;
    }

    /** How many lines hold it; a service logs to its standard output. */
    long logs(String part) {
        return Stream.concat(said.stream(), logged.stream())
                .filter(line -> line.contains(part))
                .count();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** kill -9, and it is gone when this returns, its last words heard. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly(); // unlike the process's own method, this leaves its pipes open
        exitCode();
    }

    /** SIGSTOP. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    void tell(String order) throws IOException {
        process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Leaves in order, and it is gone when this returns. */
    void leave() throws IOException, InterruptedException {
        tell("leave");
        exitCode();
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        int code = process.waitFor();
        for (var reader : readers) {
            reader.join();
        }
        return code;
    }

    /** The end of what it said and logged, for whoever wonders why a test failed. */
    String story() {
        return "--- " + name + (isAlive() ? "" : ", gone") + "\n" + tail(said) + "--- its log\n" + tail(logged);
    }

    private static String tail(List<String> lines) {
        var all = List.copyOf(lines);
        return String.join("\n", all.subList(Math.max(0, all.size() - 60), all.size())) + "\n";
    }

    private void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }
}
