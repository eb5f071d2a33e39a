package dev.carillon.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * The basic URL parser of the WHATWG URL Standard, state by state, over code points. The state names and their order are
 * the standard's, so that a line can be looked up there. "Validation errors" that do not fail are not recorded.
 *
 * Guest code only ever sees the serialisation: a URL object holds one string, and its parts can be cut out of that string
 * without ambiguity. A setter parses the string again, runs the parser from the part's state, and serialises.
 */
/**
 * A URL as the WHATWG URL Standard defines it: parsing against a base, changing one part, serialising.
 *
 * <p>Threads: one at a time.
 *
 * <p>Source: https://url.spec.whatwg.org, as implemented by Deno 2.9.6.
 */
final class Url {
    private static final int END = -1;
    private static final Map<String, Integer> SPECIAL =
            Map.of("ftp", 21, "file", -1, "http", 80, "https", 443, "ws", 80, "wss", 443);

    private String scheme = "";
    private String username = "";
    private String password = "";
    private @Nullable String host;
    private int port = -1;
    private boolean opaque;
    private String opaquePath = "";
    private List<String> path = new ArrayList<>();
    private @Nullable String query;
    private @Nullable String fragment;

    private Url() {}

    /** @return null when {@code input} is no URL, or {@code base} is given and is none */
    static @Nullable Url parse(String input, @Nullable String base) {
        Url baseUrl = null;
        if (base != null) {
            baseUrl = parse(base, null);
            if (baseUrl == null) {
                return null;
            }
        }
        var url = new Url();
        return url.run(withoutTabs(trimmed(wellFormed(input))), baseUrl, null) ? url : null;
    }

    String scheme() {
        return scheme;
    }

    /** Serialised, IPv6 in brackets; null when there is none. */
    @Nullable
    String host() {
        return host;
    }

    /** -1 for none or the scheme's own. */
    int port() {
        return port;
    }

    /** The part that can be set. */
    enum Part {
        PROTOCOL,
        USERNAME,
        PASSWORD,
        HOST,
        HOSTNAME,
        PORT,
        PATHNAME,
        SEARCH,
        HASH
    }

    /** Changes one part as the setter of that name does; a value that cannot be is ignored. */
    void set(Part part, String given) {
        var value = wellFormed(given);
        switch (part) {
            case PROTOCOL -> override(value + ":", State.SCHEME_START);
            case USERNAME -> {
                if (mayHaveCredentials()) {
                    username = encode(value, Set.USERINFO);
                }
            }
            case PASSWORD -> {
                if (mayHaveCredentials()) {
                    password = encode(value, Set.USERINFO);
                }
            }
            case HOST -> {
                if (!opaque) {
                    override(value, State.HOST);
                }
            }
            case HOSTNAME -> {
                if (!opaque) {
                    override(value, State.HOSTNAME);
                }
            }
            case PORT -> {
                if (mayHaveCredentials()) {
                    if (value.isEmpty()) {
                        port = -1;
                    } else {
                        override(value, State.PORT);
                    }
                }
            }
            case PATHNAME -> {
                if (!opaque) {
                    path = new ArrayList<>();
                    override(value, State.PATH_START);
                }
            }
            case SEARCH -> {
                if (value.isEmpty()) {
                    query = null;
                } else {
                    query = "";
                    override(value.startsWith("?") ? value.substring(1) : value, State.QUERY);
                }
            }
            case HASH -> {
                if (value.isEmpty()) {
                    fragment = null;
                } else {
                    fragment = "";
                    override(value.startsWith("#") ? value.substring(1) : value, State.FRAGMENT);
                }
            }
        }
    }

    private void override(String value, State state) {
        var copy = new Url();
        copy.assign(this);
        if (copy.run(withoutTabs(value), null, state)) {
            assign(copy);
        }
    }

    private void assign(Url other) {
        scheme = other.scheme;
        username = other.username;
        password = other.password;
        host = other.host;
        port = other.port;
        opaque = other.opaque;
        opaquePath = other.opaquePath;
        path = new ArrayList<>(other.path);
        query = other.query;
        fragment = other.fragment;
    }

