package dev.carillon.runtime.engine;

import com.oracle.truffle.api.CompilerDirectives.TruffleBoundary;
import com.oracle.truffle.api.frame.VirtualFrame;
import com.oracle.truffle.api.strings.TruffleString;
import com.oracle.truffle.js.runtime.JSArguments;
import com.oracle.truffle.js.runtime.JSContext;
import com.oracle.truffle.js.runtime.JSRealm;
import com.oracle.truffle.js.runtime.JSRuntime;
import com.oracle.truffle.js.runtime.JavaScriptRootNode;
import com.oracle.truffle.js.runtime.Strings;
import com.oracle.truffle.js.runtime.builtins.JSArray;
import com.oracle.truffle.js.runtime.builtins.JSFunction;
import com.oracle.truffle.js.runtime.builtins.JSFunctionData;
import com.oracle.truffle.js.runtime.objects.AbstractModuleRecord;
import com.oracle.truffle.js.runtime.objects.JSAttributes;
import com.oracle.truffle.js.runtime.objects.JSDynamicObject;
import com.oracle.truffle.js.runtime.objects.JSObject;
import com.oracle.truffle.js.runtime.objects.JSObjectUtil;
import com.oracle.truffle.js.runtime.objects.JSProperty;
import com.oracle.truffle.js.runtime.objects.PropertyProxy;
import com.oracle.truffle.js.runtime.objects.SyntheticModuleRecord;
import com.oracle.truffle.js.runtime.objects.Undefined;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The module {@code ext:core/lazy}: glue that is loaded when a script first touches it. Parsing what most scripts never
 * use is the largest part of a small script's start.
 *
 * <p>{@code load(specifier)} evaluates a glue module there and then and returns its namespace. {@code define(object, name,
 * specifier, exported, enumerable)} gives {@code object} a property that looks like any writable, configurable one and
 * whose value is fetched from the module on first use. Without {@code exported}, the module defines the property itself
 * while it is evaluated, as glue does that is loaded at the start. Without {@code enumerable}, it is not enumerable.
 * {@code defineAll(object, table, enumerable, foreseen)} does so for many: {@code table} has, for each specifier, an
 * array of names the module exports. {@code foresee(name, specifier)} says that a script which mentions {@code name} will
 * want the module; so do {@code define}, and {@code defineAll} if {@code foreseen}.
 */
final class LazyGlue {
    static final String SPECIFIER = "ext:core/lazy";

    private static final TruffleString LOAD = Strings.fromJavaString("load");
    private static final TruffleString DEFINE = Strings.fromJavaString("define");
    private static final TruffleString DEFINE_ALL = Strings.fromJavaString("defineAll");
    private static final TruffleString FORESEE = Strings.fromJavaString("foresee");

    /** A proxy is part of its object's shape: with one for all runtimes their globals keep one shape. */
    private static final Map<Key, LazyValue> VALUES = new ConcurrentHashMap<>();

    private record Key(
            String name, String specifier, @Nullable String exported, boolean enumerable) {}

    private LazyGlue() {}

    static AbstractModuleRecord module(JSRealm realm) {
        var context = realm.getContext();
        return new SyntheticModuleRecord(
                context,
                PreparedModule.source(SPECIFIER, "", "application/json", true),
                Undefined.instance,
                List.of(LOAD, DEFINE, DEFINE_ALL, FORESEE),
                module -> {
                    module.setSyntheticModuleExport(LOAD, function(realm, new LoadNode(context), 1, LOAD));
                    module.setSyntheticModuleExport(DEFINE, function(realm, new DefineNode(context), 5, DEFINE));
                    module.setSyntheticModuleExport(
                            DEFINE_ALL, function(realm, new DefineAllNode(context), 4, DEFINE_ALL));
                    module.setSyntheticModuleExport(FORESEE, function(realm, new ForeseeNode(context), 2, FORESEE));
                });
    }

    private static Object function(JSRealm realm, JavaScriptRootNode body, int length, TruffleString name) {
        return JSFunction.create(
                realm, JSFunctionData.createCallOnly(realm.getContext(), body.getCallTarget(), length, name));
    }

    private static ModuleLoader loader() {
        return ModuleLoader.of(JSRealm.get(null)).orElseThrow(() -> new IllegalStateException("no module loader"));
    }

    @TruffleBoundary
    private static JSDynamicObject load(String specifier) {
        return loader().evaluate(specifier);
    }

    @TruffleBoundary
    private static void foresee(String name, String specifier) {
        loader().foresee(name, specifier);
    }

    private static String text(Object[] arguments, int index) {
        return JSRuntime.toString(JSArguments.getUserArgument(arguments, index)).toJavaStringUncached();
    }

