package dev.carillon.cron;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cron.local.LocalCronHandler;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.OutputSink;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import dev.carillon.runtime.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts that call {@code Deno.cron}, on the real engine and on virtual time. */
class CronScriptTest {
    private static final JsEngine ENGINE = JsEngine.create();
    private static final long DEADLINE_SECONDS = 30;

    @TempDir
    Path folder;

    private final VirtualTime time = new VirtualTime();
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    private final OutputSink sink = (level, text, scope) -> lines.add((level.isError() ? "! " : "") + text.strip());
    private final JsRuntime runtime = ENGINE.newRuntime(RuntimeOptions.builder()
            .extensions(List.of(CronExtension.create(state -> new Listening(state, outcomes))))
            .time(time)
            .output(sink)
            .name("cron-script-test")
            .build());

    @AfterEach
    void close() {
        runtime.close();
        assertThat(time.waiting()).as("alarms left after close").isEmpty();
    }

    @Test
    void a_job_function_is_called_without_this_and_arguments_at_each_fire_time() throws Exception {
        load("""
                Deno.cron('a', '*/5 * * * *', function () {
                  say(this === undefined, arguments.length, Carillon.run.scheduledTime, Carillon.run.attempt);
                });
                """);
        advance(Duration.ofMinutes(5));
        advance(Duration.ofMinutes(5));
        assertThat(lines).containsExactly("true 0 2024-01-01T00:05:00.000Z 1", "true 0 2024-01-01T00:10:00.000Z 1");
    }

    @Test
    @Tag("S1.12")
    void a_failure_is_printed_and_reaches_the_host_with_its_text() throws Exception {
        load("""
                let n = 0;
                Deno.cron('a b', '* * * * *', { backoffSchedule: [1000, 2000] }, async () => {
                  await null;
                  say('attempt', Carillon.run.attempt);
                  if (++n === 1) throw 'a string';
                  if (n === 2) throw undefined;
                });
                """);
        advance(Duration.ofMinutes(1));
        advance(Duration.ofSeconds(1));
        advance(Duration.ofSeconds(2));
        assertThat(lines)
                .containsExactly(
                        "attempt 1",
                        "! Exception in cron handler a b a string",
                        "attempt 2",
                        "! Exception in cron handler a b undefined",
                        "attempt 3");
        assertThat(outcomes)
                .containsExactly(
                        new Outcome.Registered(),
                        new Outcome.Failed("a string"),
                        new Outcome.Failed("undefined"),
                        new Outcome.Succeeded());
    }

