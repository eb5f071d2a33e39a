package dev.carillon.kv;

/**
 * A key with its value, as some commit left it.
 *
 * @param key encoded
 * @param version counter of the commit that wrote it
 */
public record KvEntry(byte[] key, KvValue value, long version) {}
