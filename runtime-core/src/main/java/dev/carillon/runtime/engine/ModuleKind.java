package dev.carillon.runtime.engine;

import org.jspecify.annotations.Nullable;

/** What a module's name says it holds, and how it is made ready to run. */
enum ModuleKind {
    JAVASCRIPT("JavaScript", null),
    JSX("JSX", Swc.Syntax.JSX),
    TYPESCRIPT("TypeScript", Swc.Syntax.TYPESCRIPT),
    TSX("TSX", Swc.Syntax.TSX),
    /** Types only: nothing of it runs. */
    DECLARATIONS("TypeScript", null),
    JSON("Json", null),
    CSS("Css", null),
    WASM("Wasm", null),
    UNKNOWN("Unknown", null);

    private final String title;
    private final Swc.@Nullable Syntax syntax;

    ModuleKind(String title, Swc.@Nullable Syntax syntax) {
        this.title = title;
        this.syntax = syntax;
    }

    /** The word Deno's messages use. */
    String title() {
        return title;
    }

    /** What to tell the transpiler, or null for text that needs none. */
    Swc.@Nullable Syntax syntax() {
        return syntax;
    }

    boolean runs() {
        return compareTo(DECLARATIONS) <= 0;
    }

    /** By extension, or by media type for a {@code data:} URL. A name without extension is TypeScript, as in Deno. */
    static ModuleKind of(String url) {
        if (url.startsWith("data:")) {
            return ofMediaType(url.substring("data:".length(), Math.max("data:".length(), url.indexOf(','))));
        }
        if (url.endsWith(".d.ts") || url.endsWith(".d.mts") || url.endsWith(".d.cts")) {
            return DECLARATIONS;
        }
        return switch (ModuleUrl.extension(url)) {
            case ".js", ".mjs" -> JAVASCRIPT;
            case ".ts", ".mts", "" -> TYPESCRIPT;
            case ".jsx" -> JSX;
            case ".tsx" -> TSX;
            case ".json", ".jsonc", ".json5" -> JSON;
            case ".css" -> CSS;
            case ".wasm" -> WASM;
            default -> UNKNOWN;
        };
    }

    private static ModuleKind ofMediaType(String header) {
        int end = header.indexOf(';');
        return switch (end < 0 ? header : header.substring(0, end)) {
            case "text/javascript", "application/javascript", "application/ecmascript", "text/ecmascript", "" ->
                JAVASCRIPT;
            case "text/typescript", "application/typescript", "video/mp2t" -> TYPESCRIPT;
            case "text/jsx" -> JSX;
            case "text/tsx" -> TSX;
            case "application/json", "text/json" -> JSON;
            default -> UNKNOWN;
        };
    }
}
