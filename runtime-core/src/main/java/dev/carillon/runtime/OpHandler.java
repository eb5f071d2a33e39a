package dev.carillon.runtime;

import java.util.List;

/**
 * The bottom form of an op: bytes in, optionally buffers the guest lends, bytes out now or later. It has no name; one
 * handler may be declared under several. {@link OpCodec} makes handlers of ops that speak JSON or typed messages.
 *
 * <p>Threads: called on the runtime thread. A handler shared by runtimes is called by all their threads: what belongs to
 * one runtime goes into its {@link OpState}.
 */
@FunctionalInterface
public interface OpHandler {
    /**
     * @param control the request, a copy
     * @param buffers lent for the call, in the order the guest passed them
     * @throws JsVisibleException guest code sees an error of the class it names
     */
    OpResult handle(OpState state, byte[] control, List<JsBuffer> buffers);
}
