package dev.carillon.os;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.Op;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Permissions.Kind;
import dev.carillon.runtime.Permissions.Status;
import dev.carillon.runtime.WorkingDirectory;
import java.nio.file.InvalidPathException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The ops behind {@code Deno.permissions}. Each answers {@code granted}, {@code prompt}, {@code denied} or {@code
 * partial}, which is granted with something inside denied.
 *
 * <p>Threads: runtime thread; a request may wait there for a person's answer.
 */
public final class PermissionOps {
    private final Permissions permissions;
    private final WorkingDirectory cwd;

    PermissionOps(OpState state) {
        permissions = state.borrow(Permissions.class);
        cwd = state.borrow(WorkingDirectory.class);
    }

    /** @param what path, host, variable, fact or command of the descriptor; null for the whole kind */
    @Op("op_os_permission_query")
    public String query(String name, @Nullable String what) {
        var kind = kind(name);
        return text(permissions.query(kind, absolute(kind, what)));
    }

    @Op("op_os_permission_request")
    public String request(String name, @Nullable String what) {
        var kind = kind(name);
        return text(permissions.request(kind, absolute(kind, what)));
    }

    @Op("op_os_permission_revoke")
    public String revoke(String name, @Nullable String what) {
        var kind = kind(name);
        return text(permissions.revoke(kind, absolute(kind, what)));
    }

    private static Kind kind(String name) {
        var kind = Kind.of(name);
        if (kind == null) {
            throw JsVisibleException.typeError("The provided value \"" + name + "\" is not a valid permission name");
        }
        return kind;
    }

    private @Nullable String absolute(Kind kind, @Nullable String what) {
        return switch (kind) {
            case READ, WRITE, FFI -> what == null || what.isEmpty() ? what : absolute(what);
            default -> what;
        };
    }

    private String absolute(String path) {
        try {
            return cwd.resolve(path).toString();
        } catch (InvalidPathException e) {
            return path; // a name no file can have, which may be asked about all the same
        }
    }

    private static String text(Status status) {
        return status.partial() ? "partial" : status.state().name().toLowerCase(Locale.ROOT);
    }
}
