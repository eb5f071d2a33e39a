package dev.carillon.runtime.engine;

import dev.carillon.runtime.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/*
 * The text of "ext:core/ops" as one importing module sees it: a JavaScript function for each op that module names, so that
 * a script pays for no op it cannot reach. Each coerces its arguments as the Java method declares them, calls the method itself when every part is plain (a member of the host object, the fastest way across), or else an
 * adapter, and turns what the host throws into an error of the guest. Equal extension lists give equal text, so that
 * runtimes share the compiled code.
 */
final class OpSources {
    static final String SPECIFIER = "ext:core/ops";

    private OpSources() {}

    /**
     * @param ops those the importing module names
     * @param traced whether each call is to be logged
     */
    static String module(List<OpDecl> ops, boolean traced, Predicate<OpDecl> collected) {
        var text = new StringBuilder();
        if (traced || ops.stream().anyMatch(collected)) {
            text.append("""
                    import { collected, traced } from "ext:core/observed.js";
                    """);
        }
        for (var op : ops) {
            function(op, text);
            if (collected.test(op)) {
                text.append(op.name())
                        .append(" = collected(")
                        .append(op.id())
                        .append(", ")
                        .append(op.name())
                        .append(");\n");
            }
            if (traced) {
                text.append(op.name())
                        .append(" = traced(\"")
                        .append(op.name())
                        .append("\", ")
                        .append(op.name())
                        .append(");\n");
            }
        }
        return imports(text.toString()) + text;
    }

    private record Helpers(String module, List<String> names) {}

    private static final List<Helpers> HELPERS = List.of(
            new Helpers(
                    "ext:core/infra.js",
                    List.of(
                            "adapter(",
                            "buffer(",
                            "bufferOf(",
                            "calls",
                            "fail(",
                            "f64(",
                            "host(",
                            "i32(",
                            "i64(",
                            "json(",
                            "lengthOf(",
                            "offsetOf(",
                            "safe(",
                            "state",
                            "str(",
                            "toBytes",
                            "toJson")),
            new Helpers("ext:core/promises.js", List.of("admit(", "lazy(", "rejected(", "track(")),
            new Helpers("ext:core/convert.js", List.of("jsonArray(", "jsonObject(", "list(")),
            new Helpers("ext:core/raw.js", List.of("raw(")));

    /** Only what is named, now and then by the end of another name: what is imported must be linked, and loaded first. */
    private static String imports(String functions) {
        var imports = new StringBuilder();
        for (var helpers : HELPERS) {
            var named = helpers.names.stream()
                    .filter(functions::contains)
                    .map(name -> name.replace("(", ""))
                    .toList();
            if (!named.isEmpty()) {
                imports.append("import { ")
                        .append(String.join(", ", named))
                        .append(" } from \"")
                        .append(helpers.module)
                        .append("\";\n");
            }
        }
        return imports.toString();
    }

    private static void function(OpDecl op, StringBuilder text) {
        int id = op.id();
        if (op.body() instanceof OpDecl.Body.Disabled) {
            text.append("export function ")
                    .append(op.name())
                    .append("() {\n  throw new Error(\"op is disabled\");\n}\n");
            return;
        }
        if (!(op.body() instanceof OpDecl.Body.Bound)) {
            text.append("export function ")
                    .append(op.name())
                    .append("(...args) {\n  return raw(")
                    .append(id)
                    .append(", args, ")
                    .append(op.name())
                    .append(");\n}\n");
            return;
        }
        var bound = op.binding();
        var names = new ArrayList<String>();
        var views = new StringBuilder();
        var args = new ArrayList<String>();
        for (var param : bound.params()) {
            if (param.kind() == OpBinding.Kind.STATE) {
                if (bound.direct()) {
                    args.add("state");
                }
                continue;
            }
            var name = "a" + names.size();
            names.add(name);
            argument(param, name, views, args);
        }
        var target = bound.direct()
                ? "host(" + id + ")." + bound.method().getName()
                : "adapter(" + id + ")." + adapterMember(args.size());
        text.append("const m").append(id).append(" = ").append(target).append(";\n");
        var call = "m" + id + "("
                + (bound.direct() || args.size() <= OpAdapter.ARITY_MAX
                        ? String.join(", ", args)
                        : "[" + String.join(", ", args) + "]")
                + ")";
        text.append("export function ")
                .append(op.name())
                .append("(")
                .append(String.join(", ", names))
                .append(") {\n")
                .append("  calls[")
                .append(id)
                .append("]++;\n");
        if (bound.async()) {
            async(op, views, call, text);
        } else {
            text.append("  try {\n")
                    .append(views)
                    .append("    ")
                    .append(sync(op, call))
                    .append("\n  } catch (e) {\n    throw fail(e, ")
                    .append(id)
                    .append(");\n  }\n}\n");
        }
    }

