package dev.carillon.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.PermissionFlags;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.web.WebExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What scripts print, line for line, against what Deno 2.9.6 printed for the same scripts under the same flags: {@code
 * js/os/test/golden}, written by {@code golden.sh} there.
 */
class GoldenTest {
    private static final JsEngine ENGINE = JsEngine.create();
    private static final Path GOLDEN =
            Path.of("..", "js", "os", "test", "golden").toAbsolutePath().normalize();
    private static final long DEADLINE_SECONDS = 60;

    private Path folder = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "carillon-golden-");
        for (var name : List.of("a", "secret")) {
            Files.createDirectory(folder.resolve(name));
            Files.writeString(folder.resolve(name).resolve("x"), "hello\n");
        }
    }

    @AfterEach
    void removeFolder() throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void files_are_read_written_and_refused_as_by_deno() throws Exception {
        assertThat(run("files.ts", Permissions.all(), GOLDEN))
                .isEqualTo(Files.readAllLines(GOLDEN.resolve("files.ts.out")));
    }

    static Stream<String> flags() throws IOException {
        return Files.readAllLines(GOLDEN.resolve("flags.txt")).stream();
    }

    @ParameterizedTest
    @MethodSource("flags")
    void permissions_decide_as_in_deno(String line) throws Exception {
        var words = line.split(" ");
        var parser = new PermissionFlags(folder);
        for (int i = 1; i < words.length; i++) {
            assertThat(parser.accept(words[i].replace("DIR", folder.toString())))
                    .as(words[i])
                    .isTrue();
        }
        assertThat(run("permissions.ts", parser.build(null), folder))
                .isEqualTo(Files.readAllLines(GOLDEN.resolve("permissions." + words[0] + ".out")));
    }

    private List<String> run(String script, Permissions permissions, Path cwd) throws Exception {
        var printed = new StringBuilder();
        OutputSink sink = (level, text, scope) -> printed.append(text);
        var environment = Map.of("FOO", "1", "FOO2", "2", "BAR_X", "3", "IGN", "4", "PATH", System.getenv("PATH"));
        try (var runtime = ENGINE.newRuntime(RuntimeOptions.builder()
                .extensions(List.of(WebExtension.create(), OsExtension.create()))
                .permissions(permissions)
                .environment(environment)
                .args(List.of(folder.toString()))
                .cwd(cwd)
                .output(sink)
                .build())) {
            var main = runtime.loadMain(GOLDEN.resolve(script).toUri());
            runtime.exit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            main.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
        return new ArrayList<>(
                printed.toString().replace(folder.toString(), "DIR").lines().toList());
    }
}
