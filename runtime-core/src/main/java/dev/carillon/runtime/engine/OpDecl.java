package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.OpCollector;
import dev.carillon.runtime.OpDeclaration;
import dev.carillon.runtime.OpHandler;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One op of a runtime: its name and number, and what runs when it is called.
 *
 * @param id small and stable within one runtime, from 1
 * @param namespace the extension that declares it, or {@code plugin_<rid>}
 */
record OpDecl(int id, String name, String namespace, Body body) {
    /** What runs when the op is called. */
    sealed interface Body {
        /** A Java method of {@code target}, bound by its signature. */
        record Bound(Object target, OpBinding binding) implements Body {}

        /** Bytes in, bytes out. */
        record Raw(OpHandler handler) implements Body {}

        /** Nothing: calling it throws. */
        record Disabled() implements Body {}

        /** Nothing any more: the plugin was closed. */
        record Closed() implements Body {}
    }

    boolean async() {
        return body instanceof Body.Bound bound && bound.binding().async();
    }

    /** As extensions see it. */
    OpDeclaration declaration() {
        return new OpDeclaration(name, namespace, async(), body instanceof Body.Disabled, null);
    }

    OpCollector.Source source() {
        if (async()) {
            return OpCollector.Source.ASYNC;
        }
        return body instanceof Body.Bound bound && bound.binding().direct()
                ? OpCollector.Source.FAST
                : OpCollector.Source.SLOW;
    }

    /** @throws IllegalStateException unless the op is a method */
    OpBinding binding() {
        return bound().binding();
    }

    /**
     * The object the method is called on.
     *
     * @throws IllegalStateException unless the op is a method
     */
    Object target() {
        return bound().target();
    }

    private Body.Bound bound() {
        if (body instanceof Body.Bound bound) {
            return bound;
        }
        throw new IllegalStateException(name + " is no bound method: " + body);
    }

    /** The Java result in the shape that crosses to the guest. */
    @Nullable
    Object encode(@Nullable Object value) {
        return switch (body) {
            case Body.Bound bound -> bound.binding().encode(value);
            case Body.Raw raw -> value == null ? null : ByteBuffer.wrap((byte[]) value);
            case Body.Disabled disabled -> throw new JsVisibleException("Error", "op is disabled");
            case Body.Closed closed -> throw JsVisibleException.badResource();
        };
    }
}
