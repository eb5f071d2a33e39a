package dev.carillon.runtime;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a runtime has going on at one moment: two of them, before and after a test, tell what it leaked.
 *
 * @param ops asynchronous ops in flight: promise id to op name
 * @param resources open resources: rid to debug name
 * @param timers timers that fire once: id to delay in milliseconds; the runtime's own are left out
 * @param intervals timers that repeat, likewise
 * @param traces where each of them began, as a stack trace of the script, by kind and number: {@code op 3}, {@code resource
 *     4}, {@code timer 1}. Empty unless {@link RuntimeOptions#leakTraces} is on
 */
public record Activity(
        Map<Integer, String> ops,
        Map<Integer, String> resources,
        Map<Integer, Double> timers,
        Map<Integer, Double> intervals,
        Map<String, String> traces) {

    public Activity {
        ops = Map.copyOf(ops);
        resources = Map.copyOf(resources);
        timers = Map.copyOf(timers);
        intervals = Map.copyOf(intervals);
        traces = Map.copyOf(traces);
    }

    /** What began and what ended between two snapshots. */
    public record Difference(Activity appeared, Activity disappeared) {
        public boolean isEmpty() {
            return appeared.isEmpty() && disappeared.isEmpty();
        }
    }

    public static Difference diff(Activity before, Activity after) {
        return new Difference(after.without(before), before.without(after));
    }

    public boolean isEmpty() {
        return ops.isEmpty() && resources.isEmpty() && timers.isEmpty() && intervals.isEmpty();
    }

    private Activity without(Activity other) {
        return new Activity(
                minus(ops, other.ops),
                minus(resources, other.resources),
                minus(timers, other.timers),
                minus(intervals, other.intervals),
                minus(traces, other.traces));
    }

    private static <K, V> Map<K, V> minus(Map<K, V> from, Map<K, V> taken) {
        var rest = new LinkedHashMap<>(from);
        rest.keySet().removeAll(taken.keySet());
        return rest;
    }
}
