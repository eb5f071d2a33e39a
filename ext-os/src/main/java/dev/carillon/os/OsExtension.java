package dev.carillon.os;

import dev.carillon.runtime.Environment;
import dev.carillon.runtime.Extension;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.RuntimeOptions;
import dev.carillon.runtime.WorkingDirectory;

/** The extension {@code os}: {@code Deno.env}, files, exit, process and system facts, {@code Deno.permissions}. */
public final class OsExtension {
    private OsExtension() {}

    /** For any number of runtimes; needs {@code web} earlier in the list. */
    public static Extension create() {
        return Extension.builder("os")
                .deps("web")
                .resources(OsExtension.class.getClassLoader())
                .state(OsExtension::fill)
                .ops(ProcessOps::new)
                .ops(EnvironmentOps::new)
                .ops(SystemOps::new)
                .ops(FileOps::new)
                .ops(PermissionOps::new)
                .ops(DnsOps::new)
                .esm("os.js", "files.js", "permissions.js", "dns.js")
                .entryPoint("os.js")
                .build();
    }

    /** What the engine has not put there itself. */
    private static void fill(OpState state) {
        var options = state.borrow(RuntimeOptions.class);
        if (!state.has(Permissions.class)) {
            state.put(Permissions.class, options.permissions().copy());
        }
        if (!state.has(Environment.class)) {
            state.put(Environment.class, new Environment(options.environment()));
        }
        if (!state.has(WorkingDirectory.class)) {
            state.put(WorkingDirectory.class, new WorkingDirectory(options.cwd()));
        }
    }
}
