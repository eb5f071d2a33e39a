package dev.carillon.runtime.engine;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpDeclaration;
import dev.carillon.runtime.OpHandler;
import dev.carillon.runtime.OpState;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The ops of one runtime by id: found in its extensions, checked, and numbered in a fixed order. Extensions share one set
 * of names; each plugin has a namespace of its own.
 */
final class OpTable {
    private final List<OpDecl> ops = new ArrayList<>();
    private final Map<String, OpDecl> byName = new LinkedHashMap<>();
    private final Map<String, Map<String, OpDecl>> byNamespace = new LinkedHashMap<>();

    /**
     * Each dependency must stand earlier in the list, and each name once.
     *
     * @throws IllegalStateException in the words of deno_core
     */
    static void checkDependencies(List<Extension> extensions) {
        var earlier = new HashSet<String>();
        for (var extension : extensions) {
            for (var dep : extension.deps()) {
                if (dep.equals(extension.name())) {
                    throw dependsOnItself(extension);
                }
                if (!earlier.contains(dep)) {
                    throw new IllegalStateException("Extension '" + extension.name() + "' is missing dependency '" + dep
                            + "': it must stand earlier in the list (earlier: " + new TreeSet<>(earlier) + ")");
                }
            }
            if (!earlier.add(extension.name())) {
                throw dependsOnItself(extension);
            }
        }
    }

    private static IllegalStateException dependsOnItself(Extension extension) {
        return new IllegalStateException("Extension '" + extension.name()
                + "' is either depending on itself or there is another extension with the same name");
    }

    /** Adds the ops of every extension, each as the folded middleware leaves it; all duplicates are named at once. */
    void addAll(List<Extension> extensions, OpState state) {
        var found = new ArrayList<Found>();
        for (var extension : extensions) {
            for (var factory : extension.ops()) {
                found.addAll(methodsOf(extension, factory.apply(state)));
            }
            extension
                    .handlers()
                    .forEach((name, handler) -> found.add(new Found(name, extension, new OpDecl.Body.Raw(handler))));
        }
        refuseDuplicates(found);
        UnaryOperator<OpDeclaration> folded = UnaryOperator.identity();
        for (var extension : extensions) {
            for (var change : extension.middleware()) {
                var before = folded;
                folded = declaration -> change.apply(before.apply(declaration));
            }
        }
        for (var op : found) {
            register(op.extension.name(), op.name, op.changed(folded));
        }
    }

    private record Found(String name, Extension extension, OpDecl.Body body) {
        OpDecl.Body changed(UnaryOperator<OpDeclaration> middleware) {
            boolean async =
                    body instanceof OpDecl.Body.Bound bound && bound.binding().async();
            var declared = new OpDeclaration(name, extension.name(), async, !extension.enabled(), null);
            var wanted = middleware.apply(declared);
            if (!wanted.name().equals(name)) {
                throw new IllegalStateException("Middleware must not rename an op: " + name + " to " + wanted.name());
            }
            if (wanted.disabled()) {
                return new OpDecl.Body.Disabled();
            }
            return wanted.replacement() == null ? body : replacement(wanted.replacement(), async);
        }

        private OpDecl.Body replacement(Object target, boolean async) {
            for (var candidate : methodsOf(extension, target)) {
                if (candidate.name.equals(name)
                        && candidate.body instanceof OpDecl.Body.Bound bound
                        && bound.binding().async() == async) {
                    return candidate.body;
                }
            }
            throw new IllegalStateException(
                    "Middleware replaces " + name + " by " + target.getClass().getName() + ", which has no "
                            + (async ? "asynchronous" : "synchronous") + " op method of that name");
        }
    }

    private static void refuseDuplicates(List<Found> found) {
        var owners = new HashMap<String, List<String>>();
        for (var op : found) {
            owners.computeIfAbsent(op.name, name -> new ArrayList<>()).add("extension '" + op.extension.name() + "'");
        }
        var duplicates = new ArrayList<String>();
        owners.forEach((name, by) -> {
            if (by.size() > 1) {
                duplicates.add("  " + name + " - Op already registered (declared by " + String.join(" and ", by) + ")");
            }
        });
        if (!duplicates.isEmpty()) {
            duplicates.sort(Comparator.naturalOrder());
            throw new IllegalStateException("Found ops with duplicate names:\n" + String.join("\n", duplicates)
                    + "\nOp names need to be unique.");
        }
    }

