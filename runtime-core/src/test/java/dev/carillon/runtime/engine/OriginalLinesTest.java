package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.engine.SourceMap.Mapping;
import dev.carillon.runtime.engine.Swc.SyntaxFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OriginalLinesTest {
    private static final double SAME_LINE_SHARE_MIN = 0.97;
    private static final Swc SWC = Swc.load(ModuleCache.standardDirectory().resolve("native"));

    @Test
    void each_piece_stands_on_the_line_its_author_wrote_it_on() throws Exception {
        assertThat(laid("""
                        #!/usr/bin/env carillon
                        interface Bell { name: string }

                        enum Sound { Ding, Dong } // comments go
                        const first = async (
                          bell: Bell,
                        ): Promise<void> =>
                          await ring(bell)
                            .then((rung: any) => rung.times /* in the middle */ ++)
                            .catch(() => {});
                        const text = `two
                        lines ${ { a: 1, b: `in
                        side` }.a } \ud83d\udd14`, later: number = 3;

                        class Tower<T> {
                          constructor(private readonly bells: T[]) {}
                          get count() { return this.bells.length; }
                        }
                        """).code()).isEqualTo("""
                        #!/usr/bin/env carillon


                        var Sound = function(Sound) { Sound[Sound["Ding"] = 0] = "Ding"; Sound[Sound["Dong"] = 1] = "Dong"; return Sound; }(Sound || {});
                        const first = async (
                        bell)=>

                        await ring(bell).then(
                        (rung)=>rung.times++).catch(
                        ()=>{});
                        const text = `two
                        lines ${{ a: 1, b: `in
                        side` }.a} \ud83d\udd14`, later = 3;

                        class Tower { bells;
                        constructor(bells){ this.bells = bells; }
                        get count() { return this.bells.length; }
                        }""");
    }

    @Test
    void no_line_end_comes_where_it_would_mean_something() throws Exception {
        // Types between the two words take lines; the code that runs must keep the words together.
        assertThat(laid("""
                        function f(x: any) {
                          return <
                            string
                          >x.y;
                        }
                        """).code()).contains("return x.y;");
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void real_scripts_stay_the_same_code_and_nearly_all_of_it_on_its_lines(Path script) throws Exception {
        var source = Files.readString(script);
        var output = SWC.transpile(script.toString(), source, Swc.Syntax.TYPESCRIPT);
        var laid = OriginalLines.lay(output, SWC::tokens);
        assertThat(laid).as("laid out at all").isNotSameAs(output);
        assertThat(again(laid.code())).isEqualTo(again(output.code()));

        var before = SourceMap.decode(output.mappings()).all();
        var after = SourceMap.decode(laid.mappings()).all();
        assertThat(after)
                .map(Mapping::original)
                .isEqualTo(before.stream().map(Mapping::original).toList());
        long same = after.stream()
                .filter(m -> m.running().line() == m.original().line())
                .count();
        assertThat((double) same).isGreaterThanOrEqualTo(after.size() * SAME_LINE_SHARE_MIN);
    }

    /** What the transpiler prints for it does not depend on its layout. */
    private static String again(String code) throws SyntaxFault {
        return SWC.transpile("again", code, Swc.Syntax.JAVASCRIPT).code();
    }

    static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Stream.of(
                        "../js/examples", "../js/web/test/golden", "../js/os/test/golden", "../js/dashboard/src")
                .flatMap(folder -> {
                    try {
                        return Files.walk(Path.of(folder));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                })) {
            return files.filter(file ->
                            file.toString().endsWith(".ts") && !file.toString().endsWith(".d.ts"))
                    .sorted()
                    .toList();
        }
    }

    private static Swc.Output laid(String source) throws SyntaxFault {
        return OriginalLines.lay(SWC.transpile("a.ts", source, Swc.Syntax.TYPESCRIPT), SWC::tokens);
    }
}
