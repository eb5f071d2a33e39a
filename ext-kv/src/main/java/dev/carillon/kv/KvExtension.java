package dev.carillon.kv;

import dev.carillon.runtime.Extension;

/** {@code Deno.openKv}. The web platform gives it {@code ReadableStream}. */
public final class KvExtension {
    private KvExtension() {}

    public static Extension create(KvOptions options) {
        return Extension.builder("kv")
                .deps("web")
                .ops(state -> new KvOps(state, options))
                .esm("main.js")
                .entryPoint("main.js")
                .resources(KvExtension.class.getClassLoader())
                .build();
    }
}
