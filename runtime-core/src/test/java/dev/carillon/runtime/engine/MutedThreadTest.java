package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutedThreadTest {
    @TempDir
    private Path directory;

    @Test
    void a_syntax_error_prints_nothing_and_later_output_still_arrives() throws Exception {
        var errors = directory.resolve("errors.txt");
        var process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokenSource.class.getName(),
                        directory.resolve("cache").toString()))
                .redirectError(errors.toFile())
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(output).startsWith("SyntaxError: Expected a semicolon");
        assertThat(Files.readString(errors)).isEqualTo("audible again\n");
    }

    @Test
    void results_and_exceptions_come_back_to_the_caller() throws Exception {
        assertThat(MutedThread.call(() -> 7)).isEqualTo(7);
        assertThatThrownBy(() -> MutedThread.call(() -> {
                    throw new IOException("out of luck");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("out of luck");
    }

    /** What the child process runs. */
    static final class BrokenSource {
        private BrokenSource() {}

        public static void main(String[] args) {
            try {
                new ModuleCache(Path.of(args[0])).prepare("file:///a.ts", ModuleKind.TYPESCRIPT, "const x y", false);
            } catch (Swc.SyntaxFault e) {
                System.out.println(e.getMessage());
            }
            System.err.println("audible again");
        }
    }
}
