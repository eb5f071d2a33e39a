package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.scheduler.cli.Main;
import dev.carillon.scheduler.quartz.Effects.Effect;
import dev.carillon.scheduler.run.AttemptState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nodes as users run them: {@code carillon serve} with a script, as processes. */
@Timeout(180)
class ServiceNodesTest {
    private static final List<String> FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dpolyglot.engine.WarnInterpreterOnly=false");

    @RegisterExtension
    final Cluster cluster = new Cluster();

    @TempDir
    Path folder;

    @Test
    @Tag("pitfall-2")
    void
            a_script_on_a_node_frozen_past_detection_is_ended_when_it_wakes_and_its_effects_do_not_overlap_the_next_attempt()
                    throws Exception {
        try (var effects = new Effects(cluster::tellNews)) {
            Files.writeString(folder.resolve("effects.js"), """
                    Deno.cron("effects", "* * * * * *", async () => {
                      const { id, fence, node } = Carillon.run;
                      for (let i = 0; i < 400; i++) {
                        await fetch("%s", { method: "POST", body: `${id} ${fence} ${node}` });
                        await new Promise((resolve) => setTimeout(resolve, 100));
                      }
                    });
                    """.formatted(effects.address()));
            serve("n1", "quartz");
            serve("n2", "quartz");
            cluster.await("an effect is had", () -> effects.accepted().size() > 3);
            var first = effects.accepted().getFirst();
            var frozen = cluster.node(first.node());
            frozen.freeze();
            cluster.await("the other node goes on with it", () -> next(effects, first) != null);
            var taken = next(effects, first);
            frozen.thaw();
            cluster.await("its script is ended", () -> frozen.logged("taken for dead"));
            goesOn(effects, 10);
            long refused = stale(effects, first);
            goesOn(effects, 20);

            assertThat(taken.fence()).isGreaterThan(first.fence());
            assertThat(taken.node()).isNotEqualTo(first.node());
            System.err.printf("woken up after a takeover: %d stale effects, all refused%n", refused);
            assertThat(stale(effects, first)).as("its script is ended").isEqualTo(refused);
            assertThat(effects.accepted().stream()
                            .filter(effect -> effect.run().equals(first.run())
                                    && effect.at().isAfter(taken.at())))
                    .as("no effect of the frozen attempt after the first of the next")
                    .allMatch(effect -> effect.fence() >= taken.fence());
            var run = cluster.runs().stream()
                    .filter(each -> each.id().equals(first.run()))
                    .findFirst()
                    .orElseThrow();
            var attempts = cluster.attemptsOf(run);
            assertThat(attempts.getFirst().state()).isEqualTo(AttemptState.INTERRUPTED);
            assertThat(attempts.getFirst().node()).isEqualTo(first.node());
            assertThat(attempts.get(1).node()).isEqualTo(taken.node());
        }
    }

    /** Effects the attempt wanted after another had begun. */
    private static long stale(Effects effects, Effect of) {
        return effects.refused().stream()
                .filter(effect -> effect.run().equals(of.run()) && effect.fence() == of.fence())
                .count();
    }

    private void goesOn(Effects effects, int more) {
        int before = effects.accepted().size();
        cluster.await("the next attempt goes on", () -> effects.accepted().size() >= before + more);
    }

    private static Effect next(Effects effects, Effect first) {
        return effects.accepted().stream()
                .filter(effect ->
                        effect.run().equals(first.run()) && !effect.node().equals(first.node()))
                .findFirst()
                .orElse(null);
    }

    @Test
    @Tag("pitfall-3")
    void a_configuration_that_would_claim_without_a_lock_is_refused() throws Exception {
        Files.writeString(folder.resolve("effects.js"), "");
        var node = serve("n1", "quartz", "quartz: { acquire-triggers-within-lock: false }");
        assertThat(node.exitCode()).isEqualTo(2);
        assertThat(node.logged("unknown key 'quartz'")).as(node.story()).isTrue();
    }

    @Test
    @Tag("pitfall-11")
    void a_service_that_is_no_node_is_refused_on_the_database_of_a_living_cluster_which_goes_on_unharmed()
            throws Exception {
        var node = cluster.up("n1", "jobs=5", "work=500");
        cluster.await("it works", () -> node.starts().size() > 10);
        Files.writeString(folder.resolve("effects.js"), "");
        var intruder = serve("n2", "local");
        assertThat(intruder.exitCode()).as(intruder.story()).isNotZero();
        assertThat(intruder.logged("cannot share it")).as(intruder.story()).isTrue();
        var refused = Instant.now();
        cluster.await(
                "the node goes on",
                () -> node.starts().stream().anyMatch(start -> start.scheduled().isAfter(refused.plusSeconds(2))));
        var until = Instant.now().minusSeconds(1);
        node.leave();
        cluster.assertNothingDoubled();
        cluster.assertNothingMissed(5, until);
        assertThat(cluster.runs()).as("nobody was interrupted").allMatch(run -> run.attempts() <= 1);
    }

    private NodeProcess serve(String name, String backend, String... more) throws IOException {
        var configuration = folder.resolve(name + ".yaml");
        Files.writeString(configuration, """
                backend: %s
                database: { url: "%s" }
                node: { name: %s }
                http: { port: 0 }
                schedules: { seconds: true }
                limits: { stop-deadline: 2s }
                scripts:
                  - path: effects.js
                    permissions: { net: ["127.0.0.1"] }
                %s
                """.formatted(backend, cluster.url(), name, String.join("\n", more)));
        return cluster.add(new NodeProcess(
                name, Main.class, FLAGS, List.of("serve", "--config", configuration.toString()), cluster::tellNews));
    }
}
