package dev.carillon.runtime;

import java.util.Map;

/**
 * Ops that come in a jar of their own and are opened by a script at run time. The jar names its implementation in {@code
 * META-INF/services/dev.carillon.runtime.OpPlugin}.
 *
 * <p>Threads: runtime thread only.
 * <p>Closing: once, when the script closes the plugin or ends.
 */
public interface OpPlugin {
    /** Ops by name; asked once, when the plugin is opened. */
    Map<String, OpHandler> ops();

    default void close() {}
}
