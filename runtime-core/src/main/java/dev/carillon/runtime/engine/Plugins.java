package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsVisibleException;
import dev.carillon.runtime.OpHandler;
import dev.carillon.runtime.OpPlugin;
import dev.carillon.runtime.OpResult;
import dev.carillon.runtime.OpState;
import dev.carillon.runtime.Permissions;
import dev.carillon.runtime.Resource;
import dev.carillon.runtime.ResourceTable;
import dev.carillon.runtime.WorkingDirectory;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Plugins a script has opened: each a resource, with a namespace of ops that ends with it.
 *
 * <p>Threads: runtime thread only.
 */
final class Plugins {
    private final OpTable ops;
    private final OpState state;
    private final GuestBridge bridge;

    Plugins(OpTable ops, OpState state, GuestBridge bridge) {
        this.ops = ops;
        this.state = state;
        this.bridge = bridge;
    }

    /**
     * Opens the plugin in the jar at {@code path}.
     *
     * @return its rid
     * @throws JsVisibleException NotCapable without the right, NotFound or TypeError if there is no such plugin
     */
    int open(String path) {
        var file = state.borrow(WorkingDirectory.class).resolve(path);
        state.borrow(Permissions.class).checkPath(Permissions.Kind.FFI, file, path, null);
        if (!Files.isRegularFile(file)) {
            throw new JsVisibleException("NotFound", "No such plugin: '" + path + "'", "ENOENT", null);
        }
        var opened = load(file, path);
        int rid = state.borrow(ResourceTable.class).add(opened);
        opened.namespace = "plugin_" + rid;
        return rid;
    }

    private Opened load(Path file, String shown) {
        URLClassLoader loader = null;
        try {
            loader = new URLClassLoader(new URL[] {file.toUri().toURL()}, OpPlugin.class.getClassLoader());
            var plugin = ServiceLoader.load(OpPlugin.class, loader)
                    .findFirst()
                    .orElseThrow(
                            () -> JsVisibleException.typeError("'" + shown + "' names no plugin in META-INF/services"));
            return new Opened(shown, plugin, loader);
        } catch (IOException | ServiceConfigurationError e) {
            throw new JsVisibleException("TypeError", "'" + shown + "' is no plugin: " + e.getMessage(), null, e);
        }
    }

    /**
     * Registers an op of an open plugin; once, however often it is asked for.
     *
     * @return its id
     * @throws JsVisibleException BadResource if the plugin is not open, NotFound if it has no such op
     */
    int loadOp(int rid, String name) {
        var plugin = state.borrow(ResourceTable.class).get(rid, Opened.class);
        var known = ops.find(plugin.namespace, name);
        if (known.isPresent()) {
            return known.get().id();
        }
        var handler = plugin.handlers.get(name);
        if (handler == null) {
            throw new JsVisibleException(
                    "NotFound",
                    "Plugin '" + plugin.path + "' has no op '" + name + "': it has "
                            + new TreeSet<>(plugin.handlers.keySet()));
        }
        return bridge.registerLate(plugin.namespace, name, plugin.guarded(handler))
                .id();
    }

    /** One open plugin. */
    private final class Opened implements Resource {
        private final String path;
        private final OpPlugin plugin;
        private final URLClassLoader loader;
        private final Map<String, OpHandler> handlers;
        private final List<CompletableFuture<byte[]>> pending = new ArrayList<>();
        private String namespace = "";

        Opened(String path, OpPlugin plugin, URLClassLoader loader) {
            this.path = path;
            this.plugin = plugin;
            this.loader = loader;
            handlers = new HashMap<>(plugin.ops());
        }

        @Override
        public String name() {
            return "plugin";
        }

        /** What is pending when the plugin closes fails, rather than hangs. */
        OpHandler guarded(OpHandler handler) {
            return (opState, control, buffers) -> {
                var result = handler.handle(opState, control, buffers);
                if (!(result instanceof OpResult.Later(var stage))) {
                    return result;
                }
                var promised = new CompletableFuture<byte[]>();
                pending.add(promised);
                stage.whenComplete((bytes, error) -> {
                    if (error == null) {
                        promised.complete(bytes);
                    } else {
                        promised.completeExceptionally(error);
                    }
                });
                pending.removeIf(CompletableFuture::isDone);
                return new OpResult.Later(promised);
            };
        }

        @Override
        public void close() {
            bridge.unregister(namespace);
            pending.forEach(promised -> promised.completeExceptionally(JsVisibleException.badResource()));
            pending.clear();
            plugin.close();
            try {
                loader.close();
            } catch (IOException e) {
                Log.debug(Plugins.class, "Closing the class loader of " + path, e);
            }
        }
    }
}
