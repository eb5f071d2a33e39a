package dev.carillon.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OddNamesTest {
    @Test
    void a_name_that_cannot_be_encoded_is_refused_in_the_words_of_scripts() throws Exception {
        try (var engine = JsEngine.create();
                var runtime = engine.newRuntime(RuntimeOptions.builder()
                        .extensions(List.of(dev.carillon.web.WebExtension.create(), OsExtension.create()))
                        .permissions(Permissions.all())
                        .build())) {
            // Public functions make text well-formed; an op called by id gets what JSON says.
            var told = runtime.execute("odd.js", """
                    (() => {
                      const { core } = Deno[Deno.internal];
                      try {
                        core.jsonOp(core.catalog().os.op_os_make_temp_sync, [false, null, "\\ud800", null]);
                      } catch (e) {
                        return `${e.name}: ${e.message}`;
                      }
                    })()""").get(60, TimeUnit.SECONDS);
            assertThat(told).isEqualTo("TypeError: file name cannot be encoded: tmpfile");
        }
    }
}
