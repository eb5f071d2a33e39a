package dev.carillon.scheduler;

import dev.carillon.runtime.Permissions.Decision;
import dev.carillon.runtime.time.TimeSource;
import dev.carillon.runtime.time.TimeSource.Alarm;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a script was allowed and denied, as lines of the service's log. News ({@link AuditTally}) are for all to see;
 * denials that are none are summed up once an hour and at the end. Level debug has every decision.
 *
 * <p>Threads: any.
 * <p>Closing: when the script's runtime has ended; tells what is not told yet. A blocking op that outlives it is still heard.
 */
final class PermissionAudit implements Consumer<Decision>, AutoCloseable {
    static final Duration SUM_PERIOD = Duration.ofHours(1);
    private static final int TARGET_LENGTH_MAX = 500; // chars
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}]");

    private static final Logger LOG = LoggerFactory.getLogger(PermissionAudit.class);

    private final String script;
    private final TimeSource time;
    private final Executor worker;
    private final AuditTally tally = new AuditTally(); // guarded by this, as what follows
    private @Nullable Alarm sum; // armed while something is counted
    private boolean closed;

    /** @param worker writes the hourly sums */
    PermissionAudit(String script, TimeSource time, Executor worker) {
        this.script = script;
        this.time = time;
        this.worker = worker;
    }

    @Override
    public synchronized void accept(Decision asked) {
        var decision = new Decision(asked.kind(), harmless(asked.what()), asked.allowed(), asked.rule());
        var news = tally.add(decision);
        var event = news == AuditTally.News.NONE ? LOG.atDebug() : decision.allowed() ? LOG.atInfo() : LOG.atWarn();
        event.addKeyValue("script", script)
                .addKeyValue("permission", decision.kind().flag())
                .log(
                        "{}{} ({}){}",
                        decision.allowed() ? "allowed" : "denied",
                        decision.what() == null ? "" : ": " + decision.what(),
                        decision.rule(),
                        news == AuditTally.News.TELL_AS_LAST
                                ? "; more by this rule are counted and summed up every hour"
                                : "");
        if (news == AuditTally.News.NONE && !decision.allowed()) {
            counted();
        }
    }

    private void counted() {
        if (closed) {
            tellSums();
        } else if (sum == null) {
            sum = time.after(SUM_PERIOD, () -> worker.execute(this::tellSums));
        }
    }

    private synchronized void tellSums() {
        sum = null;
        for (var counted : tally.take()) {
            LOG.atWarn()
                    .addKeyValue("script", script)
                    .addKeyValue("permission", counted.kind().flag())
                    .log("more denials since: {} ({})", counted.denials(), counted.rule());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (sum != null) {
            sum.cancel();
        }
        tellSums();
    }

    /** A script chooses this text: it must not be able to forge lines of the log. */
    private static @Nullable String harmless(@Nullable String what) {
        if (what == null) {
            return null;
        }
        var shown = UNPRINTABLE.matcher(what).replaceAll("\ufffd");
        return shown.length() <= TARGET_LENGTH_MAX ? shown : shown.substring(0, TARGET_LENGTH_MAX) + "\u2026";
    }
}
