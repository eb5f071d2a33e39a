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
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one op call costs from guest code, beside a bare host call of the same method without any runtime. Each row runs in
 * processes of its own, and each loop on the thread its context lives on.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 6, time = 1)
@Measurement(iterations = 5, time = 1)
public class OpCall {
    private static final int CALLS = 100_000;

    /** A context with the method in it, and nothing else. */
    @State(Scope.Benchmark)
    public static class Bare {
        private @Nullable Context context;
        private @Nullable Value loop;

        @Setup
        public void start() {
            context = Context.newBuilder("js")
                    .allowHostAccess(HostAccess.newBuilder()
                            .allowAccessAnnotatedBy(Op.class)
                            .build())
                    .build();
            loop = context.eval("js", """
                            (function (ops) {
                              const { add } = ops;
                              return function (n) {
                                let sum = 0;
                                for (let i = 0; i < n; i++) sum = add(sum, i) | 0;
                                return sum;
                              };
                            })""").execute(new BenchOps());
        }

        @TearDown
        public void stop() {
            if (context != null) {
                context.close();
            }
        }
    }

    /** A runtime with one op of each kind. */
    @State(Scope.Benchmark)
    public static class Runtime {
        private final BenchOps ops = new BenchOps();
        private @Nullable JsEngine engine;
        private @Nullable JsRuntime runtime;

        @Setup
        public void start() {
            engine = JsEngine.create();
            if (!engine.jit().on()) {
                throw new IllegalStateException(
                        "the JIT is off (" + engine.jit().reason() + "): start me with bench/run");
            }
            var extension = Extension.builder("bench")
                    .ops(state -> ops)
                    .esm("bench.js")
                    .entryPoint("bench.js")
                    .resources(OpCall.class.getClassLoader())
                    .build();
            runtime = engine.newRuntime(
                    RuntimeOptions.builder().extensions(List.of(extension)).build());
        }

        @TearDown
        public void stop() {
            if (runtime != null) {
                runtime.close();
            }
            if (engine != null) {
                engine.close();
            }
        }

        /** Runs one loop to its end, and gives what it summed up. */
        private double call(String loop) {
            if (runtime == null) {
                throw new IllegalStateException("not started");
            }
            var sum = ops.expectSum();
            runtime.execute("bench", "loops.run('" + loop + "', " + CALLS + ")");
            return sum.join();
        }
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public int bareHostCall(Bare bare) {
        return bare.loop == null ? 0 : bare.loop.execute(CALLS).asInt();
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public double syncScalar(Runtime runtime) {
        return runtime.call("scalar");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public double syncString(Runtime runtime) {
        return runtime.call("string");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public double syncStruct(Runtime runtime) {
        return runtime.call("struct");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public double syncBuffer(Runtime runtime) {
        return runtime.call("buffer");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public double asyncReady(Runtime runtime) {
        return runtime.call("asyncReady");
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public double asyncBlocking(Runtime runtime) {
        return runtime.call("asyncBlocking");
    }
}
