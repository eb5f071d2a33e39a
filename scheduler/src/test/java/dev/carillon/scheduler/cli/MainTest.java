package dev.carillon.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MainTest {
    @TempDir
    private Path folder;

    private record Result(int code, String out, String err) {}

    private static Result carillon(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = new Main(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(args));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rnu x.ts|unknown command 'rnu', did you mean 'run'?",
                "sevre|unknown command 'sevre', did you mean 'serve'?",
                "--versoin|unknown option '--versoin', did you mean '--version'?",
                "run --alow-net x.ts|unknown option '--alow-net', did you mean '--allow-net'?",
                "run --unstabel-cron x.ts|unknown option '--unstabel-cron', did you mean '--unstable-cron'?",
                "run|run wants a script",
                "run --allow-all --allow-net x.ts|--allow-all conflicts with --allow-net",
                "next --cuont 3 x|unknown option '--cuont', did you mean '--count'?",
                "next --count many x|--count",
                "next --timezone Europe/Berlni x|no time zone, did you mean 'Europe/Berlin'?",
                "next --dialect quarz x|unknown dialect 'quarz', did you mean 'quartz'?",
                "next --from yesterday x|no instant",
                "next|<expression>",
                "check nowhere.ts|there is no file or folder nowhere.ts",
                "serve --port 99999 .|error: --port: http.port: '99999' is not a whole number from 0 to 65535",
                "serve --log-level loud .|error: --log-level: ",
                "serve --backend magic .|error: --backend: ",
                "serve --prot 1|unknown option '--prot', did you mean '--port'?",
                "jobs --url nonsense|no address",
            })
    void wrong_usage_is_one_sentence_with_the_way_out_and_exit_code_2(String line, String said) {
        var result = carillon(line.split(" "));
        assertThat(result.code).isEqualTo(2);
        assertThat(result.err).startsWith("error: ").contains(said).doesNotContain("Exception");
        assertThat(result.err.strip().lines()).hasSize(1);
    }

    @Test
    void every_command_has_a_help_that_teaches_with_an_example() {
        for (var command : Main.commands()) {
            var help = carillon(command, "--help");
            assertThat(help.code).isZero();
            assertThat(help.out).startsWith("carillon " + command).contains("\n  carillon " + command + " ");
            assertThat(carillon("help", command).out).isEqualTo(help.out);
            assertThat(carillon("--help").out).contains(command);
        }
    }

    @TestFactory
    Stream<DynamicTest> every_option_is_in_its_help() {
        var main = new Main(System.out, System.err);
        Map<String, Callable<Integer>> commands = Map.of(
                "serve", new ServeCommand(main),
                "next", new NextCommand(main),
                "check", new CheckCommand(main),
                "jobs", new ClientCommand.Jobs(main),
                "runs", new ClientCommand.Runs(main),
                "logs", new ClientCommand.Logs(main),
                "pause", new ClientCommand.Act(main, "pause"));
        return commands.entrySet().stream()
                .map(command -> DynamicTest.dynamicTest(command.getKey(), () -> {
                    for (var option : new CommandLine(command.getValue())
                            .getCommandSpec()
                            .optionsMap()
                            .keySet()) {
                        assertThat(Main.helpText(command.getKey())).contains(option);
                    }
                }));
    }

    @Test
    void next_shows_fire_times_from_an_instant_on() {
        var result = carillon("next", "--from", "2026-11-21T10:02:00Z", "--count", "2", "*/5 * * * *");
        assertThat(result.code).isZero();
        assertThat(result.out).contains("Sat 2026-11-21 10:05:00").contains("Sat 2026-11-21 10:10:00");
    }

    @Test
    void next_says_what_is_wrong_with_an_expression() {
        var result = carillon("next", "61 * * * *");
        assertThat(result.code).isEqualTo(2);
        assertThat(result.err).startsWith("error: Invalid cron schedule").contains("61");
    }

    @Test
    void check_lists_crons_without_running_them() throws IOException {
        var script = Files.writeString(folder.resolve("two.ts"), """
                Deno.cron("first", "*/5 * * * *", () => { throw new Error("must not run"); });
                setTimeout(() => Deno.cron("later", "0 3 * * *", { backoffSchedule: [10] }, () => {}), 1);
                """);
        var result = carillon("check", script.toString());
        assertThat(result.err).isEmpty();
        assertThat(result.code).isZero();
        assertThat(result.out)
                .contains("2 crons")
                .contains("first")
                .contains("later")
                .contains("0 3 * * *");
    }

    @Test
    void check_fails_for_a_script_that_does_not_load_and_goes_on_with_the_others() throws IOException {
        Files.writeString(folder.resolve("bad.ts"), "Deno.cron('x', '61 * * * *', () => {});\n");
        Files.writeString(folder.resolve("good.ts"), "Deno.cron('fine', '1 * * * *', () => {});\n");
        var result = carillon("check", folder.toString());
        assertThat(result.code).isEqualTo(1);
        assertThat(result.out).contains("fine").contains("bad.ts: fails");
        assertThat(result.err).contains("Invalid cron schedule").contains("bad.ts:1:");
    }

    @Test
    void a_client_command_without_a_service_says_how_to_get_one() {
        var result = carillon("jobs", "--url", "http://127.0.0.1:1");
        assertThat(result.code).isEqualTo(1);
        assertThat(result.err)
                .isEqualTo("error: no service answers at http://127.0.0.1:1: start one with 'carillon serve',"
                        + " or name its address with --url or CARILLON_URL\n");
    }

    @Test
    void serve_refuses_a_configuration_with_all_its_problems() throws IOException {
        var file = Files.writeString(folder.resolve("c.yaml"), "backnd: x\nhttp: { port: -1 }\n");
        var result = carillon("serve", "--config", file.toString());
        assertThat(result.code).isEqualTo(2);
        assertThat(result.err).contains("2 problems").contains("c.yaml:1:1").contains("c.yaml:2:");
    }

    @Test
    void serve_refuses_a_folder_without_scripts() {
        var result = carillon("serve", folder.toString());
        assertThat(result.code).isEqualTo(2);
        assertThat(result.err).contains("holds no script");
    }
}
