package dev.carillon.scheduler.cli;

import dev.carillon.runtime.PermissionFlags;
import dev.carillon.runtime.engine.Inspector;
import dev.carillon.scheduler.Configuration;
import dev.carillon.scheduler.Configuration.ScriptSource;
import dev.carillon.scheduler.ConfigurationException;
import dev.carillon.scheduler.ConfigurationReader;
import dev.carillon.scheduler.Durations;
import dev.carillon.scheduler.LeisureCollector;
import dev.carillon.scheduler.LogSetup;
import dev.carillon.scheduler.Service;
import dev.carillon.scheduler.http.HttpApi;
import dev.carillon.scheduler.run.RunStore;
import dev.carillon.scheduler.run.StoreException;
import dev.carillon.scheduler.store.JdbcRunStore;
import dev.carillon.scheduler.store.StoreConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carillon serve}: the service, until it is told to stop. */
final class ServeCommand implements Callable<Integer> {
    private static final String STANDARD_FILE = "carillon.yaml";
    private static final Duration HALT_MAX = Duration.ofSeconds(5);

    private final Main main;
    private final PermissionFlags permissions = new PermissionFlags(Path.of(""));
    private @Nullable Inspector inspector;

    @Option(names = "--config")
    private @Nullable Path config;

    @Option(names = "--host")
    private @Nullable String host;

    @Option(names = "--port")
    private @Nullable String port;

    @Option(names = "--token")
    private @Nullable String token;

    @Option(names = "--backend")
    private @Nullable String backend;

    @Option(names = "--database")
    private @Nullable String database;

    @Option(names = "--node")
    private @Nullable String node;

    @Option(names = "--log-format")
    private @Nullable String logFormat;

    @Option(names = "--log-level")
    private @Nullable String logLevel;

    @Parameters
    private List<Path> scripts = new ArrayList<>();

    ServeCommand(Main main) {
        this.main = main;
    }

    /** Hold for scripts named on the command line. */
    PermissionFlags permissions() {
        return permissions;
    }

    void inspector(Inspector wanted) {
        inspector = wanted;
    }

    @Override
    public Integer call() {
        Configuration configuration;
        try {
            configuration = configuration();
        } catch (ConfigurationException e) {
            var problems = e.problems();
            if (problems.size() > 1) {
                main.err().println("error: the configuration has " + problems.size() + " problems:");
            }
            problems.forEach(problem -> main.err().println((problems.size() > 1 ? "  " : "error: ") + problem));
            return Main.WRONG_USAGE;
        }
        SerialFilter.install();
        LogSetup.apply(configuration.log());
        var log = LoggerFactory.getLogger(ServeCommand.class);
        for (var name : ConfigurationReader.unknownVariables(System.getenv())) {
            log.warn("environment variable {} begins like one of ours but means nothing", name);
        }
        log.info("starting: {}", configuration.summary());
        Service service;
        try {
            service = Service.start(configuration, ShiftedTime.system(), ServeCommand::openStore, inspector);
        } catch (StoreException e) {
            main.err().println("error: " + e.getMessage() + ": " + e.hint());
            return e.code().isConfiguration() ? Main.WRONG_USAGE : Main.FAILED;
        } catch (HttpApi.CannotListen | Inspector.Unavailable e) {
            main.err().println("error: " + e.getMessage());
            return Main.FAILED;
        } catch (ConfigurationException e) {
            main.err().println("error: " + e.getMessage());
            return Main.WRONG_USAGE;
        }
        return serve(service, configuration);
    }

    private Integer serve(Service service, Configuration configuration) {
        var log = LoggerFactory.getLogger(ServeCommand.class);
        var stopped = new CountDownLatch(1);
        var main = Thread.currentThread();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            log.info(
                                    "stopping: no new fires, handlers have {} to end",
                                    Durations.words(configuration.limits().stopDeadline()));
                            service.close();
                            log.info("stopped");
                            stopped.countDown();
                            awaitHalt(main);
                        },
                        "carillon-stop"));
        log.info(
                "http://{}:{} answers (Ctrl-C stops)",
                configuration.http().host().contains(":")
                        ? "[" + configuration.http().host() + "]"
                        : configuration.http().host(),
                service.port());
        service.awaitScripts();
        var scripts = service.scripts();
        log.info(
                "{} scripts loaded, {} jobs",
                scripts.size(),
                scripts.stream().mapToInt(script -> script.jobs()).sum());
        // Whoever debugs wants to see no runtime but the scripts'.
        if (inspector == null) {
            service.rehearse(folder -> JdbcRunStore.open(
                    new StoreConfig("jdbc:h2:file:" + folder.toAbsolutePath().resolve("runs"))));
        }
        LeisureCollector.ofThisJvm(ShiftedTime.system()).ifPresent(LeisureCollector::start);
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Main.OK;
    }

    /** It ends the process with its exit code; without it that would be the signal's, and a stop look like a failure. */
    private static void awaitHalt(Thread main) {
        try {
            main.join(HALT_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static RunStore openStore(Configuration configuration) {
        var database = configuration.database();
        var password = database.password();
        return JdbcRunStore.open(
                new StoreConfig(database.url(), database.user(), password == null ? null : password.reveal()));
    }

    private Configuration configuration() {
        var flags = new LinkedHashMap<String, String>();
        put(flags, "http.host", host);
        put(flags, "http.port", port);
        put(flags, "http.token", token);
        put(flags, "backend", backend);
        put(flags, "database.url", database);
        put(flags, "node.name", node);
        put(flags, "log.format", logFormat);
        put(flags, "log.level", logLevel);
        var file = config;
        if (file == null && System.getenv("CARILLON_CONFIG") != null) {
            file = Path.of(System.getenv("CARILLON_CONFIG"));
        }
        if (file == null && scripts.isEmpty() && Files.exists(Path.of(STANDARD_FILE))) {
            file = Path.of(STANDARD_FILE);
        }
        var named = new ArrayList<ScriptSource>();
        var problems = new ArrayList<String>();
        for (var script : scripts) {
            if (Files.exists(script)) {
                named.add(new ScriptSource(script.toAbsolutePath().normalize(), permissions.build(null)));
            } else {
                problems.add("there is no file or folder " + script + ": correct the path");
            }
        }
        Configuration configuration;
        try {
            configuration = ConfigurationReader.read(file, System.getenv(), flags, named);
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
            throw new ConfigurationException(problems);
        }
        if (problems.isEmpty() && configuration.scripts().isEmpty()) {
            problems.add(
                    file == null
                            ? "nothing to serve: name a script or a folder, or write " + STANDARD_FILE
                                    + " here. See: carillon serve --help"
                            : file
                                    + " names no scripts: add 'scripts:' with '- path: crons/', or name some on the command line");
        }
        problems.addAll(configuration.emptyFolders());
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return configuration;
    }

    private static void put(Map<String, String> flags, String key, @Nullable String value) {
        if (value != null) {
            flags.put(key, value);
        }
    }
}
