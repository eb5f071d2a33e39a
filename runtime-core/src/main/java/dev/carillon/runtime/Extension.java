package dev.carillon.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A named bundle of ops, their initial state and the JavaScript glue that gives them a public face.
 *
 * <p>Immutable and shareable: one instance may serve many runtimes; {@code state} and {@code ops} run once for each,
 * on its thread. Glue files are ES modules with the specifier {@code ext:<extension>/<file>}, found on the class path
 * at {@code js/<extension>/<file>}; the entry point is evaluated when the runtime starts.
 *
 * {@snippet :
 * Extension.builder("cron")
 *     .deps("web")
 *     .state(state -> state.put(CronHandler.class, handler))
 *     .ops(CronOps::new)
 *     .esm("cron.js")
 *     .entryPoint("cron.js")
 *     .build();
 * }
 */
public final class Extension {
    private final String name;
    private final List<String> deps;
    private final List<Consumer<OpState>> states;
    private final List<Function<OpState, Object>> ops;
    private final List<String> esm;
    private final List<String> scripts;
    private final Map<String, OpHandler> handlers;
    private final List<UnaryOperator<OpDeclaration>> middleware;
    private final Map<String, Object> config;
    private final boolean enabled;
    private final @Nullable String entryPoint;
    private final @Nullable LateState<?> lateState;
    private final ClassLoader resources;

    private Extension(Builder builder) {
        name = builder.name;
        deps = List.copyOf(builder.deps);
        states = List.copyOf(builder.states);
        ops = List.copyOf(builder.ops);
        esm = List.copyOf(builder.esm);
        scripts = List.copyOf(builder.scripts);
        handlers = Collections.unmodifiableMap(new LinkedHashMap<>(builder.handlers));
        middleware = List.copyOf(builder.middleware);
        config = Map.copyOf(builder.config);
        enabled = builder.enabled;
        entryPoint = builder.entryPoint;
        lateState = builder.lateState;
        resources = builder.resources;
    }

    public static Builder builder(String name) {
        return new Builder(name);
    }

    public String name() {
        return name;
    }

    /** Extensions that must stand earlier in the runtime's list. */
    public List<String> deps() {
        return deps;
    }

    /** Run in order against the runtime's state, before {@link #ops}. */
    public List<Consumer<OpState>> states() {
        return states;
    }

    /** Each gives, per runtime, one object whose {@link Op} methods become ops. */
    public List<Function<OpState, Object>> ops() {
        return ops;
    }

    /** Glue files, relative to {@code js/<extension>/}. */
    public List<String> esm() {
        return esm;
    }

    /** Classic scripts run at start, in order, before the entry point. */
    public List<String> scripts() {
        return scripts;
    }

    /** Ops in their bottom form, by name. */
    public Map<String, OpHandler> handlers() {
        return handlers;
    }

    /** Applied to every op of the runtime, those of js/core included, in extension order. */
    public List<UnaryOperator<OpDeclaration>> middleware() {
        return middleware;
    }

    /** Plain values the glue reads with {@code core.config(extension)}. */
    public Map<String, Object> config() {
        return config;
    }

    /** False if calling any of the ops throws. */
    public boolean enabled() {
        return enabled;
    }

    /** The glue file evaluated at start, or null for an extension without glue. */
    public @Nullable String entryPoint() {
        return entryPoint;
    }

    /** What the runtime is to be given after its start, or null. */
    public @Nullable LateState<?> lateState() {
        return lateState;
    }

    /**
     * State made of a value that is known only once the runtime runs.
     *
     * @param type of that value
     */
    public record LateState<A>(Class<A> type, BiConsumer<OpState, A> init) {
        /** @throws ClassCastException unless {@code value} is of the type */
        public void apply(OpState state, Object value) {
            init.accept(state, type.cast(value));
        }
    }

    /** Where {@code js/<extension>/<file>} is looked up. */
    public ClassLoader resources() {
        return resources;
    }

    /** Collects what an extension declares. */
    public static final class Builder {
        private final String name;
        private final List<String> deps = new ArrayList<>();
        private final List<Consumer<OpState>> states = new ArrayList<>();
        private final List<Function<OpState, Object>> ops = new ArrayList<>();
        private final List<String> esm = new ArrayList<>();
        private final List<String> scripts = new ArrayList<>();
        private final Map<String, OpHandler> handlers = new LinkedHashMap<>();
        private final List<UnaryOperator<OpDeclaration>> middleware = new ArrayList<>();
        private final Map<String, Object> config = new LinkedHashMap<>();
        private boolean enabled = true;
        private @Nullable String entryPoint;
        private @Nullable LateState<?> lateState;
        private ClassLoader resources = Extension.class.getClassLoader();

        private Builder(String name) {
            this.name = name;
        }

        public Builder deps(String... names) {
            deps.addAll(List.of(names));
            return this;
        }

        public Builder state(Consumer<OpState> init) {
            states.add(init);
            return this;
        }

        /** State whose making waits for {@link JsRuntime#initialiseLate}; ops that need it fail until then. */
        public <A> Builder lateState(Class<A> type, BiConsumer<OpState, A> init) {
            lateState = new LateState<>(type, init);
            return this;
        }

        public Builder ops(Function<OpState, Object> factory) {
            ops.add(factory);
            return this;
        }

        public Builder esm(String... files) {
            esm.addAll(List.of(files));
            return this;
        }

        public Builder scripts(String... files) {
            scripts.addAll(List.of(files));
            return this;
        }

        /** Declares an op in its bottom form; the same handler may have several names. */
        public Builder handler(String op, OpHandler handler) {
            if (handlers.putIfAbsent(op, handler) != null) {
                throw new IllegalStateException("Op already registered: " + op + " twice in extension '" + name + "'");
            }
            return this;
        }

        public Builder middleware(UnaryOperator<OpDeclaration> change) {
            middleware.add(change);
            return this;
        }

        public Builder config(String key, Object value) {
            config.put(key, value);
            return this;
        }

        public Builder enabled(boolean on) {
            enabled = on;
            return this;
        }

        public Builder entryPoint(String file) {
            entryPoint = file;
            return this;
        }

        /** The loader that holds the glue, when it is not the one of runtime-core. */
        public Builder resources(ClassLoader loader) {
            resources = loader;
            return this;
        }

        public Extension build() {
            return new Extension(this);
        }
    }
}
