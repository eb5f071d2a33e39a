package dev.carillon.runtime.engine;

import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * Stands between guest code and an op whose arguments or result are not plain: reads the guest's values into Java
 * objects, and starts blocking bodies on a virtual thread. Public for the engine's host access only.
 */
public final class OpAdapter {
    static final int ARITY_MAX = 6;

    private final String name;
    private final OpBinding op;
    private final Object target;
    private final OpState state;
    /** Made by the first call: a spreading handle takes long to make, and most ops are never called. */
    private volatile @Nullable MethodHandle method;

    OpAdapter(OpDecl decl, OpState state) {
        name = decl.name();
        op = decl.binding();
        target = decl.target();
        this.state = state;
    }

    private MethodHandle method() {
        var made = method;
        if (made == null) {
            try {
                made = MethodHandles.publicLookup()
                        .unreflect(op.method())
                        .bindTo(target)
                        .asSpreader(Object[].class, op.params().size());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("Op " + name + ": " + op.method() + " is not public all the way", e);
            }
            method = made;
        }
        return made;
    }

    @Op("call0")
    public @Nullable Object call0() throws Throwable {
        return invoke();
    }

    @Op("call1")
    public @Nullable Object call1(Value a) throws Throwable {
        return invoke(a);
    }

    @Op("call2")
    public @Nullable Object call2(Value a, Value b) throws Throwable {
        return invoke(a, b);
    }

    @Op("call3")
    public @Nullable Object call3(Value a, Value b, Value c) throws Throwable {
        return invoke(a, b, c);
    }

    @Op("call4")
    public @Nullable Object call4(Value a, Value b, Value c, Value d) throws Throwable {
        return invoke(a, b, c, d);
    }

    @Op("call5")
    public @Nullable Object call5(Value a, Value b, Value c, Value d, Value e) throws Throwable {
        return invoke(a, b, c, d, e);
    }

    @Op("call6")
    public @Nullable Object call6(Value a, Value b, Value c, Value d, Value e, Value f) throws Throwable {
        return invoke(a, b, c, d, e, f);
    }

    /** @param args a guest array */
    @Op("callMany")
    public @Nullable Object callMany(Value args) throws Throwable {
        var list = new Value[(int) args.getArraySize()];
        for (int i = 0; i < list.length; i++) {
            list[i] = args.getArrayElement(i);
        }
        return invoke(list);
    }

    private @Nullable Object invoke(Value... values) throws Throwable {
        var lent = new ArrayList<BufferWindow>(0);
        var args = arguments(values, lent);
        if (op.blocking()) {
            return startBlocking(args);
        }
        try {
            var value = method().invoke(args);
            return op.async() ? value : op.encode(value);
        } finally {
            lent.forEach(BufferWindow::revoke);
        }
    }

    private CompletableFuture<@Nullable Object> startBlocking(@Nullable Object[] args) {
        var done = new CompletableFuture<@Nullable Object>();
        Thread.ofVirtual().name(name).start(() -> {
            try {
                done.complete(method().invoke(args));
            } catch (Throwable t) { // all of them, or the guest waits for ever
                done.completeExceptionally(t);
            }
        });
        return done;
    }

    private @Nullable Object[] arguments(Value[] values, List<BufferWindow> lent) {
        var args = new @Nullable Object[op.params().size()];
        int next = 0;
        for (int i = 0; i < args.length; i++) {
            var param = op.params().get(i);
            if (param.kind() == OpBinding.Kind.STATE) {
                args[i] = state;
                continue;
            }
            var value = values[next++];
            boolean bytes = param.kind() == OpBinding.Kind.BYTES || param.kind() == OpBinding.Kind.BUFFER;
            if (value.isNull()) {
                next += bytes ? 2 : 0;
            } else if (bytes) {
                var window = new BufferWindow(value, values[next++].asInt(), values[next++].asInt());
                args[i] = param.kind() == OpBinding.Kind.BUFFER ? window : window.copy();
                lent.add(window);
            } else {
                args[i] = argument(param, value);
            }
        }
        return args;
    }

    private static @Nullable Object argument(OpBinding.Param param, Value value) {
        return switch (param.kind()) {
            case LIST -> {
                var list = new ArrayList<Object>((int) value.getArraySize());
                for (long i = 0; i < value.getArraySize(); i++) {
                    list.add(scalar(param.element(), value.getArrayElement(i)));
                }
                yield list;
            }
            case JSON, JSON_ARRAY, JSON_OBJECT -> BadArgument.read(value.asString(), param.javaType());
            default -> scalar(param.kind(), value);
        };
    }

    private static Object scalar(OpBinding.@Nullable Kind kind, Value value) {
        return switch (kind) {
            case BOOL -> value.asBoolean();
            case I32 -> value.asInt();
            case I64 -> value.asLong();
            case F64 -> value.asDouble();
            case STRING -> value.asString();
            case null, default -> throw new IllegalStateException("no scalar: " + kind);
        };
    }
}
