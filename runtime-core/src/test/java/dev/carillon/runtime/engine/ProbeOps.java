package dev.carillon.runtime.engine;

import dev.carillon.runtime.EventLoop;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsBuffer;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.RuntimeOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/** Ops of every shape, for tests. */
public final class ProbeOps {
    /** Stages handed out by {@link #pending}, oldest first. */
    public final ConcurrentLinkedDeque<CompletableFuture<Integer>> pending = new ConcurrentLinkedDeque<>();

    public record Point(int x, int y, @Nullable String label) {}

    static Extension extension() {
        return extension(new ProbeOps());
    }

    static Extension extension(ProbeOps ops) {
        return Extension.builder("probe")
                .ops(state -> ops)
                .esm("probe.js")
                .entryPoint("probe.js")
                .build();
    }

    @Op("op_bool")
    public boolean bool(boolean value) {
        return value;
    }

    @Op("op_add")
    public int add(int a, int b) {
        return a + b;
    }

    @Op("op_long")
    public long number(long value) {
        return value;
    }

    @Op("op_double")
    public double real(double value) {
        return value;
    }

    @Op("op_string")
    public String string(String value) {
        return value;
    }

    @Op("op_maybe")
    public @Nullable String maybe(@Nullable String value, @Nullable Integer number) {
        return value == null ? null : value + number;
    }

    @Op("op_nothing")
    public void nothing() {}

    @Op("op_sum")
    public long sum(List<Integer> values) {
        return values.stream().mapToLong(Integer::longValue).sum();
    }

    @Op("op_flip")
    public Point flip(Point point) {
        return new Point(point.y(), point.x(), point.label());
    }

    @Op("op_map")
    public Map<String, Object> map(Map<String, Object> map) {
        return map;
    }

    @Op("op_bytes")
    public byte[] bytes(byte[] bytes) {
        bytes[0]++;
        return bytes;
    }

    @Op("op_fill")
    public int fill(JsBuffer buffer, int value) {
        for (int i = 0; i < buffer.length(); i++) {
            buffer.put(i, (byte) value);
        }
        return buffer.length();
    }

    @Op("op_name")
    public String name(OpState state) {
        return state.borrow(RuntimeOptions.class).name();
    }

    @Op("op_throw")
    public void fail(String jsClass, String message, @Nullable String code) {
        throw new JsVisibleException(jsClass, message, code, null);
    }

    @Op("op_bug")
    public void bug() {
        throw new IllegalStateException("a bug");
    }

    @Op("op_ready")
    public CompletionStage<Integer> ready(int value) {
        return CompletableFuture.completedFuture(value);
    }

    @Op("op_ready_error")
    public CompletionStage<Integer> readyError() {
        return CompletableFuture.failedFuture(new JsVisibleException("NotFound", "nothing there", "ENOENT", null));
    }

    @Op("op_late_error")
    public CompletionStage<Integer> lateError(OpState state) {
        var future = new CompletableFuture<Integer>();
        state.borrow(EventLoop.class)
                .execute(() -> future.completeExceptionally(new JsVisibleException("NotFound", "late")));
        return future;
    }

    @Op("op_pending")
    public CompletionStage<Integer> pending(int ignored) {
        var future = new CompletableFuture<Integer>();
        pending.add(future);
        return future;
    }

    @Op(value = "op_lazy", delivery = Op.Delivery.LAZY)
    public CompletionStage<Integer> lazy(int value) {
        return CompletableFuture.completedFuture(value);
    }

    @Op(value = "op_deferred", delivery = Op.Delivery.DEFERRED)
    public CompletionStage<Integer> deferred(int value) {
        return CompletableFuture.completedFuture(value);
    }

    @Op(value = "op_blocking", blocking = true)
    public String blocking(String text) {
        return text + " on " + (Thread.currentThread().isVirtual() ? "virtual" : "platform");
    }

    @Op(value = "op_both", blocking = true, sync = "op_both_sync")
    public String both(String text) {
        if (text.isEmpty()) {
            throw new JsVisibleException("NotFound", "nothing given", "ENOENT", null);
        }
        return text + "!";
    }

    @Op(value = "op_async_point")
    public CompletionStage<Point> point(Point point) {
        return CompletableFuture.supplyAsync(() -> new Point(point.x() + 1, point.y(), "async"));
    }
}
