package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsBuffer;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.OpCodec;
import dev.carillon.runtime.OpHandler;
import dev.carillon.runtime.OpResult;
import dev.carillon.runtime.OpState;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Calls ops by id with bytes: the way below the bound functions. Id 0 answers with the catalog, name to id, in JSON; a
 * bound method is reached through the JSON codec, its arguments in an array.
 *
 * <p>Threads: runtime thread only.
 */
final class OpDispatch {
    private static final int CATALOG = 0;

    private final OpTable ops;
    private final OpState state;
    private final Map<Integer, OpHandler> bound = new HashMap<>();

    OpDispatch(OpTable ops, OpState state) {
        this.ops = ops;
        this.state = state;
    }

    /** @throws JsVisibleException NotFound for an unknown id, BadResource for one of a closed plugin */
    OpResult dispatch(int id, byte[] control, List<JsBuffer> buffers) {
        if (id == CATALOG) {
            return new OpResult.Ready(
                    Json.MAPPER.writeValueAsString(ops.catalog()).getBytes(StandardCharsets.UTF_8));
        }
        var op = ops.op(id);
        return switch (op.body()) {
            case OpDecl.Body.Raw(OpHandler handler) -> handler.handle(state, control, buffers);
            case OpDecl.Body.Bound it ->
                bound.computeIfAbsent(id, i -> OpCodec.json((s, args, lent) -> call(op, it, args, lent)))
                        .handle(state, control, buffers);
            case OpDecl.Body.Disabled disabled -> throw new JsVisibleException("Error", "op is disabled");
            case OpDecl.Body.Closed closed -> throw JsVisibleException.badResource();
        };
    }

    private @Nullable Object call(OpDecl op, OpDecl.Body.Bound body, JsonNode args, List<JsBuffer> buffers)
            throws Exception {
        var binding = body.binding();
        var lent = buffers.iterator();
        var values = new @Nullable Object[binding.params().size()];
        int next = 0;
        for (int i = 0; i < values.length; i++) {
            var param = binding.params().get(i);
            values[i] = switch (param.kind()) {
                case STATE -> state;
                case BUFFER -> next(op, lent);
                default -> read(op, param, args.path(next++));
            };
        }
        if (!binding.blocking()) {
            return invoke(body, values);
        }
        var done = new CompletableFuture<@Nullable Object>();
        Thread.ofVirtual().name(op.name()).start(() -> {
            try {
                done.complete(invoke(body, values));
            } catch (Throwable t) { // all of them, or the guest waits for ever
                done.completeExceptionally(t);
            }
        });
        return done;
    }

    private static JsBuffer next(OpDecl op, Iterator<JsBuffer> lent) {
        if (!lent.hasNext()) {
            throw JsVisibleException.typeError("expected typed ArrayBufferView: " + op.name() + " takes more buffers");
        }
        return lent.next();
    }

    private static @Nullable Object read(OpDecl op, OpBinding.Param param, JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            if (param.nullable()) {
                return null;
            }
            throw JsVisibleException.typeError(op.name() + ": an argument is missing");
        }
        return BadArgument.read(value.toString(), param.javaType());
    }

    private static @Nullable Object invoke(OpDecl.Body.Bound body, @Nullable Object[] values) throws Exception {
        try {
            return body.binding().method().invoke(body.target(), values);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
