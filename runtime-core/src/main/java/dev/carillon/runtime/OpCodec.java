package dev.carillon.runtime;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes handlers of ops that do not speak bytes.
 *
 * <p>A JSON op is asked with {@code {"args": …, "promiseId": n or null}} and answers {@code {"ok": …, "promiseId": …}} or
 * {@code {"err": {"className": …, "message": …}, "promiseId": …}}; it never throws. The promise id of the request comes
 * back in the answer, and is null for a synchronous one.
 */
public final class OpCodec {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final System.Logger LOG = System.getLogger(OpCodec.class.getName());

    private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD}; // U+FFFD for a lone surrogate

    private OpCodec() {}

    /** An op on JSON values. */
    @FunctionalInterface
    public interface JsonOp {
        /** @return a value Jackson writes, null, or a {@link CompletionStage} of one */
        @Nullable
        Object call(OpState state, JsonNode args, List<JsBuffer> buffers) throws Exception;
    }

    /** An op on one message type each way. */
    @FunctionalInterface
    public interface TypedOp<A> {
        @Nullable
        Object call(OpState state, A request) throws Exception;
    }

    public static OpHandler json(JsonOp op) {
        return (state, control, buffers) -> {
            var request = read(control);
            var promiseId = request.path("promiseId");
            var id = promiseId.isInt() ? (Integer) promiseId.intValue() : null;
            try {
                var value = op.call(state, request.path("args"), buffers);
                if (value instanceof CompletionStage<?> stage) {
                    return new OpResult.Later(stage.handle((v, error) -> error == null ? ok(v, id) : err(error, id)));
                }
                return new OpResult.Ready(ok(value, id));
            } catch (Exception e) { // whatever it is, the envelope carries it
                return new OpResult.Ready(err(e, id));
            }
        };
    }

    /**
     * An op whose request is read into {@code requestType} and whose answer must be a {@code responseType}; any other
     * answer is a bug of the op and is told as one.
     */
    public static <A> OpHandler typed(Class<A> requestType, Class<?> responseType, TypedOp<A> op) {
        return json((state, args, buffers) -> {
            A request;
            try {
                request = MAPPER.treeToValue(args, requestType);
            } catch (JacksonException e) {
                throw new JsVisibleException(
                        "TypeError", "Not a " + requestType.getSimpleName() + ": " + e.getOriginalMessage(), null, e);
            }
            var response = op.call(state, request);
            if (response instanceof CompletionStage<?> stage) {
                return stage.thenApply(value -> expect(responseType, value));
            }
            return expect(responseType, response);
        });
    }

    private static @Nullable Object expect(Class<?> type, @Nullable Object response) {
        if (type == Void.class ? response != null : !type.isInstance(response)) {
            throw new JsVisibleException(
                    "InvalidData",
                    "The op answered with "
                            + (response == null
                                    ? "nothing"
                                    : response.getClass().getSimpleName()) + " where "
                            + type.getSimpleName() + " was expected");
        }
        return response;
    }

    private static JsonNode read(byte[] control) {
        try {
            return MAPPER.readTree(control);
        } catch (JacksonException e) {
            throw new JsVisibleException("TypeError", "The request is no JSON: " + e.getOriginalMessage(), null, e);
        }
    }

    private static byte[] ok(@Nullable Object value, @Nullable Integer promiseId) {
        var envelope = new LinkedHashMap<String, @Nullable Object>();
        envelope.put("ok", value);
        envelope.put("promiseId", promiseId);
        return bytes(envelope);
    }

    private static byte[] err(Throwable thrown, @Nullable Integer promiseId) {
        var error = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (!(error instanceof JsVisibleException)) {
            LOG.log(System.Logger.Level.ERROR, "Internal error in a JSON op", error);
        }
        var err = new LinkedHashMap<String, @Nullable Object>();
        err.put("className", error instanceof JsVisibleException visible ? visible.jsClass() : "Error");
        err.put("message", String.valueOf(error.getMessage()));
        var envelope = new LinkedHashMap<String, @Nullable Object>();
        envelope.put("err", err);
        envelope.put("promiseId", promiseId);
        return bytes(envelope);
    }

    private static byte[] bytes(Object envelope) {
        try {
            var encoded = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .replaceWith(REPLACEMENT)
                    .encode(CharBuffer.wrap(MAPPER.writeValueAsString(envelope)));
            var bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalStateException("malformed text is replaced, not refused", e);
        }
    }
}
