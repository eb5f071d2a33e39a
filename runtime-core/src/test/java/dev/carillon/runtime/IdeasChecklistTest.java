package dev.carillon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every founding idea of the runtime is shown by a test that carries its id as a tag, in whatever module it belongs to. */
class IdeasChecklistTest {
    private static final int[] IDEAS_PER_SOURCE = {14, 14, 12, 16, 11};

    @Test
    void every_idea_has_a_test_and_no_test_names_an_idea_that_is_none() throws IOException {
        var ids = IntStream.range(0, IDEAS_PER_SOURCE.length)
                .boxed()
                .flatMap(source -> IntStream.rangeClosed(1, IDEAS_PER_SOURCE[source])
                        .mapToObj(number -> "S" + source + "." + number))
                .toList();
        assertThat(ids).hasSize(67);
        assertThat(tags()).containsExactlyInAnyOrderElementsOf(ids);
    }

    private static TreeSet<String> tags() throws IOException {
        var tag = Pattern.compile("@Tag\\(\"(S\\d\\.\\d+)\"\\)");
        var found = new TreeSet<String>();
        for (var file : tests()) {
            tag.matcher(Files.readString(file)).results().forEach(match -> found.add(match.group(1)));
        }
        return found;
    }

    private static List<Path> tests() throws IOException {
        var tests = new ArrayList<Path>();
        for (var module : List.of("runtime-core", "ext-web", "ext-os", "ext-cron", "scheduler")) {
            var folder = Path.of("..", module, "src", "test", "java");
            if (Files.isDirectory(folder)) {
                try (var files = Files.walk(folder)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(tests::add);
                }
            }
        }
        return tests;
    }
}
