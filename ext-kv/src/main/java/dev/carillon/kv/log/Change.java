package dev.carillon.kv.log;

/** What a commit did, as the log tells it: states, not operations, so that reading it needs no decisions. */
sealed interface Change {
    record Put(byte[] key, Row row) implements Change {}

    record Remove(byte[] key) implements Change {}

    /** A message that is new, or waits for another delivery. */
    record Wait(Queued message) implements Change {}

    /** A message was handed to a handler. */
    record Start(long id) implements Change {}

    /** A message is dealt with. */
    record Done(long id) implements Change {}
}
