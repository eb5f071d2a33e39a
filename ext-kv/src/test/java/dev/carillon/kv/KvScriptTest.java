package dev.carillon.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.kv.log.LogStores;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.runtime.time.TimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a script meets that the comparison with Deno (oracle/) cannot show. */
@ExtendWith(LeakCheck.class)
class KvScriptTest {
    private static final JsEngine ENGINE = JsEngine.create();

    /** Where the extension that the embedder brings stands in for the web platform: no streams are needed here. */
    private static final Extension NO_WEB = Extension.builder("web").build();

    @TempDir
    Path folder;

    private final LogStores stores = LogStores.on(TimeSource.system());
    private final AtomicBoolean fenced = new AtomicBoolean();

    @AfterAll
    static void close_the_engine() {
        ENGINE.close();
    }

    @Test
    void a_path_needs_permission_to_read_and_to_write_and_memory_and_the_default_need_none() throws Exception {
        assertThat(run(Permissions.none(), Map.of(), """
                (await Deno.openKv(":memory:")).close();
                (await Deno.openKv()).close();
                try { await Deno.openKv("./x.db") } catch (e) { say(e.name + ": " + e.message) }
                """))
                .isEqualTo("NotCapable: Requires read access to \"./x.db\", run again with the --allow-read flag");
        var mayRead = Permissions.builder().allow(Permissions.Kind.READ).build();
        assertThat(run(mayRead, Map.of(), """
                try { await Deno.openKv("./x.db") } catch (e) { say(e.message) }
                """))
                .isEqualTo("Requires write access to \"./x.db\", run again with the --allow-write flag");
        assertThat(Files.exists(folder.resolve("x.db"))).isFalse();
    }

    @Test
    void a_relative_path_starts_at_the_scripts_directory_and_the_default_where_the_embedder_says() throws Exception {
        run(Permissions.all(), Map.of(), """
                (await Deno.openKv("x.db")).close();
                (await Deno.openKv()).close();
                """);
        assertThat(folder.resolve("x.db")).exists();
        assertThat(folder.resolve("default")).exists();
    }

    @Test
    void remote_databases_are_refused_in_one_sentence() throws Exception {
        assertThat(run(Permissions.all(), Map.of(), """
                try { await Deno.openKv("https://example.com/db") } catch (e) { say(e.name + ": " + e.message) }
                """))
                .isEqualTo("NotSupported: Remote databases are not supported: give Deno.openKv a file path,"
                        + " got 'https://example.com/db'");
        assertThat(run(Permissions.all(), Map.of("DENO_KV_REQUIRES_DISTRIBUTED_DATABASE", "error"), """
                try { await Deno.openKv() } catch (e) { say(e.message) }
                """))
                .startsWith("Deno.openKv needs a remote database here");
    }

    @Test
    void a_fenced_runtime_writes_nothing() throws Exception {
        fenced.set(true);
        assertThat(run(Permissions.all(), Map.of(), """
                const kv = await Deno.openKv();
                const told = [];
                for (const write of [() => kv.set(["a"], 1), () => kv.delete(["a"]), () => kv.enqueue(1), () => kv.atomic().commit()]) {
                  try { await write(); told.push("written") } catch (e) { told.push(e.message) }
                }
                say(told.join() + " " + (await kv.get(["a"])).value);
                kv.close();
                """)).isEqualTo("fenced,fenced,fenced,fenced null");
    }

    @Test
    void requests_that_are_none_are_refused_whatever_they_are() {
        for (var request : List.of(
                "",
                "1",
                ";",
                "x;",
                "-1;",
                "99999999999999999999;",
                "1;",
                "1;z",
                "1;s9;a",
                "1;s",
                "1;i2;zz",
                "1;n1;x")) {
            assertThatThrownBy(() -> new WireReader(request).key())
                    .as(request)
                    .isInstanceOf(JsVisibleException.class)
                    .hasMessage("not a request of Deno KV");
        }
    }

    /** Runs a module; what it last said. */
    private String run(Permissions permissions, Map<String, String> environment, String source) throws Exception {
        var file = Files.writeString(folder.resolve("main.js"), """
                const say = (text) => Deno[Deno.internal].core.print(text);
                """ + source);
        var said = new StringBuffer();
        var options = RuntimeOptions.builder()
                .extensions(List.of(
                        NO_WEB, KvExtension.create(new KvOptions(stores, main -> folder.resolve("default"), () -> {
                            if (fenced.get()) {
                                throw new JsVisibleException("Error", "fenced");
                            }
                        }))))
                .permissions(permissions)
                .environment(environment)
                .cwd(folder)
                .output((level, text, scope) -> said.append(text))
                .build();
        try (var runtime = ENGINE.newRuntime(options)) {
            runtime.loadMain(file.toUri());
            var exit = runtime.exit().get(30, TimeUnit.SECONDS);
            assertThat(exit).as("%s after %s", exit, said).isEqualTo(new Exit.Drained(0));
        }
        return said.toString();
    }
}
