package dev.carillon.scheduler.run;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Identity of a run: 26 characters that sort, as text, by the instant the run was due.
 *
 * <p>For an occurrence of a schedule it is computed from job and instant alone, so every node gives the same occurrence
 * the same id and a second row for it cannot exist. Runs started by hand draw theirs at random.
 *
 * <p>Layout as in a ULID: 48 bits of milliseconds since 1970, then 80 bits (of SHA-256 over the job's id, or random), in
 * Crockford's base 32.
 */
public record RunId(String text) implements Comparable<RunId> {
    /** Characters of an id. */
    public static final int LENGTH = 26;

    private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final boolean[] IS_DIGIT = new boolean['Z' + 1];

    static {
        for (char digit : DIGITS) {
            IS_DIGIT[digit] = true;
        }
    }

    private static final int MILLIS_CHARS = 10;
    private static final int REST_BYTES = 10;

    /** @throws IllegalArgumentException unless {@code text} is 26 base-32 digits */
    public RunId {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not a run: '" + text + "', expected " + LENGTH + " base-32 digits");
        }
    }

    /** Whether {@code text} is written like an id. */
    public static boolean isValid(String text) {
        if (text.length() != LENGTH || text.charAt(0) > '7') {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            if (c >= IS_DIGIT.length || !IS_DIGIT[c]) {
                return false;
            }
        }
        return true;
    }

    /** The id of the occurrence of {@code job} due at {@code scheduledTime}. */
    public static RunId of(JobKey job, Instant scheduledTime) {
        return of(fingerprint(job), scheduledTime);
    }

    /** As {@link #of(JobKey, Instant)}, with the job's {@link #fingerprint} at hand. */
    public static RunId of(byte[] fingerprint, Instant scheduledTime) {
        return new RunId(encode(scheduledTime.toEpochMilli(), fingerprint));
    }

    /** An id of its own for a run started by hand at {@code instant}. */
    public static RunId random(Instant instant) {
        var rest = new byte[REST_BYTES];
        ThreadLocalRandom.current().nextBytes(rest);
        return new RunId(encode(instant.toEpochMilli(), rest));
    }

    /** What is fixed in the ids of a job's occurrences. */
    public static byte[] fingerprint(JobKey job) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return Arrays.copyOf(digest.digest(job.id().getBytes(StandardCharsets.UTF_8)), REST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Smallest text an id due at {@code instant} or later can have. */
    public static String floor(Instant instant) {
        return encode(Math.clamp(instant.toEpochMilli(), 0L, (1L << 48) - 1), new byte[REST_BYTES]);
    }

    private static String encode(long millis, byte[] rest) {
        var chars = new char[LENGTH];
        for (int i = MILLIS_CHARS - 1; i >= 0; i--) {
            chars[i] = DIGITS[(int) (millis & 31)];
            millis >>>= 5;
        }
        int at = MILLIS_CHARS;
        for (int half = 0; half < REST_BYTES; half += 5) { // five bytes are eight digits
            long bits = 0;
            for (int i = 0; i < 5; i++) {
                bits = bits << 8 | rest[half + i] & 0xff;
            }
            for (int shift = 35; shift >= 0; shift -= 5) {
                chars[at++] = DIGITS[(int) (bits >>> shift & 31)];
            }
        }
        return new String(chars);
    }

    @Override
    public int compareTo(RunId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
