package dev.carillon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves a thread behind: a runtime that was not closed, or a wait that nobody ended. Threads of the
 * JDK, the engine and the test runner, which come and go by themselves, do not count.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Pattern OTHERS =
            Pattern.compile("(carillon-time|ForkJoinPool|JVMCI|Truffle|Common-Cleaner|Cleaner|"
                    + "VirtualThread|Read-Poller|Write-Poller|surefire|process reaper|engine|Attach|Signal|C1|C2|Notification|polyglot"
                    + "|Polyglot|CompilerThread|Keep-Alive|Sweeper|junit).*");
    private static final ExtensionContext.Namespace PLACE = ExtensionContext.Namespace.create(LeakCheck.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(PLACE).put("before", threads());
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        @SuppressWarnings("unchecked")
        var before = (Set<Thread>) context.getStore(PLACE).get("before", Set.class);
        var left = new HashSet<>(threads());
        left.removeAll(before);
        for (var thread : List.copyOf(left)) {
            if (thread.join(DEADLINE)) {
                left.remove(thread);
            }
        }
        assertThat(left).as("threads left by %s", context.getDisplayName()).isEmpty();
    }

    private static Set<Thread> threads() {
        var own = new HashSet<Thread>();
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (!OTHERS.matcher(thread.getName()).matches()) {
                own.add(thread);
            }
        }
        return own;
    }
}
