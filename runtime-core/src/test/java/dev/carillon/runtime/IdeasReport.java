package dev.carillon.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints what each founding idea stands on: its id, how its tests went, and their names. After a run of the whole module
 * every id of the checklist is there; after a run of less, those that were met.
 */
public final class IdeasReport implements TestExecutionListener {
    private final Map<String, List<Outcome>> byIdea = new ConcurrentSkipListMap<>(IdeasReport::compareIds);

    private record Outcome(String test, TestExecutionResult.Status status) {}

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (!test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            return; // a class or a table of cases counts only if it broke as a whole
        }
        if (!(test.getSource().orElse(null) instanceof MethodSource method)) {
            return;
        }
        var name = method.getClassName().replaceFirst(".*\\.", "") + "." + method.getMethodName();
        for (var id : test.getTags().stream().map(TestTag::getName).toList()) {
            if (IdeasChecklist.ID.matcher(id).matches()) {
                byIdea.computeIfAbsent(id, i -> java.util.Collections.synchronizedList(new ArrayList<>()))
                        .add(new Outcome(name, result.getStatus()));
            }
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (byIdea.isEmpty()) {
            return;
        }
        var text = table();
        System.out.println(text);
        try {
            Files.writeString(Path.of("target", "ideas.txt"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String table() {
        var text = new StringBuilder("\nFounding ideas and the tests that carry them\n");
        int green = 0;
        for (var idea : byIdea.entrySet()) {
            var outcomes = List.copyOf(idea.getValue());
            long passed = outcomes.stream()
                    .filter(one -> one.status == TestExecutionResult.Status.SUCCESSFUL)
                    .count();
            boolean ok = passed == outcomes.size();
            green += ok ? 1 : 0;
            var names = new TreeMap<String, Boolean>();
            outcomes.forEach(one ->
                    names.merge(one.test, one.status == TestExecutionResult.Status.SUCCESSFUL, Boolean::logicalAnd));
            text.append(String.format(
                    "%-6s %-5s %3d of %3d  %s%n",
                    idea.getKey(), ok ? "ok" : "FAILS", passed, outcomes.size(), shown(names)));
        }
        return text.append(green)
                .append(" of ")
                .append(IdeasChecklist.ids().size())
                .append(" ideas green, ")
                .append(IdeasChecklist.ids().stream()
                        .filter(id -> !byIdea.containsKey(id))
                        .toList())
                .append(" not run\n")
                .toString();
    }

    private static String shown(Map<String, Boolean> names) {
        return String.join(
                ", ",
                names.entrySet().stream()
                        .map(name -> (name.getValue() ? "" : "FAILED ") + name.getKey())
                        .toList());
    }

    private static int compareIds(String a, String b) {
        return IdeasChecklist.order(a) - IdeasChecklist.order(b);
    }
}
