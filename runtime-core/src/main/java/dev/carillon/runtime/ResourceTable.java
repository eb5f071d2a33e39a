package dev.carillon.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The resources of one runtime, by rid. Rids count up from 0 and are never used again. In {@link OpState} under this
 * type.
 *
 * <p>Threads: runtime thread only.
 * <p>Closing: the runtime closes what is left, newest first, after its state has been cleared.
 *
 * <p>Source: deno_core's resource table.
 */
public final class ResourceTable {
    private final Map<Integer, Resource> entries = new LinkedHashMap<>();
    private final int max;
    private IntConsumer opened = rid -> {};
    private int next;

    public ResourceTable() {
        this(Integer.MAX_VALUE);
    }

    /** @param max how many may be open at a time */
    public ResourceTable(int max) {
        this.max = max;
    }

    /**
     * @return the rid under which guest code knows the resource from now on
     * @throws JsVisibleException RangeError when as many are open as may be; the resource has been closed then
     */
    public int add(Resource resource) {
        if (entries.size() >= max) {
            resource.close();
            throw RuntimeLimits.exceeded("open resources", resource.name(), max, "close some first");
        }
        int rid = next++;
        entries.put(rid, resource);
        opened.accept(rid);
        return rid;
    }

    /** Tells {@code listener} of every rid given out from now on. */
    public void onOpen(IntConsumer listener) {
        opened = listener;
    }

    /** @throws JsVisibleException BadResource when {@code rid} is unknown or holds another type */
    public <T extends Resource> T get(int rid, Class<T> type) {
        var resource = entries.get(rid);
        if (!type.isInstance(resource)) {
            throw JsVisibleException.badResource();
        }
        return type.cast(resource);
    }

    /** @throws JsVisibleException BadResource when {@code rid} is unknown */
    public Resource getAny(int rid) {
        return get(rid, Resource.class);
    }

    public boolean has(int rid) {
        return entries.containsKey(rid);
    }

    /**
     * Puts another resource in the place of {@code rid}, without closing the one that was there.
     *
     * @throws IllegalStateException when nothing was there
     */
    public void replace(int rid, Resource resource) {
        if (entries.replace(rid, resource) == null) {
            throw new IllegalStateException("No resource " + rid + " to replace; open: " + names());
        }
    }

    /**
     * Removes the resource and hands it over, unclosed.
     *
     * @throws JsVisibleException BadResource when {@code rid} is unknown or holds another type
     */
    public <T extends Resource> T take(int rid, Class<T> type) {
        var resource = get(rid, type);
        entries.remove(rid);
        return resource;
    }

    /** @throws JsVisibleException BadResource when {@code rid} is unknown */
    public Resource takeAny(int rid) {
        return take(rid, Resource.class);
    }

    /**
     * Removes the resource, then closes it.
     *
     * @throws JsVisibleException BadResource when {@code rid} is unknown
     */
    public void close(int rid) {
        takeAny(rid).close();
    }

    /** Rid to debug name of what is open, oldest first; a copy. */
    public Map<Integer, String> names() {
        var names = new LinkedHashMap<Integer, String>();
        entries.forEach((rid, resource) -> names.put(rid, resource.name()));
        return Collections.unmodifiableMap(names);
    }

    /** Closes everything, newest first; what fails to close is left to the log and does not stop the rest. */
    public void closeAll() {
        while (!entries.isEmpty()) {
            int rid = new ArrayList<>(entries.keySet()).getLast();
            var resource = takeAny(rid);
            try {
                resource.close();
            } catch (OutOfMemoryError e) {
                throw e; // the runtime makes room, then calls again
            } catch (RuntimeException | Error e) {
                System.getLogger(ResourceTable.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "Resource " + rid + " (" + resource.name() + ") failed to close",
                                e);
            }
        }
    }
}
