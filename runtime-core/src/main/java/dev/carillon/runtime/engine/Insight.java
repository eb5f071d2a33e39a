package dev.carillon.runtime.engine;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.jspecify.annotations.Nullable;

/*
 * What no script can ask of an object but a debugger shows: the target of a proxy, the state of a promise, what is left in
 * an iterator. GraalJS has no API for it, so this reads the engine's own objects by name, reflectively. If a later engine
 * names things differently, everything here answers "unknown" (null) and console prints such objects less fully; the test
 * of this class then fails and says so.
 */
final class Insight {
    private static final String BUILTINS = "com.oracle.truffle.js.runtime.builtins.";
    // What an iterator yields: 1 keys, 2 values, 3 both.
    private static final int KEYS = 1;
    private static final int KEYS_AND_VALUES = 3;
    private static final Insight INSTANCE = new Insight();

    private final @Nullable Field receiver;
    private final Map<String, Method> methods = new ConcurrentHashMap<>();

    private Insight() {
        Field field = null;
        try {
            field = Value.class.getSuperclass().getDeclaredField("receiver");
            field.setAccessible(true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.debug(Insight.class, "No insight into guest objects", e);
        }
        receiver = field;
    }

    /**
     * Null for an ordinary object; else its kind with the parts that matter: {@code Proxy, target, handler} (both null when
     * revoked); {@code Promise, state, result} (0 pending, 1 fulfilled, 2 rejected); {@code MapIterator} or
     * {@code SetIterator, entries left, whether they alternate between keys and values}; {@code Module}; {@code Class} for the
     * constructor of a class written in JavaScript, glue included, whose text tells nothing.
     */
    static @Nullable ProxyArray peek(Value value) {
        var field = INSTANCE.receiver;
        if (field == null) {
            return null;
        }
        try {
            var object = field.get(value);
            return object == null ? null : INSTANCE.look(object);
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.debug(Insight.class, "No insight into a guest object", e);
            return null;
        }
    }

    private @Nullable ProxyArray look(Object object) throws ReflectiveOperationException {
        return switch (object.getClass().getName()) {
            case BUILTINS + "JSProxyObject" ->
                array("Proxy", call(object, "getProxyTarget"), call(object, "getProxyHandler"));
            case BUILTINS + "JSPromiseObject" ->
                array("Promise", call(object, "getPromiseState"), call(object, "getPromiseResult"));
            case BUILTINS + "JSMapIteratorObject" -> entries("MapIterator", object);
            case BUILTINS + "JSSetIteratorObject" -> entries("SetIterator", object);
            case BUILTINS + "JSModuleNamespaceObject" -> array("Module");
            case BUILTINS + "JSFunctionObject", BUILTINS + "JSFunctionObject$Unbound" ->
                isClass(object) ? array("Class") : null;
            default -> null;
        };
    }

    private boolean isClass(Object function) throws ReflectiveOperationException {
        var data = call(function, "getFunctionData");
        return data != null
                && Boolean.TRUE.equals(call(data, "isClassConstructor"))
                && !Boolean.TRUE.equals(call(data, "isBuiltin"));
    }

    // The iterator's cursor is copied: looking must not advance it.
    private ProxyArray entries(String kind, Object iterator) throws ReflectiveOperationException {
        var left = new ArrayList<@Nullable Object>();
        boolean isMap = kind.equals("MapIterator");
        int yields = (int) number(call(iterator, "getIterationKind"));
        boolean pairs = yields == KEYS_AND_VALUES;
        var next = call(iterator, "getNextIndex");
        var cursor = next == null ? null : call(next, "copy");
        while (cursor != null && Boolean.TRUE.equals(call(cursor, "advance"))) {
            var key = call(cursor, "getKey");
            var value = isMap ? call(cursor, "getValue") : key;
            if (pairs) {
                left.add(key);
            }
            left.add(yields == KEYS ? key : value);
        }
        return array(kind, ProxyArray.fromList(left), pairs);
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number n ? n.doubleValue() : 0;
    }

    private static ProxyArray array(@Nullable Object... items) {
        return ProxyArray.fromArray(items);
    }

    private @Nullable Object call(Object target, String name) throws ReflectiveOperationException {
        var key = target.getClass().getName() + '.' + name;
        var method = methods.get(key);
        if (method == null) {
            method = find(target.getClass(), name);
            methods.put(key, method);
        }
        return method.invoke(target);
    }

    private static Method find(Class<?> type, String name) throws NoSuchMethodException {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (var method : c.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == 0) {
                    method.setAccessible(true);
                    return method;
                }
            }
        }
        throw new NoSuchMethodException(type.getName() + '.' + name);
    }
}
