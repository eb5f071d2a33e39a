package dev.carillon.runtime.engine;

import com.oracle.truffle.api.strings.TruffleString;
import com.oracle.truffle.js.runtime.GraalJSException.JSStackTraceElement;
import com.oracle.truffle.js.runtime.JSContext;
import com.oracle.truffle.js.runtime.JSErrorType;
import com.oracle.truffle.js.runtime.JSRealm;
import com.oracle.truffle.js.runtime.JSRuntime;
import com.oracle.truffle.js.runtime.Strings;
import com.oracle.truffle.js.runtime.builtins.JSArray;
import com.oracle.truffle.js.runtime.builtins.JSError;
import com.oracle.truffle.js.runtime.builtins.JSFunction;
import com.oracle.truffle.js.runtime.builtins.JSFunctionObject;
import com.oracle.truffle.js.runtime.objects.JSDynamicObject;
import com.oracle.truffle.js.runtime.objects.JSObject;
import com.oracle.truffle.js.runtime.objects.Undefined;
import dev.carillon.runtime.JsError.SourcePosition;
import org.jspecify.annotations.Nullable;

/**
 * The text of {@code error.stack}: V8's form, in the positions the author wrote, made when it is first read.
 *
 * <p>Glue is parsed as internal, so its frames never get here.
 *
 * <p>Source: {@code SerializeCallSiteInfo} of V8's messages.cc.
 */
final class StackTraces {
    private static final String FRAME = "\n    at ";

    private StackTraces() {}

    /** Contexts of one engine share their {@link JSContext}: the callback finds the runtime by the realm. */
    static void install(JSContext context) {
        if (context.getPrepareStackTraceCallback() == null) {
            context.setPrepareStackTraceCallback(StackTraces::prepare);
        }
    }

    /** A position as stack traces write it. */
    static String place(SourcePosition position) {
        return ModuleUrl.readable(position.specifier()) + ":" + position.line() + ":" + position.column();
    }

    private static Object prepare(JSRealm realm, JSDynamicObject error, JSDynamicObject structured) {
        if (realm.getContextOptions().isStackTraceAPI()) {
            var own = JSObject.get(realm.getErrorConstructor(JSErrorType.Error), JSError.PREPARE_STACK_TRACE_NAME);
            if (own instanceof JSFunctionObject function) {
                return JSFunction.call(function, error, new Object[] {error, structured});
            }
        }
        var loader = ModuleLoader.of(realm).orElse(null);
        var out = new StringBuilder(header(error));
        for (var site : JSArray.toArray(structured)) {
            if (site instanceof JSDynamicObject object
                    && JSDynamicObject.getOrNull(object, JSError.STACK_TRACE_ELEMENT_PROPERTY_NAME)
                            instanceof JSStackTraceElement element
                    && (loader == null || !isModuleStart(element, loader))
                    && !isContextSwitch(element, realm.getContext())) {
                out.append(FRAME);
                frame(out, element, realm.getContext(), loader);
            }
        }
        return Strings.fromJavaString(out.toString());
    }

    private static String header(JSDynamicObject error) {
        var name = text(JSObject.get(error, JSError.NAME), "Error");
        var message = text(JSObject.get(error, JSError.MESSAGE), "");
        if (name.isEmpty()) {
            return message;
        }
        return message.isEmpty() ? name : name + ": " + message;
    }

    private static String text(Object value, String fallback) {
        return value == Undefined.instance
                ? fallback
                : JSRuntime.toString(value).toJavaStringUncached();
    }

    private static void frame(
            StringBuilder out, JSStackTraceElement element, JSContext context, @Nullable ModuleLoader loader) {
        if (element.isPromiseAll()) {
            out.append("async Promise.all (index ")
                    .append(element.getPromiseIndex())
                    .append(')');
            return;
        }
        if (element.isAsync()) {
            out.append("async ");
        }
        var call = call(element, context);
        out.append(call);
        if (!call.isEmpty()) {
            out.append(" (");
        }
        place(out, element, loader);
        if (!call.isEmpty()) {
            out.append(')');
        }
    }

    /** The part before the place: {@code foo}, {@code Type.method}, {@code new Type}; empty for top-level code. */
    private static String call(JSStackTraceElement element, JSContext context) {
        var function = string(element.getFunctionName());
        if (element.isEval()) {
            return "eval";
        }
        if (element.isConstructor()) {
            return "new " + (function.isEmpty() ? "<anonymous>" : function);
        }
        var type = typeName(element);
        if (type.isEmpty()) {
            return function;
        }
        var method = string(element.getMethodName(context));
        if (function.isEmpty()) {
            return type + "." + (method.isEmpty() ? "<anonymous>" : method);
        }
        boolean known = function.equals(method) || function.endsWith("." + method) || function.endsWith(" " + method);
        return (function.startsWith(type) ? function : type + "." + function)
                + (method.isEmpty() || known ? "" : " [as " + method + "]");
    }

    private static String typeName(JSStackTraceElement element) {
        if (element.getThis() instanceof JSFunctionObject receiver) {
            var name = string(JSFunction.getName(receiver));
            return name.isEmpty() ? "Function" : name;
        }
        var type = element.getTypeName(false);
        if (type != null && element.getThis() instanceof JSObject receiver && element.getFileName() != null) {
            var name = string(type);
            if (name.equals("Object") && isBuiltin(element)) {
                return JSObject.getClassName(receiver).toJavaStringUncached();
            }
        }
        return string(type);
    }

    private static void place(StringBuilder out, JSStackTraceElement element, @Nullable ModuleLoader loader) {
        if (isBuiltin(element)) {
            out.append("<anonymous>");
            return;
        }
        var file = string(element.getFileName());
        int line = element.getLineNumber();
        int column = element.getColumnNumber();
        if (element.isAsync() && loader != null) {
            var at = loader.awaiting(file, element.getPosition()).orElse(null);
            line = at == null ? line : at.line();
            column = at == null ? column : at.column();
        }
        var original = loader == null || element.isEval()
                ? null
                : loader.original(file, line, column).orElse(null);
        out.append(element.isEval() ? "<anonymous>" : ModuleUrl.readable(file))
                .append(':')
                .append(original == null ? line : original.line())
                .append(':')
                .append(original == null ? column : original.column());
    }

    /** A module with top-level await runs in two frames: its body, and before it a start whose place is the whole text. */
    private static boolean isModuleStart(JSStackTraceElement element, ModuleLoader loader) {
        return element.getPosition() == 0
                && string(element.getFunctionName()).isEmpty()
                && loader.length(string(element.getFileName())) == element.getCharLength();
    }

    /** Timers run in the asynchronous context they were made in; how is nothing a script's author knows of. */
    private static boolean isContextSwitch(JSStackTraceElement element, JSContext context) {
        return isBuiltin(element) && call(element, context).startsWith("AsyncContext.");
    }

    private static boolean isBuiltin(JSStackTraceElement element) {
        return JSFunction.TS_BUILTIN_SOURCE_NAME.equals(element.getFileName());
    }

    private static String string(@Nullable TruffleString text) {
        return text == null ? "" : text.toJavaStringUncached();
    }
}
