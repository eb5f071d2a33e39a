package dev.carillon.scheduler;

import dev.carillon.runtime.Permissions.Decision;
import dev.carillon.runtime.Permissions.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of a script's permission decisions are news, by the rule each was made by: the first that a rule allows, and what
 * it denies as long as the targets are few. Denials that are no news are counted, never dropped. What is kept is bounded by
 * the number of rules, which a script cannot add to.
 *
 * <p>Threads: one at a time.
 */
final class AuditTally {
    /** Different targets a rule denies that are each told. */
    static final int TARGETS_MAX = 20;

    private final Map<Rule, Told> rules = new LinkedHashMap<>();

    private record Rule(Kind kind, boolean allows, String name) {}

    private static final class Told {
        final Set<@Nullable String> targets = new HashSet<>();
        long counted;
    }

    /** What is to be done about a decision. */
    enum News {
        TELL,
        /** The last target of its rule that is told: from now on they are counted. */
        TELL_AS_LAST,
        NONE
    }

    News add(Decision decision) {
        var told = rules.computeIfAbsent(
                new Rule(decision.kind(), decision.allowed(), decision.rule()), rule -> new Told());
        if (decision.allowed()) {
            return told.counted++ == 0 ? News.TELL : News.NONE;
        }
        if (told.targets.size() < TARGETS_MAX && told.targets.add(decision.what())) {
            return told.targets.size() < TARGETS_MAX ? News.TELL : News.TELL_AS_LAST;
        }
        told.counted++;
        return News.NONE;
    }

    /** Denials of a rule that nobody was told of one by one. */
    record Counted(Kind kind, String rule, long denials) {}

    /** What was denied and not told since the last call. */
    List<Counted> take() {
        var all = new ArrayList<Counted>();
        rules.forEach((rule, told) -> {
            if (!rule.allows && told.counted > 0) {
                all.add(new Counted(rule.kind, rule.name, told.counted));
                told.counted = 0;
            }
        });
        return all;
    }
}
