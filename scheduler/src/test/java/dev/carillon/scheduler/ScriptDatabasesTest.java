package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked
class ScriptDatabasesTest {
    @TempDir
    private Path folder;

    @Test
    void the_default_database_goes_by_the_script_or_by_the_configuration_file_in_denos_folder() {
        var environment = Map.of("DENO_DIR", folder.toString());
        // printf 'file:///scripts/a.ts' | sha256sum
        var script = "385144861d640ad60b6c382fe0ed6d3946947098404491e52ae7e61d08d452b4";
        assertThat(ScriptDatabases.ofDeno(null, environment).defaultPath().apply("file:///scripts/a.ts"))
                .isEqualTo(folder.resolve("location_data").resolve(script).resolve("kv.carillon"));
        var config = new DenoConfig(Path.of("/scripts/deno.json"));
        assertThat(ScriptDatabases.ofDeno(config, environment).defaultPath().apply("file:///scripts/a.ts"))
                .isEqualTo(
                        ScriptDatabases.ofDeno(null, environment).defaultPath().apply("file:///scripts/deno.json"));
    }

    @Test
    void a_cluster_has_no_default_database() {
        var options = ScriptDatabases.ofService(path -> null, folder, "a.ts", false, () -> {});
        assertThatThrownBy(() -> options.defaultPath().apply("file:///a.ts"))
                .hasMessageStartingWith("Deno.openKv() has no database that all nodes of a cluster share");
    }

    @Test
    void the_nearest_configuration_file_says_what_is_unstable() throws IOException {
        var script = folder.resolve("a/b/script.ts");
        Files.createDirectories(script.getParent());
        Files.writeString(folder.resolve("deno.json"), "{ \"unstable\": [\"cron\"] }");
        assertThat(DenoConfig.governing(script).orElseThrow().unstable("kv")).isFalse();
        Files.writeString(folder.resolve("a/deno.jsonc"), """
                {
                  // features
                  "unstable": ["cron", "kv",],
                }
                """);
        assertThat(DenoConfig.governing(script).orElseThrow().unstable("kv")).isTrue();
        assertThat(DenoConfig.governing(script).orElseThrow().unstable("worker-options"))
                .isFalse();
        Files.writeString(folder.resolve("a/deno.jsonc"), "{ \"unstable\": ");
        assertThat(DenoConfig.governing(script).orElseThrow().unstable("kv")).isFalse();
    }
}
