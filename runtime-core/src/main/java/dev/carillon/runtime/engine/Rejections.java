package dev.carillon.runtime.engine;

import com.oracle.truffle.js.lang.JavaScriptLanguage;
import com.oracle.truffle.js.runtime.PromiseRejectionTracker;
import com.oracle.truffle.js.runtime.objects.JSDynamicObject;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.graalvm.polyglot.Context;
import org.jspecify.annotations.Nullable;

/*
 * GraalJS can call a handler for unhandled rejections, but does not tell when one is handled after all, and calls in the
 * middle of its own queue. This tracker only takes notes; the runtime asks for them once the guest's microtasks have run.
 */
/** Promises of one runtime that were rejected and that nobody handles. */
final class Rejections implements PromiseRejectionTracker {
    private final Map<JSDynamicObject, Object> waiting = new LinkedHashMap<>();
    private final ArrayDeque<JSDynamicObject> handledLate = new ArrayDeque<>();
    // Reported as unhandled before; weak, since nearly all of them are never handled.
    private final Set<JSDynamicObject> reported = Collections.newSetFromMap(new WeakHashMap<>());
    private @Nullable Object reason;

    private Rejections() {}

    /** Call once per context, before any guest code runs. */
    static Rejections install(Context context) {
        var rejections = new Rejections();
        context.enter();
        try {
            var realm = JavaScriptLanguage.getCurrentJSRealm();
            realm.getContext().setPromiseRejectionTracker(realm.getAgent(), rejections);
        } finally {
            context.leave();
        }
        return rejections;
    }

    @Override
    public void promiseRejected(JSDynamicObject promise, Object value) {
        waiting.put(promise, value);
    }

    @Override
    public void promiseRejectionHandled(JSDynamicObject promise) {
        if (waiting.remove(promise) == null && reported.remove(promise)) {
            handledLate.add(promise);
        }
    }

    @Override
    public void promiseRejectedAfterResolved(JSDynamicObject promise, Object value) {}

    @Override
    public void promiseResolvedAfterResolved(JSDynamicObject promise, Object value) {}

    boolean any() {
        return !waiting.isEmpty() || !handledLate.isEmpty();
    }

    /** The oldest promise whose rejection was reported and is handled now, or null. */
    @Nullable
    Object nextHandled() {
        return handledLate.poll();
    }

    /** The oldest promise with an unhandled rejection, or null; its {@link #reason} is kept until the next call. */
    @Nullable
    Object nextUnhandled() {
        Iterator<Map.Entry<JSDynamicObject, Object>> entries =
                waiting.entrySet().iterator();
        if (!entries.hasNext()) {
            return null;
        }
        var entry = entries.next();
        entries.remove();
        reported.add(entry.getKey());
        reason = entry.getValue();
        return entry.getKey();
    }

    @Nullable
    Object reason() {
        var value = reason;
        reason = null;
        return value;
    }
}