    private static List<Found> methodsOf(Extension extension, Object target) {
        try {
            return METHODS.get(target.getClass()).stream()
                    .map(op -> new Found(op.name, extension, new OpDecl.Body.Bound(target, op.binding)))
                    .toList();
        } catch (NoOps e) {
            throw new IllegalStateException("Ops of extension '" + extension.name() + "': " + e.getMessage());
        }
    }

    private record OpMethod(String name, OpBinding binding) {}

    /** Why a class cannot hold ops. */
    private static final class NoOps extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoOps(String message) {
            super(message, null, false, false);
        }
    }

    /** The op methods of a class by op name; reflection is asked once for all runtimes. */
    private static final ClassValue<List<OpMethod>> METHODS = new ClassValue<>() {
        @Override
        protected List<OpMethod> computeValue(Class<?> type) {
            return List.copyOf(opMethods(type));
        }
    };

    private static List<OpMethod> opMethods(Class<?> type) {
        if (!Modifier.isPublic(type.getModifiers())) {
            throw new NoOps(type.getName() + " must be public");
        }
        var methods = Arrays.stream(type.getMethods())
                .filter(method -> method.isAnnotationPresent(Op.class))
                .sorted(Comparator.comparing(OpTable::opName))
                .toList();
        var javaNames = new HashSet<String>();
        var found = new ArrayList<OpMethod>();
        for (var method : methods) {
            if (!javaNames.add(method.getName())) {
                throw new NoOps("two op methods are called " + method.getName() + " in " + type.getName());
            }
            var op = method.getAnnotation(Op.class);
            found.add(new OpMethod(op.value(), OpBinding.of(method, op)));
            if (!op.sync().isEmpty()) {
                found.add(new OpMethod(op.sync(), OpBinding.sync(method, op)));
            }
        }
        return found;
    }

    private static String opName(Method method) {
        return method.getAnnotation(Op.class).value();
    }

    private OpDecl register(String namespace, String name, OpDecl.Body body) {
        var decl = new OpDecl(ops.size() + 1, name, namespace, body);
        ops.add(decl);
        byNamespace.computeIfAbsent(namespace, n -> new LinkedHashMap<>()).put(name, decl);
        byName.putIfAbsent(name, decl);
        return decl;
    }

    /**
     * Adds an op after start.
     *
     * @throws IllegalStateException if the namespace has one of that name
     */
    OpDecl registerLate(String namespace, String name, OpHandler handler) {
        if (find(namespace, name).isPresent()) {
            throw new IllegalStateException("Op already registered: " + name + " in namespace '" + namespace + "'");
        }
        var decl = new OpDecl(ops.size() + 1, name, namespace, new OpDecl.Body.Raw(handler));
        ops.add(decl);
        byNamespace.computeIfAbsent(namespace, n -> new LinkedHashMap<>()).put(name, decl);
        return decl;
    }

    /** Takes a plugin's ops away; their ids are never used again, and calling one fails as on a closed resource. */
    void unregister(String namespace) {
        var gone = byNamespace.remove(namespace);
        if (gone != null) {
            gone.values()
                    .forEach(op ->
                            ops.set(op.id() - 1, new OpDecl(op.id(), op.name(), namespace, new OpDecl.Body.Closed())));
        }
    }

    Optional<OpDecl> find(String namespace, String name) {
        return Optional.ofNullable(byNamespace.getOrDefault(namespace, Map.of()).get(name));
    }

    /** @throws JsVisibleException NotFound if no op has that id */
    OpDecl op(int id) {
        if (id < 1 || id > ops.size()) {
            throw new JsVisibleException(
                    "NotFound", "Unknown op id " + id + ": this runtime has ids 1 to " + ops.size());
        }
        return ops.get(id - 1);
    }

    int size() {
        return ops.size();
    }

    List<OpDecl> all() {
        return List.copyOf(ops);
    }

    /** Name to id of the extensions' ops, in order of id. */
    Map<String, Integer> catalog() {
        var ids = new LinkedHashMap<String, Integer>();
        byName.forEach((name, op) -> ids.put(name, op.id()));
        return ids;
    }

    /** Namespace to name to id, plugins included. */
    Map<String, Map<String, Integer>> catalogByNamespace() {
        var all = new LinkedHashMap<String, Map<String, Integer>>();
        byNamespace.forEach((namespace, decls) -> {
            var ids = new LinkedHashMap<String, Integer>();
            decls.forEach((name, op) -> ids.put(name, op.id()));
            all.put(namespace, ids);
        });
        return all;
    }
}
