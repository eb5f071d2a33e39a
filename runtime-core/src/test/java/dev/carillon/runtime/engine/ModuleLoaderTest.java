package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.JsError.SourcePosition;
import dev.carillon.runtime.JsVisibleException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleLoaderTest {
    private static Engine engine;
    private static ModuleCache cache;

    @TempDir
    private static Path cacheDirectory;

    @TempDir
    private Path directory;

    private final Map<String, String> glue = new HashMap<>();
    private final List<String> readChecks = new ArrayList<>();
    private final List<String> opsAsked = new ArrayList<>();
    private final List<String> printed = new ArrayList<>();
    private @Nullable String readRefusal;
    private @Nullable ModuleLoader loader;

    @BeforeAll
    static void start() {
        engine = Engine.newBuilder("js")
                .option("engine.WarnInterpreterOnly", "false")
                .build();
        cache = new ModuleCache(cacheDirectory);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void a_typescript_module_runs_with_its_imports() throws IOException {
        file("lib.ts", "export enum Level { Low = 1, High }\nexport interface Shape { n: number }\n");
        file("main.ts", """
                import { Level, type Shape } from "./lib.ts";
                class Box { constructor(private readonly n: number) {} get(): number { return this.n; } }
                const shape: Shape = { n: new Box(3).get() };
                out(`${Level[2]} ${shape.n satisfies number}`);
                """);
        run("main.ts");
        assertThat(printed).containsExactly("High 3");
    }

    @Test
    void cycles_and_top_level_await_follow_the_standard() throws IOException {
        file("a.ts", "import { b } from './b.ts';\nexport const a = 'a';\nout(b());\n");
        file("b.ts", "import { a } from './a.ts';\nawait null;\nout('b ready');\nexport const b = () => a + '!';\n");
        run("a.ts");
        assertThat(printed).containsExactly("b ready", "a!");
    }

    @Test
    void import_meta_names_the_module() throws IOException {
        file("a b/lib.ts", "out(import.meta.main, import.meta.url, import.meta.filename, import.meta.dirname);\n");
        file("main.ts", """
                import "./a b/lib.ts";
                out(import.meta.main, import.meta.resolve("./x/../y z.ts?q=1#h"), Object.keys(import.meta).join());
                try { import.meta.resolve("bare"); } catch (e) { out(e instanceof TypeError, e.message); }
                """);
        run("main.ts");
        assertThat(printed)
                .containsExactly(
                        "false " + url("a%20b/lib.ts") + " " + directory.resolve("a b/lib.ts") + " "
                                + directory.resolve("a b"),
                        "true " + url("y%20z.ts?q=1#h") + " url,main,resolve,filename,dirname",
                        "true Import \"bare\" not a dependency");
    }

    @Test
    void import_attributes_load_json_text_and_bytes() throws IOException {
        file("data.json", "{\"a\": [1, 2]}");
        file("main.ts", """
                import json from "./data.json" with { type: "json" };
                import text from "./data.json" with { type: "text" };
                import bytes from "./data.json" with { type: "bytes" };
                out(json.a.length, text, bytes instanceof Uint8Array, bytes.length);
                const again = await import("./data.json", { with: { type: "json" } });
                out(again.default === json);
                """);
        run("main.ts");
        assertThat(printed).containsExactly("2 {\"a\": [1, 2]} true 13", "true");
    }

    @Test
    void a_missing_module_is_reported_at_the_import_that_names_it() throws IOException {
        file("lib.ts", "const one: number = 1;\n\nimport x from \"./nope.ts\";\nexport { one, x };\n");
        file("main.ts", "import './lib.ts';\nout('never');\n");
        var failure = fails("main.ts");
        assertThat(printed).isEmpty();
        assertThat(failure.report())
                .isEqualTo("Module not found \"" + url("nope.ts") + "\".\n    at " + url("lib.ts") + ":3:15");
        assertThat(failure.position()).isEqualTo(new SourcePosition(url("lib.ts"), 3, 15));
    }

    @Test
    void a_missing_main_module_has_no_importing_position() {
        assertThat(fails("gone.ts").report()).isEqualTo("Module not found \"" + url("gone.ts") + "\".");
    }

    @Test
    void guest_code_can_catch_a_failed_dynamic_import() throws IOException {
        file("main.ts", """
                try { await import("./nope.ts"); } catch (e) { out(e instanceof TypeError, e.code, e.message); }
                try { await import("bare"); } catch (e) { out(e.code, e.message); }
                try { await import("foo:bar"); } catch (e) { out(e.message.split("\\n")[0]); }
                try { await import("ext:core/ops"); } catch (e) { out(e.message); }
                """);
        run("main.ts");
        assertThat(printed)
                .containsExactly(
                        "true ERR_MODULE_NOT_FOUND Module not found \"" + url("nope.ts") + "\".",
                        "ERR_MODULE_NOT_FOUND Import \"bare\" not a dependency",
                        "Unsupported scheme \"foo\" for module \"foo:bar\". Supported schemes:",
                        "Importing ext: modules is only allowed from ext: and node: modules. Tried to import ext:core/ops"
                                + " from " + url("main.ts"));
    }

    @Test
    void a_syntax_error_is_shown_as_deno_shows_it() throws IOException {
        file("bad.ts", "export const a = 1;\n\nfunction f( {\n  return 1;\n}\n");
        file("main.ts", "import './bad.ts';\n");
        var failure = fails("main.ts");
        assertThat(failure.report())
                .isEqualTo(
                        "SyntaxError: Expected ',', got 'numeric literal (1, 1)'\n  |\n4 |   return 1;\n  |          ~\n"
                                + "    at " + url("bad.ts") + ":4:10");
        assertThat(failure.position()).isEqualTo(new SourcePosition(url("bad.ts"), 4, 10));
    }

    @Test
    void a_syntax_error_in_plain_javascript_has_the_same_words() throws IOException {
        file("main.js", "const x y\n");
        assertThat(fails("main.js").report())
                .isEqualTo("SyntaxError: Expected a semicolon\n  |\n1 | const x y\n  |         ~\n    at "
                        + url("main.js") + ":1:9");
    }

    @Test
    void an_early_error_points_into_the_original_source() throws IOException {
        file("main.ts", "interface A { b: string }\nlet twice: A;\n\nlet twice: number;\nout(twice);\n");
        var failure = fails("main.ts");
        assertThat(failure.report()).contains("twice").contains("4 | let twice: number;");
        assertThat(failure.position()).isEqualTo(new SourcePosition(url("main.ts"), 4, 5));
    }

    @Test
    void an_import_in_the_manner_of_commonjs_is_refused_with_the_way_out() throws IOException {
        file("main.ts", "import fs = require('fs');\nout(fs);\n");
        assertThat(fails("main.ts").report())
                .startsWith("SyntaxError: 'import name = require()' is CommonJS, which is not supported: write import")
                .contains("1 | import fs = require('fs');");
    }

    @Test
    void an_import_of_what_is_not_exported_is_found_in_the_original_source() throws IOException {
        file("lib.ts", "export const one: number = 1;\n");
        file("main.ts", "interface Unused {}\nimport {\n  one,\n  two } from './lib.ts';\nout(one, two);\n");
        var message = String.valueOf(load("main.ts"));
        assertThat(message).isEqualTo("The requested module './lib.ts' does not provide an export named 'two'");
        assertThat(loader().started()).isFalse();
        assertThat(loader().missingExport(message)).contains(new SourcePosition(url("main.ts"), 4, 3));
    }

    @Test
    void a_json_import_without_attribute_is_refused() throws IOException {
        file("d.json", "{}");
        file("main.ts", "import d from \"./d.json\";\nout(d);\n");
        assertThat(fails("main.ts").report())
                .isEqualTo(
                        "Expected a JavaScript or TypeScript module, but identified a Json module. Consider importing"
                                + " Json modules with an import attribute with the type of \"json\".\n  Specifier: "
                                + url("d.json") + "\n  docs: https://docs.deno.com/examples/importing_json/\n    at "
                                + url("main.ts") + ":1:15");
    }

    @Test
    void names_are_mapped_by_the_nearest_configuration_file() throws IOException {
        file("deno.jsonc", """
                { // names of the project
                  "imports": { "lib": "./src/lib.ts", "tools/": "./src/tools/", "https://ex.org/": "./vendor/", },
                  "scopes": { "./src/": { "lib": "./src/inner.ts" } }
                }
                """);
        file("src/lib.ts", "out('lib');\n");
        file("src/inner.ts", "out('inner');\n");
        file("src/tools/t.ts", "import 'lib';\nout('tool');\n");
        file("vendor/v.ts", "out('vendored');\n");
        file(
                "deep/er/main.ts",
                "import 'lib'; import 'tools/t.ts'; import 'https://ex.org/v.ts';\n"
                        + "try { import.meta.resolve('other') } catch (e) { out(e.message) }\n");
        run("deep/er/main.ts");
        assertThat(printed)
                .containsExactly(
                        "lib",
                        "inner",
                        "tool",
                        "vendored",
                        "Import \"other\" not a dependency and not in import map from \"" + url("deep/er/main.ts")
                                + "\"");
    }

    @Test
    void a_remote_specifier_is_refused_with_the_way_out() throws IOException {
        file("main.ts", "import 'npm:chalk@5';\n");
        assertThat(fails("main.ts").report())
                .isEqualTo(
                        "Cannot load \"npm:chalk@5\": npm packages are not fetched\n  hint: Bundle or copy it to a local"
                                + " file and map the specifier to that file in \"imports\" of deno.json\n    at "
                                + url("main.ts")
                                + ":1:8");
    }

    @Test
    void only_glue_imports_glue() throws IOException {
        glue.put(
                "ext:cron/cron.js",
                "import { one } from './lib.js'; import { two } from 'ext:core/two.js'; out(one + two);");
        glue.put("ext:cron/lib.js", "export const one = 1;");
        glue.put("ext:core/two.js", "export const two = 2;");
        file("main.ts", "import 'ext:cron/cron.js';\n");
        var context = context();
        assertThat(settle(loader().load("ext:cron/cron.js"))).isNull();
        assertThat(printed).containsExactly("3");
        loader().main(directory.resolve("main.ts").toUri());
        assertThat(settle(loader().load(url("main.ts"))))
                .isEqualTo("Importing ext: modules is only allowed from ext: and node: modules. Tried to import"
                        + " ext:cron/cron.js from " + url("main.ts"));
        context.close();
    }

    @Test
    void a_glue_module_gets_the_ops_it_names() throws IOException {
        glue.put("ext:web/main.js", """
                import { op_a, op_b as b } from "ext:core/ops";
                import { op_c } from "ext:core/ops";
                import * as other from "ext:web/other.js";
                """);
        glue.put("ext:web/other.js", "import * as ops from 'ext:core/ops'; out(Object.keys(ops).length);");
        glue.put("ext:web/some.js", "import { op_b, op_a as a } from 'ext:core/ops'; out(typeof op_b, typeof a);");
        var context = context();
        assertThat(settle(loader().load("ext:web/main.js"))).isNull();
        assertThat(settle(loader().load("ext:web/some.js"))).isNull();
        assertThat(printed).containsExactly("4", "number number");
        assertThat(opsAsked).containsExactly("[op_a, op_b, op_c]", "all", "[op_a, op_b]");
        context.close();
    }

    @Test
    void glue_is_foreseen_that_a_script_mentions_and_has_not_used() throws IOException {
        glue.put("ext:web/main.js", """
                import { define, foresee } from "ext:core/lazy";
                for (const name of ["used", "named", "other", "part"]) {
                  define(globalThis, name, `ext:web/${name}.js`, "it");
                }
                foresee("called", "ext:web/called.js");
                """);
        for (var name : List.of("used", "named", "other", "part", "called")) {
            glue.put("ext:web/" + name + ".js", "export const it = 1;");
        }
        file("main.ts", """
                out(used);
                const later = () => named + apart + parting + called();
                """);
        var context = context();
        assertThat(settle(loader().load("ext:web/main.js"))).isNull();
        loader().main(directory.resolve("main.ts").toUri());
        assertThat(settle(loader().load(url("main.ts")))).isNull();
        assertThat(loader().takeForeseen()).containsExactly("ext:web/named.js", "ext:web/called.js");
        assertThat(loader().takeForeseen()).isEmpty();
        context.close();
    }

    @Test
    void a_table_of_lazy_glue_is_defined_at_once_and_foreseen_only_if_wanted() throws IOException {
        glue.put("ext:web/main.js", """
                import { defineAll } from "ext:core/lazy";
                defineAll(globalThis, { "ext:web/a.js": ["one", "two"], "ext:web/b.js": ["three"] }, true, true);
                defineAll(globalThis, { "ext:web/c.js": ["four"], "ext:web/d.js": ["five"] }, false, false);
                const of = (name) => Object.getOwnPropertyDescriptor(globalThis, name);
                out(Object.keys(globalThis).slice(-3).join(), of("four").enumerable, of("four").writable);
                """);
        glue.put("ext:web/a.js", "out('a'); export const one = 1, two = 2;");
        glue.put("ext:web/b.js", "export const three = 3;");
        glue.put("ext:web/c.js", "export const four = 4;");
        file("main.ts", "out(one, two); const later = () => three + five;");
        var context = context();
        assertThat(settle(loader().load("ext:web/main.js"))).isNull();
        loader().main(directory.resolve("main.ts").toUri());
        assertThat(settle(loader().load(url("main.ts")))).isNull();
        assertThat(printed).containsExactly("one,two,three false true", "a", "1 2");
        assertThat(loader().takeForeseen()).containsExactly("ext:web/b.js");
        context.close();
    }

    @Test
    void lazy_glue_that_failed_is_loaded_again_by_the_next_use() throws IOException {
        glue.put("ext:web/main.js", """
                import { define } from "ext:core/lazy";
                globalThis.attempts = 0;
                define(globalThis, "late", "ext:web/late.js", "late", true);
                for (let i = 0; i < 2; i++) {
                  try {
                    out(late, attempts);
                  } catch (e) {
                    out(e.message);
                  }
                }
                out(Object.keys(globalThis).includes("late"));
                """);
        glue.put("ext:web/late.js", "import { once } from './deep.js'; export const late = once;");
        glue.put(
                "ext:web/deep.js",
                "if (++attempts === 1) throw new Error('no stack left'); export const once = 'here';");
        var context = context();
        assertThat(settle(loader().load("ext:web/main.js"))).isNull();
        assertThat(printed).containsExactly("no stack left", "here 2", "true");
        context.close();
    }

    @Test
    void lazy_glue_is_loaded_by_the_first_use_of_its_name() throws IOException {
        glue.put("ext:web/main.js", """
                import { define, load } from "ext:core/lazy";
                define(globalThis, "Fetch", "ext:web/fetch.js", "fetch");
                define(globalThis, "Own", "ext:web/fetch.js", "own");
                for (const name of ["crypto", "Crypto"]) define(globalThis, name, "ext:web/crypto.js");
                globalThis.headers = () => load("ext:web/headers.js").one;
                """);
        glue.put(
                "ext:web/fetch.js",
                "import { one } from './headers.js'; out('loading'); export const fetch = () => one; export const own = 1;");
        glue.put("ext:web/crypto.js", """
                class Crypto {}
                Object.defineProperty(globalThis, "Crypto", { value: Crypto, writable: true, configurable: true });
                const it = new Crypto();
                Object.defineProperty(globalThis, "crypto", { get: () => it, configurable: true });
                """);
        glue.put("ext:web/headers.js", "export const one = 1;");
        file("main.ts", """
                const before = Object.getOwnPropertyNames(globalThis).includes("Fetch") && "Fetch" in globalThis;
                Own = 5;
                out(before, headers(), Own);
                out(Fetch(), typeof Fetch, Fetch === globalThis.Fetch);
                const { writable, enumerable, configurable, value } = Object.getOwnPropertyDescriptor(globalThis, "Fetch");
                out(writable, enumerable, configurable, typeof value);
                Fetch = () => 2;
                out(Fetch());
                out(crypto instanceof Crypto, crypto === globalThis.crypto);
                """);
        var context = context();
        assertThat(settle(loader().load("ext:web/main.js"))).isNull();
        loader().main(directory.resolve("main.ts").toUri());
        assertThat(settle(loader().load(url("main.ts")))).isNull();
        context.close();
        assertThat(printed)
                .containsExactly(
                        "true 1 5", "loading", "1 function true", "true false true function", "2", "true true");
    }

    @Test
    void lazy_glue_stays_what_its_object_made_of_it_and_where_it_was() throws IOException {
        glue.put("ext:web/main.js", """
                import { define } from "ext:core/lazy";
                const api = { first: 0 };
                define(api, "late", "ext:web/late.js", "late", true);
                api.last = 1;
                Object.freeze(api);
                const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(api, "late");
                out(value, writable, enumerable, configurable, api.late, Object.isFrozen(api), Object.keys(api).join());
                const other = {};
                define(other, "late", "ext:web/late.js", "late", true);
                other.late = 2;
                out(other.late, api.late);
                """);
        glue.put("ext:web/late.js", "export const late = 'here';");
        var context = context();
        assertThat(settle(loader().load("ext:web/main.js"))).isNull();
        assertThat(printed).containsExactly("here false true false here true first,late,last", "2 here");
        context.close();
    }

    @Test
    void only_specifiers_known_at_run_time_need_the_right_to_read() throws IOException {
        file("static.ts", "");
        file("literal.ts", "import './under.ts';\n");
        file("under.ts", "");
        file("computed.ts", "import './below.ts';\n");
        file("below.ts", "");
        file("main.ts", """
                import "./static.ts";
                await import("./literal.ts");
                const name = "./computed";
                await import(name + ".ts");
                """);
        run("main.ts");
        assertThat(readChecks).containsExactly("computed.ts", "below.ts");
        readRefusal = "Requires read access to \"x\", run again with the --allow-read flag";
        assertThat(load("main.ts")).isEqualTo(readRefusal);
    }

    @Test
    void stack_traces_show_original_positions_in_v8_form() throws IOException {
        file("main.ts", """
                interface Shape { n: number }


                function foo(x: Shape): never {
                  throw new RangeError("boom" + x.n);
                }
                class K {
                  constructor(private n: number) {}
                  async m(): Promise<void> { await 0; this.z(); }
                  z() { throw new Error("q"); }
                  static s() { return new K(1).z(); }
                  get g() { throw new Error("getter"); }
                }
                class MyError extends Error { constructor(m: string) { super(m); this.name = "MyError"; } }
                const show = (f: () => unknown) => { try { f(); } catch (e) { out((e as Error).stack); } };
                show(() => foo({ n: 1 }));
                show(() => K.s());
                show(() => new K(1).g);
                show(() => { throw new MyError("mm"); });
                show(() => [1].map(() => { throw new Error("in map"); }));
                show(() => { class Q { constructor() { throw new Error("ctor"); } } new Q(); });
                show(() => JSON.parse("{"));
                async function q(): Promise<void> { await new K(2).m(); }
                try { await q(); } catch (e) { out((e as Error).stack); }
                try { await Promise.all([q(), q()]); } catch (e) { out((e as Error).stack); }
                """);
        run("main.ts");
        var here = url("main.ts");
        assertThat(printed.get(0))
                .isEqualTo("RangeError: boom1\n    at foo (" + here + ":5:9)\n    at " + here + ":16:12\n    at show ("
                        + here + ":15:44)\n    at " + here + ":16:1");
        assertThat(printed.get(1))
                .startsWith("Error: q\n    at K.z (" + here + ":10:15)\n    at K.s (" + here + ":11:32)\n    at " + here
                        + ":17:14\n");
        assertThat(printed.get(2)).startsWith("Error: getter\n    at K.get g (" + here + ":12:19)\n");
        assertThat(printed.get(3)).startsWith("MyError: mm\n    at " + here + ":19:20\n");
        assertThat(printed.get(4)).contains("\n    at Array.map (<anonymous>)\n    at " + here + ":20:16\n");
        assertThat(printed.get(5))
                .startsWith("Error: ctor\n    at new Q (" + here + ":21:46)\n    at " + here + ":21:69\n");
        assertThat(printed.get(6)).contains("\n    at JSON.parse (<anonymous>)\n    at " + here + ":22:17\n");
        assertThat(printed.get(7))
                .isEqualTo("Error: q\n    at K.z (" + here + ":10:15)\n    at K.m (" + here + ":9:44)\n    at async q ("
                        + here + ":23:37)\n    at async " + here + ":24:7");
        assertThat(printed.get(8)).contains("\n    at async Promise.all (index 0)\n    at async " + here + ":25:7");
    }

    @Test
    void text_is_decoded_as_deno_does() throws IOException {
        Files.write(
                directory.resolve("latin.js"), "out('caf\u00e9 \u00ff\u00fe');".getBytes(StandardCharsets.ISO_8859_1));
        Files.write(
                directory.resolve("bom.ts"),
                "\uFEFF#!/usr/bin/env deno\nout('bom' as string);\n".getBytes(StandardCharsets.UTF_8));
        Files.write(directory.resolve("wide.js"), "\uFEFFout('wide');".getBytes(StandardCharsets.UTF_16LE));
        file("main.ts", "import './latin.js'; import './bom.ts'; import './wide.js'; out('\u00fc \ud83d\ude00');\n");
        run("main.ts");
        assertThat(printed).containsExactly("caf\ufffd \ufffd\ufffd", "bom", "wide", "\u00fc \ud83d\ude00");
    }

    @Test
    void resources_declared_by_using_are_let_go_in_reverse() throws IOException {
        glue.put("ext:web/stacks.js", """
                globalThis.DisposableStack = class {
                  steps = [];
                  use(value) { this.steps.push(() => value[Symbol.dispose]()); return value; }
                  defer(step) { this.steps.push(step); }
                  dispose() {
                    let error, failed = false;
                    for (const step of this.steps.reverse()) try { step(); } catch (e) { failed = true; error = e; }
                    if (failed) throw error;
                  }
                };
                globalThis.AsyncDisposableStack = class extends DisposableStack {
                  async disposeAsync() { await null; this.dispose(); }
                };
                """);
        file("main.ts", """
                // \ud83d\ude00 a comment that makes characters and code points differ
                const open = (name: string) => ({ name, [Symbol.dispose]() { out("close " + name); } });
                using top = open("top");
                function pair(): string { using a = open("a"), b = open("b"); return a.name + b.name; }
                out(pair());
                for (using c of [open("c1"), open("c2")]) { if (c.name === "c1") continue; out("in " + c.name); }
                try { using d = open("d"); throw new Error("body"); } catch (e) { out((e as Error).stack); }
                async function later() { await using e = open("e"); out("before e"); }
                await later();
                out(top.name);
                """);
        file("plain.js", "{ using p = { [Symbol.dispose]() { out('close p'); } }; out('in p'); }\n");
        var context = context();
        assertThat(settle(loader().load("ext:web/stacks.js"))).isNull();
        loader().main(directory.resolve("main.ts").toUri());
        assertThat(settle(loader().load(url("main.ts")))).isNull();
        assertThat(settle(loader().load(url("plain.js")))).isNull();
        context.close();
        assertThat(printed)
                .containsExactly(
                        "close b",
                        "close a",
                        "ab",
                        "close c1",
                        "in c2",
                        "close c2",
                        "close d",
                        printed.get(7),
                        "before e",
                        "close e",
                        "top",
                        "close top",
                        "in p",
                        "close p");
        assertThat(printed.get(7)).startsWith("Error: body\n    at " + url("main.ts") + ":7:");
    }

    @Test
    void data_urls_are_modules() throws IOException {
        file("main.ts", """
                import "data:text/javascript,out('plain%20text')";
                import "data:application/typescript;base64,b3V0KCdiYXNlNjQnIGFzIHN0cmluZyk7";
                import "data:text/javascript,out('plain%20text')";
                """);
        run("main.ts");
        assertThat(printed).containsExactly("plain text", "base64");
    }

    @Test
    void a_second_process_finds_the_transpiled_text_and_needs_no_transpiler() throws Exception {
        var first = new ModuleCache(directory.resolve("cache"));
        var text = "const a: number = 1; out('\u00fc' + a);";
        var made = first.prepare("file:///a.ts", ModuleKind.TYPESCRIPT, text, false);
        // A cache that could not load the transpiler: its place is taken by a file.
        try (var files = Files.walk(directory.resolve("cache/native"))) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
        Files.writeString(directory.resolve("cache/native"), "");
        var second = new ModuleCache(directory.resolve("cache"))
                .prepare("file:///elsewhere.ts", ModuleKind.TYPESCRIPT, text, false);
        assertThat(second.source().getCharacters().toString())
                .isEqualTo(made.source().getCharacters().toString())
                .doesNotContain("number");
        assertThat(second.original(1, 7)).isEqualTo(made.original(1, 7));
    }

    @Test
    void the_same_text_is_prepared_once_and_changed_text_anew() throws Exception {
        var first = cache.prepare("file:///once.ts", ModuleKind.TYPESCRIPT, "out(1 as number)", false);
        assertThat(cache.prepare("file:///once.ts", ModuleKind.TYPESCRIPT, "out(1 as number)", false))
                .isSameAs(first);
        assertThat(cache.prepare("file:///once.ts", ModuleKind.TYPESCRIPT, "out(2 as number)", false)
                        .original())
                .isEqualTo("out(2 as number)");
    }

    private void file(String name, String text) throws IOException {
        var path = directory.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private String url(String name) {
        return "file://" + directory + "/" + name;
    }

    private void run(String main) {
        assertThat(load(main)).isNull();
    }

    private ModuleFailure fails(String main) {
        var message = load(main);
        assertThat(message).isNotNull();
        return loader().failure(String.valueOf(message)).orElseThrow(() -> new AssertionError(message));
    }

    /** Null, or the message of the error. */
    private @Nullable String load(String main) {
        var context = context();
        try {
            return settle(loader().load(loader().main(directory.resolve(main).toUri())));
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            context.close();
        }
    }

    private static @Nullable String settle(Value promise) {
        var outcome = new ArrayList<@Nullable String>();
        promise.invokeMember(
                "then", (ProxyExecutable) arguments -> outcome.add(null), (ProxyExecutable) arguments -> outcome.add(
                        arguments[0].hasMember("message")
                                ? arguments[0].getMember("message").asString()
                                : arguments[0].toString()));
        assertThat(outcome).as("settled").hasSize(1);
        return outcome.getFirst();
    }

    private Context context() {
        var context = Context.newBuilder("js").engine(engine).build();
        context.getBindings("js").putMember("out", (ProxyExecutable) arguments -> {
            var line = new ArrayList<String>();
            for (var argument : arguments) {
                line.add(argument.isString() ? argument.asString() : argument.toString());
            }
            printed.add(String.join(" ", line));
            return null;
        });
        loader = ModuleLoader.install(context, cache, new ModuleLoader.Host() {
            @Override
            public @Nullable String extension(String specifier) {
                return glue.get(specifier);
            }

            @Override
            public String ops(@Nullable Set<String> names) {
                var exported = new java.util.TreeSet<>(names == null ? Set.of("op_a", "op_b", "op_c", "op_d") : names);
                opsAsked.add(names == null ? "all" : exported.toString());
                return "export const " + String.join(" = 1, ", exported) + " = 1;";
            }

            @Override
            public void checkRead(Path file) {
                readChecks.add(String.valueOf(file.getFileName()));
                if (readRefusal != null) {
                    throw new JsVisibleException("NotCapable", readRefusal);
                }
            }
        });
        return context;
    }

    private ModuleLoader loader() {
        return java.util.Objects.requireNonNull(loader);
    }
}
