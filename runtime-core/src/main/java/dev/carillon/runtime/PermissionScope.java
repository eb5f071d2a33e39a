package dev.carillon.runtime;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a permission entry or a query is about, within one kind: a path, a host, a variable… A query is covered by an
 * entry, never the other way round.
 *
 * <p>Source: Deno runtime/permissions; texts as printed by Deno 2.9.6.
 */
sealed interface PermissionScope {
    /** True if an entry of this scope decides about {@code query}, which is of the same kind. */
    boolean covers(PermissionScope query);

    /** True if this entry lies strictly inside {@code query}, so that a denial makes a grant of the query partial. */
    default boolean inside(PermissionScope query) {
        return false;
    }

    /** What a list of a flag or a configuration may hold. */
    static PermissionScope entry(Permissions.Kind kind, String text, Path cwd) {
        return switch (kind) {
            case READ, WRITE, FFI -> path(text, cwd);
            case NET, IMPORT -> Host.parse(text, true);
            case ENV -> Variable.entry(text);
            case SYS -> new SystemFact(systemFact(text, "unknown sys descriptor: '" + text + "'"));
            case RUN -> {
                if (text.isEmpty()) {
                    throw new BadScope("Error", "Empty command name not allowed in --allow-run=...");
                }
                yield Program.of(text, cwd);
            }
        };
    }

    /** What a check or {@code Deno.permissions} may ask about. */
    static PermissionScope query(Permissions.Kind kind, String text, Path cwd) {
        return switch (kind) {
            case READ, WRITE, FFI -> path(text, cwd);
            case NET, IMPORT -> Host.parse(text, false);
            case ENV -> new Variable(text, false);
            case SYS -> new SystemFact(systemFact(text, "unknown system info kind \"" + text + "\""));
            case RUN -> Program.of(text, cwd);
        };
    }

    private static PermissionScope path(String text, Path cwd) {
        if (text.isEmpty()) {
            throw new BadScope("Error", "Empty path is not allowed");
        }
        try {
            return new Tree(cwd.resolve(text).normalize());
        } catch (InvalidPathException e) {
            // No file can have this name, such as one with a NUL, so nothing can be opened by what is decided about it.
            return new Tree(cwd.resolve(text.replaceAll("[^\\x01-\\x7f]", "?")).normalize());
        }
    }

    private static String systemFact(String kind, String message) {
        if (!SystemFact.KNOWN.contains(kind)) {
            throw new BadScope("TypeError", message);
        }
        return kind.equals("username") ? "userInfo" : kind;
    }

    /** A text that is no scope of its kind. */
    final class BadScope extends JsVisibleException {
        BadScope(String jsClass, String message) {
            super(jsClass, message);
        }
    }

    /** A file or folder with all below it, by path component; symbolic links are not looked at. */
    record Tree(Path root) implements PermissionScope {
        @Override
        public boolean covers(PermissionScope query) {
            return query instanceof Tree(Path path) && path.startsWith(root);
        }

        @Override
        public boolean inside(PermissionScope query) {
            return query instanceof Tree(Path path) && root.startsWith(path);
        }
    }

    /** One variable, or all whose names begin with {@code name}. */
    record Variable(String name, boolean prefix) implements PermissionScope {
        static Variable entry(String text) {
            if (text.isEmpty()) {
                throw new BadScope("Error", "Empty env not allowed");
            }
            if (text.indexOf('=') >= 0 || text.indexOf('\0') >= 0) {
                throw new BadScope("TypeError", "invalid env var name: '" + text + "'");
            }
            return text.endsWith("*")
                    ? new Variable(text.substring(0, text.length() - 1), true)
                    : new Variable(text, false);
        }

        @Override
        public boolean covers(PermissionScope query) {
            return query instanceof Variable(String asked, boolean unused)
                    && (prefix ? asked.startsWith(name) : asked.equals(name));
        }
    }

    /** One kind of fact about the system. */
    record SystemFact(String fact) implements PermissionScope {
        static final Set<String> KNOWN = Set.of(
                "hostname",
                "osRelease",
                "osUptime",
                "loadavg",
                "networkInterfaces",
                "systemMemoryInfo",
                "uid",
                "gid",
                "cpus",
                "homedir",
                "getegid",
                "statfs",
                "getPriority",
                "setPriority",
                "userInfo",
                "username",
                "setegid",
                "seteuid",
                "setgid",
                "setuid",
                "ca",
                "umask",
                "inspector");

