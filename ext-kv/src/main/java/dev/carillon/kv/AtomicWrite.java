package dev.carillon.kv;

import java.util.List;

/**
 * What one commit is to do: nothing unless every check holds against the state before it; then the mutations in order,
 * later ones seeing earlier ones; then the messages. All of it, or nothing.
 */
public record AtomicWrite(List<Check> checks, List<Mutation> mutations, List<Message> messages) {
    public AtomicWrite {
        checks = List.copyOf(checks);
        mutations = List.copyOf(mutations);
        messages = List.copyOf(messages);
    }

    /**
     * Holds while the key has this version.
     *
     * @param version {@link #MISSING}, or the counter of a commit
     */
    public record Check(byte[] key, long version) {
        /** The key must have no value. */
        public static final long MISSING = -1;
    }

    /** A change of one key. */
    public sealed interface Mutation {
        byte[] key();
    }

    /**
     * @param expireAtMs wall clock; {@link #NEVER} for none
     * @param stamped the commit's versionstamp is appended to the key as a text part
     */
    public record Put(byte[] key, KvValue value, long expireAtMs, boolean stamped) implements Mutation {
        public static final long NEVER = Long.MAX_VALUE;
    }

    public record Remove(byte[] key) implements Mutation {}

    /** Combines what is stored with an operand; see {@link KvArithmetic}. */
    public record Combine(byte[] key, Operator operator, KvValue operand) implements Mutation {}

    /** How {@link Combine} combines. */
    public enum Operator {
        SUM,
        MIN,
        MAX;

        /** As scripts write it. */
        public String word() {
            return switch (this) {
                case SUM -> "sum";
                case MIN -> "min";
                case MAX -> "max";
            };
        }
    }

    /**
     * A message for the queue.
     *
     * @param payload opaque
     * @param delayMs before the first delivery
     * @param backoffMs waits before the second and later deliveries of a message whose handler fails
     * @param keysIfUndelivered get the payload as their value once the last delivery has failed
     */
    public record Message(byte[] payload, long delayMs, List<Integer> backoffMs, List<byte[]> keysIfUndelivered) {
        public Message {
            backoffMs = List.copyOf(backoffMs);
            keysIfUndelivered = List.copyOf(keysIfUndelivered);
        }
    }
}
