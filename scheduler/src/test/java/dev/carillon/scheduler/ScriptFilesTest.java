package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.Permissions;
import dev.carillon.scheduler.Configuration.ScriptSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    @Test
    void what_may_be_imported_marks_every_script_and_what_may_not_none() throws IOException {
        Files.createDirectories(folder.resolve("below/deeper"));
        Files.createDirectories(folder.resolve("node_modules/of"));
        Files.createDirectories(folder.resolve(".git"));
        var script = Files.writeString(folder.resolve("a.ts"), "");
        var linked = Files.createSymbolicLink(
                folder.resolve("b.ts"), Files.writeString(folder.resolve("below/target.txt"), ""));
        Files.createDirectories(folder.resolve("c.ts")); // a folder all the same
        var first = look();
        assertThat(first).containsOnlyKeys("a.ts", "b.ts");

        Files.writeString(script, "changed");
        assertThat(changed(first, look())).containsExactly("a.ts");
        var second = look();
        Files.writeString(linked, "changed"); // what it points at, that is
        assertThat(changed(second, look())).containsExactly("b.ts");

        for (var importable :
                List.of("_shared.ts", "data.json", "x.d.ts", "a_test.ts", "c.ts/in.ts", "below/deeper/d.mjs")) {
            var before = look();
            Files.writeString(folder.resolve(importable), "new");
            assertThat(changed(before, look())).as(importable).containsExactly("a.ts", "b.ts");
        }
        for (var other : List.of("notes.md", "node_modules/of/it.js", ".git/hook.js", "below/target.md")) {
            var before = look();
            Files.writeString(folder.resolve(other), "new");
            assertThat(changed(before, look())).as(other).isEmpty();
        }
    }

    private Map<String, ScriptFiles.Found> look() {
        return ScriptFiles.scan(List.of(new ScriptSource(folder, Permissions.none())), new ArrayList<>());
    }

    private static List<String> changed(Map<String, ScriptFiles.Found> before, Map<String, ScriptFiles.Found> after) {
        return after.values().stream()
                .filter(found -> !found.isAsIn(before))
                .map(ScriptFiles.Found::name)
                .sorted()
                .toList();
    }
}
