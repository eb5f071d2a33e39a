package dev.carillon.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cron.CronHandler;
import dev.carillon.cron.CronHandlerContract;
import dev.carillon.cron.local.LocalCronHandler.Limits;
import dev.carillon.scheduler.store.Database;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Quartz, its scheduler thread and its tables included, keeps the promises of every backend, on virtual time. */
@NullUnmarked // open(), which the contract calls, sets the fields
@Timeout(60)
abstract class QuartzContract extends CronHandlerContract {
    private Database database;
    private QuartzBackend backend;

    abstract Database database() throws Exception;

    @Override
    protected CronHandler open() {
        try {
            database = database();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        var defaults = QuartzConfig.of("test", "n1");
        var config = new QuartzConfig(
                defaults.cluster(),
                defaults.node(),
                defaults.checkIn(),
                defaults.slack(),
                defaults.idle(),
                defaults.batch(),
                defaults.janitor(),
                Duration.ofDays(365_000), // the test's clock is years behind the database's
                Duration.ofDays(365_000),
                defaults.takeovers());
        backend = QuartzBackend.start(database, config, new SettlingTime(time, this::settle), () -> {});
        backend.hearNothing(); // of what it has written itself, either: it may come after the clock is set
        return handler();
    }

    private CronHandler handler() {
        return backend.handler("test.ts", loop::execute, new Limits(CRONS_MAX, RUNNING_MAX));
    }

    /** Quartz works on threads of its own: an instant is over when they and the loop have nothing left to do. */
    @Override
    protected void settle() {
        if (backend == null) {
            return;
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (loop.turn() || !backend.isQuiet() || loop.turn()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Quartz does not come to rest");
            }
            LockSupport.parkNanos(100_000);
        }
    }

    /** What the test has just done is written before time goes on. */
    @Override
    protected void advance(String duration) {
        settle();
        super.advance(duration);
    }

    @Override
    protected void advanceTo(String instant) {
        settle();
        super.advanceTo(instant);
    }

    @Test
    void another_version_of_a_script_waits_for_the_run_of_the_one_before() {
        var first = job("a", "* * * * *");
        advance("PT1M");
        try (var _ = handler) {
            first.handle().close();
            handler = handler();
            var second = job("a", "* * * * *").succeeding();
            advance("PT1M");
            assertThat(second.actual()).isEmpty();
            first.succeed();
            settle();
            advance("PT1M");
            assertThat(second.actual()).containsExactly("2024-01-01T00:03:00Z");
        }
    }

    @Test
    void a_claim_on_its_way_to_a_runtime_that_ends_is_the_next_ones() {
        handler.close();
        var ending = new AtomicReference<CronHandler>();
        // A loop that runs nothing any more, and whose handler closes while the claim is under way.
        ending.set(backend.handler("test.ts", task -> ending.get().close(), new Limits(CRONS_MAX, RUNNING_MAX)));
        handler = ending.get();
        job("a", "* * * * *");
        advance("PT1M");
        handler = handler();
        var second = job("a", "* * * * *").succeeding();
        settle();
        assertThat(second.actual()).containsExactly("2024-01-01T00:01:00Z");
    }

    @AfterEach
    void leave() {
        handler.close();
        settle();
        backend.close();
        database.close();
    }
}
