package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.time.TimeSource;
import org.junit.jupiter.api.Test;

/** Fails when an engine of another version keeps its objects otherwise than {@link Insight} expects. */
class InsightTest {
    @Test
    void proxies_promises_iterators_and_namespaces_are_seen_through() {
        try (var script = new RuntimeHarness(TimeSource.system())) {
            script.run("""
                    import * as self from "./main.js";
                    export const a = 1;
                    const { core } = Deno[Deno.internal];
                    const show = (value) => {
                      const inside = core.peek(value);
                      core.print(inside === null ? "null" : Array.from(inside, (it) => JSON.stringify(it) ?? "undefined").join());
                    };
                    const target = {}, rejected = Promise.reject("no");
                    rejected.catch(() => {});
                    core.print(String(core.peek(new Proxy(target, {}))[1] === target));
                    show(new Proxy(() => {}, { has: 1 }));
                    const { proxy, revoke } = Proxy.revocable({}, {});
                    revoke();
                    show(proxy);
                    show(Promise.resolve({ a: 1 }));
                    show(rejected);
                    show(new Promise(() => {}));
                    const entries = new Map([["a", 1], ["b", 2]]).entries();
                    entries.next();
                    show(entries);
                    core.print(entries.next().value[0]);
                    show(new Map([["a", 1]]).keys());
                    show(new Map([["a", 1]]).values());
                    show(new Set([1, 2]).values());
                    show(new Set([1]).entries());
                    show(self);
                    show({});
                    show([]);
                    show(class {});
                    show(function () {});
                    show(Map);
                    """);
            assertThat(script.lines)
                    .containsExactly(
                            "true",
                            "\"Proxy\",undefined,{\"has\":1}",
                            "\"Proxy\",null,null",
                            "\"Promise\",1,{\"a\":1}",
                            "\"Promise\",2,\"no\"",
                            "\"Promise\",0,null",
                            "\"MapIterator\",[\"b\",2],true",
                            "b",
                            "\"MapIterator\",[\"a\"],false",
                            "\"MapIterator\",[1],false",
                            "\"SetIterator\",[1,2],false",
                            "\"SetIterator\",[1,1],true",
                            "\"Module\"",
                            "null",
                            "null",
                            "\"Class\"",
                            "null",
                            "null");
        }
    }
}