        @Override
        public boolean covers(PermissionScope query) {
            return equals(query);
        }
    }

    /** A program by name; also by the file the name stands for on the search path, when there is one. */
    record Program(String name, @Nullable Path file) implements PermissionScope {
        static Program of(String text, Path cwd) {
            if (text.indexOf('\0') >= 0) {
                return new Program(text, null); // there is no such file
            }
            if (text.indexOf(File.separatorChar) >= 0) {
                return new Program(text, cwd.resolve(text).normalize());
            }
            var search = System.getenv("PATH");
            if (search != null && !text.isEmpty()) {
                for (var folder : search.split(File.pathSeparator, -1)) {
                    var file = folder.isEmpty() ? cwd.resolve(text) : Path.of(folder, text);
                    if (Files.isExecutable(file) && Files.isRegularFile(file)) {
                        return new Program(text, file);
                    }
                }
            }
            return new Program(text, null);
        }

        @Override
        public boolean covers(PermissionScope query) {
            return query instanceof Program(String asked, Path askedFile)
                    && (file == null ? name.equals(asked) : file.equals(askedFile));
        }
    }

    /** A host with or without a port; {@code port} is -1 for every port. */
    record Host(Address address, int port) implements PermissionScope {
        static Host parse(String text, boolean entry) {
            if (text.contains("://")) {
                throw bad("invalid value '" + text + "': URLs are not supported, only domains and IPs");
            }
            if (text.startsWith("unix:")) {
                return new Host(new Socket(text.substring("unix:".length())), -1);
            }
            if (text.startsWith("[")) {
                int end = text.indexOf(']');
                if (end < 0) {
                    throw bad("invalid host: '" + text + "'");
                }
                var inner = text.substring(1, end);
                var ip = Ip.parse(inner);
                if (ip == null || ip.bytes().length != 16) {
                    throw bad("invalid IPv6 address in '" + text + "': '" + inner + "'");
                }
                var rest = text.substring(end + 1);
                if (rest.isEmpty()) {
                    return new Host(ip, -1);
                }
                if (!rest.startsWith(":")) {
                    throw bad("invalid host: '" + text + "'");
                }
                return new Host(ip, portOf(text, rest.substring(1)));
            }
            var whole = Ip.parse(text);
            if (whole != null && whole.bytes().length == 16) {
                if (text.startsWith("::")) {
                    throw bad("invalid empty host: ''");
                }
                throw bad("ipv6 addresses must be enclosed in square brackets: '" + text + "'");
            }
            int colon = text.indexOf(':');
            var name = colon < 0 ? text : text.substring(0, colon);
            if (name.isEmpty()) {
                throw bad("invalid empty host: ''");
            }
            var address = addressOf(name, entry);
            return new Host(address, colon < 0 ? -1 : portOf(text, text.substring(colon + 1)));
        }

        private static Address addressOf(String name, boolean entry) {
            var ip = Ip.parse(name);
            if (ip != null) {
                return ip;
            }
            int slash = name.indexOf('/');
            if (slash > 0 && Ip.parse(name.substring(0, slash)) instanceof Ip base) {
                var width = name.substring(slash + 1);
                if (width.matches("\\d{1,3}") && Integer.parseInt(width) <= base.bytes().length * 8) {
                    return new Subnet(base, Integer.parseInt(width));
                }
            }
            if (entry && name.startsWith("*.")) {
                return new Below(domain(name.substring(2), name));
            }
            return new Domain(domain(name, name));
        }

        private static String domain(String name, String shown) {
            var plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
            for (int i = 0; i < plain.length(); i++) {
                char c = plain.charAt(i);
                boolean ok = c >= 'a' && c <= 'z'
                        || c >= 'A' && c <= 'Z'
                        || c >= '0' && c <= '9'
                        || c == '-'
                        || c == '_'
                        || c == '.';
                if (!ok) {
                    throw bad("invalid host '" + shown + "': invalid char found in FQDN");
                }
            }
            if (plain.isEmpty() || Arrays.asList(plain.split("\\.", -1)).contains("")) {
                throw bad("invalid host '" + shown + "': empty label found in FQDN");
            }
            return plain.toLowerCase(Locale.ROOT);
        }

