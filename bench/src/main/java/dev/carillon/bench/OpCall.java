package dev.carillon.bench;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsRuntime;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.engine.JsEngine;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What one op call costs from guest code, beside a bare host call of the same method without any runtime. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
public class OpCall {
    private static final int CALLS = 100_000;

    private @Nullable JsEngine engine;
    private @Nullable JsRuntime runtime;
    private @Nullable Context bare;
    private @Nullable Value bareLoop;

    @Setup(Level.Trial)
    public void start() {
        engine = JsEngine.create();
        if (!engine.jit().on()) {
            throw new IllegalStateException("the JIT is off (" + engine.jit().reason() + "): start me with bench/run");
        }
        var extension = Extension.builder("bench")
                .ops(state -> new BenchOps())
                .esm("bench.js")
                .entryPoint("bench.js")
                .resources(OpCall.class.getClassLoader())
                .build();
        runtime = engine.newRuntime(
                RuntimeOptions.builder().extensions(List.of(extension)).build());

        bare = Context.newBuilder("js")
                .allowHostAccess(
                        HostAccess.newBuilder().allowAccessAnnotatedBy(Op.class).build())
                .build();
        bareLoop = bare.eval(
                        Source.create(
                                "js",
                                "(function (ops) { const { add } = ops; return function (n) { let sum = 0; for (let i = 0; i < n; i++) sum = add(sum, i) | 0; return sum; }; })"))
                .execute(new BenchOps());
    }

    @TearDown(Level.Trial)
    public void stop() {
        if (runtime != null) {
            runtime.close();
        }
        if (bare != null) {
            bare.close();
        }
        if (engine != null) {
            engine.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public int bareHostCall() {
        return bareLoop == null ? 0 : bareLoop.execute(CALLS).asInt();
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public Object syncScalar() {
        return call("scalar");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public Object syncString() {
        return call("string");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public Object syncStruct() {
        return call("struct");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public Object syncBuffer() {
        return call("buffer");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public Object asyncReady() {
        return call("asyncReady");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public Object asyncBlocking() {
        return call("asyncBlocking");
    }

    /** Runs one loop; an asynchronous one is over when the script after it sees its result. */
    private Object call(String loop) {
        if (runtime == null) {
            throw new IllegalStateException("not started");
        }
        runtime.execute("bench", "globalThis.done = undefined; loops." + loop + "(" + CALLS + ")")
                .join();
        Object done = runtime.execute("bench", "typeof globalThis.done").join();
        while (loop.startsWith("async") && "undefined".equals(done)) {
            done = runtime.execute("bench", "typeof globalThis.done").join();
        }
        return String.valueOf(done);
    }
}
