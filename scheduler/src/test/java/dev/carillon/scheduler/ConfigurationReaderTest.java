package dev.carillon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.RuntimeLimits;
import dev.carillon.scheduler.Configuration.Backend;
import dev.carillon.scheduler.Configuration.ScriptSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationReaderTest {
    @TempDir
    private Path folder;

    private Configuration read(String yaml, Map<String, String> environment, Map<String, String> flags)
            throws IOException {
        var file = Files.writeString(folder.resolve("carillon.yaml"), yaml);
        return ConfigurationReader.read(file, environment, flags, List.of());
    }

    private List<String> problems(String yaml, Map<String, String> environment) {
        var refused = catchThrowableOfType(ConfigurationException.class, () -> read(yaml, environment, Map.of()));
        assertThat(refused).as("the configuration is refused").isNotNull();
        return refused.problems().stream()
                .map(problem -> problem.replace(folder + "/", ""))
                .toList();
    }

    @Test
    void without_a_file_everything_has_its_default() {
        var configuration = ConfigurationReader.read(null, Map.of(), Map.of(), List.of());
        assertThat(configuration.backend()).isEqualTo(Backend.LOCAL);
        assertThat(configuration.http().host()).isEqualTo("127.0.0.1");
        assertThat(configuration.http().port()).isEqualTo(8080);
        assertThat(configuration.history().keep()).isEqualTo(Duration.ofDays(90));
        assertThat(configuration.node().name()).isNotEmpty();
    }

    @Test
    void a_variable_beats_the_file_and_a_flag_beats_both() throws IOException {
        var yaml = "http: { port: 1111, host: 127.0.0.1 }\nhistory: { keep: 1d }\n";
        assertThat(read(yaml, Map.of(), Map.of()).http().port()).isEqualTo(1111);
        assertThat(read(yaml, Map.of("CARILLON_HTTP_PORT", "2222"), Map.of())
                        .http()
                        .port())
                .isEqualTo(2222);
        assertThat(read(yaml, Map.of("CARILLON_HTTP_PORT", "2222"), Map.of("http.port", "3333"))
                        .http()
                        .port())
                .isEqualTo(3333);
    }

    @Test
    void scripts_start_at_the_files_folder_and_carry_their_permissions() throws IOException {
        Files.createDirectory(folder.resolve("crons"));
        var configuration = read("""
                scripts:
                  - path: crons/
                    permissions: { net: ["api.example.com"], env: true }
                """, Map.of(), Map.of());
        var script = configuration.scripts().getFirst();
        assertThat(script.path()).isEqualTo(folder.resolve("crons"));
        script.permissions().check(Kind.NET, "api.example.com:443");
        script.permissions().check(Kind.ENV, "ANY");
        assertThatThrownBy(() -> script.permissions().check(Kind.NET, "other.example.com:443"))
                .isInstanceOf(JsVisibleException.class);
    }

    @Test
    void all_problems_are_told_at_once_each_with_its_place() {
        assertThat(problems("""
                        backnd: local
                        http: { port: 99999 }
                        history:
                          keep: soon
                          keep-runs: 5
                        scripts:
                          - path: nowhere.ts
                          - permissions: { nett: true }
                        log: loud
                        """, Map.of("CARILLON_BACKEND", "sundial")))
                .containsExactlyInAnyOrder(
                        "carillon.yaml:1:1: unknown key 'backnd': did you mean 'backend'?",
                        "carillon.yaml:2:15: http.port: '99999' is not a whole number from 0 to 65535",
                        "carillon.yaml:4:9: history.keep: 'soon' is not a duration: write a whole number and a unit,"
                                + " such as 250ms, 30s, 5m, 12h or 90d",
                        "carillon.yaml:5:3: unknown key 'history.keep-runs': did you mean 'history.keep'?",
                        "carillon.yaml:7:11: there is no file or folder nowhere.ts: correct the path (paths in the file"
                                + " start at its own folder)",
                        "carillon.yaml:8:20: unknown permission 'nett': expected read, write, net, env, sys, run, ffi,"
                                + " import or all, with deny- or ignore- in front if so meant",
                        "carillon.yaml:8:5: this script has no 'path'",
                        "carillon.yaml:9:1: unknown key 'log': known are backend, database.url, database.user,"
                                + " database.password, node.name, node.cluster, http.host, http.port, http.token, history.keep,"
                                + " history.keep-runs-per-job, log.format, log.level, limits.stop-deadline, limits.takeovers,"
                                + " limits.turn-cpu, limits.heap, limits.pending-ops, limits.open-resources, limits.timers,"
                                + " limits.log-lines-per-run, limits.log-lines-per-second, schedules.seconds, scripts",
                        "environment variable CARILLON_BACKEND: backend: 'sundial' is none of local, quartz");
    }

    @Test
    void a_script_may_have_limits_of_its_own_and_the_rest_are_those_of_the_service() throws IOException {
        Files.writeString(folder.resolve("a.ts"), "");
        Files.writeString(folder.resolve("b.ts"), "");
        var configuration = read("""
                limits: { turn-cpu: 3s, timers: 50, heap: 64MB }
                scripts:
                  - a.ts
                  - path: b.ts
                    limits: { timers: 7, log-lines-per-run: 5, heap: 25% }
                """, Map.of("CARILLON_LIMITS_PENDING_OPS", "11"), Map.of());
        var a = configuration.scripts().getFirst().limits();
        var b = configuration.scripts().getLast().limits();
        assertThat(a).isEqualTo(configuration.limits().script());
        assertThat(a.turnCpu()).isEqualTo(Duration.ofSeconds(3));
        assertThat(a.runtime()).isEqualTo(new RuntimeLimits(11, 100_000, 50, 64 << 20));
        assertThat(b.turnCpu()).isEqualTo(Duration.ofSeconds(3));
        assertThat(b.runtime())
                .isEqualTo(
                        new RuntimeLimits(11, 100_000, 7, Runtime.getRuntime().maxMemory() / 100 * 25));
        assertThat(b.logLinesPerRun()).isEqualTo(5);
        assertThat(b.logLinesPerSecond()).isEqualTo(200);
    }

    @Test
    void scripts_named_on_the_command_line_have_the_limits_of_the_service() {
        var configuration = ConfigurationReader.read(
                null,
                Map.of("CARILLON_LIMITS_TIMERS", "9"),
                Map.of(),
                List.of(new ScriptSource(folder, Permissions.none())));
        assertThat(configuration.scripts().getFirst().limits())
                .isEqualTo(configuration.limits().script());
        assertThat(configuration.limits().script().runtime().timersMax()).isEqualTo(9);
        assertThat(configuration.limits().script().runtime().heapBytesMax()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void a_limit_that_is_none_is_refused_wherever_it_stands() throws IOException {
        Files.writeString(folder.resolve("a.ts"), "");
        assertThat(problems("""
                        limits: { timers: 0, pending-ops: 10000000, heap: 100% }
                        scripts:
                          - path: a.ts
                            limits: { turn-cpu: 0s, timer: 5, stop-deadline: 1s, log-lines-per-run: 900001 }
                          - path: a.ts
                            limits: none
                        """, Map.of("CARILLON_LIMITS_OPEN_RESOURCES", "10000001")))
                .containsExactlyInAnyOrder(
                        "carillon.yaml:1:19: limits.timers: '0' is not a whole number from 1 to 10000000",
                        "carillon.yaml:1:51: limits.heap: '100%' is no share of the heap: write 256MB, 2GB, 25% (of what the"
                                + " process may have) or off",
                        "carillon.yaml:4:25: limits.turn-cpu: '0s' must be more than nothing",
                        "carillon.yaml:4:29: unknown key 'scripts[].limits.timer': did you mean 'timers'?",
                        "carillon.yaml:4:39: 'stop-deadline' holds for the whole service: set limits.stop-deadline at the"
                                + " top",
                        "carillon.yaml:4:77: limits.log-lines-per-run: '900001' is not a whole number from 1 to 900000",
                        "carillon.yaml:6:13: 'limits' is a map such as { turn-cpu: 1s, timers: 100 }",
                        "environment variable CARILLON_LIMITS_OPEN_RESOURCES: limits.open-resources: '10000001' is not a"
                                + " whole number from 1 to 10000000");
    }

    @Test
    void a_text_that_is_no_yaml_is_refused_with_line_and_column() {
        assertThat(problems("http: { port: 1\nbackend: [", Map.of()).getFirst())
                .matches("carillon\\.yaml:\\d+:\\d+: not readable as YAML: .*");
    }

    @Test
    void a_key_that_stands_twice_is_refused() {
        assertThat(problems("backend: local\nbackend: local\n", Map.of()))
                .hasSize(1)
                .first()
                .asString()
                .contains("carillon.yaml:2:")
                .contains("backend");
    }

    @Test
    void listening_beyond_this_machine_wants_a_token() throws IOException {
        assertThat(problems("http: { host: 0.0.0.0 }", Map.of()).getFirst())
                .contains("http.host 0.0.0.0 can be reached from outside")
                .contains("set a token");
        var open = read("http: { host: 0.0.0.0, token: 0123456789abcdef }", Map.of(), Map.of());
        assertThat(open.http().token()).isNotNull();
    }

    @Test
    void secrets_are_never_shown() throws IOException {
        var configuration = read(
                "http: { token: 0123456789abcdef }\ndatabase: { url: \"jdbc:postgresql://me:hush@db/x?password=hush\", password: hush }",
                Map.of(),
                Map.of());
        assertThat(configuration.summary()
                        + configuration.http()
                        + configuration.database().password())
                .doesNotContain("hush")
                .doesNotContain("0123456789abcdef");
    }

    @Test
    void variables_that_only_look_like_ours_are_named() {
        assertThat(ConfigurationReader.unknownVariables(
                        Map.of("CARILLON_HTTP_PROT", "1", "CARILLON_HTTP_PORT", "1", "PATH", "x")))
                .containsExactly("CARILLON_HTTP_PROT");
    }
}
