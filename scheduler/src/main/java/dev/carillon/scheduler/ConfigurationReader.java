package dev.carillon.scheduler;

import dev.carillon.runtime.PermissionFlags;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeLimits;
import dev.carillon.scheduler.Configuration.Backend;
import dev.carillon.scheduler.Configuration.Database;
import dev.carillon.scheduler.Configuration.History;
import dev.carillon.scheduler.Configuration.Http;
import dev.carillon.scheduler.Configuration.Limits;
import dev.carillon.scheduler.Configuration.Log;
import dev.carillon.scheduler.Configuration.Node;
import dev.carillon.scheduler.Configuration.Schedules;
import dev.carillon.scheduler.Configuration.ScriptLimits;
import dev.carillon.scheduler.Configuration.ScriptSource;
import dev.carillon.scheduler.Configuration.Secret;
import dev.carillon.scheduler.YamlTree.Mapping;
import dev.carillon.scheduler.YamlTree.Place;
import dev.carillon.scheduler.YamlTree.Scalar;
import dev.carillon.scheduler.YamlTree.Sequence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link Configuration} from its three layers and reports everything that is wrong at once. Nothing is
 * corrected: an unknown key or a bad value refuses.
 *
 * <p>Every scalar key has a variable: {@code http.port} is {@code CARILLON_HTTP_PORT}, {@code history.keep-runs-per-job}
 * is {@code CARILLON_HISTORY_KEEP_RUNS_PER_JOB}. Script paths in the file start at the file's own folder; everything
 * else at the working directory.
 */
public final class ConfigurationReader {
    static final int PORT_MAX = 65_535;
    static final int NODE_NAME_LENGTH_MAX = 64; // chars; the store's column
    static final int COUNT_MAX = 10_000_000; // of anything a script may have; beyond it a limit is none
    static final int LINES_MAX = 900_000; // per run; source: LogLine.SEQ_PER_ATTEMPT

    private static final String LIMITS = "limits.";
    private static final Pattern HEAP = Pattern.compile("([1-9][0-9]{0,5})(MB|GB|%)");
    /** Keys below {@code limits} that are the service's own and cannot be set for one script. */
    private static final List<String> SERVICE_LIMITS = List.of("limits.stop-deadline");

    /** Every scalar key and what it is when nobody says; null for none. */
    private static final Map<String, @Nullable String> KEYS = keys();

    /** Variables that are the launcher's or the client commands', not keys. */
    private static final List<String> OTHER_VARIABLES = List.of(
            "CARILLON_PROFILE",
            "CARILLON_JAVA_OPTS",
            "CARILLON_BUILD",
            "CARILLON_AOT",
            "CARILLON_URL",
            "CARILLON_TOKEN",
            "CARILLON_CONFIG");

    private final List<String> problems = new ArrayList<>();
    private final Map<String, Value> values = new TreeMap<>();
    private final List<ScriptSource> scripts = new ArrayList<>();
    private final List<Map<String, Value>> ownLimits = new ArrayList<>(); // of the script at the same place

    private record Value(String text, Place place) {}

    private ConfigurationReader() {}

    private static Map<String, @Nullable String> keys() {
        var keys = new LinkedHashMap<String, @Nullable String>();
        keys.put("backend", "local");
        keys.put("database.url", "jdbc:h2:file:./.carillon/carillon");
        keys.put("database.user", null);
        keys.put("database.password", null);
        keys.put("node.name", null);
        keys.put("node.cluster", "carillon");
        keys.put("http.host", "127.0.0.1");
        keys.put("http.port", "8080");
        keys.put("http.token", null);
        keys.put("history.keep", "90d");
        keys.put("history.keep-runs-per-job", "10000");
        keys.put("log.format", "text");
        keys.put("log.level", "info");
        keys.put("limits.stop-deadline", "10s");
        keys.put("limits.takeovers", "3");
        keys.put("limits.turn-cpu", "10s");
        keys.put("limits.heap", "off");
        keys.put("limits.pending-ops", "100000");
        keys.put("limits.open-resources", "100000");
        keys.put("limits.timers", "100000");
        keys.put("limits.log-lines-per-run", "10000");
        keys.put("limits.log-lines-per-second", "200");
        keys.put("schedules.seconds", "false");
        return keys;
    }

