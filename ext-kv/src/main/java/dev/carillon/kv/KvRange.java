package dev.carillon.kv;

/**
 * Keys from {@code start} up to and without {@code end}, compared as unsigned bytes.
 *
 * @param limit how many entries at most, from the start, or from the end if {@code reverse}
 */
public record KvRange(byte[] start, byte[] end, int limit, boolean reverse) {}
