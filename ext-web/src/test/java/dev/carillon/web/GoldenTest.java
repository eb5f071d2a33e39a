package dev.carillon.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What scripts print, against what Deno 2.9.6 printed for the same scripts: {@code js/web/test/golden/*.ts} and, beside
 * each, its {@code .out}, written by {@code golden.sh} there.
 */
class GoldenTest {
    private static final Path SCRIPTS = Path.of("..", "js", "web", "test", "golden");

    static Stream<Path> scripts() throws IOException {
        return Files.list(SCRIPTS).filter(it -> it.toString().endsWith(".ts")).sorted();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void a_script_prints_what_it_prints_on_deno(Path script) throws IOException {
        var expected = Files.readString(Path.of(script + ".out"));
        var outcome = Script.run(script.toAbsolutePath().normalize(), TimeSource.system(), false);
        assertThat(outcome.out() + outcome.err()).isEqualTo(expected);
    }
}
