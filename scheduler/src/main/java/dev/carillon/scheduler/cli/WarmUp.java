package dev.carillon.scheduler.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/** The launcher's training run: does what one-shot commands do, so that their classes get into the start-up cache. */
final class WarmUp {
    private static final String SCRIPT = """
            interface Shape { area(): number }
            enum Colour { Red = 1, Green }
            class Square implements Shape {
              constructor(private readonly side: number) {}
              area(): number { return this.side ** 2; }
            }
            console.log("warm", { a: [1, "two", null], m: new Map([["k", new Set([1])]]), s: new Square(2), c: Colour.Red });
            console.error(new Error("warm", { cause: new TypeError("up") }));
            await new Promise<void>((resolve) => setTimeout(resolve, 1));
            queueMicrotask(() => {});
            for (const use of [
              () => new URL("https://example.com/a?b=c").searchParams.get("b"),
              () => new TextDecoder().decode(new TextEncoder().encode("warm")),
              () => structuredClone({ a: 1 }),
              () => crypto.randomUUID(),
              () => new Headers({ a: "b" }),
            ]) {
              try {
                use();
              } catch (error) {
                console.warn(String(error));
              }
            }
            const controller = new AbortController();
            Deno.cron("warm", "*/5 * * * *", { signal: controller.signal }, () => {});
            controller.abort();
            """;

    private final Main main;

    WarmUp(Main main) {
        this.main = main;
    }

    int run() {
        try {
            var folder = Files.createTempDirectory("carillon-warm-up");
            var script = folder.resolve("warm.ts");
            try {
                Files.writeString(script, SCRIPT, StandardCharsets.UTF_8);
                main.run(List.of("run", "--allow-env", script.toString()));
            } finally {
                Files.deleteIfExists(script);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Main.OK;
    }
}
