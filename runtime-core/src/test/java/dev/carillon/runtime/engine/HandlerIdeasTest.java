package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.Environment;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ideas an extension carries out, here on extensions as small as they can be: what the runtime owes them. The extensions
 * of the product show the same ideas in their own tests.
 */
@ExtendWith(LeakCheck.class)
class HandlerIdeasTest {
    /** A backend: makes handles from names. */
    interface BeatHandler {
        BeatHandle create(String name);

        default void close() {}
    }

    /** One registered function. */
    interface BeatHandle {
        /** Completes at the next beat: false when there is none. */
        CompletionStage<Boolean> next(boolean previousOk);

        void close();
    }

    /** Beats a fixed number of times, at once, and writes down what it is told. */
    private static final class FakeHandler implements BeatHandler {
        final List<String> log = Collections.synchronizedList(new ArrayList<>());

        @Override
        public BeatHandle create(String name) {
            log.add("create " + name);
            return new BeatHandle() {
                private int left = 3;

                @Override
                public CompletionStage<Boolean> next(boolean previousOk) {
                    log.add("next " + previousOk);
                    return CompletableFuture.completedFuture(left-- > 0);
                }

                @Override
                public void close() {
                    log.add("close");
                }
            };
        }
    }

    /** Beats from threads of its own, started when first needed; few at a time, and for a limited number of functions. */
    private static final class ThreadedHandler implements BeatHandler {
        private static final int HANDLES_MAX = 101;
        private static final int AT_A_TIME = 50;
        final AtomicInteger started = new AtomicInteger();
        final AtomicInteger beating = new AtomicInteger();
        final AtomicInteger mostBeating = new AtomicInteger();
        private final Semaphore places = new Semaphore(AT_A_TIME);
        private @Nullable ExecutorService threads;
        private int handles;

        @Override
        public BeatHandle create(String name) {
            if (handles == HANDLES_MAX) {
                throw JsVisibleException.typeError("Too many beats");
            }
            handles++;
            if (threads == null) {
                started.incrementAndGet();
                threads = Executors.newThreadPerTaskExecutor(
                        Thread.ofPlatform().name("beat").factory());
            }
            var own = threads;
            return new BeatHandle() {
                private int left = 3;
                private boolean inside;

                @Override
                public CompletionStage<Boolean> next(boolean previousOk) {
                    leave();
                    if (left-- == 0) {
                        return CompletableFuture.completedFuture(false);
                    }
                    return CompletableFuture.supplyAsync(
                            () -> {
                                places.acquireUninterruptibly();
                                mostBeating.accumulateAndGet(beating.incrementAndGet(), Math::max);
                                inside = true;
                                return true;
                            },
                            own);
                }

                private void leave() {
                    if (inside) {
                        inside = false;
                        beating.decrementAndGet();
                        places.release();
                    }
                }

                @Override
                public void close() {
                    leave();
                }
            };
        }

        @Override
        public void close() {
            if (threads != null) {
                threads.close();
            }
        }
    }

    /** Ops of the extension around whichever backend its options bring. */
    public static final class BeatOps {
        private final BeatHandler handler;
        private final ResourceTable resources;

        BeatOps(OpState state) {
            handler = state.borrow(BeatHandler.class);
            resources = state.borrow(ResourceTable.class);
        }

        private record Registered(BeatHandle handle) implements Resource {
            @Override
            public void close() {
                handle.close();
            }
        }

        @Op("op_beat_create")
        public int create(String name) {
            return resources.add(new Registered(handler.create(name)));
        }

        @Op("op_beat_next")
        public CompletionStage<Boolean> next(int rid, boolean previousOk) {
            return resources.get(rid, Registered.class).handle().next(previousOk);
        }
    }

