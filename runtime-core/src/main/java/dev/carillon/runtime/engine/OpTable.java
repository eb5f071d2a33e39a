package dev.carillon.runtime.engine;

import dev.carillon.runtime.Extension;
import dev.carillon.runtime.Op;
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
import java.util.TreeSet;

/** The ops of one runtime by id: found on the extensions' op objects, checked and numbered in a fixed order. */
final class OpTable {
    private final List<OpDecl> ops = new ArrayList<>();
    private final Map<String, OpDecl> byName = new LinkedHashMap<>();

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

    /** Adds the ops of every extension; all duplicates are named at once. */
    void addAll(List<Extension> extensions, OpState state) {
        var owners = new HashMap<String, List<String>>();
        for (var extension : extensions) {
            for (var factory : extension.ops()) {
                addObject(extension.name(), factory.apply(state), owners);
            }
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

    private void addObject(String owner, Object target, Map<String, List<String>> owners) {
        var type = target.getClass();
        if (!Modifier.isPublic(type.getModifiers())) {
            throw new IllegalStateException("Ops of extension '" + owner + "': " + type.getName() + " must be public");
        }
        var methods = Arrays.stream(type.getMethods())
                .filter(method -> method.isAnnotationPresent(Op.class))
                .sorted(Comparator.comparing(OpTable::opName))
                .toList();
        var javaNames = new HashSet<String>();
        for (var method : methods) {
            if (!javaNames.add(method.getName())) {
                throw new IllegalStateException("Ops of extension '" + owner + "': two op methods are called "
                        + method.getName() + " in " + type.getName());
            }
            var name = opName(method);
            owners.computeIfAbsent(name, n -> new ArrayList<>()).add("extension '" + owner + "'");
            var decl = OpDecl.of(ops.size() + 1, owner, target, method, method.getAnnotation(Op.class));
            ops.add(decl);
            byName.putIfAbsent(name, decl);
        }
    }

    private static String opName(Method method) {
        return method.getAnnotation(Op.class).value();
    }

    OpDecl op(int id) {
        return ops.get(id - 1);
    }

    int size() {
        return ops.size();
    }

    List<OpDecl> all() {
        return List.copyOf(ops);
    }

    /** Name to id, in order of id. */
    Map<String, Integer> catalog() {
        var ids = new LinkedHashMap<String, Integer>();
        byName.forEach((name, op) -> ids.put(name, op.id()));
        return ids;
    }
}
