package dev.carillon.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "deflate-raw"})
    void a_stream_that_was_written_to_and_never_finished_closes_without_complaint(String format) {
        var outcome = Script.run("""
                const { core } = Deno[Deno.internal];
                const before = Object.keys(core.resources());
                const stream = new CompressionStream("%s");
                const writer = stream.writable.getWriter();
                void stream.readable.getReader().read();
                await writer.write(new Uint8Array(100_000).map((_, i) => i * 7919 >> 3));
                const rids = Object.keys(core.resources()).filter((rid) => !before.includes(rid));
                rids.forEach((rid) => core.close(Number(rid)));
                console.log(rids.length);
                """.formatted(format));
        assertThat(outcome.out() + outcome.err()).isEqualTo("1\n");
    }
}