    private static final class LoadNode extends JavaScriptRootNode {
        LoadNode(JSContext context) {
            super(context.getLanguage(), null, null);
        }

        @Override
        public Object execute(VirtualFrame frame) {
            return load(text(frame.getArguments(), 0));
        }
    }

    private static final class ForeseeNode extends JavaScriptRootNode {
        ForeseeNode(JSContext context) {
            super(context.getLanguage(), null, null);
        }

        @Override
        public Object execute(VirtualFrame frame) {
            foresee(text(frame.getArguments(), 0), text(frame.getArguments(), 1));
            return Undefined.instance;
        }
    }

    private static final class DefineNode extends JavaScriptRootNode {
        DefineNode(JSContext context) {
            super(context.getLanguage(), null, null);
        }

        @Override
        public Object execute(VirtualFrame frame) {
            var arguments = frame.getArguments();
            var name = text(arguments, 1);
            var specifier = text(arguments, 2);
            foresee(name, specifier);
            define(
                    (JSDynamicObject) JSArguments.getUserArgument(arguments, 0),
                    name,
                    specifier,
                    JSArguments.getUserArgumentCount(arguments) > 3 ? text(arguments, 3) : null,
                    JSArguments.getUserArgumentCount(arguments) > 4
                            && JSRuntime.toBoolean(JSArguments.getUserArgument(arguments, 4)));
            return Undefined.instance;
        }
    }

    private static final class DefineAllNode extends JavaScriptRootNode {
        DefineAllNode(JSContext context) {
            super(context.getLanguage(), null, null);
        }

        @Override
        public Object execute(VirtualFrame frame) {
            var arguments = frame.getArguments();
            defineAll(
                    (JSDynamicObject) JSArguments.getUserArgument(arguments, 0),
                    (JSDynamicObject) JSArguments.getUserArgument(arguments, 1),
                    JSRuntime.toBoolean(JSArguments.getUserArgument(arguments, 2)),
                    JSRuntime.toBoolean(JSArguments.getUserArgument(arguments, 3)));
            return Undefined.instance;
        }

        @TruffleBoundary
        private static void defineAll(
                JSDynamicObject object, JSDynamicObject table, boolean enumerable, boolean foreseen) {
            for (var specifier : JSObject.enumerableOwnNames(table)) {
                var module = specifier.toJavaStringUncached();
                for (var item : JSArray.toArray((JSDynamicObject) JSObject.get(table, specifier))) {
                    var name = ((TruffleString) item).toJavaStringUncached();
                    if (foreseen) {
                        foresee(name, module);
                    }
                    define(object, name, module, name, enumerable);
                }
            }
        }
    }

    @TruffleBoundary
    private static void define(
            JSDynamicObject object, String name, String specifier, @Nullable String exported, boolean enumerable) {
        JSObjectUtil.defineProxyProperty(
                object,
                Strings.fromJavaString(name),
                VALUES.computeIfAbsent(new Key(name, specifier, exported, enumerable), LazyValue::new),
                JSProperty.PROXY | (enumerable ? JSAttributes.getDefault() : JSAttributes.getDefaultNotEnumerable()));
    }

    /** A data property whose value is made when someone asks for it. */
    private static final class LazyValue extends PropertyProxy {
        private final TruffleString name;
        private final String specifier;
        private final @Nullable TruffleString exported;

        LazyValue(Key key) {
            name = Strings.fromJavaString(key.name);
            specifier = key.specifier;
            exported = key.exported == null ? null : Strings.fromJavaString(key.exported);
        }

        @Override
        @TruffleBoundary
        public Object get(JSDynamicObject store) {
            var namespace = load(specifier);
            if (exported != null) {
                var value = JSObject.get(namespace, exported);
                settle(store, value);
                return value;
            }
            // Defining a property looks at the old value first, so this may be asked while the module does just that.
            return JSDynamicObject.getOrNull(store, name) == this ? Undefined.instance : JSObject.get(store, name);
        }

        @Override
        @TruffleBoundary
        public boolean set(JSDynamicObject store, Object value) {
            settle(store, value);
            return true;
        }

        /** From here on it is what it looked like. The object may have changed it already while the module ran. */
        private void settle(JSDynamicObject store, Object value) {
            if (JSDynamicObject.getOrNull(store, name) == this) {
                // JavaScript's own ways to define it would ask this proxy to take the value.
                int attributes = JSDynamicObject.getPropertyFlags(store, name) & JSAttributes.ATTRIBUTES_MASK;
                JSObjectUtil.defineDataProperty(store, name, value, attributes);
            }
        }
    }
}
