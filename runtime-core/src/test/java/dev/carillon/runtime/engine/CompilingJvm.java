package dev.carillon.runtime.engine;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A JVM that compiles guest code, as a service's does and the tests' own does not. */
final class CompilingJvm {
    private static final Pattern MODULES =
            Pattern.compile("(compiler|truffle-compiler|collections|word|nativeimage|jniutils)-[0-9.]+\\.jar");

    private CompilingJvm() {}

    /** Runs {@code main}, and returns the lines it prints. */
    static List<String> outputOf(Class<?> main) throws IOException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UnlockExperimentalVMOptions",
                        "-XX:+EnableJVMCI",
                        "--upgrade-module-path=" + compilerModules(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName())
                .redirectErrorStream(true)
                .start();
        try (var output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String compilerModules() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> MODULES.matcher(new File(path).getName()).matches())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
