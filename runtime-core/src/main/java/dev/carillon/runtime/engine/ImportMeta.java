package dev.carillon.runtime.engine;

import com.oracle.truffle.api.CompilerDirectives.TruffleBoundary;
import com.oracle.truffle.api.frame.VirtualFrame;
import com.oracle.truffle.api.object.HiddenKey;
import com.oracle.truffle.js.runtime.Errors;
import com.oracle.truffle.js.runtime.JSArguments;
import com.oracle.truffle.js.runtime.JSContext;
import com.oracle.truffle.js.runtime.JSFrameUtil;
import com.oracle.truffle.js.runtime.JSRealm;
import com.oracle.truffle.js.runtime.JSRuntime;
import com.oracle.truffle.js.runtime.JavaScriptRootNode;
import com.oracle.truffle.js.runtime.Strings;
import com.oracle.truffle.js.runtime.builtins.JSFunction;
import com.oracle.truffle.js.runtime.builtins.JSFunctionData;
import com.oracle.truffle.js.runtime.objects.JSDynamicObject;
import com.oracle.truffle.js.runtime.objects.JSModuleRecord;
import com.oracle.truffle.js.runtime.objects.JSObject;
import com.oracle.truffle.js.runtime.objects.JSObjectUtil;

/**
 * What {@code import.meta} holds: {@code url}, {@code main}, {@code resolve}, and for files {@code filename} and
 * {@code dirname}.
 */
final class ImportMeta {
    private static final HiddenKey URL = new HiddenKey("moduleUrl");

    private ImportMeta() {}

    /** Contexts of one engine share their {@link JSContext}, so this must hold nothing of one runtime. */
    static void install(JSContext context) {
        if (context.hasImportMetaInitializerBeenSet()) {
            return;
        }
        var resolve = JSFunctionData.createCallOnly(
                context, new ResolveNode(context).getCallTarget(), 1, Strings.EMPTY_STRING);
        context.setImportMetaInitializer((meta, module) -> fill(meta, module, resolve));
    }

    @TruffleBoundary
    private static void fill(JSDynamicObject meta, JSModuleRecord module, JSFunctionData resolveData) {
        var url = module.getSource().getName();
        var realm = JSRealm.get(null);
        set(meta, "url", Strings.fromJavaString(url));
        set(
                meta,
                "main",
                ModuleLoader.of(realm)
                        .map(loader -> loader.mainUrl().equals(url))
                        .orElse(false));
        var resolve = JSFunction.create(realm, resolveData);
        JSObjectUtil.putHiddenProperty(resolve, URL, Strings.fromJavaString(url));
        set(meta, "resolve", resolve);
        ModuleUrl.toPath(url).ifPresent(path -> {
            set(meta, "filename", Strings.fromJavaString(path.toString()));
            var directory = path.getParent();
            set(meta, "dirname", Strings.fromJavaString(directory == null ? path.toString() : directory.toString()));
        });
    }

    private static void set(JSDynamicObject meta, String key, Object value) {
        JSObject.set(meta, Strings.fromJavaString(key), value);
    }

    /** {@code import.meta.resolve}; which module's it is stands on the function itself. */
    private static final class ResolveNode extends JavaScriptRootNode {
        ResolveNode(JSContext context) {
            super(context.getLanguage(), null, null);
        }

        @Override
        public Object execute(VirtualFrame frame) {
            var arguments = frame.getArguments();
            var specifier =
                    JSArguments.getUserArgumentCount(arguments) > 0 ? JSArguments.getUserArgument(arguments, 0) : null;
            return resolve(JSFrameUtil.getFunctionObject(frame), specifier);
        }

        @TruffleBoundary
        private static Object resolve(JSDynamicObject function, @org.jspecify.annotations.Nullable Object specifier) {
            var url = JSDynamicObject.getOrNull(function, URL);
            var text = specifier == null
                    ? "undefined"
                    : JSRuntime.toString(specifier).toJavaStringUncached();
            try {
                return Strings.fromJavaString(ModuleLoader.of(JSRealm.get(null))
                        .map(loader -> loader.resolve(text, String.valueOf(url)))
                        .orElse(text));
            } catch (ModuleLoader.Unresolved e) {
                throw Errors.createTypeError(String.valueOf(e.getMessage()));
            }
        }
    }
}
