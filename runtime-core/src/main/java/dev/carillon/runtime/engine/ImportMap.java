package dev.carillon.runtime.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The names a script may import besides files: the {@code imports} and {@code scopes} of the nearest {@code deno.json}
 * or {@code deno.jsonc}, or of the import map it names.
 *
 * <p>Threads: immutable.
 * <p>Source: the import map part of the HTML standard; Deno expands {@code "x"} to {@code "x"} and {@code "x/"} for
 * {@code jsr:} and {@code npm:} targets only, which we do not load, so that part is left out.
 */
record ImportMap(@Nullable String url, Map<String, String> imports, List<Scope> scopes) {
    static final ImportMap NONE = new ImportMap(null, Map.of(), List.of());

    private static final List<String> CONFIG_NAMES = List.of("deno.json", "deno.jsonc");

    /** Names valid for modules whose URL starts with {@code prefix}. */
    record Scope(String prefix, Map<String, String> imports) {}

    /** The map that governs a script: that of the first configuration file found from {@code directory} upwards. */
    static ImportMap governing(Path directory) throws IOException {
        for (@Nullable Path at = directory; at != null; at = at.getParent()) {
            for (var name : CONFIG_NAMES) {
                var config = at.resolve(name);
                if (Files.isRegularFile(config)) {
                    return ofConfig(config);
                }
            }
        }
        return NONE;
    }

    private static ImportMap ofConfig(Path config) throws IOException {
        var json = read(config);
        if (json.get("imports") == null && json.get("importMap") instanceof String file) {
            var map = ModuleUrl.join(ModuleUrl.ofPath(config), ModuleUrl.isRelative(file) ? file : "./" + file)
                    .flatMap(ModuleUrl::toPath)
                    .orElseThrow(
                            () -> new IOException("importMap '" + file + "' in " + config + " is not a local file"));
            return of(ModuleUrl.ofPath(map), read(map));
        }
        return of(ModuleUrl.ofPath(config), json);
    }

    private static Map<?, ?> read(Path file) throws IOException {
        try {
            return JsonText.parse(Files.readString(file)) instanceof Map<?, ?> map ? map : Map.of();
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "Unable to parse config file JSON: " + e.getMessage() + ".\n    at " + ModuleUrl.ofPath(file));
        }
    }

    /** @param url where the map stands; its relative addresses start there */
    static ImportMap of(String url, Map<?, ?> json) {
        var scopes = new ArrayList<Scope>();
        if (json.get("scopes") instanceof Map<?, ?> given) {
            given.forEach((prefix, names) -> {
                if (names instanceof Map<?, ?> map) {
                    ModuleUrl.join(url, prefix.toString())
                            .ifPresent(start -> scopes.add(new Scope(start, addresses(url, map))));
                }
            });
            scopes.sort(Comparator.comparing(Scope::prefix).reversed());
        }
        var imports = json.get("imports") instanceof Map<?, ?> map ? addresses(url, map) : Map.<String, String>of();
        return imports.isEmpty() && scopes.isEmpty() ? NONE : new ImportMap(url, imports, List.copyOf(scopes));
    }

    private static Map<String, String> addresses(String url, Map<?, ?> names) {
        var entries = new ArrayList<Map.Entry<String, String>>();
        names.forEach((name, address) -> {
            if (address instanceof String text) {
                // A key that is itself an address is compared in its full form.
                var key = ModuleUrl.join(url, name.toString()).orElse(name.toString());
                ModuleUrl.join(url, text).ifPresent(target -> entries.add(Map.entry(key, target)));
            }
        });
        // Longest first, so that the first prefix that fits is the best one.
        entries.sort(Comparator.comparing((Map.Entry<String, String> e) -> e.getKey())
                .reversed());
        var map = new LinkedHashMap<String, String>();
        entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        return map;
    }

    /** What {@code specifier} is mapped to when named by {@code referrer}; empty if no entry fits. */
    Optional<String> map(String specifier, String referrer) {
        if (url == null) {
            return Optional.empty();
        }
        var key = ModuleUrl.join(referrer, specifier).orElse(specifier);
        for (var scope : scopes) {
            if (referrer.equals(scope.prefix) || (scope.prefix.endsWith("/") && referrer.startsWith(scope.prefix))) {
                var mapped = find(key, scope.imports);
                if (mapped.isPresent()) {
                    return mapped;
                }
            }
        }
        return find(key, imports);
    }

    private static Optional<String> find(String key, Map<String, String> names) {
        var exact = names.get(key);
        if (exact != null) {
            return Optional.of(exact);
        }
        for (var entry : names.entrySet()) {
            var prefix = entry.getKey();
            if (prefix.endsWith("/") && key.startsWith(prefix)) {
                var target = entry.getValue();
                return ModuleUrl.join(
                        target.endsWith("/") ? target : target + "/", "./" + key.substring(prefix.length()));
            }
        }
        return Optional.empty();
    }
}
