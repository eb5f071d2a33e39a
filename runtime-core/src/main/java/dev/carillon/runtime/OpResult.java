package dev.carillon.runtime;

import java.util.concurrent.CompletionStage;

/** What an {@link OpHandler} gives back. */
public sealed interface OpResult {
    /** The answer, now; guest code gets a {@code Uint8Array}. */
    record Ready(byte[] bytes) implements OpResult {}

    /** No answer; guest code gets null. */
    record Nothing() implements OpResult {}

    /** The answer, later; guest code gets a promise. The stage may complete on any thread. */
    record Later(CompletionStage<byte[]> bytes) implements OpResult {}
}