    /**
     * @param file the YAML file, or null for none
     * @param environment the process's variables
     * @param flags dotted key to value, from the command line
     * @param extraScripts from the command line, on top of the file's
     * @throws ConfigurationException with every problem found
     */
    public static Configuration read(
            @Nullable Path file,
            Map<String, String> environment,
            Map<String, String> flags,
            List<ScriptSource> extraScripts) {
        var reader = new ConfigurationReader();
        if (file != null) {
            reader.readFile(file);
        }
        reader.readEnvironment(environment);
        flags.forEach((key, value) -> reader.values.put(key, new Value(value, new Place(option(key), 0, 0))));
        for (var script : extraScripts) {
            reader.scripts.add(script);
            reader.ownLimits.add(Map.of());
        }
        return reader.finish();
    }

    /** What {@code carillon serve} calls it. */
    private static String option(String key) {
        return switch (key) {
            case "http.host", "http.port", "http.token", "node.name" ->
                "--" + key.substring(key.indexOf('.') + 1).replace("name", "node");
            case "database.url" -> "--database";
            default -> "--" + key.replace('.', '-');
        };
    }

    /** Variables beginning with {@code CARILLON_} that mean nothing, with the nearest that would: for a warning. */
    public static List<String> unknownVariables(Map<String, String> environment) {
        var known = new ArrayList<>(OTHER_VARIABLES);
        KEYS.keySet().forEach(key -> known.add(variable(key)));
        return environment.keySet().stream()
                .filter(name -> name.startsWith("CARILLON_") && !known.contains(name))
                .sorted()
                .toList();
    }

