package dev.carillon.kv.codec;

import java.util.HexFormat;
import java.util.OptionalLong;

/**
 * The number of a commit as scripts see it: 16 hex digits of a counter, then {@code 0000}. Later commits have larger
 * ones, also compared as strings.
 */
public final class Versionstamp {
    /** Digits. */
    public static final int LENGTH = 20;

    private static final String SUFFIX = "0000"; // the batch order of a distributed database; a local one has none
    private static final int DIGITS = LENGTH - SUFFIX.length();

    private Versionstamp() {}

    public static String of(long counter) {
        return HexFormat.of().toHexDigits(counter) + SUFFIX;
    }

    /**
     * The counter, or nothing if {@code text} is no versionstamp. One that no local commit ever had gives 0, which none
     * has: valid, and equal to no entry's.
     */
    public static OptionalLong parse(String text) {
        if (text.length() != LENGTH || !text.chars().allMatch(HexFormat::isHexDigit)) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(text.endsWith(SUFFIX) ? HexFormat.fromHexDigitsToLong(text, 0, DIGITS) : 0);
    }
}
