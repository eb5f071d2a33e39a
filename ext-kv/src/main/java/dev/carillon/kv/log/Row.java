package dev.carillon.kv.log;

import dev.carillon.kv.KvValue;

/**
 * What is kept of an entry besides its key.
 *
 * @param version counter of the commit that wrote it
 * @param expireAtMs wall clock
 */
record Row(KvValue.Kind kind, long version, long expireAtMs, Blob value) {}
