package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bugs below the script: of the engine, of the runtime, of an extension. */
@ExtendWith(LeakCheck.class)
class InternalErrorTest {
    private static final String WHILE_LOADED =
            "Internal error of the runtime while the script was loaded, a bug of it and not of the script:"
                    + " java.lang.AssertionError: two and two is five (the log has the stack trace)";

    private final List<LogRecord> log = Collections.synchronizedList(new ArrayList<>());
    private final Logger logger = Logger.getLogger("dev.carillon.runtime");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord told) {
            log.add(told);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void restore() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }

    /** The listener is called from within the engine, where no guest code can catch anything. */
    @Test
    void a_bug_within_the_engine_ends_the_script_with_a_sentence_and_leaves_the_stack_in_the_log() {
        var permissions = Permissions.builder()
                .listener(decision -> {
                    throw new AssertionError("two and two is five");
                })
                .build();
        try (var neighbour = new RuntimeHarness(TimeSource.system());
                var broken = new RuntimeHarness(RuntimeOptions.builder().permissions(permissions), broken())) {
            neighbour.eval("globalThis.alive = 'unharmed'");
            var exit = broken.run("""
                    const name = "./other" + ".js";
                    function late() {
                      return import(name);
                    }
                    try { await late(); } catch { say("caught"); }
                    """);
            assertThat(exit)
                    .isInstanceOfSatisfying(
                            Exit.Failed.class,
                            failed -> assertThat(failed.error().report())
                                    .matches(WHILE_LOADED
                                            .replace("while the script was loaded", "at .*/main\\.js:5:13")
                                            .replace("(the log has the stack trace)", ".*")));
            assertThat(stacks()).contains("InternalErrorTest", "two and two is five");
            assertThat(neighbour.eval("alive")).isEqualTo("unharmed");
        }
    }

    @Test
    void a_bug_that_passes_through_the_script_is_told_in_the_same_words() {
        var time = new TimeSource() {
            @Override
            public Instant now() {
                throw new AssertionError("two and two is five");
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public Alarm after(Duration delay, Runnable task) {
                return TimeSource.system().after(delay, task);
            }
        };
        try (var broken = new RuntimeHarness(time, broken())) {
            var exit = broken.run("""
                    function age(then) {
                      const made = new Date(then);
                      return Date.now() - made;
                    }
                    age(5);
                    """);
            assertThat(exit)
                    .isInstanceOfSatisfying(
                            Exit.Failed.class,
                            failed -> assertThat(failed.error().report())
                                    .isEqualTo("Uncaught (in promise) Error: " + WHILE_LOADED));
            assertThat(stacks()).contains("InternalErrorTest", "two and two is five");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            in a task  | ops.op_task()
            in a timer | ops.op_timer()
            """)
    void an_error_of_the_host(String where, String call) {
        try (var broken = new RuntimeHarness(RuntimeOptions.builder(), broken())) {
            var exit = broken.run(call + "; await new Promise(() => {});");
            assertThat(exit)
                    .isInstanceOfSatisfying(
                            Exit.Failed.class,
                            failed -> assertThat(failed.error().report()).isEqualTo(WHILE_LOADED));
            assertThat(stacks()).contains("InternalErrorTest", "two and two is five");
        }
    }

    @Test
    void an_op_that_breaks_is_an_error_the_script_can_catch_without_java_in_it() {
        try (var broken = new RuntimeHarness(RuntimeOptions.builder(), broken())) {
            broken.run("""
                    for (const op of [ops.op_sync, ops.op_async, ops.op_async_silent]) {
                      try { await op(); } catch (e) { say(e); }
                    }""");
            assertThat(broken.lines)
                    .containsExactly(
                            "Error: Internal error in op_sync: two and two is five",
                            "Error: Internal error in op_async: two and two is five",
                            "Error: Internal error in op_async_silent: the log has the stack trace");
            assertThat(stacks()).contains("InternalErrorTest");
        }
    }

    @Test
    void a_resource_that_breaks_when_it_closes_keeps_neither_the_others_open_nor_the_runtime() {
        try (var broken = new RuntimeHarness(RuntimeOptions.builder(), broken())) {
            assertThat(broken.run("ops.op_broken_resource()")).isEqualTo(new Exit.Drained(0));
            assertThat(stacks()).contains("InternalErrorTest");
        }
    }

    @Test
    void an_error_at_the_start_reaches_the_embedder_as_it_is() {
        var extension = Extension.builder("broken")
                .state(state -> {
                    throw new AssertionError("two and two is five");
                })
                .build();
        assertThatThrownBy(() -> new RuntimeHarness(RuntimeOptions.builder(), extension))
                .isInstanceOf(AssertionError.class)
                .hasMessage("two and two is five");
    }

    private String stacks() {
        var text = new StringBuilder();
        for (var told : List.copyOf(log)) {
            var stack = new java.io.StringWriter();
            if (told.getThrown() != null) {
                told.getThrown().printStackTrace(new java.io.PrintWriter(stack, true));
            }
            text.append(told.getMessage()).append('\n').append(stack);
        }
        return text.toString();
    }

    private static Extension broken() {
        return Extension.builder("broken")
                .ops(BrokenOps::new)
                .esm("broken.js")
                .entryPoint("broken.js")
                .build();
    }

    public static final class BrokenOps {
        private final OpState state;

        BrokenOps(OpState state) {
            this.state = state;
        }

        private static AssertionError bug() {
            return new AssertionError("two and two is five");
        }

        @Op("op_sync")
        public int sync() {
            throw bug();
        }

        @Op("op_async")
        public CompletionStage<Integer> async() {
            return CompletableFuture.failedFuture(bug());
        }

        @Op("op_async_silent")
        public CompletionStage<Integer> asyncSilent() {
            return CompletableFuture.failedFuture(new AssertionError());
        }

        @Op("op_task")
        public void task() {
            state.borrow(EventLoop.class).execute(() -> {
                throw bug();
            });
        }

        @Op("op_timer")
        public void timer() {
            state.borrow(EventLoop.class).after(Duration.ZERO, () -> {
                throw bug();
            });
        }

        @Op("op_broken_resource")
        public int open() {
            return state.borrow(ResourceTable.class).add(new Resource() {
                @Override
                public void close() {
                    throw bug();
                }
            });
        }
    }
}
