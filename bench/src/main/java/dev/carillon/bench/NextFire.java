package dev.carillon.bench;

import dev.carillon.cron.schedule.CronSchedule;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the next fire time of a schedule costs, asked from instants spread over ten years. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class NextFire {
    /** Every minute; office hours; month ends; 29 February; the rarest day there is. */
    @Param({"* * * * *", "*/5 9-17 * * MON-FRI", "0 0 L * *", "0 0 29 2 *", "0 0 * 2 FRI#5"})
    public String expression = "";

    private final Instant[] starts = new Instant[1024];
    private CronSchedule schedule = CronSchedule.parse("* * * * *");
    private int next;

    /** Prepares schedule and start instants. */
    @Setup
    public void prepare() {
        schedule = CronSchedule.parse(expression);
        var first = Instant.parse("2024-01-01T00:00:00Z");
        for (int i = 0; i < starts.length; i++) {
            starts[i] = first.plusSeconds(i * 307_831L).plusMillis(i);
        }
    }

    @Benchmark
    public Optional<Instant> nextAfter() {
        return schedule.nextAfter(starts[next++ & 1023]);
    }
}
