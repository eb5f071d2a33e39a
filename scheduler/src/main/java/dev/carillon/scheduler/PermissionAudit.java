package dev.carillon.scheduler;

import dev.carillon.runtime.Permissions.Decision;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a script was allowed and denied, as lines of the service's log: the first time something is decided for all to see,
 * again and again only at level debug, so that a script that reads a file a second does not bury the rest.
 *
 * <p>Threads: the runtime thread.
 */
final class PermissionAudit implements Consumer<Decision> {
    private static final int KNOWN_MAX = 10_000; // decisions; what a script asks for beyond that is told at level debug
    private static final int TARGET_LENGTH_MAX = 500; // chars

    private static final Logger LOG = LoggerFactory.getLogger(PermissionAudit.class);

    private final String script;
    private final Set<Decision> known = new HashSet<>();

    PermissionAudit(String script) {
        this.script = script;
    }

    @Override
    public void accept(Decision decision) {
        boolean fresh = known.size() < KNOWN_MAX && known.add(decision);
        var event = !fresh ? LOG.atDebug() : decision.allowed() ? LOG.atInfo() : LOG.atWarn();
        event.addKeyValue("script", script)
                .addKeyValue("permission", decision.kind().flag())
                .log("{}{}", decision.allowed() ? "allowed" : "denied", target(decision.what()));
    }

    /** A script chooses this text: it must not be able to forge lines of the log. */
    private static String target(@Nullable String what) {
        if (what == null) {
            return "";
        }
        var shown = what.replaceAll("[\\p{Cntrl}\\p{Cf}]", "\ufffd");
        return ": " + (shown.length() <= TARGET_LENGTH_MAX ? shown : shown.substring(0, TARGET_LENGTH_MAX) + "\u2026");
    }
}
