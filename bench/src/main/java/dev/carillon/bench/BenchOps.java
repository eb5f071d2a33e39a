package dev.carillon.bench;

import dev.carillon.runtime.JsBuffer;
import dev.carillon.runtime.Op;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One op of each kind, as small as it can be. */
public final class BenchOps {
    /** A struct argument and result. */
    public record Point(double x, double y) {}

    private volatile CompletableFuture<Double> sum = new CompletableFuture<>();

    /** What the loop that is started next will have summed up. */
    CompletableFuture<Double> expectSum() {
        var expected = new CompletableFuture<Double>();
        sum = expected;
        return expected;
    }

    @Op("op_bench_done")
    public void done(double value) {
        sum.complete(value);
    }

    @Op("op_bench_add")
    public int add(int a, int b) {
        return a + b;
    }

    @Op("op_bench_greet")
    public String greet(String name) {
        return name;
    }

    @Op("op_bench_point")
    public Point point(Point point) {
        return point;
    }

    @Op("op_bench_fill")
    public int fill(JsBuffer buffer) {
        buffer.put(0, (byte) 1);
        return buffer.length();
    }

    @Op("op_bench_async_ready")
    public CompletionStage<Integer> asyncReady(int value) {
        return CompletableFuture.completedFuture(value);
    }

    @Op(value = "op_bench_async_blocking", blocking = true)
    public int asyncBlocking(int value) {
        return value;
    }
}
