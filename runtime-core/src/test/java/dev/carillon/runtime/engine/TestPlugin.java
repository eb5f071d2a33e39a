package dev.carillon.runtime.engine;

import dev.carillon.runtime.OpHandler;
import dev.carillon.runtime.OpPlugin;
import dev.carillon.runtime.OpResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A plugin with ops that answer at once, not at all, later and never. */
public final class TestPlugin implements OpPlugin {
    @Override
    public Map<String, OpHandler> ops() {
        return Map.of(
                "now", (state, control, buffers) -> new OpResult.Ready(control),
                "nothing", (state, control, buffers) -> new OpResult.Nothing(),
                "later",
                        (state, control, buffers) ->
                                new OpResult.Later(CompletableFuture.supplyAsync(() -> reversed(control))),
                "never", (state, control, buffers) -> new OpResult.Later(new CompletableFuture<>()));
    }

    private static byte[] reversed(byte[] bytes) {
        var result = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            result[i] = bytes[bytes.length - 1 - i];
        }
        return result;
    }

    /** A jar that holds this plugin. */
    static Path jar(Path folder) throws IOException {
        var jar = folder.resolve("plugin.jar");
        var classFile = TestPlugin.class.getName().replace('.', '/') + ".class";
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                var code = TestPlugin.class.getClassLoader().getResourceAsStream(classFile)) {
            out.putNextEntry(new JarEntry("META-INF/services/" + OpPlugin.class.getName()));
            out.write(TestPlugin.class.getName().getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new JarEntry(classFile));
            out.write(code == null ? new byte[0] : code.readAllBytes());
        }
        return jar;
    }
}