    @Test
    void an_error_is_reported_with_its_stack_in_the_scripts_positions() throws Exception {
        load("""
                Deno.cron('a', '* * * * *', { backoffSchedule: [] }, () => {
                  null.x;
                });
                """);
        advance(Duration.ofMinutes(1));
        assertThat(lines)
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("! Exception in cron handler a TypeError: ")
                        .contains("main.js:2:"));
        assertThat(outcomes.get(1))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.error())
                                .startsWith("TypeError: ")
                                .contains("main.js:2:"));
    }

    @Test
    void the_current_run_follows_asynchronous_code_when_job_functions_interleave() throws Exception {
        load("""
                say(Carillon.run);
                let late;
                for (const name of ['a', 'b']) {
                  Deno.cron(name, '* * * * *', async () => {
                    const mine = Carillon.run;
                    for (let i = 0; i < 3; i++) {
                      await new Promise((resolve) => later(resolve, name === 'a' ? 7 : 5));
                      if (Carillon.run !== mine || Carillon.run.job !== name) say('mixed up', name);
                    }
                    late = new Promise((resolve) => later(resolve, 1)).then(() => say('after', name, Carillon.run));
                    say('done', Carillon.run.job, Carillon.run.fence > 0, Carillon.run.node, Object.isFrozen(mine));
                  });
                }
                later(() => say('outside', Carillon.run), 10);
                """);
        advance(Duration.ofMillis(10));
        advance(Duration.ofMinutes(1));
        for (int i = 0; i < 40; i++) {
            advance(Duration.ofMillis(1));
        }
        assertThat(lines)
                .containsExactly(
                        "undefined",
                        "outside undefined",
                        "done b true local true",
                        "after b undefined",
                        "done a true local true",
                        "after a undefined");
    }

    @Test
    void the_promise_settles_once_the_cron_is_closed_and_the_loop_can_end() throws Exception {
        load("""
                let abort;
                const signal = { addEventListener(type, listener, options) { say(type, options.once); abort = listener; } };
                Deno.cron('a', '* * * * *', { signal }, async () => {
                  say('start');
                  abort();
                  await new Promise((resolve) => later(resolve, 5));
                  say('end');
                }).then((value) => say('closed', value));
                """);
        advance(Duration.ofMinutes(1));
        advance(Duration.ofMillis(5));
        assertThat(exit()).isEqualTo(new JsRuntime.Exit.Drained(0));
        assertThat(lines).containsExactly("abort true", "start", "end", "closed undefined");
    }

    @Test
    void a_signal_that_is_aborted_already_closes_the_cron_at_once() throws Exception {
        load("""
                const signal = { aborted: true, addEventListener() {} };
                Deno.cron('a', '* * * * *', { signal }, () => say('ran')).then(() => say('closed'));
                Deno.cron('a', '* * * * *', { signal }, () => say('ran')).then(() => say('closed again'));
                """);
        assertThat(exit()).isEqualTo(new JsRuntime.Exit.Drained(0));
        assertThat(lines).containsExactly("closed", "closed again");
    }

    @Test
    void a_bad_signal_leaves_no_registration_behind() throws Exception {
        load("""
                try { Deno.cron('a', '* * * * *', { signal: 1 }, () => {}); } catch (e) { say(e.name, e.message); }
                say(Object.values(Deno[Deno.internal].core.resources()));
                """);
        assertThat(exit()).isEqualTo(new JsRuntime.Exit.Drained(0));
        assertThat(lines.getFirst()).matches("TypeError .*addEventListener is not a function");
        assertThat(lines.getLast()).isEqualTo("stdin,stdout,stderr");
    }

    @ParameterizedTest
    @CsvSource({"5, number", "null, null", "{}, object", "Symbol('x'), symbol", "new String('x'), object"})
    void a_name_that_is_no_string_is_refused(String name, String type) throws Exception {
        load("try { Deno.cron(%s, '* * * * *', () => {}); } catch (e) { say(e.name + ': ' + e.message); }"
                .formatted(name));
        assertThat(lines)
                .containsExactly(
                        "TypeError: Cannot create cron job, the name must be a string: received '" + type + "'");
    }

    @Test
    void what_the_writer_of_a_schedule_should_know_is_said_once() throws Exception {
        load("""
                Deno.cron('feb', '0 0 30 2 *', () => {}).then(() => say('closed'));
                Deno.cron('mon', '0 0 * * 1', () => {});
                """);
        advance(Duration.ofDays(800));
        assertThat(lines)
                .containsExactly(
                        "! Warning: cron 'feb': never fires: no month has a day that matches",
                        "! Warning: cron 'mon': day-of-week 1 means SUN: numbers count from 1 = SUN, not from 1 = MON as"
                                + " in crontab; names say it clearly");
    }

    @Test
    void an_unknown_rid_is_inactive_and_no_error() throws Exception {
        load("""
                const { op_cron_next } = Deno[Deno.internal].core.ops ?? {};
                say(typeof op_cron_next === 'function' ? await op_cron_next(999, true) : 0);
                """);
        assertThat(lines).containsExactly("0");
    }

    private void load(String source) throws IOException {
        var main = folder.resolve("main.js");
        Files.writeString(main, """
                const { core } = Deno[Deno.internal];
                const say = (...values) => core.print(values.map(String).join(' ') + '\\n');
                const later = (fn, ms) => core.createTimer(fn, ms);
                await begin();
                async function begin() {}
                """.replaceAll("\n", " ") + source);
        await(runtime.loadMain(main.toUri()));
        turn();
    }

    /** Moves time and waits until the runtime has done all that follows. */
    private void advance(Duration step) {
        time.advance(step);
        turn();
    }

    private void turn() {
        for (int i = 0; i < 4; i++) {
            var done = new CompletableFuture<Void>();
            runtime.loop().execute(() -> done.complete(null));
            if (!runtime.exit().isDone()) {
                CompletableFuture.anyOf(done, runtime.exit())
                        .orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS)
                        .join();
            }
        }
    }

    private JsRuntime.Exit exit() {
        return await(runtime.exit());
    }

    private static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** The local backend, keeping what it is told of how runs ended. */
    private record Listening(CronHandler backend, List<Outcome> outcomes) implements CronHandler {
        Listening(OpState state, List<Outcome> outcomes) {
            this(LocalCronHandler.of(state), outcomes);
        }

        @Override
        public void admit(String name) {
            backend.admit(name);
        }

        @Override
        public CronHandle create(CronSpec spec) {
            var handle = backend.create(spec);
            return new CronHandle() {
                @Override
                public CompletionStage<CronNext> next(Outcome previous) {
                    outcomes.add(previous);
                    return handle.next(previous);
                }

                @Override
                public void close() {
                    handle.close();
                }
            };
        }

        @Override
        public void close() {
            backend.close();
        }
    }
}
