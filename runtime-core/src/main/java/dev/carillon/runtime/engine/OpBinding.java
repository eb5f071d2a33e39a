package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsBuffer;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/** An op method of an extension: how its arguments come in and its result goes out. The same for all runtimes. */
record OpBinding(
        Method method, List<Param> params, Result result, boolean async, boolean blocking, Op.Delivery delivery) {

    private static final double SAFE_INTEGER_MAX = 9007199254740991d;

    /** How one Java parameter is filled. */
    record Param(Kind kind, boolean nullable, @Nullable Kind element, Type type) {
        JavaType javaType() {
            return Json.MAPPER.constructType(type);
        }
    }

    /** Shapes of parameters. */
    enum Kind {
        STATE,
        BOOL,
        I32,
        I64,
        F64,
        STRING,
        BYTES,
        BUFFER,
        /** A {@code List} of scalars. */
        LIST,
        /** Anything Jackson reads, sent as JSON text: an array, an object, any value. */
        JSON_ARRAY,
        JSON_OBJECT,
        JSON;

        boolean scalar() {
            return this == BOOL || this == I32 || this == I64 || this == F64 || this == STRING;
        }
    }

    /** Shapes of results, as guest code receives them from the host. */
    enum Result {
        NONE,
        PLAIN,
        I64,
        BYTES,
        JSON
    }

    /** @throws IllegalStateException if the method cannot be an op; says why */
    static OpBinding of(Method method, Op op) {
        return of(method, op, op.blocking());
    }

    /** The variant of a blocking op that runs on the runtime thread; same body, same values, same errors. */
    static OpBinding sync(Method method, Op op) {
        return of(method, op, false);
    }

    private static OpBinding of(Method method, Op op, boolean blocking) {
        var params = new ArrayList<Param>();
        for (var parameter : method.getParameters()) {
            params.add(param(method, parameter));
        }
        boolean staged = CompletionStage.class.isAssignableFrom(method.getReturnType());
        if (blocking && (staged || params.stream().anyMatch(p -> p.kind() == Kind.STATE || p.kind() == Kind.BUFFER))) {
            throw refuse(
                    method, "a blocking op runs off the runtime thread: no OpState, no JsBuffer, no CompletionStage");
        }
        boolean async = staged || blocking;
        if (async && !staged && op.delivery() != Op.Delivery.EAGER) {
            throw refuse(method, "delivery is for ops that return a CompletionStage");
        }
        if (staged && params.stream().anyMatch(p -> p.kind() == Kind.BUFFER) && op.delivery() == Op.Delivery.LAZY) {
            throw refuse(method, "a buffer is lent for the call only, which a lazy op outlives");
        }
        var type = staged ? stageOf(method.getGenericReturnType()) : method.getGenericReturnType();
        return new OpBinding(method, List.copyOf(params), result(type), async, blocking, op.delivery());
    }

    /** True if guest code may call the method itself, with nothing in between. */
    boolean direct() {
        return !blocking
                && params.stream()
                        .allMatch(p -> p.kind() == Kind.STATE || p.kind().scalar())
                && (async || result == Result.NONE || result == Result.PLAIN || result == Result.I64);
    }

    /** The Java result in the shape that crosses to the guest. */
    @Nullable
    Object encode(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (result) {
            case NONE -> null;
            case PLAIN -> value;
            case I64 -> safe((Long) value);
            case BYTES -> ByteBuffer.wrap((byte[]) value);
            case JSON -> Json.MAPPER.writeValueAsString(value);
        };
    }

    private static Object safe(long value) {
        if (Math.abs((double) value) > SAFE_INTEGER_MAX) {
            throw new IllegalStateException(value + " is no safe integer in JavaScript");
        }
        return (double) value;
    }

    private static Param param(Method method, Parameter parameter) {
        var type = parameter.getType();
        boolean nullable = nullable(parameter.getAnnotatedType()) || boxed(type);
        var generic = parameter.getParameterizedType();
        var kind = kind(type);
        if (type == List.class
                && generic instanceof ParameterizedType list
                && list.getActualTypeArguments()[0] instanceof Class<?> content
                && kind(content).scalar()) {
            return new Param(Kind.LIST, nullable, kind(content), generic);
        }
        if (type.isPrimitive() && !kind.scalar()) {
            throw refuse(
                    method,
                    "parameter type " + type.getName()
                            + " is not mapped: use boolean, int, long, double, String, byte[], JsBuffer, List, a record or a Map");
        }
        return new Param(kind, nullable, null, generic);
    }

    private static Kind kind(Class<?> type) {
        if (type == OpState.class) {
            return Kind.STATE;
        }
        if (type == boolean.class || type == Boolean.class) {
            return Kind.BOOL;
        }
        if (type == int.class || type == Integer.class) {
            return Kind.I32;
        }
        if (type == long.class || type == Long.class) {
            return Kind.I64;
        }
        if (type == double.class || type == Double.class) {
            return Kind.F64;
        }
        if (type == String.class) {
            return Kind.STRING;
        }
        if (type == byte[].class) {
            return Kind.BYTES;
        }
        if (type == JsBuffer.class) {
            return Kind.BUFFER;
        }
        if (Iterable.class.isAssignableFrom(type) || type.isArray()) {
            return Kind.JSON_ARRAY;
        }
        return type.isRecord() || java.util.Map.class.isAssignableFrom(type) ? Kind.JSON_OBJECT : Kind.JSON;
    }

    private static Result result(Type type) {
        if (type == void.class || type == Void.class) {
            return Result.NONE;
        }
        if (type == long.class || type == Long.class) {
            return Result.I64;
        }
        if (type == byte[].class) {
            return Result.BYTES;
        }
        return type instanceof Class<?> c && kind(c).scalar() ? Result.PLAIN : Result.JSON;
    }

    private static Type stageOf(Type declared) {
        return declared instanceof ParameterizedType p
                        && (p.getRawType() == CompletionStage.class || p.getRawType() == CompletableFuture.class)
                ? p.getActualTypeArguments()[0]
                : Object.class;
    }

    private static boolean nullable(AnnotatedElement element) {
        for (Annotation annotation : element.getAnnotations()) {
            if (annotation.annotationType().getSimpleName().equals("Nullable")) {
                return true;
            }
        }
        return false;
    }

    private static boolean boxed(Class<?> type) {
        return type == Integer.class || type == Long.class || type == Double.class || type == Boolean.class;
    }

    private static IllegalStateException refuse(Method method, String why) {
        return new IllegalStateException("Op method " + method + ": " + why);
    }
}
