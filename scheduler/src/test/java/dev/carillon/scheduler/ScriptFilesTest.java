package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.Permissions;
import dev.carillon.scheduler.Configuration.ScriptSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptFilesTest {
    @TempDir
    Path folder;

    @Test
    void a_script_whose_name_is_longer_than_the_store_takes_is_left_out_and_told() throws IOException {
        var longest = Files.writeString(folder.resolve("a".repeat(197) + ".ts"), "");
        var longer = Files.writeString(folder.resolve("b".repeat(198) + ".ts"), "");
        var problems = new ArrayList<String>();
        var found = ScriptFiles.scan(
                List.of(new ScriptSource(folder, Permissions.none()), new ScriptSource(longer, Permissions.none())),
                problems);
        assertThat(found).containsOnlyKeys(longest.getFileName().toString());
        assertThat(problems)
                .hasSize(2)
                .containsOnly(
                        longer + " is left out: its name has 201 characters, a script's has at most 200, rename it");
    }
}