    static String variable(String key) {
        return "CARILLON_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private void readFile(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(
                    List.of("configuration file " + file + " does not exist: create it, or leave --config away"));
        } catch (AccessDeniedException e) {
            throw new ConfigurationException(
                    List.of("configuration file " + file + " may not be read by this user: change its permissions"));
        } catch (MalformedInputException e) {
            throw new ConfigurationException(
                    List.of("configuration file " + file + " is not UTF-8 text: save it as UTF-8"));
        } catch (IOException e) {
            throw new ConfigurationException(List.of("configuration file " + file + " cannot be read: "
                    + (Files.isDirectory(file) ? "it is a folder; name the file in it" : e.getMessage())));
        }
        var tree = YamlTree.parse(text, file.toString(), problems);
        if (tree instanceof Scalar(Object value, Place ignored) && value == null) {
            return; // only comments
        }
        if (!(tree instanceof Mapping root)) {
            problems.add(tree.place() + ": a configuration is a map of keys such as 'backend: local'");
            return;
        }
        var base = file.toAbsolutePath().getParent();
        root.entries().forEach((key, entry) -> {
            if (key.equals("scripts")) {
                readScripts(entry.value(), base == null ? Path.of("") : base);
            } else {
                readKey(key, entry.value(), entry.place());
            }
        });
    }

    private void readKey(String key, YamlTree value, Place place) {
        if (value instanceof Mapping section && KEYS.keySet().stream().anyMatch(known -> known.startsWith(key + "."))) {
            section.entries().forEach((name, entry) -> readKey(key + "." + name, entry.value(), entry.place()));
        } else if (!KEYS.containsKey(key)) {
            problems.add(place + ": unknown key '" + key + "'" + nearest(key));
        } else if (value instanceof Scalar scalar && scalar.value() != null) {
            values.put(key, new Value(scalar.toString(), scalar.place()));
        } else {
            problems.add(place + ": '" + key + "' wants one value" + defaultOf(key));
        }
    }

    private static String defaultOf(String key) {
        var standard = KEYS.get(key);
        return standard == null ? "" : ", such as " + standard;
    }

    private static String nearest(String key) {
        var known = new ArrayList<>(KEYS.keySet());
        known.add("scripts");
        var near = NearestWord.to(key, known);
        return near.map(word -> ": did you mean '" + word + "'?").orElse(": known are " + String.join(", ", known));
    }

    private void readScripts(YamlTree tree, Path base) {
        if (!(tree instanceof Sequence list)) {
            problems.add(tree.place() + ": 'scripts' is a list: write '- path: crons/' under it");
            return;
        }
        for (var item : list.items()) {
            switch (item) {
                case Scalar scalar
                when scalar.value() instanceof String path ->
                    addScript(path, Permissions.none(), Map.of(), base, scalar.place());
                case Mapping entry -> readScript(entry, base);
                default ->
                    problems.add(item.place() + ": a script is '- path: file-or-folder', with permissions below");
            }
        }
    }

    private void readScript(Mapping entry, Path base) {
        String path = null;
        var permissions = Permissions.none();
        Map<String, Value> limits = Map.of();
        var place = entry.place();
        for (var field : entry.entries().entrySet()) {
            var value = field.getValue().value();
            switch (field.getKey()) {
                case "path" -> {
                    if (value instanceof Scalar scalar && scalar.value() != null) {
                        path = scalar.toString();
                        place = scalar.place();
                    } else {
                        problems.add(value.place() + ": 'path' names a file or a folder");
                    }
                }
                case "permissions" -> permissions = readPermissions(value);
                case "limits" -> limits = readLimits(value);
                default ->
                    problems.add(field.getValue().place() + ": unknown key 'scripts[]." + field.getKey()
                            + "': known are path, permissions, limits");
            }
        }
        if (path == null) {
            problems.add(entry.place() + ": this script has no 'path'");
        } else {
            addScript(path, permissions, limits, base, place);
        }
    }

    private Map<String, Value> readLimits(YamlTree tree) {
        if (!(tree instanceof Mapping map)) {
            problems.add(tree.place() + ": 'limits' is a map such as { turn-cpu: 1s, timers: 100 }");
            return Map.of();
        }
        var own = new LinkedHashMap<String, Value>();
        var known = KEYS.keySet().stream()
                .filter(key -> key.startsWith(LIMITS) && !SERVICE_LIMITS.contains(key))
                .map(key -> key.substring(LIMITS.length()))
                .toList();
        map.entries().forEach((name, entry) -> {
            if (SERVICE_LIMITS.contains(LIMITS + name)) {
                problems.add(entry.place() + ": '" + name + "' holds for the whole service: set " + LIMITS + name
                        + " at the top");
            } else if (!known.contains(name)) {
                problems.add(entry.place() + ": unknown key 'scripts[].limits." + name + "'"
                        + NearestWord.to(name, known)
                                .map(word -> ": did you mean '" + word + "'?")
                                .orElse(": known are " + String.join(", ", known)));
            } else if (entry.value() instanceof Scalar scalar && scalar.value() != null) {
                own.put(LIMITS + name, new Value(scalar.toString(), scalar.place()));
            } else {
                problems.add(entry.place() + ": '" + name + "' wants one value" + defaultOf(LIMITS + name));
            }
        });
        return own;
    }

    private void addScript(String path, Permissions permissions, Map<String, Value> limits, Path base, Place place) {
        var resolved = base.resolve(path).normalize();
        if (!Files.exists(resolved)) {
            problems.add(place + ": there is no file or folder " + resolved + ": correct the path"
                    + " (paths in the file start at its own folder)");
            return;
        }
        scripts.add(new ScriptSource(resolved, permissions));
        ownLimits.add(limits);
    }

    private Permissions readPermissions(YamlTree tree) {
        if (!(tree instanceof Mapping map)) {
            problems.add(tree.place() + ": 'permissions' is a map such as { net: [\"api.example.com\"], env: true }");
            return Permissions.none();
        }
        var plain = new LinkedHashMap<String, Object>();
        map.entries().forEach((key, entry) -> {
            try {
                var value = plain(entry.value());
                // One at a time, so that each problem gets its own line.
                PermissionFlags.fromMap(Map.of(key, value), Path.of(""));
                plain.put(key, value);
            } catch (RuntimeException e) {
                problems.add(entry.place() + ": " + e.getMessage());
            }
        });
        try {
            return PermissionFlags.fromMap(plain, Path.of(""));
        } catch (RuntimeException e) {
            problems.add(map.place() + ": " + e.getMessage());
            return Permissions.none();
        }
    }

    private static Object plain(YamlTree tree) {
        return switch (tree) {
            case Scalar scalar -> scalar.value() == null ? "" : scalar.value();
            case Sequence list -> list.items().stream().map(Object::toString).toList();
            case Mapping map -> map.toString();
        };
    }

    private void readEnvironment(Map<String, String> environment) {
        for (var key : KEYS.keySet()) {
            var name = variable(key);
            var value = environment.get(name);
            if (value != null && !value.isEmpty()) {
                values.put(key, new Value(value, new Place("environment variable " + name, 0, 0)));
            }
        }
    }

    private Configuration finish() {
        var backend = value("backend", text -> choice(text, Backend.values()), Backend.LOCAL);
        var url = value("database.url", ConfigurationReader::jdbcUrl, "");
        var node = value("node.name", ConfigurationReader::nodeName, hostName());
        var host = value("http.host", text -> text, "");
        int port = value("http.port", text -> number(text, 0, PORT_MAX), 0);
        var token = optional("http.token", ConfigurationReader::token);
        if (token == null && problems.isEmpty() && !isLoopback(host)) {
            problems.add(place("http.host") + ": http.host " + host
                    + " can be reached from outside this machine and http.token is not set:"
                    + " set a token (16 characters or more), or listen on 127.0.0.1");
        }
        if (backend == Backend.QUARTZ && !values.containsKey("node.name")) {
            problems.add("backend quartz wants a node.name that stays the same when this process restarts:"
                    + " set node.name or " + variable("node.name"));
        }
        var standard = limits(values, null);
        var configuration = new Configuration(
                backend,
                new Database(url, optional("database.user", text -> text), optional("database.password", Secret::new)),
                new Node(node, value("node.cluster", ConfigurationReader::nodeName, "")),
                new Http(host, port, token),
                limited(standard),
                new History(
                        value("history.keep", ConfigurationReader::positive, Duration.ZERO),
                        value("history.keep-runs-per-job", text -> number(text, 1, Integer.MAX_VALUE), 1)),
                new Log(
                        value("log.format", text -> choice(text, Log.Format.values()), Log.Format.TEXT),
                        value("log.level", ConfigurationReader::level, System.Logger.Level.INFO)),
                new Limits(
                        standard,
                        value("limits.stop-deadline", Durations::parse, Duration.ZERO),
                        value("limits.takeovers", text -> number(text, 0, COUNT_MAX), 0)),
                new Schedules(value("schedules.seconds", ConfigurationReader::yesOrNo, false)));
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return configuration;
    }

    private List<ScriptSource> limited(ScriptLimits standard) {
        var all = new ArrayList<ScriptSource>();
        for (int i = 0; i < scripts.size(); i++) {
            var own = ownLimits.get(i);
            all.add(scripts.get(i).with(own.isEmpty() ? standard : limits(own, standard)));
        }
        return all;
    }

    /** @param otherwise what holds where {@code given} says nothing; null for the defaults */
    private ScriptLimits limits(Map<String, Value> given, @Nullable ScriptLimits otherwise) {
        var most = otherwise == null ? RuntimeLimits.none() : otherwise.runtime();
        return new ScriptLimits(
                limit(given, "turn-cpu", ConfigurationReader::positive, otherwise, ScriptLimits::turnCpu),
                new RuntimeLimits(
                        limit(given, "pending-ops", ConfigurationReader::count, otherwise, of -> most.pendingOpsMax()),
                        limit(
                                given,
                                "open-resources",
                                ConfigurationReader::count,
                                otherwise,
                                of -> most.resourcesMax()),
                        limit(given, "timers", ConfigurationReader::count, otherwise, of -> most.timersMax()),
                        limit(given, "heap", ConfigurationReader::heap, otherwise, of -> most.heapBytesMax())),
                limit(
                        given,
                        "log-lines-per-run",
                        text -> number(text, 1, LINES_MAX),
                        otherwise,
                        ScriptLimits::logLinesPerRun),
                limit(
                        given,
                        "log-lines-per-second",
                        ConfigurationReader::count,
                        otherwise,
                        ScriptLimits::logLinesPerSecond));
    }

    private <T> T limit(
            Map<String, Value> given,
            String name,
            Function<String, T> parse,
            @Nullable ScriptLimits otherwise,
            Function<ScriptLimits, T> inherited) {
        var key = LIMITS + name;
        var fallback = parse.apply(String.valueOf(KEYS.get(key)));
        var value = given.get(key);
        if (value == null) {
            return otherwise == null ? fallback : inherited.apply(otherwise);
        }
        return parsed(key, value, parse, fallback);
    }

    private static int count(String text) {
        return number(text, 1, COUNT_MAX);
    }

    /** The value of a key that has no default; null if nobody gave one, or after a problem. */
    private <T> @Nullable T optional(String key, Function<String, T> parse) {
        var given = values.get(key);
        if (given == null) {
            return null;
        }
        try {
            return parse.apply(given.text);
        } catch (IllegalArgumentException e) {
            problems.add(given.place + ": " + key + ": " + e.getMessage());
            return null;
        }
    }

    /** @param fallback stands in after a problem, and where the key has no default */
    private <T> T value(String key, Function<String, T> parse, T fallback) {
        var given = values.get(key);
        var standard = KEYS.get(key);
        if (given == null) {
            return standard == null ? fallback : parse.apply(standard);
        }
        return parsed(key, given, parse, fallback);
    }

    private <T> T parsed(String key, Value given, Function<String, T> parse, T fallback) {
        try {
            return parse.apply(given.text);
        } catch (IllegalArgumentException e) {
            problems.add(given.place + ": " + key + ": " + e.getMessage());
            return fallback;
        }
    }

    private String place(String key) {
        var given = values.get(key);
        return given == null ? "default" : given.place.toString();
    }

    private static <E extends Enum<E>> E choice(String text, E[] words) {
        var names = new ArrayList<String>();
        for (var word : words) {
            var name = word.name().toLowerCase(Locale.ROOT);
            if (name.equals(text)) {
                return word;
            }
            names.add(name);
        }
        throw new IllegalArgumentException("'" + text + "' is none of " + String.join(", ", names));
    }

    private static int number(String text, int min, int max) {
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("'" + text + "' is not a whole number from " + min + " to " + max);
    }

    /** Bytes; {@link Long#MAX_VALUE} for off. */
    private static long heap(String text) {
        if (text.equals("off")) {
            return Long.MAX_VALUE;
        }
        var size = HEAP.matcher(text);
        if (size.matches()) {
            long count = Long.parseLong(size.group(1));
            switch (size.group(2)) {
                case "MB", "GB" -> {
                    return count << (size.group(2).equals("MB") ? 20 : 30);
                }
                default -> {
                    if (count < 100) {
                        return Runtime.getRuntime().maxMemory() / 100 * count;
                    }
                }
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no share of the heap: write 256MB, 2GB, 25% (of what the process may have) or off");
    }

    private static boolean yesOrNo(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }

    private static Duration positive(String text) {
        var duration = Durations.parse(text);
        if (duration.isZero()) {
            throw new IllegalArgumentException("'" + text + "' must be more than nothing");
        }
        return duration;
    }

    private static System.Logger.Level level(String text) {
        return switch (text) {
            case "debug" -> System.Logger.Level.DEBUG;
            case "info" -> System.Logger.Level.INFO;
            case "warn" -> System.Logger.Level.WARNING;
            case "error" -> System.Logger.Level.ERROR;
            default -> throw new IllegalArgumentException("'" + text + "' is none of debug, info, warn, error");
        };
    }

    private static String jdbcUrl(String text) {
        if (!text.matches("jdbc:(h2|postgresql|mariadb):.*")) {
            throw new IllegalArgumentException("'" + text.replaceAll("(?i)(password=)[^&;]*", "$1****")
                    + "' is not a database Carillon keeps runs in:"
                    + " write jdbc:h2:file:./.carillon/carillon or jdbc:postgresql://host/database");
        }
        return text;
    }

    private static String nodeName(String text) {
        if (!text.matches("[A-Za-z0-9._-]{1," + NODE_NAME_LENGTH_MAX + "}")) {
            throw new IllegalArgumentException("'" + text + "' is not a name of a node or cluster: 1-"
                    + NODE_NAME_LENGTH_MAX + " letters, digits, dots, hyphens and underscores");
        }
        return text;
    }

    private static Secret token(String text) {
        if (text.length() < 16) {
            throw new IllegalArgumentException("a token of " + text.length()
                    + " characters can be guessed: use 16 or more, such as the output of" + " 'openssl rand -hex 32'");
        }
        return new Secret(text);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String hostName() {
        try {
            var name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
            return name.isEmpty() ? "node-1" : name.substring(0, Math.min(name.length(), NODE_NAME_LENGTH_MAX));
        } catch (UnknownHostException e) {
            return "node-1";
        }
    }
}
