package dev.carillon.runtime;

import dev.carillon.runtime.time.TimeSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a runtime is started with. Immutable; in {@link OpState} under this type.
 *
 * {@snippet :
 * RuntimeOptions.builder().extensions(List.of(WebExtension.create())).time(TimeSource.system()).build();
 * }
 */
public final class RuntimeOptions {
    private final List<Extension> extensions;
    private final TimeSource time;
    private final OutputSink output;
    private final Permissions permissions;
    private final Map<String, String> environment;
    private final List<String> args;
    private final String name;
    private final Path cwd;
    private final boolean colors;
    private final boolean logOps;
    private final RuntimeLimits limits;
    private final OpCollector.Factory collectors;
    private final boolean leakTraces;

    private RuntimeOptions(Builder builder) {
        extensions = List.copyOf(builder.extensions);
        time = builder.time;
        output = builder.output;
        permissions = builder.permissions;
        environment = Map.copyOf(builder.environment);
        args = List.copyOf(builder.args);
        name = builder.name;
        cwd = builder.cwd.toAbsolutePath().normalize();
        colors = builder.colors;
        logOps = builder.logOps;
        limits = builder.limits;
        collectors = builder.collectors;
        leakTraces = builder.leakTraces;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** In start order: an extension stands after those it depends on. */
    public List<Extension> extensions() {
        return extensions;
    }

    public TimeSource time() {
        return time;
    }

    public OutputSink output() {
        return output;
    }

    /** What the script may do: the runtime works on a copy of its own. */
    public Permissions permissions() {
        return permissions;
    }

    /** The variables the script's {@link Environment} starts with. */
    public Map<String, String> environment() {
        return environment;
    }

    /** The script's own arguments. */
    public List<String> args() {
        return args;
    }

    /** Name of the runtime's thread; shown in logs. */
    public String name() {
        return name;
    }

    /** Absolute; relative paths of guest code start here. */
    public Path cwd() {
        return cwd;
    }

    /** True if printed text may hold ANSI colours. */
    public boolean colors() {
        return colors;
    }

    /** True if every op call is written to the output, one line each. */
    public boolean logOps() {
        return logOps;
    }

    /** Who is told of op calls while they happen. */
    public OpCollector.Factory collectors() {
        return collectors;
    }

    /** True if {@link Activity} tells where what is going on began; costs a stack trace each. */
    public boolean leakTraces() {
        return leakTraces;
    }

    /** How much the script may have going on at a time. */
    public RuntimeLimits limits() {
        return limits;
    }

    /**
     * Collects options; what is not set has a safe default: system time, no output, no permissions, no arguments, no
     * limits. The environment is the process's.
     */
    public static final class Builder {
        private List<Extension> extensions = List.of();
        private TimeSource time = TimeSource.system();
        private OutputSink output = (level, text, scope) -> {};
        private Permissions permissions = Permissions.none();
        private Map<String, String> environment = System.getenv();
        private List<String> args = List.of();
        private String name = "script";
        private Path cwd = Path.of("");
        private boolean colors;
        private boolean logOps;
        private OpCollector.Factory collectors = (id, count, op) -> null;
        private boolean leakTraces;
        private RuntimeLimits limits = RuntimeLimits.none();

        private Builder() {}

        public Builder extensions(List<Extension> list) {
            extensions = list;
            return this;
        }

        public Builder time(TimeSource source) {
            time = source;
            return this;
        }

        public Builder output(OutputSink sink) {
            output = sink;
            return this;
        }

        public Builder permissions(Permissions rules) {
            permissions = rules;
            return this;
        }

        public Builder environment(Map<String, String> variables) {
            environment = variables;
            return this;
        }

        public Builder args(List<String> list) {
            args = list;
            return this;
        }

        public Builder name(String threadName) {
            name = threadName;
            return this;
        }

        public Builder cwd(Path directory) {
            cwd = directory;
            return this;
        }

        public Builder colors(boolean allowed) {
            colors = allowed;
            return this;
        }

        public Builder logOps(boolean on) {
            logOps = on;
            return this;
        }

        public Builder collectors(OpCollector.Factory factory) {
            collectors = factory;
            return this;
        }

        public Builder leakTraces(boolean on) {
            leakTraces = on;
            return this;
        }

        public Builder limits(RuntimeLimits most) {
            limits = most;
            return this;
        }

        public RuntimeOptions build() {
            return new RuntimeOptions(this);
        }
    }
}