    private static RuntimeHarness beating(BeatHandler handler) {
        var beat = Extension.builder("beat")
                .state(state -> state.put(BeatHandler.class, handler))
                .ops(BeatOps::new)
                .esm("beat.js")
                .entryPoint("beat.js")
                .build();
        return new RuntimeHarness(TimeSource.system(), ProbeOps.extension(), beat);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("S1.9")
    void a_handler_makes_handles_and_any_backend_passes_the_same_script(boolean fake) {
        var handler = fake ? new FakeHandler() : new ThreadedHandler();
        try (var script = beating(handler)) {
            assertThat(script.run("""
                    let beats = 0;
                    await Deno.beat('b', () => beats++);
                    say(beats + ' ' + Object.values(core.resources()).join());
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("3 stdin,stdout,stderr");
        } finally {
            handler.close();
        }
    }

    @Test
    @Tag("S1.10")
    void a_backend_starts_when_first_used_lets_so_many_run_at_a_time_and_takes_so_many() {
        var handler = new ThreadedHandler();
        try (var script = beating(handler)) {
            assertThat(handler.started).hasValue(0);
            assertThat(script.run("""
                    const all = [];
                    for (let i = 0; i < 101; i++) all.push(Deno.beat('b' + i, () => new Promise((done) => core.createTimer(done, 1))));
                    await Deno.beat('one more', () => {}).catch((e) => say(String(e)));
                    await Promise.all(all);
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("TypeError: Too many beats");
            assertThat(handler.started).hasValue(1);
            assertThat(handler.mostBeating).hasValueBetween(2, 50);
        } finally {
            handler.close();
        }
    }

    @Test
    @Tag("S1.12")
    void a_function_that_fails_once_is_reported_once() {
        var handler = new FakeHandler();
        try (var script = beating(handler)) {
            assertThat(script.run("let n = 0; await Deno.beat('b', () => { if (++n === 2) throw new Error('once') })"))
                    .isEqualTo(new Exit.Drained(0));
            assertThat(handler.log)
                    .containsExactly("create b", "next true", "next true", "next false", "next true", "close");
        }
    }

    @Test
    @Tag("S2.7")
    @Tag("S3.1")
    void the_one_namespace_of_the_core_holds_what_its_types_declare() throws IOException {
        var types = Files.readString(Path.of("..", "js", "core", "core.d.ts"));
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.eval("Reflect.ownKeys(Deno).map(String).sort().join()"))
                    .isEqualTo("Symbol(Deno.internal),errors,internal");
            var classes = String.valueOf(script.eval("Object.keys(Deno.errors).join()"))
                    .split(",");
            assertThat(classes).hasSize(25).allSatisfy(name -> assertThat(types).contains("class " + name + " "));
        }
    }

    @Test
    @Tag("S2.12")
    void the_start_message_says_which_engine_runs_the_script() {
        try (var script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            assertThat(script.eval("core.start().engine")).isEqualTo("GraalJS, Interpreted");
        }
    }

    /** Ops of the founding texts. */
    public static final class FirstOps {
        private final Environment environment;

        FirstOps(OpState state) {
            environment = state.borrow(Environment.class);
        }

        @Op("op_pid")
        public long pid() {
            return ProcessHandle.current().pid();
        }

        @Op("op_env_get")
        public @Nullable String variable(String name) {
            return environment.value(name);
        }

        @Op(value = "op_resolve", blocking = true)
        public String resolve(String host) {
            try {
                return InetAddress.getByName(host).getHostAddress();
            } catch (UnknownHostException e) {
                throw new JsVisibleException("NotFound", "no such host: " + host, "ENOTFOUND", e);
            }
        }
    }

    private static RuntimeHarness first() {
        return new RuntimeHarness(
                RuntimeOptions.builder().environment(Map.of("HOME", "/home", "EMPTY", "")),
                ProbeOps.extension(),
                Extension.builder("first").ops(FirstOps::new).build());
    }

    @Test
    @Tag("S3.6")
    void an_op_without_arguments_gives_a_number() {
        try (var script = first()) {
            assertThat(script.eval("ops.op_pid()"))
                    .isEqualTo((double) ProcessHandle.current().pid());
        }
    }

    @Test
    @Tag("S4.2")
    void a_variable_is_its_value_empty_or_absent_and_never_an_error() {
        try (var script = first()) {
            assertThat(script.eval("JSON.stringify(['HOME', 'EMPTY', 'MISSING'].map(ops.op_env_get))"))
                    .isEqualTo("[\"/home\",\"\",null]");
        }
    }

    @Test
    @Tag("S3.14")
    void a_name_resolves_off_the_runtime_thread_and_a_missing_one_is_a_typed_error() {
        try (var script = first()) {
            assertThat(script.run("""
                    say(await ops.op_resolve('127.0.0.1'));
                    try { await ops.op_resolve('nowhere.invalid') } catch (e) { say([e instanceof Deno.errors.NotFound, e.code].join()) }
                    """)).isEqualTo(new Exit.Drained(0));
            assertThat(script.lines).containsExactly("127.0.0.1", "true,ENOTFOUND");
        }
    }
}
