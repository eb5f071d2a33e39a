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
 */
public record Activity(
        Map<Integer, String> ops,
        Map<Integer, String> resources,
        Map<Integer, Double> timers,
        Map<Integer, Double> intervals) {

    public Activity {
        ops = Map.copyOf(ops);
        resources = Map.copyOf(resources);
        timers = Map.copyOf(timers);
        intervals = Map.copyOf(intervals);
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
                minus(intervals, other.intervals));
    }

    private static <V> Map<Integer, V> minus(Map<Integer, V> from, Map<Integer, V> taken) {
        var rest = new LinkedHashMap<>(from);
        rest.keySet().removeAll(taken.keySet());
        return rest;
    }
}
