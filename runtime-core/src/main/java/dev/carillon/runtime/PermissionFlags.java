package dev.carillon.runtime;

import dev.carillon.runtime.Permissions.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads permissions from where people write them: command-line flags as Deno has them, and the {@code permissions} map
 * of a script in a configuration file.
 *
 * <p>Threads: one.
 */
public final class PermissionFlags {
    private static final String SHORT = "RWNESIA";

    private final Permissions.Builder builder;
    private boolean all;
    private boolean prompt = true;
    private @Nullable String firstAllow;

    /** @param cwd where relative paths in lists start */
    public PermissionFlags(Path cwd) {
        builder = Permissions.builder().cwd(cwd);
    }

    /**
     * Takes one argument if it is a permission flag: {@code --allow-net[=a,b]}, {@code --deny-…}, {@code --ignore-…},
     * {@code -R}, {@code -RW}, {@code -N=host}, {@code -A}, {@code --no-prompt}.
     *
     * @return false if it is none; nothing has happened then
     * @throws IllegalArgumentException for a permission flag with a wrong value or in conflict with another
     */
    public boolean accept(String argument) {
        int equals = argument.indexOf('=');
        var flag = equals < 0 ? argument : argument.substring(0, equals);
        var values = equals < 0 ? null : List.of(argument.substring(equals + 1).split(",", -1));
        if (flag.equals("--no-prompt")) {
            prompt = false;
            return true;
        }
        if (flag.equals("--allow-all") || flag.equals("-A")) {
            allowAll();
            return true;
        }
        for (var verb : Verb.values()) {
            var prefix = "--" + verb.name().toLowerCase(Locale.ROOT) + "-";
            if (flag.startsWith(prefix)) {
                var kind = Kind.of(flag.substring(prefix.length()));
                if (kind == null || !verb.knows(kind)) {
                    return false;
                }
                apply(verb, kind, values);
                return true;
            }
        }
        return acceptShort(flag, values);
    }

    /** True unless {@code --no-prompt} was given: whoever runs on a terminal may ask. */
    public boolean mayPrompt() {
        return prompt;
    }

    /** @param prompter asked about what no flag decides, if {@link #mayPrompt}; null for nobody */
    public Permissions build(Permissions.@Nullable Prompter prompter) {
        if (prompter != null && prompt) {
            builder.prompter(prompter);
        }
        return builder.build();
    }

    /**
     * Reads a configuration map: {@code {net: [a, b], env: true, deny-read: [secret]}}. A value is true for the whole
     * kind, false for nothing, or a list; {@code all: true} allows everything.
     *
     * @throws IllegalArgumentException naming the key that is wrong and what it may be
     */
    public static Permissions fromMap(Map<String, ?> map, Path cwd) {
        var flags = new PermissionFlags(cwd);
        map.forEach((key, value) -> flags.acceptEntry(key, value));
        return flags.build(null);
    }

    private void acceptEntry(String key, @Nullable Object value) {
        if (key.equals("all")) {
            if (wholeKind(key, value)) {
                allowAll();
            }
            return;
        }
        var verb = Verb.ALLOW;
        var name = key;
        for (var other : Verb.values()) {
            var prefix = other.name().toLowerCase(Locale.ROOT) + "-";
            if (key.startsWith(prefix)) {
                verb = other;
                name = key.substring(prefix.length());
            }
        }
        var kind = Kind.of(name);
        if (kind == null || !verb.knows(kind)) {
            throw new IllegalArgumentException(
                    "unknown permission '" + key
                            + "': expected read, write, net, env, sys, run, ffi, import or all, with deny- or ignore- in front if so meant");
        }
        if (value instanceof List<?> list) {
            var texts = new ArrayList<String>(list.size());
            for (var item : list) {
                texts.add(String.valueOf(item));
            }
            try {
                apply(verb, kind, texts);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("permission '" + key + "': " + e.getMessage(), e);
            }
        } else if (wholeKind(key, value)) {
            apply(verb, kind, null);
        }
    }

    private static boolean wholeKind(String key, @Nullable Object value) {
        if (value instanceof Boolean whole) {
            return whole;
        }
        throw new IllegalArgumentException("permission '" + key + "' is '" + value
                + "': expected true, false or a list such as [\"example.com\"]");
    }

    private boolean acceptShort(String flag, @Nullable List<String> values) {
        if (flag.length() < 2 || flag.charAt(0) != '-') {
            return false;
        }
        for (int i = 1; i < flag.length(); i++) {
            if (SHORT.indexOf(flag.charAt(i)) < 0) {
                return false;
            }
        }
        for (int i = 1; i < flag.length(); i++) {
            // The value belongs to the last letter of a group.
            var own = i == flag.length() - 1 ? values : null;
            switch (flag.charAt(i)) {
                case 'R' -> apply(Verb.ALLOW, Kind.READ, own);
                case 'W' -> apply(Verb.ALLOW, Kind.WRITE, own);
                case 'N' -> apply(Verb.ALLOW, Kind.NET, own);
                case 'E' -> apply(Verb.ALLOW, Kind.ENV, own);
                case 'S' -> apply(Verb.ALLOW, Kind.SYS, own);
                case 'I' -> apply(Verb.ALLOW, Kind.IMPORT, own);
                default -> allowAll();
            }
        }
        return true;
    }

    private void allowAll() {
        if (firstAllow != null) {
            throw new IllegalArgumentException("--allow-all conflicts with " + firstAllow);
        }
        all = true;
        for (var kind : Kind.values()) {
            builder.allow(kind);
        }
    }

    private void apply(Verb verb, Kind kind, @Nullable List<String> values) {
        if (verb == Verb.ALLOW) {
            var flag = "--allow-" + kind.flag();
            if (all) {
                throw new IllegalArgumentException("--allow-all conflicts with " + flag);
            }
            firstAllow = firstAllow == null ? flag : firstAllow;
        }
        var entries = values == null ? null : kind == Kind.NET ? expandPorts(values) : values;
        switch (verb) {
            case ALLOW -> {
                if (entries == null) {
                    builder.allow(kind);
                } else {
                    builder.allow(kind, entries);
                }
            }
            case DENY -> {
                if (entries == null) {
                    builder.deny(kind);
                } else {
                    builder.deny(kind, entries);
                }
            }
            case IGNORE -> {
                if (entries == null) {
                    builder.ignore(kind);
                } else {
                    builder.ignore(kind, entries);
                }
            }
        }
    }

    /** {@code :8080} stands for this machine's names with that port. */
    private static List<String> expandPorts(List<String> values) {
        var expanded = new ArrayList<String>();
        for (var value : values) {
            if (value.matches(":\\d+")) {
                for (var host : List.of("0.0.0.0", "127.0.0.1", "localhost")) {
                    expanded.add(host + value);
                }
            } else {
                expanded.add(value);
            }
        }
        return expanded;
    }

    private enum Verb {
        ALLOW,
        DENY,
        IGNORE;

        boolean knows(Kind kind) {
            return this != IGNORE || kind == Kind.ENV || kind == Kind.READ;
        }
    }
}
