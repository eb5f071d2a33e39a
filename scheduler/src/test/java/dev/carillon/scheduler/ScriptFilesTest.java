package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.Permissions;
import dev.carillon.scheduler.Configuration.ScriptSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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

    @Test
    void a_folder_that_has_long_stood_still_shows_every_change_at_once() throws IOException {
        var below = Files.createDirectories(folder.resolve("below"));
        var script = Files.writeString(folder.resolve("a.ts"), "");
        var shared = Files.writeString(below.resolve("shared.ts"), "");
        var files = new ScriptFiles(List.of(new ScriptSource(folder, Permissions.none())));
        var before = settled(files);

        Files.writeString(script, "changed");
        before = changedOnly(files, before, "a.ts");
        Files.writeString(shared, "changed");
        before = changedOnly(files, before, "a.ts");
        Files.writeString(folder.resolve("b.ts"), "new");
        before = changedOnly(files, before, "b.ts");
        settled(files);
        Files.writeString(below.resolve("another.ts"), "new");
        before = changedOnly(files, before, "a.ts", "b.ts");
        settled(files);
        Files.delete(folder.resolve("b.ts"));
        assertThat(look(files)).containsOnlyKeys("a.ts");
        settled(files);
        Files.createDirectories(Files.createDirectories(folder.resolve("b.ts")).resolve("deeper"));
        before = look(files);
        assertThat(before).containsOnlyKeys("a.ts");
        Files.writeString(folder.resolve("b.ts/deeper/of.ts"), "new");
        changedOnly(files, before, "a.ts");
    }

    @Test
    void a_file_that_comes_within_one_tick_of_the_folders_clock_is_seen_and_one_that_leaves_no_time_before_long()
            throws IOException {
        Files.writeString(folder.resolve("a.ts"), "");
        var files = new ScriptFiles(List.of(new ScriptSource(folder, Permissions.none())));
        var tick = Files.getLastModifiedTime(folder);
        assertThat(look(files)).containsOnlyKeys("a.ts");
        Files.writeString(folder.resolve("b.ts"), "");
        Files.setLastModifiedTime(folder, tick);
        assertThat(look(files)).containsOnlyKeys("a.ts", "b.ts");
        for (int i = 0; i < 10; i++) {
            look(files);
        }
        Files.writeString(folder.resolve("c.ts"), "");
        Files.setLastModifiedTime(folder, tick);
        int looks = 1;
        while (!look(files).containsKey("c.ts")) {
            assertThat(++looks).isLessThan(20);
        }
    }

    /** Long after its last change. */
    private Map<String, ScriptFiles.Found> settled(ScriptFiles files) throws IOException {
        Files.setLastModifiedTime(folder, FileTime.from(Instant.parse("2024-01-01T00:00:00Z")));
        Files.setLastModifiedTime(folder.resolve("below"), FileTime.from(Instant.parse("2024-01-01T00:00:00Z")));
        for (int i = 0; i < 5; i++) {
            look(files);
        }
        return look(files);
    }

    private static Map<String, ScriptFiles.Found> changedOnly(
            ScriptFiles files, Map<String, ScriptFiles.Found> before, String... names) {
        var after = look(files);
        assertThat(changed(before, after)).containsExactly(names);
        return after;
    }

    private static Map<String, ScriptFiles.Found> look(ScriptFiles files) {
        return files.look(new ArrayList<>());
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
