package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsVisibleException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.exc.MismatchedInputException;

/** Reads structured arguments, and says in the guest's terms what is wrong with one. */
final class BadArgument {
    private BadArgument() {}

    static @Nullable Object read(String json, JavaType type) {
        try {
            return Json.MAPPER.readValue(json, type);
        } catch (MismatchedInputException e) {
            throw new JsVisibleException("TypeError", "serde_v8 error: " + sentence(e, type), null, e);
        } catch (JacksonException e) {
            throw cause(e);
        }
    }

    private static RuntimeException cause(JacksonException e) {
        // A record that refuses its values in its constructor speaks for itself.
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof JsVisibleException visible) {
                return visible;
            }
        }
        return new JsVisibleException("TypeError", "serde_v8 error: " + e.getOriginalMessage(), null, e);
    }

    private static String sentence(MismatchedInputException e, JavaType type) {
        var expected = e.getTargetType() == null ? type.getRawClass() : e.getTargetType();
        var at = e.getPath().isEmpty() ? "" : " at " + e.getPathReference().replaceAll("^.*?\\[", "[");
        return "invalid type; expected: " + word(expected) + at;
    }

    private static String word(Class<?> type) {
        if (type == String.class) {
            return "string";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "bool";
        }
        if (Iterable.class.isAssignableFrom(type) || type.isArray()) {
            return "array";
        }
        return type.isPrimitive() || Number.class.isAssignableFrom(type) ? "number" : "object";
    }
}
