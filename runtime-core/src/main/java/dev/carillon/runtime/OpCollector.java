package dev.carillon.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Is told of every call of one op while it happens; {@link JsRuntime#metrics} has the sums of all ops without any.
 *
 * <p>Threads: runtime thread only; must not block it.
 */
@FunctionalInterface
public interface OpCollector {
    void record(OpDeclaration op, Event event, Source source);

    /** Tells both. */
    default OpCollector and(OpCollector other) {
        return (op, event, source) -> {
            record(op, event, source);
            other.record(op, event, source);
        };
    }

    /** What a call comes to: dispatched first, then one of the others. */
    enum Event {
        DISPATCHED,
        /** It returned, or its promise was fulfilled at once. */
        COMPLETED,
        /** It threw, or its promise was rejected at once. */
        ERROR,
        /** Its promise was fulfilled later. */
        COMPLETED_ASYNC,
        /** Its promise was rejected later. */
        ERROR_ASYNC
    }

    /** The way the call took. */
    enum Source {
        /** Synchronous, arguments or result converted by an adapter. */
        SLOW,
        /** Synchronous, straight into the Java method. */
        FAST,
        ASYNC
    }

    /** Chooses the ops that are collected. */
    @FunctionalInterface
    interface Factory {
        /**
         * @param id of the op
         * @param count of all ops
         * @return null for an op nobody listens to, which then costs nothing
         */
        @Nullable
        OpCollector collector(int id, int count, OpDeclaration op);
    }
}
