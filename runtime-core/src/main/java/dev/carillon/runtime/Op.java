package dev.carillon.runtime;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a public method of a public class as an op: a host function guest code may call. Nothing else of the host is
 * reachable from guest code.
 *
 * <p>The method's signature is the contract. Parameters: {@code boolean}, {@code int}, {@code long}, {@code double},
 * {@code String}, their boxed {@code @Nullable} forms, {@code byte[]} (copied), {@link JsBuffer} (lent in place),
 * {@code List} of scalars, records (from plain objects), and {@link OpState} (injected, not an argument of the
 * guest). Results: the same and {@code void}; {@code byte[]} comes out as {@code Uint8Array}, records and maps as
 * plain objects.
 *
 * <p>A method that returns a {@link java.util.concurrent.CompletionStage} is asynchronous: guest code gets a promise,
 * settled on the runtime thread. A {@link #blocking} method is written synchronously, runs on a virtual thread and is
 * seen as asynchronous by guest code; it must not touch {@link OpState}.
 *
 * <p>Errors: {@link JsVisibleException} reaches guest code as the JS class it names. Any other exception is a bug of
 * ours and reaches guest code as a plain {@code Error} without Java frames.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Op {
    /** The name guest glue imports, {@code op_<ext>_<verb>}. */
    String value();

    /** Runs the body on a virtual thread of its own; guest code sees a promise. */
    boolean blocking() default false;

    /**
     * Of a {@link #blocking} op: a second name under which the same body runs on the runtime thread, and guest code waits;
     * empty for none.
     */
    String sync() default "";

    /** When an asynchronous op's result may be seen. */
    Delivery delivery() default Delivery.EAGER;

    /** Delivery of an asynchronous op's result. */
    enum Delivery {
        /** A result that is ready at the call gives an already settled promise, with no turn of the loop. */
        EAGER,
        /** Not started at the call: always pending first. */
        LAZY,
        /** Started at the call, delivered at the earliest one turn of the loop later. */
        DEFERRED
    }
}
