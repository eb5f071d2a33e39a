package dev.carillon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every founding idea of the runtime is shown by a test of this module that carries its id as a tag; see {@link IdeasReport}. */
class IdeasChecklistTest {
    @Test
    void every_idea_has_a_test_and_no_test_names_an_idea_that_is_none() throws IOException {
        assertThat(IdeasChecklist.ids()).hasSize(67);
        assertThat(tags()).containsExactlyInAnyOrderElementsOf(IdeasChecklist.ids());
    }

    private static TreeSet<String> tags() throws IOException {
        var tag = Pattern.compile("@Tag\\(\"(S\\d\\.\\d+)\"\\)");
        var found = new TreeSet<String>();
        try (var files = Files.walk(Path.of("src", "test", "java"))) {
            for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                tag.matcher(Files.readString(file)).results().forEach(match -> found.add(match.group(1)));
            }
        }
        return found;
    }
}