    /** The serialisation. */
    String href() {
        var out = new StringBuilder(scheme).append(':');
        if (host != null) {
            out.append("//");
            if (!username.isEmpty() || !password.isEmpty()) {
                out.append(username);
                if (!password.isEmpty()) {
                    out.append(':').append(password);
                }
                out.append('@');
            }
            out.append(host);
            if (port >= 0) {
                out.append(':').append(port);
            }
        } else if (!opaque && path.size() > 1 && path.getFirst().isEmpty()) {
            out.append("/.");
        }
        if (opaque) {
            out.append(opaquePath);
        } else {
            for (var segment : path) {
                out.append('/').append(segment);
            }
        }
        if (query != null) {
            out.append('?').append(query);
        }
        if (fragment != null) {
            out.append('#').append(fragment);
        }
        return out.toString();
    }

    private boolean special() {
        return SPECIAL.containsKey(scheme);
    }

    private boolean mayHaveCredentials() {
        return host != null && !host.isEmpty() && !scheme.equals("file");
    }

    private enum State {
        SCHEME_START,
        SCHEME,
        NO_SCHEME,
        SPECIAL_RELATIVE_OR_AUTHORITY,
        PATH_OR_AUTHORITY,
        RELATIVE,
        RELATIVE_SLASH,
        SPECIAL_AUTHORITY_SLASHES,
        SPECIAL_AUTHORITY_IGNORE_SLASHES,
        AUTHORITY,
        HOST,
        HOSTNAME,
        PORT,
        FILE,
        FILE_SLASH,
        FILE_HOST,
        PATH_START,
        PATH,
        OPAQUE_PATH,
        QUERY,
        FRAGMENT
    }

