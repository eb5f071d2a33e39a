package dev.carillon.os;

import dev.carillon.runtime.Environment;
import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.Permissions.State;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ops behind {@code Deno.env}.
 *
 * <p>Threads: runtime thread.
 */
public final class EnvironmentOps {
    private final Environment environment;
    private final Permissions permissions;

    EnvironmentOps(OpState state) {
        environment = state.borrow(Environment.class);
        permissions = state.borrow(Permissions.class);
    }

    @Op("op_os_env_get")
    public @Nullable String get(String name) {
        if (hidden(name, "Deno.env.get()")) {
            return null;
        }
        if (name.isEmpty()) {
            throw JsVisibleException.typeError("Key is an empty string.");
        }
        checkName(name);
        return environment.value(name);
    }

    @Op("op_os_env_set")
    public void set(String name, String value) {
        if (hidden(name, "Deno.env.set()")) {
            return;
        }
        if (name.isEmpty()) {
            throw JsVisibleException.typeError("Key is an empty string.");
        }
        checkName(name);
        if (value.indexOf('\0') >= 0) {
            throw JsVisibleException.typeError("Value contains invalid characters: " + quoted(value));
        }
        environment.set(name, value);
    }

    @Op("op_os_env_delete")
    public void delete(String name) {
        if (hidden(name, "Deno.env.delete()")) {
            return;
        }
        if (name.isEmpty()) {
            throw JsVisibleException.typeError("Key contains invalid characters: \"\"");
        }
        checkName(name);
        environment.delete(name);
    }

    /** All variables the script may read; the whole kind must be allowed, or a list: then it is what the list covers. */
    @Op("op_os_env_all")
    public Map<String, String> all() {
        var visible = new LinkedHashMap<String, String>();
        environment.all().forEach((name, value) -> {
            if (permissions.query(Kind.ENV, name).state() == State.GRANTED) {
                visible.put(name, value);
            }
        });
        if (!permissions.grantsSome(Kind.ENV)) {
            permissions.check(Kind.ENV, null, "Deno.env.toObject()");
        }
        return visible;
    }

    /** True for an ignored variable: reads as unset, and writing it does nothing. */
    private boolean hidden(String name, String api) {
        if (permissions.ignores(Kind.ENV, name)) {
            return true;
        }
        permissions.check(Kind.ENV, name, api);
        return false;
    }

    private static void checkName(String name) {
        if (name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            throw JsVisibleException.typeError("Key contains invalid characters: " + quoted(name));
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\0", "\\0") + '"';
    }
}
