package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.Environment;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeControl;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.WorkingDirectory;
import dev.carillon.runtime.time.TimeSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sandbox, synchronous and asynchronous ops, state. */
@ExtendWith(LeakCheck.class)
class SandboxIdeasTest {
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "typeof Java",
                "typeof Polyglot",
                "typeof Graal",
                "typeof Packages",
                "typeof java",
                "typeof javax",
                "typeof com",
                "typeof org",
                "typeof load",
                "typeof loadWithNewGlobal",
                "typeof print",
                "typeof printErr",
                "typeof read",
                "typeof readbuffer",
                "typeof readline",
                "typeof quit",
                "typeof exit",
                "typeof require",
                "typeof process",
                "typeof global",
                "typeof importPackage",
                "typeof JavaImporter",
                "typeof __carillon_bridge",
                "typeof performance",
                "typeof AsyncContext",
                "typeof arguments",
                "typeof Realm",
                "typeof Debug",
                "typeof ops.op_state?.class",
                "typeof Deno.core",
            })
    @Tag("S3.2")
    void the_host_has_no_name_in_a_script(String expression) {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.eval(expression)).isEqualTo("undefined");
        }
    }

    @Test
    @Tag("S3.2")
    void a_host_object_that_reaches_a_script_has_nothing_to_hold_on_to() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), leaking())) {
            assertThat(script.eval("""
                    const host = ops.op_leak_error();
                    const found = [];
                    const names = ['getClass', 'class', 'constructor', 'hashCode', 'toString', 'wait', 'getStackTrace', 'getCause', 'forName'];
                    for (const name of names) {
                      let member;
                      try { member = host[name] } catch { continue }
                      if (member !== undefined && member !== Object.prototype[name] && name !== 'constructor' && name !== 'toString') found.push(name);
                    }
                    found.join()""")).isEqualTo("");
            assertThat(script.eval("""
                    const tries = [
                      () => ops.op_add.constructor('return Java')(),
                      () => (0, eval)('Java.type("java.lang.System")'),
                      () => new Function('return Polyglot')(),
                      () => (async () => {}).constructor('return Java.type')().catch(() => {}) && undefined,
                      () => Object.getPrototypeOf(function* () {}).constructor('return load')().next(),
                      () => ops.op_leak_error().getClass().forName('java.lang.Runtime'),
                      () => Reflect.get(ops.op_leak_error(), 'class').classLoader,
                    ];
                    tries.filter((t) => { try { const v = t(); return v !== undefined && v?.value !== undefined } catch { return false } }).length
                    """)).isEqualTo(0.0);
            assertThat(script.run("""
                    for (const specifier of ['file:///etc/passwd', 'java:java.lang.System', 'ext:core/infra.js', '/etc/passwd']) {
                      try { await import(specifier); say('loaded ' + specifier) } catch (e) { say(e.constructor.name) }
                    }
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).hasSize(4).allMatch("TypeError"::equals);
        }
    }

    private static Extension leaking() {
        return Extension.builder("leaking").ops(state -> new LeakingOps()).build();
    }

    /** Hands out what an op never should. */
    public static final class LeakingOps {
        @Op("op_leak_error")
        public CompletionStage<String> error() {
            return CompletableFuture.completedFuture("x");
        }
    }

    @Test
    @Tag("S3.3")
    void a_check_inside_the_op_holds_with_glue_bypassed() {
        var extension = Extension.builder("guarded").ops(GuardedOps::new).build();
        try (var denied = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension);
                var allowed = new RuntimeHarness(
                        RuntimeOptions.builder()
                                .permissions(Permissions.builder()
                                        .allow(Permissions.Kind.ENV, List.of("HOME"))
                                        .build()),
                        ProbeOps.extension(),
                        extension)) {
            var call =
                    "const id = core.catalog().guarded.op_secret; try { ops.op_secret('HOME') + core.jsonOp(id, ['HOME']) }"
                            + " catch (e) { String(e) }";
            assertThat(denied.eval(call))
                    .isEqualTo("NotCapable: Requires env access to \"HOME\", run again with the --allow-env flag");
            assertThat(denied.eval(
                            "try { core.jsonOp(core.catalog().guarded.op_secret, ['HOME']) } catch (e) { e.name }"))
                    .isEqualTo("NotCapable");
            assertThat(allowed.eval(call)).isEqualTo("secretsecret");
        }
    }

    /** An op behind a permission. */
    public static final class GuardedOps {
        private final Permissions permissions;

        GuardedOps(OpState state) {
            permissions = state.borrow(Permissions.class);
        }

        @Op("op_secret")
        public String secret(String name) {
            permissions.check(Permissions.Kind.ENV, name);
            return "secret";
        }
    }

    @Test
    @Tag("S3.5")
    void glue_that_is_parsed_already_behaves_as_when_parsed_anew() {
        var expression =
                "JSON.stringify([Object.getOwnPropertyNames(globalThis).sort(), Object.keys(core), core.opNames()])";
        try (var fresh = JsEngine.create();
                var cached = new RuntimeHarness(TimeSource.system(), ProbeOps.extension());
                var again = new RuntimeHarness(TimeSource.system(), ProbeOps.extension());
                var cold = fresh.newRuntime(RuntimeOptions.builder()
                        .extensions(List.of(ProbeOps.extension()))
                        .build())) {
            var anew = RuntimeHarness.await(cold.execute("x.js", expression));
            assertThat(cached.eval(expression)).isEqualTo(anew);
            assertThat(again.eval(expression)).isEqualTo(anew);
        }
    }

    @Test
    @Tag("S3.8")
    void directory_arguments_permissions_and_flags_are_in_state_from_the_start() {
        var extension = Extension.builder("facts").ops(state -> new FactOps()).build();
        var options = RuntimeOptions.builder().args(List.of("x")).logOps(false);
        try (var script = new RuntimeHarness(options, ProbeOps.extension(), extension)) {
            assertThat(script.eval("ops.op_facts()")).isEqualTo("[x] prompt false 0 true true");
        }
    }

    /** Reads what every op may read. */
    public static final class FactOps {
        @Op("op_facts")
        public String facts(OpState state) {
            var options = state.borrow(RuntimeOptions.class);
            var permission = state.borrow(Permissions.class).query(Permissions.Kind.READ, null);
            return options.args() + " " + permission.state().name().toLowerCase(java.util.Locale.ROOT) + " "
                    + options.logOps() + " "
                    + state.borrow(RuntimeControl.class).exitCode() + " "
                    + state.borrow(WorkingDirectory.class).path().isAbsolute() + " "
                    + (state.borrow(Environment.class).value("PATH") != null);
        }
    }

    @Test
    @Tag("S3.11")
    void a_synchronous_op_and_a_ready_one_work_before_the_loop_turns() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            // Execution of a script is one entry: no turn of the loop lies between the call and the look.
            assertThat(script.eval("ops.op_add(1, 1) + ' ' + core.getPromiseDetails(ops.op_ready(5)).join()"))
                    .isEqualTo("2 1,5");
        }
    }

    @Test
    @Tag("S3.12")
    void two_blocking_ops_run_at_the_same_time() {
        var extension =
                Extension.builder("meeting").ops(state -> new MeetingOps()).build();
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), extension)) {
            assertThat(script.run("say((await Promise.all([ops.op_meet(), ops.op_meet()])).join())"))
                    .isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("true,true");
        }
    }

    /** A blocking op that returns only once two calls are in it. */
    public static final class MeetingOps {
        private final CountDownLatch both = new CountDownLatch(2);

        @Op(value = "op_meet", blocking = true)
        public boolean meet() throws InterruptedException {
            both.countDown();
            return both.await(30, TimeUnit.SECONDS);
        }
    }

    @Test
    @Tag("S3.13")
    void one_body_serves_both_variants_with_equal_results_and_errors() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.run("""
                    say(ops.op_both_sync('a') + ' ' + await ops.op_both('a'));
                    const text = (e) => e.name + e.message + e.code;
                    let one, two;
                    try { ops.op_both_sync('') } catch (e) { one = text(e) }
                    try { await ops.op_both('') } catch (e) { two = text(e) }
                    say(one + ' ' + (one === two));
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("a! a!", "NotFoundnothing givenENOENT true");
        }
    }

    @Test
    @Tag("S3.15")
    void a_hundred_thousand_ops_in_flight_each_get_their_own_value() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.run("""
                    const all = [];
                    for (let i = 0; i < 100000; i++) all.push(ops.op_deferred(i));
                    const values = await Promise.all(all);
                    say(values.every((v, i) => v === i));
                    say(Object.keys(core.pendingOps()).length);
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("true", "0");
        }
    }
}
