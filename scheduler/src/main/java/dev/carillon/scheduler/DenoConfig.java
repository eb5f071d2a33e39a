package dev.carillon.scheduler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;

/** The {@code deno.json} or {@code deno.jsonc} that governs a script: the nearest one from its folder upwards. */
public record DenoConfig(Path file) {
    private static final List<String> NAMES = List.of("deno.json", "deno.jsonc");

    public static Optional<DenoConfig> governing(Path script) {
        for (@Nullable Path at = script.getParent(); at != null; at = at.getParent()) {
            for (var name : NAMES) {
                var file = at.resolve(name);
                if (Files.isRegularFile(file)) {
                    return Optional.of(new DenoConfig(file));
                }
            }
        }
        return Optional.empty();
    }

    /** True if the file's {@code unstable} names the feature. A file that cannot be read is the module loader's trouble. */
    public boolean unstable(String feature) {
        try {
            var text = Files.readString(file);
            if (!text.contains("\"unstable\"")) {
                return false; // and no JSON library is loaded
            }
            var json = JsonMapper.builder()
                    .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build()
                    .readTree(text);
            return json.path("unstable")
                    .valueStream()
                    .anyMatch(name -> name.asString("").equals(feature));
        } catch (IOException | JacksonException e) {
            return false;
        }
    }
}