        private static int portOf(String text, String digits) {
            if (digits.isEmpty()) {
                throw bad("invalid empty port in '" + text + "'");
            }
            if (digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                int port = Integer.parseInt(digits);
                if (port <= 0xffff) {
                    return port;
                }
            }
            throw bad("invalid port in '" + text + "': '" + digits + "'");
        }

        private static BadScope bad(String message) {
            return new BadScope("URIError", message);
        }

        @Override
        public boolean covers(PermissionScope query) {
            return query instanceof Host(Address asked, int askedPort)
                    && (port == -1 || port == askedPort)
                    && address.matches(asked);
        }
    }

    /** The host part of an entry or query. */
    sealed interface Address {
        boolean matches(Address asked);
    }

    /** A domain name, lower case, without the trailing dot. */
    record Domain(String name) implements Address {
        @Override
        public boolean matches(Address asked) {
            return equals(asked);
        }
    }

    /** A domain and everything below it: {@code *.example.org}. */
    record Below(String domain) implements Address {
        @Override
        public boolean matches(Address asked) {
            return asked instanceof Domain(String name) && (name.equals(domain) || name.endsWith("." + domain));
        }
    }

    /** The path of a Unix socket. */
    record Socket(String path) implements Address {
        @Override
        public boolean matches(Address asked) {
            return equals(asked);
        }
    }

    /** An address block. */
    record Subnet(Ip base, int width) implements Address {
        @Override
        public boolean matches(Address asked) {
            if (!(asked instanceof Ip ip) || ip.bytes().length != base.bytes().length) {
                return false;
            }
            for (int bit = 0; bit < width; bit++) {
                int mask = 0x80 >> (bit & 7);
                if (((ip.bytes()[bit >> 3] ^ base.bytes()[bit >> 3]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** An IP address, 4 or 16 bytes. */
    record Ip(byte[] bytes) implements Address {
        /** The address {@code text} is a literal of, or null; never asks the name service. */
        static @Nullable Ip parse(String text) {
            var four = parseFour(text);
            if (four != null) {
                return new Ip(four);
            }
            var sixteen = text.indexOf(':') < 0 ? null : parseSixteen(text);
            return sixteen == null ? null : new Ip(sixteen);
        }

        private static byte @Nullable [] parseFour(String text) {
            var parts = text.split("\\.", -1);
            if (parts.length != 4) {
                return null;
            }
            var bytes = new byte[4];
            for (int i = 0; i < 4; i++) {
                if (!parts[i].matches("0|[1-9]\\d{0,2}") || Integer.parseInt(parts[i]) > 255) {
                    return null;
                }
                bytes[i] = (byte) Integer.parseInt(parts[i]);
            }
            return bytes;
        }

        private static byte @Nullable [] parseSixteen(String text) {
            int gap = text.indexOf("::");
            if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
                return null;
            }
            var head = gap < 0 ? groups(text) : groups(text.substring(0, gap));
            var tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2));
            if (head == null || tail == null || head.length + tail.length > (gap < 0 ? 16 : 14)) {
                return null;
            }
            if (gap < 0 && head.length != 16) {
                return null;
            }
            var bytes = Arrays.copyOf(head, 16);
            System.arraycopy(tail, 0, bytes, 16 - tail.length, tail.length);
            return bytes;
        }

        private static byte @Nullable [] groups(String text) {
            if (text.isEmpty()) {
                return new byte[0];
            }
            var parts = text.split(":", -1);
            var bytes = new byte[parts.length * 2 + 2];
            int length = 0;
            for (int i = 0; i < parts.length; i++) {
                var four = i == parts.length - 1 ? parseFour(parts[i]) : null;
                if (four != null) {
                    System.arraycopy(four, 0, bytes, length, 4);
                    length += 4;
                } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
                    int value = Integer.parseInt(parts[i], 16);
                    bytes[length++] = (byte) (value >> 8);
                    bytes[length++] = (byte) value;
                } else {
                    return null;
                }
            }
            return Arrays.copyOf(bytes, length);
        }

        @Override
        public boolean matches(Address asked) {
            return equals(asked);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Ip(byte[] theirs) && Arrays.equals(bytes, theirs);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }
}
