package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.Configuration.Backend;
import dev.carillon.scheduler.http.ServiceView.ScriptState;
import dev.carillon.scheduler.run.JobKey;
import dev.carillon.scheduler.run.RunId;
import dev.carillon.scheduler.run.RunState;
import dev.carillon.scheduler.run.RunSummary;
import dev.carillon.scheduler.run.RunTrigger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code deploy/} says, held against what the service does; as far as that goes without a container engine. */
final class DeployTest {
    private static final Path DEPLOY = Path.of("../deploy");
    private static final ObjectMapper YAML = new YAMLMapper();
    /** Names Prometheus itself adds to every target. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up");
    /** Words of the query language that look like names. */
    private static final Set<String> WORDS = Set.of(
            "by",
            "expr",
            "histogram_quantile",
            "increase",
            "le",
            "max",
            "min",
            "rate",
            "state",
            "sum",
            "time",
            "avg",
            "job",
            "instance",
            "gc",
            "node",
            "humanizeDuration");

    @TempDir
    Path folder;

    private static List<JsonNode> documents(Path file) {
        try (var parser = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return parser.readAll();
        }
    }

    private static JsonNode document(String file) {
        return documents(DEPLOY.resolve(file)).getFirst();
    }

    private static Stream<JsonNode> each(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false);
    }

    /** The names of every sample the service exports, as a scrape would see them. */
    private static Set<String> exported() {
        var scripts = new EnumMap<ScriptState, Integer>(ScriptState.class);
        var job = new JobKey("a.ts", "daily");
        String text;
        try (var metrics = new Metrics("quartz", "node-1")) {
            metrics.run(RunSummary.of(
                    RunId.of(job, Instant.EPOCH),
                    job,
                    Instant.EPOCH,
                    RunState.SUCCEEDED,
                    null,
                    RunTrigger.SCHEDULE,
                    1,
                    Instant.EPOCH,
                    Instant.EPOCH,
                    "node-1",
                    null));
            text = metrics.text(new Metrics.Gauges(1, 1, 1, 1, scripts, true));
        }
        return text.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> namesIn(String query) {
        var bare =
                query.replaceAll("\"[^\"]*\"", "").replaceAll("\\[[^]]*]", "").replaceAll("\\{[^}]*}", "");
        return Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*")
                .matcher(bare)
                .results()
                .map(found -> found.group())
                .filter(name -> !WORDS.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void every_yaml_file_parses_and_repeats_no_key() throws IOException {
        try (var files = Files.walk(DEPLOY)) {
            var yaml =
                    files.filter(file -> file.toString().matches(".*\\.ya?ml")).toList();
            assertThat(yaml).hasSizeGreaterThan(8);
            for (var file : yaml) {
                assertThat(documents(file)).as(file.toString()).isNotEmpty();
            }
        }
    }

    @Test
    void dashboards_and_alerts_ask_only_for_metrics_the_service_exports() throws IOException {
        var known = new TreeSet<>(exported());
        known.addAll(OF_PROMETHEUS);
        var grafana = new ObjectMapper()
                .readTree(Files.readString(DEPLOY.resolve("compose/grafana/dashboards/carillon.json")));
        var queries = new ArrayList<String>();
        each(grafana.get("panels"))
                .forEach(panel -> each(panel.get("targets"))
                        .forEach(target -> queries.add(target.get("expr").asString())));
        each(document("compose/prometheus/alerts.yml").get("groups"))
                .forEach(group -> each(group.get("rules"))
                        .forEach(rule -> queries.add(rule.get("expr").asString())));
        assertThat(queries).hasSizeGreaterThan(15);
        for (var query : queries) {
            assertThat(known).as(query).containsAll(namesIn(query));
            assertThat(query.chars().filter(c -> c == '(').count())
                    .as("parentheses of " + query)
                    .isEqualTo(query.chars().filter(c -> c == ')').count());
        }
    }

    @Test
    void a_query_for_an_unknown_metric_would_be_noticed() {
        assertThat(namesIn("max by (job) (carillon_job_fails{state=\"x\"}[5m]) > 0"))
                .containsExactly("carillon_job_fails");
        assertThat(exported()).doesNotContain("carillon_job_fails").contains("carillon_jobs_failing");
    }

    @Test
    void grafana_panels_use_the_provisioned_data_source_and_do_not_overlap() throws IOException {
        var uid = document("compose/grafana/provisioning/datasources/prometheus.yaml")
                .at("/datasources/0/uid")
                .asString();
        var grafana = new ObjectMapper()
                .readTree(Files.readString(DEPLOY.resolve("compose/grafana/dashboards/carillon.json")));
        var taken = new HashMap<String, String>();
        for (var panel : grafana.get("panels")) {
            assertThat(panel.at("/datasource/uid").asString()).isEqualTo(uid);
            var at = panel.get("gridPos");
            for (int x = at.get("x").asInt();
                    x < at.get("x").asInt() + at.get("w").asInt();
                    x++) {
                assertThat(x).isLessThan(24);
                for (int y = at.get("y").asInt();
                        y < at.get("y").asInt() + at.get("h").asInt();
                        y++) {
                    assertThat(taken.put(x + "," + y, panel.get("title").asString()))
                            .isNull();
                }
            }
        }
    }

    @Test
    void every_example_configuration_is_accepted() throws IOException {
        var secrets = Map.of(
                "CARILLON_NODE_NAME", "node-1",
                "CARILLON_DATABASE_PASSWORD", "secret",
                "CARILLON_HTTP_TOKEN", "0123456789abcdef");
        try (var files = Files.list(DEPLOY.resolve("config"))) {
            var examples =
                    files.filter(file -> file.toString().endsWith(".yaml")).toList();
            assertThat(examples).hasSizeGreaterThanOrEqualTo(3);
            for (var file : examples) {
                var configuration = ConfigurationReader.read(file, secrets, Map.of(), List.of());
                assertThat(configuration.scripts()).as(file.toString()).isNotEmpty();
                assertThat(configuration.backend())
                        .isEqualTo(file.toString().contains("cluster") ? Backend.QUARTZ : Backend.LOCAL);
            }
        }
    }

    @Test
    void the_configurations_inside_images_and_manifests_are_accepted() throws IOException {
        // Their absolute script folder exists in the container only.
        var crons = Files.createDirectory(folder.resolve("crons"));
        var environment = Map.of(
                "CARILLON_NODE_NAME", "node-1",
                "CARILLON_DATABASE_URL", "jdbc:postgresql://postgres/carillon",
                "CARILLON_HTTP_HOST", "0.0.0.0",
                "CARILLON_HTTP_TOKEN", "0123456789abcdef");
        var configMap = documents(DEPLOY.resolve("kubernetes/carillon.yaml")).getFirst();
        for (var text : List.of(
                Files.readString(DEPLOY.resolve("container/carillon.yaml")),
                Files.readString(DEPLOY.resolve("compose/carillon.yaml")),
                configMap.at("/data/carillon.yaml").asString())) {
            var file = Files.writeString(folder.resolve("carillon.yaml"), text.replace("/crons", crons.toString()));
            assertThat(ConfigurationReader.read(file, environment, Map.of(), List.of())
                            .scripts())
                    .as(text)
                    .hasSize(1);
        }
    }

    @Test
    void every_variable_set_for_the_service_means_something_to_it() throws IOException {
        var set = new TreeSet<String>();
        try (var files = Files.walk(DEPLOY)) {
            for (var file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".md"))
                    .toList()) {
                Pattern.compile("CARILLON_[A-Z_]*[A-Z]")
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(found -> set.add(found.group()));
            }
        }
        assertThat(set).contains("CARILLON_NODE_NAME", "CARILLON_HTTP_TOKEN");
        var environment = set.stream().collect(Collectors.toMap(name -> name, name -> "x"));
        assertThat(ConfigurationReader.unknownVariables(environment)).isEmpty();
    }

    @Test
    void compose_has_two_hardened_nodes_with_names_of_their_own_and_nothing_open_to_the_network() {
        var compose = document("compose/compose.yaml");
        var names = new ArrayList<String>();
        for (var node : List.of("node-1", "node-2")) {
            var service = compose.at("/services/" + node);
            var merged = compose.get("x-node");
            assertThat(service.has("<<") || service.has("image")).isTrue();
            assertThat(merged.get("read_only").asBoolean()).isTrue();
            assertThat(merged.at("/cap_drop/0").asString()).isEqualTo("ALL");
            assertThat(merged.at("/tmpfs/0").asString()).startsWith("/tmp:exec");
            names.add(service.at("/environment/CARILLON_NODE_NAME").asString());
        }
        assertThat(names).containsExactly("node-1", "node-2");
        for (var service : compose.get("services")) {
            if (service.has("ports")) {
                each(service.get("ports"))
                        .forEach(port -> assertThat(port.asString()).startsWith("127.0.0.1:"));
            }
        }
        for (var volume : compose.at("/x-node/volumes")) {
            assertThat(DEPLOY.resolve("compose").resolve(volume.asString().split(":")[0]))
                    .exists();
        }
        var targets = document("compose/prometheus/prometheus.yml").at("/scrape_configs/0/static_configs/0/targets");
        assertThat(each(targets).map(JsonNode::asString)).containsExactly("node-1:8080", "node-2:8080");
    }

    @Test
    void kubernetes_manifests_hang_together() {
        var byKind = new HashMap<String, List<JsonNode>>();
        for (var document : documents(DEPLOY.resolve("kubernetes/carillon.yaml"))) {
            assertThat(document.has("apiVersion")).isTrue();
            byKind.computeIfAbsent(document.get("kind").asString(), kind -> new ArrayList<>())
                    .add(document);
        }
        assertThat(byKind)
                .containsOnlyKeys("ConfigMap", "ServiceAccount", "Service", "PodDisruptionBudget", "StatefulSet");
        var set = byKind.getOrDefault("StatefulSet", List.of()).getFirst();
        var labels = set.at("/spec/template/metadata/labels");
        assertThat(set.at("/spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(byKind.getOrDefault("PodDisruptionBudget", List.of())
                        .getFirst()
                        .at("/spec/selector/matchLabels"))
                .isEqualTo(labels);
        byKind.getOrDefault("Service", List.of())
                .forEach(service -> assertThat(service.at("/spec/selector")).isEqualTo(labels));
        assertThat(byKind.getOrDefault("Service", List.of()).stream()
                        .map(service -> service.at("/metadata/name").asString()))
                .contains(set.at("/spec/serviceName").asString());

        var container = set.at("/spec/template/spec/containers/0");
        assertThat(container.at("/startupProbe/httpGet/path").asString()).isEqualTo("/healthz");
        assertThat(container.at("/livenessProbe/httpGet/path").asString()).isEqualTo("/healthz");
        assertThat(container.at("/readinessProbe/httpGet/path").asString()).isEqualTo("/readyz");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(set.at("/spec/template/spec/securityContext/runAsNonRoot").asBoolean())
                .isTrue();
        var volumes = each(set.at("/spec/template/spec/volumes"))
                .map(volume -> volume.get("name").asString())
                .toList();
        each(container.get("volumeMounts"))
                .forEach(mount -> assertThat(volumes).contains(mount.get("name").asString()));

        var secret = document("kubernetes/secret.example.yaml");
        for (var variable : container.get("env")) {
            if (variable.at("/valueFrom/secretKeyRef/name").asString("").equals("carillon")) {
                assertThat(secret.at("/stringData")
                                .has(variable.at("/valueFrom/secretKeyRef/key").asString()))
                        .as(variable.toString())
                        .isTrue();
            }
        }
    }

    @Test
    void the_image_is_multi_stage_not_root_and_watches_itself() throws IOException {
        var text = Files.readString(DEPLOY.resolve("container/Dockerfile"));
        var last = text.substring(text.lastIndexOf("\nFROM "));
        assertThat(text).containsPattern("(?m)^FROM \\S+ AS build$");
        assertThat(last).containsPattern("(?m)^USER 10001:10001$").containsPattern("(?m)^HEALTHCHECK ");
        assertThat(last.indexOf("\nUSER ")).isLessThan(last.indexOf("\nENTRYPOINT "));
        var copied = Pattern.compile("(?m)^COPY (deploy/\\S+) ")
                .matcher(text)
                .results()
                .map(found -> found.group(1));
        assertThat(copied)
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Path.of("..", file)).exists());
        assertThat(DEPLOY.resolve("container/healthy")).isExecutable();
    }

    @Test
    void the_health_check_tells_a_well_service_from_a_sick_one_and_from_none() throws Exception {
        int port;
        try (var server = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
            server.setSoTimeout(10_000);
            for (var answer : Map.of("200 OK", 0, "503 Service Unavailable", 1).entrySet()) {
                var process = healthy(port);
                try (var socket = server.accept()) {
                    var request = new Scanner(socket.getInputStream(), StandardCharsets.UTF_8)
                            .useDelimiter("\r\n\r\n")
                            .next();
                    assertThat(request).startsWith("GET /healthz HTTP/1.0");
                    socket.getOutputStream()
                            .write(("HTTP/1.1 " + answer.getKey() + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
                }
                assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).as(answer.getKey()).isEqualTo(answer.getValue());
            }
        }
        var process = healthy(port);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("nobody listens").isEqualTo(1);
    }

    private static Process healthy(int port) throws IOException {
        var builder =
                new ProcessBuilder("bash", DEPLOY.resolve("container/healthy").toString());
        builder.environment().put("CARILLON_HTTP_PORT", String.valueOf(port));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void systemd_accepts_the_unit() throws Exception {
        // Where systemd is not installed, what can be checked is that stopping is longer than the service's deadline.
        var unit = Files.readString(DEPLOY.resolve("systemd/carillon.service"));
        assertThat(unit).contains("TimeoutStopSec=30s").contains("RestartPreventExitStatus=2");
        if (!Files.isExecutable(Path.of("/usr/bin/systemd-analyze"))) {
            return;
        }
        // The verifier wants the program to exist.
        var copy = Files.writeString(
                folder.resolve("carillon.service"), unit.replace("/opt/carillon/carillon", "/usr/bin/env"));
        var process = new ProcessBuilder("/usr/bin/systemd-analyze", "verify", "--man=no", copy.toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).isEmpty();
    }
}