    private static String sync(OpDecl op, String call) {
        var bound = op.binding();
        return switch (bound.result()) {
            case NONE -> call + "; return null;";
            case PLAIN -> "return " + call + ";";
            case I64 -> "return safe(" + call + ");";
            case BYTES, JSON -> "return " + decoder(op) + "(" + call + ");";
        };
    }

    private static void async(OpDecl op, StringBuilder views, String call, StringBuilder text) {
        var bound = op.binding();
        var admission = "    admit(" + op.id() + ");\n";
        var tail = op.id() + ", " + decoder(op);
        if (bound.delivery() == Op.Delivery.LAZY) {
            // Arguments are read at the call, the body runs in a later turn.
            text.append("  try {\n").append(admission).append(views);
            for (var assignment : coercions(op)) {
                text.append("    ").append(assignment).append("\n");
            }
            text.append("    return lazy(() => ")
                    .append(lazyCall(op))
                    .append(", ")
                    .append(tail)
                    .append(");\n")
                    .append("  } catch (e) {\n    return rejected(e, ")
                    .append(op.id())
                    .append(");\n  }\n}\n");
            return;
        }
        text.append("  let s;\n  try {\n")
                .append(admission)
                .append(views)
                .append("    s = ")
                .append(call)
                .append(";\n  } catch (e) {\n    return rejected(e, ")
                .append(op.id())
                .append(");\n  }\n")
                .append("  return track(s, ")
                .append(tail)
                .append(", ")
                .append(bound.delivery() == Op.Delivery.DEFERRED)
                .append(");\n}\n");
    }

    private static List<String> coercions(OpDecl op) {
        var bound = op.binding();
        var lines = new ArrayList<String>();
        var args = new ArrayList<String>();
        int n = 0;
        for (var param : bound.params()) {
            if (param.kind() != OpBinding.Kind.STATE) {
                argument(param, "a" + n++, new StringBuilder(), args);
            }
        }
        for (int i = 0; i < args.size(); i++) {
            lines.add("const c" + i + " = " + args.get(i) + ";");
        }
        return lines;
    }

    private static String lazyCall(OpDecl op) {
        var bound = op.binding();
        var args = new ArrayList<String>();
        int n = 0;
        for (var param : bound.params()) {
            if (param.kind() == OpBinding.Kind.STATE) {
                if (bound.direct()) {
                    args.add("state");
                }
                continue;
            }
            int slots = param.kind() == OpBinding.Kind.BYTES ? 3 : 1;
            for (int i = 0; i < slots; i++) {
                args.add("c" + n++);
            }
        }
        var list = String.join(", ", args);
        return "m" + op.id() + "(" + (bound.direct() || args.size() <= OpAdapter.ARITY_MAX ? list : "[" + list + "]")
                + ")";
    }

    private static String adapterMember(int args) {
        return args <= OpAdapter.ARITY_MAX ? "call" + args : "callMany";
    }

    private static String decoder(OpDecl op) {
        var bound = op.binding();
        return switch (bound.result()) {
            case NONE, PLAIN, I64 -> "null";
            case BYTES -> "toBytes";
            case JSON -> "toJson";
        };
    }

    private static void argument(OpBinding.Param param, String name, StringBuilder views, List<String> args) {
        var none = param.nullable() ? name + " === undefined || " + name + " === null" : "";
        if (param.kind() == OpBinding.Kind.BYTES || param.kind() == OpBinding.Kind.BUFFER) {
            views.append("    ")
                    .append(param.nullable() ? "if (!(" + none + ")) " : "")
                    .append(name)
                    .append(" = buffer(")
                    .append(name)
                    .append(");\n");
            for (var part : List.of("bufferOf", "offsetOf", "lengthOf")) {
                args.add(
                        param.nullable()
                                ? "(" + none + ") ? null : " + part + "(" + name + ")"
                                : part + "(" + name + ")");
            }
            return;
        }
        var coerced = switch (param.kind()) {
            case BOOL -> name + " === true";
            case I32 -> "i32(" + name + ")";
            case I64 -> "i64(" + name + ")";
            case F64 -> "f64(" + name + ")";
            case STRING -> "str(" + name + ")";
            case LIST -> "list(" + name + ", \"" + param.element() + "\")";
            case JSON_ARRAY -> "jsonArray(" + name + ")";
            case JSON_OBJECT -> "jsonObject(" + name + ")";
            case JSON -> "json(" + name + ")";
            case STATE, BYTES, BUFFER ->
                throw new IllegalStateException(param.kind().name());
        };
        args.add(param.nullable() ? "(" + none + ") ? null : " + coerced : coerced);
    }
}
