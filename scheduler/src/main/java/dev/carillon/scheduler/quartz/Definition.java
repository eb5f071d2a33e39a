package dev.carillon.scheduler.quartz;

import dev.carillon.cron.CronSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * What the nodes of a cluster must agree on about a job before one of them runs it.
 *
 * @param revision short name of the whole definition
 * @param schedule its text
 */
record Definition(String revision, String schedule) {
    private static final int REVISION_BYTES = 8;

    static Definition of(CronSpec spec) {
        var schedule = spec.schedule().toString();
        var text = schedule
                + spec.backoff().stream()
                        .map(Duration::toMillis)
                        .map(Object::toString)
                        .collect(Collectors.joining(",", "\n", ""));
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new Definition(HexFormat.of().formatHex(digest, 0, REVISION_BYTES), schedule);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
