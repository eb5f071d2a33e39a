package dev.carillon.runtime;

/**
 * How much one script may have going on at a time. Counts are looked at where one more would begin: the script gets a
 * {@code RangeError} that names the limit, and goes on.
 *
 * @param pendingOpsMax asynchronous ops in flight; each {@code await} of a fetch, a timer of another extension or a cron's
 *     next fire is one
 * @param resourcesMax open resources, the three standard streams included
 * @param timersMax timers waiting, intervals and the runtime's own ({@code AbortSignal.timeout}) included
 * @param heapBytesMax what the script's objects may occupy; a script found above it is stopped. With any limit here at all,
 *     the script that holds most is stopped as well when the process's heap is about to run full. See DECISIONS.md for how
 *     far this can be measured
 */
public record RuntimeLimits(int pendingOpsMax, int resourcesMax, int timersMax, long heapBytesMax) {
    private static final RuntimeLimits NONE =
            new RuntimeLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);

    /** Without a limit to what the script's objects occupy. */
    public RuntimeLimits(int pendingOpsMax, int resourcesMax, int timersMax) {
        this(pendingOpsMax, resourcesMax, timersMax, Long.MAX_VALUE);
    }

    /** @throws IllegalArgumentException if a limit is below 1 */
    public RuntimeLimits {
        atLeastOne("pendingOpsMax", pendingOpsMax);
        atLeastOne("resourcesMax", resourcesMax);
        atLeastOne("timersMax", timersMax);
        atLeastOne("heapBytesMax", heapBytesMax);
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ": a script needs at least 1");
        }
    }

    /** As much as memory holds: what a script started by hand gets. */
    public static RuntimeLimits none() {
        return NONE;
    }

    /**
     * What the script sees when it asks for one more.
     *
     * @param what plural, as in "timers"
     * @param one what was asked for, such as the op's name
     * @param wayOut what the script can do about it
     */
    public static JsVisibleException exceeded(String what, String one, int max, String wayOut) {
        return new JsVisibleException(
                "RangeError",
                "Too many " + what + ": " + one + " would be number " + ((long) max + 1)
                        + ", the limit of this script is " + max + " at a time; " + wayOut
                        + ", or have the limit raised");
    }
}
