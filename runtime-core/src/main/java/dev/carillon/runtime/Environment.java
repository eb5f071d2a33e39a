package dev.carillon.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables of one runtime: a copy made at start, so that what a script sets is seen by that script
 * alone. In {@link OpState} under this type.
 *
 * <p>Threads: any.
 */
public final class Environment {
    private final Map<String, String> variables;

    /** @param variables copied */
    public Environment(Map<String, String> variables) {
        this.variables = new HashMap<>(variables);
    }

    /** A copy of the process's environment. */
    public static Environment ofProcess() {
        return new Environment(System.getenv());
    }

    /** The value, or null if the variable is not set; an empty value is a value. */
    public synchronized @Nullable String value(String name) {
        return variables.get(name);
    }

    public synchronized void set(String name, String value) {
        variables.put(name, value);
    }

    public synchronized void delete(String name) {
        variables.remove(name);
    }

    /** All variables as they are now, by name. */
    public synchronized Map<String, String> all() {
        return new TreeMap<>(variables);
    }
}