    /** @return false for failure; with {@code override} the parts changed before a failure stay in this object */
    private boolean run(String text, @Nullable Url base, @Nullable State override) {
        int[] input = text.codePoints().toArray();
        var state = override == null ? State.SCHEME_START : override;
        var buffer = new StringBuilder();
        boolean atSeen = false;
        boolean insideBrackets = false;
        boolean passwordSeen = false;
        for (int at = 0; ; at++) {
            int c = at < input.length ? input[at] : END;
            switch (state) {
                case SCHEME_START -> {
                    if (alpha(c)) {
                        buffer.appendCodePoint(c | 0x20);
                        state = State.SCHEME;
                    } else if (override == null) {
                        state = State.NO_SCHEME;
                        at--;
                    } else {
                        return false;
                    }
                }
                case SCHEME -> {
                    if (alpha(c) || digit(c) || c == '+' || c == '-' || c == '.') {
                        buffer.appendCodePoint(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
                    } else if (c == ':') {
                        var next = buffer.toString();
                        if (override != null) {
                            if (special() != SPECIAL.containsKey(next)) {
                                return false;
                            }
                            if (next.equals("file") && (!username.isEmpty() || !password.isEmpty() || port >= 0)) {
                                return false;
                            }
                            if (scheme.equals("file") && (host == null || host.isEmpty())) {
                                return false;
                            }
                        }
                        scheme = next;
                        if (override != null) {
                            if (port == SPECIAL.getOrDefault(scheme, -2)) {
                                port = -1;
                            }
                            return true;
                        }
                        buffer.setLength(0);
                        if (scheme.equals("file")) {
                            state = State.FILE;
                        } else if (special() && base != null && base.scheme.equals(scheme)) {
                            state = State.SPECIAL_RELATIVE_OR_AUTHORITY;
                        } else if (special()) {
                            state = State.SPECIAL_AUTHORITY_SLASHES;
                        } else if (at + 1 < input.length && input[at + 1] == '/') {
                            state = State.PATH_OR_AUTHORITY;
                            at++;
                        } else {
                            opaque = true;
                            state = State.OPAQUE_PATH;
                        }
                    } else if (override == null) {
                        buffer.setLength(0);
                        state = State.NO_SCHEME;
                        at = -1;
                    } else {
                        return false;
                    }
                }
                case NO_SCHEME -> {
                    if (base == null || base.opaque && c != '#') {
                        return false;
                    }
                    if (base.opaque) {
                        assign(base);
                        fragment = "";
                        state = State.FRAGMENT;
                    } else {
                        state = base.scheme.equals("file") ? State.FILE : State.RELATIVE;
                        at--;
                    }
                }
                case SPECIAL_RELATIVE_OR_AUTHORITY -> {
                    if (c == '/' && at + 1 < input.length && input[at + 1] == '/') {
                        state = State.SPECIAL_AUTHORITY_IGNORE_SLASHES;
                        at++;
                    } else {
                        state = State.RELATIVE;
                        at--;
                    }
                }
                case PATH_OR_AUTHORITY -> {
                    if (c == '/') {
                        state = State.AUTHORITY;
                    } else {
                        state = State.PATH;
                        at--;
                    }
                }
                case RELATIVE -> {
                    if (base == null) {
                        throw new IllegalStateException("relative state without a base: " + text);
                    }
                    scheme = base.scheme;
                    if (c == '/' || special() && c == '\\') {
                        state = State.RELATIVE_SLASH;
                    } else {
                        assign(base);
                        if (c == '?') {
                            query = "";
                            fragment = null;
                            state = State.QUERY;
                        } else if (c == '#') {
                            fragment = "";
                            state = State.FRAGMENT;
                        } else {
                            fragment = null;
                            if (c != END) {
                                query = null;
                                shorten();
                                state = State.PATH;
                                at--;
                            }
                        }
                    }
                }
                case RELATIVE_SLASH -> {
                    if (special() && (c == '/' || c == '\\')) {
                        state = State.SPECIAL_AUTHORITY_IGNORE_SLASHES;
                    } else if (c == '/') {
                        state = State.AUTHORITY;
                    } else {
                        if (base == null) {
                            throw new IllegalStateException("relative slash state without a base: " + text);
                        }
                        username = base.username;
                        password = base.password;
                        host = base.host;
                        port = base.port;
                        state = State.PATH;
                        at--;
                    }
                }
                case SPECIAL_AUTHORITY_SLASHES -> {
                    state = State.SPECIAL_AUTHORITY_IGNORE_SLASHES;
                    if (c == '/' && at + 1 < input.length && input[at + 1] == '/') {
                        at++;
                    } else {
                        at--;
                    }
                }
                case SPECIAL_AUTHORITY_IGNORE_SLASHES -> {
                    if (c != '/' && c != '\\') {
                        state = State.AUTHORITY;
                        at--;
                    }
                }
                case AUTHORITY -> {
                    if (c == '@') {
                        var credentials = atSeen ? "%40" + buffer : buffer.toString();
                        atSeen = true;
                        int colon = passwordSeen ? -1 : credentials.indexOf(':');
                        if (passwordSeen) {
                            password += encode(credentials, Set.USERINFO);
                        } else if (colon >= 0) {
                            username += encode(credentials.substring(0, colon), Set.USERINFO);
                            password += encode(credentials.substring(colon + 1), Set.USERINFO);
                            passwordSeen = true;
                        } else {
                            username += encode(credentials, Set.USERINFO);
                        }
                        buffer.setLength(0);
                    } else if (endOfAuthority(c)) {
                        if (atSeen && buffer.isEmpty()) {
                            return false;
                        }
                        at -= buffer.codePointCount(0, buffer.length()) + 1;
                        buffer.setLength(0);
                        state = State.HOST;
                    } else {
                        buffer.appendCodePoint(c);
                    }
                }
                case HOST, HOSTNAME -> {
                    if (override != null && scheme.equals("file")) {
                        at--;
                        state = State.FILE_HOST;
                    } else if (c == ':' && !insideBrackets) {
                        if (buffer.isEmpty() || override == State.HOSTNAME) {
                            return false;
                        }
                        if (!takeHost(buffer.toString())) {
                            return false;
                        }
                        buffer.setLength(0);
                        state = State.PORT;
                    } else if (endOfAuthority(c)) {
                        at--;
                        if (special() && buffer.isEmpty()) {
                            return false;
                        }
                        if (override != null
                                && buffer.isEmpty()
                                && (!username.isEmpty() || !password.isEmpty() || port >= 0)) {
                            return false;
                        }
                        if (!takeHost(buffer.toString())) {
                            return false;
                        }
                        buffer.setLength(0);
                        state = State.PATH_START;
                        if (override != null) {
                            return true;
                        }
                    } else {
                        insideBrackets = c == '[' || insideBrackets && c != ']';
                        buffer.appendCodePoint(c);
                    }
                }
                case PORT -> {
                    if (digit(c)) {
                        buffer.appendCodePoint(c);
                    } else if (endOfAuthority(c) || override != null) {
                        if (!buffer.isEmpty()) {
                            var digits = buffer.toString().replaceFirst("^0+(?=.)", "");
                            if (digits.length() > 5 || Integer.parseInt(digits) > 0xffff) {
                                return override == State.HOST; // which has been set by now
                            }
                            int number = Integer.parseInt(digits);
                            port = number == SPECIAL.getOrDefault(scheme, -2) ? -1 : number;
                            buffer.setLength(0);
                            if (override != null) {
                                return true;
                            }
                        }
                        if (override != null) {
                            // Setting "host:" keeps the host that was set before the colon.
                            return override == State.HOST;
                        }
                        state = State.PATH_START;
                        at--;
                    } else {
                        return false;
                    }
                }
                case FILE -> {
                    scheme = "file";
                    host = "";
                    if (c == '/' || c == '\\') {
                        state = State.FILE_SLASH;
                    } else if (base != null && base.scheme.equals("file")) {
                        host = base.host;
                        path = new ArrayList<>(base.path);
                        query = base.query;
                        if (c == '?') {
                            query = "";
                            state = State.QUERY;
                        } else if (c == '#') {
                            fragment = "";
                            state = State.FRAGMENT;
                        } else if (c != END) {
                            query = null;
                            if (startsWithDriveLetter(input, at)) {
                                path = new ArrayList<>();
                            } else {
                                shorten();
                            }
                            state = State.PATH;
                            at--;
                        }
                    } else {
                        state = State.PATH;
                        at--;
                    }
                }
                case FILE_SLASH -> {
                    if (c == '/' || c == '\\') {
                        state = State.FILE_HOST;
                    } else {
                        if (base != null && base.scheme.equals("file")) {
                            host = base.host;
                            if (!startsWithDriveLetter(input, at)
                                    && !base.path.isEmpty()
                                    && normalizedDriveLetter(base.path.getFirst())) {
                                path.add(base.path.getFirst());
                            }
                        }
                        state = State.PATH;
                        at--;
                    }
                }
                case FILE_HOST -> {
                    if (c == END || c == '/' || c == '\\' || c == '?' || c == '#') {
                        at--;
                        if (override == null && driveLetter(buffer)) {
                            state = State.PATH;
                        } else if (buffer.isEmpty()) {
                            host = "";
                            if (override != null) {
                                return true;
                            }
                            state = State.PATH_START;
                        } else {
                            if (!takeHost(buffer.toString())) {
                                return false;
                            }
                            if ("localhost".equals(host)) {
                                host = "";
                            }
                            if (override != null) {
                                return true;
                            }
                            buffer.setLength(0);
                            state = State.PATH_START;
                        }
                    } else {
                        buffer.appendCodePoint(c);
                    }
                }
                case PATH_START -> {
                    if (special()) {
                        state = State.PATH;
                        if (c != '/' && c != '\\') {
                            at--;
                        }
                    } else if (override == null && c == '?') {
                        query = "";
                        state = State.QUERY;
                    } else if (override == null && c == '#') {
                        fragment = "";
                        state = State.FRAGMENT;
                    } else if (c != END) {
                        state = State.PATH;
                        if (c != '/') {
                            at--;
                        }
                    } else if (override != null && host == null) {
                        path.add("");
                    }
                }
                case PATH -> {
                    boolean slash = c == '/' || special() && c == '\\';
                    if (c == END || slash || override == null && (c == '?' || c == '#')) {
                        var segment = buffer.toString();
                        if (doubleDot(segment)) {
                            shorten();
                            if (!slash) {
                                path.add("");
                            }
                        } else if (singleDot(segment)) {
                            if (!slash) {
                                path.add("");
                            }
                        } else {
                            if (scheme.equals("file") && path.isEmpty() && driveLetter(buffer)) {
                                segment = segment.charAt(0) + ":";
                            }
                            path.add(segment);
                        }
                        buffer.setLength(0);
                        if (c == '?') {
                            query = "";
                            state = State.QUERY;
                        } else if (c == '#') {
                            fragment = "";
                            state = State.FRAGMENT;
                        }
                    } else {
                        encode(c, Set.PATH, buffer);
                    }
                }
                case OPAQUE_PATH -> {
                    if (c == '?') {
                        opaquePath = buffer.toString();
                        buffer.setLength(0);
                        query = "";
                        state = State.QUERY;
                    } else if (c == '#') {
                        opaquePath = buffer.toString();
                        buffer.setLength(0);
                        fragment = "";
                        state = State.FRAGMENT;
                    } else if (c != END) {
                        encode(c, Set.C0, buffer);
                    } else {
                        opaquePath = buffer.toString();
                    }
                }
                case QUERY -> {
                    if (override == null && c == '#' || c == END) {
                        query += encode(buffer, special() ? Set.SPECIAL_QUERY : Set.QUERY);
                        buffer.setLength(0);
                        if (c == '#') {
                            fragment = "";
                            state = State.FRAGMENT;
                        }
                    } else {
                        buffer.appendCodePoint(c);
                    }
                }
                case FRAGMENT -> {
                    if (c == END) {
                        fragment += encode(buffer, Set.FRAGMENT);
                    } else {
                        buffer.appendCodePoint(c);
                    }
                }
            }
            if (c == END && at >= input.length) {
                return true;
            }
        }
    }

    private boolean endOfAuthority(int c) {
        return c == END || c == '/' || c == '?' || c == '#' || special() && c == '\\';
    }

    private boolean takeHost(String text) {
        var parsed = UrlHost.parse(text, !special());
        if (parsed == null) {
            return false;
        }
        host = parsed;
        return true;
    }

    private void shorten() {
        if (scheme.equals("file") && path.size() == 1 && normalizedDriveLetter(path.getFirst())) {
            return;
        }
        if (!path.isEmpty()) {
            path.removeLast();
        }
    }

    private static boolean alpha(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean driveLetter(CharSequence text) {
        return text.length() == 2 && alpha(text.charAt(0)) && (text.charAt(1) == ':' || text.charAt(1) == '|');
    }

    private static boolean normalizedDriveLetter(String text) {
        return driveLetter(text) && text.charAt(1) == ':';
    }

    private static boolean startsWithDriveLetter(int[] input, int at) {
        if (input.length - at < 2 || !alpha(input[at]) || input[at + 1] != ':' && input[at + 1] != '|') {
            return false;
        }
        int after = input.length - at == 2 ? '/' : input[at + 2];
        return after == '/' || after == '\\' || after == '?' || after == '#';
    }

    private static boolean singleDot(String segment) {
        return segment.equals(".") || segment.equalsIgnoreCase("%2e");
    }

    private static boolean doubleDot(String segment) {
        return switch (segment.length()) {
            case 2 -> segment.equals("..");
            case 4 -> segment.equalsIgnoreCase(".%2e") || segment.equalsIgnoreCase("%2e.");
            case 6 -> segment.equalsIgnoreCase("%2e%2e");
            default -> false;
        };
    }

    /** The percent-encode sets. */
    enum Set {
        C0(""),
        FRAGMENT(" \"<>`"),
        QUERY(" \"#<>"),
        SPECIAL_QUERY(" \"#<>'"),
        PATH(" \"#<>?`{}"), // the standard has ^ as well since 2024; Deno has not
        USERINFO(" \"#<>?`{}/:;=@[\\]^|");

        private final String more;

        Set(String more) {
            this.more = more;
        }

        boolean contains(int c) {
            return c <= 0x1f || c > 0x7e || more.indexOf(c) >= 0;
        }
    }

    static String encode(CharSequence text, Set set) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> encode(c, set, out));
        return out.toString();
    }

    private static void encode(int c, Set set, StringBuilder out) {
        if (!set.contains(c)) {
            out.appendCodePoint(c);
            return;
        }
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
            out.append('%');
            out.append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xf, 16)));
            out.append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
        }
    }

    private static String trimmed(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && text.charAt(start) <= ' ') {
            start++;
        }
        while (end > start && text.charAt(end - 1) <= ' ') {
            end--;
        }
        return text.substring(start, end);
    }

    private static String withoutTabs(String text) {
        if (text.indexOf('\t') < 0 && text.indexOf('\n') < 0 && text.indexOf('\r') < 0) {
            return text;
        }
        return text.replaceAll("[\t\n\r]", "");
    }

    /** Lone surrogates become U+FFFD. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return new String(replaceLone(text.codePoints().toArray()), 0, text.codePointCount(0, text.length()));
            }
        }
        return text;
    }

    private static int[] replaceLone(int[] codePoints) {
        for (int i = 0; i < codePoints.length; i++) {
            if (codePoints[i] >= Character.MIN_SURROGATE && codePoints[i] <= Character.MAX_SURROGATE) {
                codePoints[i] = 0xfffd;
            }
        }
        return codePoints;
    }
}
