package dev.carillon.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one runtime's script may do: entries allowed, denied and ignored per kind, and the decisions made from them. In
 * {@link OpState} under this type; ops check here, never glue.
 *
 * <p>Denied beats allowed at equal or narrower scope. What is neither is <em>prompt</em>: asked of the {@link Prompter}
 * if there is one, else refused. Grants given by a prompter and revocations change this object, so two runtimes never
 * share one: hand out a {@link #copy}.
 *
 * <p>Threads: any; checks in the bodies of blocking ops are fine.
 *
 * <p>Source: Deno 2.9.6, observed.
 */
public final class Permissions {
    private final Path cwd;
    private final @Nullable Prompter prompter;
    private final Map<Kind, Rules> rules = new EnumMap<>(Kind.class);
    private volatile @Nullable Consumer<Decision> listener;

    private Permissions(Builder builder) {
        cwd = builder.cwd;
        prompter = builder.prompter;
        listener = builder.listener;
        for (var kind : Kind.values()) {
            rules.put(kind, new Rules(builder.rules(kind)));
        }
    }

    /** Nothing allowed, nobody asked. */
    public static Permissions none() {
        return builder().build();
    }

    /** Everything allowed. */
    public static Permissions all() {
        var builder = builder();
        for (var kind : Kind.values()) {
            builder.allow(kind);
        }
        return builder.build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The same rules as they stand now, changed apart from these from now on; same prompter and listener. */
    public Permissions copy() {
        var builder = new Builder().cwd(cwd);
        builder.prompter = prompter;
        builder.listener = listener;
        synchronized (rules) {
            rules.forEach((kind, own) -> builder.rules.put(kind, new Rules(own)));
        }
        return builder.build();
    }

    /**
     * Lets the caller go on if the script may do this.
     *
     * @param what a path, {@code host:port}, variable, fact or program as guest code should see it; null asks for the
     *     whole kind, which a denial inside it refuses; text in angle brackets, such as {@code <TMP>}, asks for the
     *     whole kind under that name
     * @throws JsVisibleException of class {@code NotCapable} if it may not
     */
    public void check(Kind kind, @Nullable String what) {
        check(kind, what, null);
    }

    /** @param api the function guest code called, such as {@code Deno.env.get()}: shown when somebody is asked */
    public void check(Kind kind, @Nullable String what, @Nullable String api) {
        var scope = what == null || what.startsWith("<") ? null : PermissionScope.query(kind, what, cwd);
        decide(kind, scope, what, api);
    }

    /**
     * Like {@link #check} for a path that guest code named relative to its own working directory. Reading an ignored path
     * fails as if it did not exist.
     *
     * @param shown the path as guest code gave it
     * @return the path as later messages should show it
     */
    public String checkPath(Kind kind, Path resolved, String shown, @Nullable String api) {
        if (unconditional(kind)) {
            decide(kind, new PermissionScope.Tree(resolved.normalize()), shown, api);
            return shown;
        }
        if (shown.isEmpty()) {
            throw new JsVisibleException("Error", "Empty path is not allowed");
        }
        var path = resolved.normalize();
        var plain = shown.startsWith("/") ? path.toString() : shown;
        decide(kind, new PermissionScope.Tree(path), plain, api);
        return plain;
    }

    /** True if the whole kind is allowed and nothing in it denied or ignored. */
    public boolean unconditional(Kind kind) {
        synchronized (rules) {
            return rulesOf(kind).unconditional();
        }
    }

    /** True if something of the kind is allowed, be it one entry. */
    public boolean grantsSome(Kind kind) {
        synchronized (rules) {
            var own = rulesOf(kind);
            return own.allowAll != null || !own.allow.isEmpty();
        }
    }

    /** True if the script is to see nothing there, and no error. */
    public boolean ignores(Kind kind, @Nullable String what) {
        var scope = what == null ? null : PermissionScope.query(kind, what, cwd);
        synchronized (rules) {
            return rulesOf(kind).ignores(scope);
        }
    }

    /** @throws JsVisibleException for a host, path or fact that cannot be one */
    public Status query(Kind kind, @Nullable String what) {
        if (kind == Kind.SYS && unconditional(kind)) {
            return Status.GRANTED; // even for a fact nobody knows
        }
        var scope = what == null ? null : PermissionScope.query(kind, what, cwd);
        synchronized (rules) {
            return rulesOf(kind).status(scope);
        }
    }

    /** Asks the prompter about what is in state prompt; never widens what is denied. */
    public Status request(Kind kind, @Nullable String what) {
        var scope = what == null ? null : PermissionScope.query(kind, what, cwd);
        synchronized (rules) {
            var status = rulesOf(kind).status(scope);
            if (status.state() != State.PROMPT) {
                return status;
            }
            return ask(kind, scope, what, "Deno.permissions.request()") ? Status.GRANTED : Status.DENIED;
        }
    }

    /** Takes back every grant that covers {@code what}; the whole kind for null. A grant of the whole kind stays. */
    public Status revoke(Kind kind, @Nullable String what) {
        var scope = what == null ? null : PermissionScope.query(kind, what, cwd);
        synchronized (rules) {
            var own = rulesOf(kind);
            own.revoke(scope);
            return own.status(scope);
        }
    }

    /** Hears every decision from now on, on the thread of the check; null for nobody. */
    public void listener(@Nullable Consumer<Decision> listener) {
        this.listener = listener;
    }

    private void decide(Kind kind, @Nullable PermissionScope scope, @Nullable String what, @Nullable String api) {
        var heard = listener;
        boolean allowed;
        boolean ignored;
        @Nullable Decision decision;
        synchronized (rules) {
            var own = rulesOf(kind);
            ignored = own.ignores(scope);
            var status = own.status(scope);
            allowed = switch (status.state()) {
                case GRANTED -> scope != null || !status.partial();
                case DENIED -> false;
                case PROMPT -> ask(kind, scope, what, api);
            };
            decision = heard == null ? null : new Decision(kind, what, allowed, own.rule(scope, allowed));
        }
        if (heard != null && decision != null) {
            heard.accept(decision);
        }
        if (allowed) {
            return;
        }
        if (ignored && kind == Kind.READ) {
            throw new JsVisibleException("NotFound", "No such file or directory (os error 2)", "ENOENT", null);
        }
        throw new JsVisibleException("NotCapable", refusal(kind, what));
    }

    private boolean ask(Kind kind, @Nullable PermissionScope scope, @Nullable String what, @Nullable String api) {
        if (prompter == null) {
            return false;
        }
        var own = rulesOf(kind);
        return switch (prompter.ask(kind, what, api)) {
            case ALLOW -> {
                own.grant(scope);
                yield true;
            }
            case ALLOW_ALL -> {
                own.grant(null);
                yield true;
            }
            case DENY -> {
                own.refuse(scope);
                yield false;
            }
        };
    }

    private Rules rulesOf(Kind kind) {
        var own = rules.get(kind);
        if (own == null) {
            throw new IllegalStateException("no rules for " + kind);
        }
        return own;
    }

    private static String refusal(Kind kind, @Nullable String what) {
        var name = kind.flag();
        var object = what == null ? "" : what.startsWith("<") ? " to " + what : " to \"" + what + "\"";
        return "Requires " + name + " access" + object + ", run again with the --allow-" + name + " flag";
    }

    /** What a permission is about. */
    public enum Kind {
        READ,
        WRITE,
        NET,
        ENV,
        SYS,
        RUN,
        FFI,
        IMPORT;

        /** The name in flags, messages and descriptors. */
        public String flag() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind with this name in flags and descriptors, or null. */
        public static @Nullable Kind of(String flag) {
            for (var kind : values()) {
                if (kind.flag().equals(flag)) {
                    return kind;
                }
            }
            return null;
        }
    }

    /** What guest code is told about a permission. */
    public enum State {
        GRANTED,
        PROMPT,
        DENIED
    }

    /** @param partial granted, with something denied inside it */
    public record Status(State state, boolean partial) {
        static final Status GRANTED = new Status(State.GRANTED, false);
        static final Status PARTIAL = new Status(State.GRANTED, true);
        static final Status PROMPT = new Status(State.PROMPT, false);
        static final Status DENIED = new Status(State.DENIED, false);
    }

    /**
     * One check and how it ended, for an audit.
     *
     * @param what as in {@link #check}; guest code chooses it
     * @param rule what decided: the entry as it was given, such as {@code allow-read=/data} or {@code deny-env};
     *     {@code prompt} for what somebody answered; {@code no rule} if nothing covers it, so that it was denied. A script
     *     cannot make new ones.
     */
    public record Decision(Kind kind, @Nullable String what, boolean allowed, String rule) {}

    /** Somebody who can be asked: a person at a terminal. Called with the runtime stopped at the check. */
    @FunctionalInterface
    public interface Prompter {
        Answer ask(Kind kind, @Nullable String what, @Nullable String api);

        /** What a prompter may say. */
        enum Answer {
            ALLOW,
            ALLOW_ALL,
            DENY
        }
    }

    /** Collects entries; the last call for a setting wins, lists add up. */
    public static final class Builder {
        private final Map<Kind, Rules> rules = new EnumMap<>(Kind.class);
        private Path cwd = Path.of("").toAbsolutePath();
        private @Nullable Prompter prompter;
        private @Nullable Consumer<Decision> listener;

        private Builder() {}

        /** Where relative paths in lists and checks start; set it before adding lists. Default: the process's. */
        public Builder cwd(Path cwd) {
            this.cwd = cwd.toAbsolutePath().normalize();
            return this;
        }

        public Builder prompter(Prompter prompter) {
            this.prompter = prompter;
            return this;
        }

        /** Hears every decision, on the thread of the check. */
        public Builder listener(Consumer<Decision> listener) {
            this.listener = listener;
            return this;
        }

        public Builder allow(Kind kind) {
            rules(kind).allowAll = "allow-" + kind.flag();
            return this;
        }

        /** @throws IllegalArgumentException for an entry that cannot be one; {@code getMessage} says why */
        public Builder allow(Kind kind, List<String> entries) {
            return add(rules(kind).allow, "allow", kind, entries);
        }

        public Builder deny(Kind kind) {
            rules(kind).denyAll = "deny-" + kind.flag();
            return this;
        }

        /** @throws IllegalArgumentException for an entry that cannot be one */
        public Builder deny(Kind kind, List<String> entries) {
            return add(rules(kind).deny, "deny", kind, entries);
        }

        public Builder ignore(Kind kind) {
            rules(kind).ignoreAll = "ignore-" + kind.flag();
            return this;
        }

        /** @throws IllegalArgumentException for an entry that cannot be one */
        public Builder ignore(Kind kind, List<String> entries) {
            return add(rules(kind).ignore, "ignore", kind, entries);
        }

        public Permissions build() {
            return new Permissions(this);
        }

        private Builder add(List<Entry> target, String verb, Kind kind, List<String> entries) {
            for (var entry : entries) {
                try {
                    var scope = PermissionScope.entry(kind, entry, cwd);
                    target.add(new Entry(scope, verb + "-" + kind.flag() + "=" + entry));
                } catch (PermissionScope.BadScope e) {
                    throw new IllegalArgumentException(e.getMessage(), e);
                }
            }
            return this;
        }

        private Rules rules(Kind kind) {
            return rules.computeIfAbsent(kind, unused -> new Rules());
        }
    }

    /** @param rule the name it has in a {@link Decision} */
    private record Entry(PermissionScope scope, String rule) {}

    /** The entries of one kind; what is about all of it is the name of that rule, or null. A null scope is the whole kind. */
    private static final class Rules {
        private static final String ASKED = "prompt";
        private static final String NONE = "no rule";

        private final List<Entry> allow = new ArrayList<>();
        private final List<Entry> deny = new ArrayList<>();
        private final List<Entry> ignore = new ArrayList<>();
        private final List<Entry> refused = new ArrayList<>(); // by the prompter
        private @Nullable String allowAll;
        private @Nullable String denyAll;
        private @Nullable String ignoreAll;
        private @Nullable String refusedAll;

        Rules() {}

        Rules(Rules from) {
            allow.addAll(from.allow);
            deny.addAll(from.deny);
            ignore.addAll(from.ignore);
            refused.addAll(from.refused);
            allowAll = from.allowAll;
            denyAll = from.denyAll;
            ignoreAll = from.ignoreAll;
            refusedAll = from.refusedAll;
        }

        Status status(@Nullable PermissionScope scope) {
            if (denyAll != null
                    || refusedAll != null
                    || covered(deny, scope)
                    || covered(refused, scope)
                    || ignores(scope)) {
                return Status.DENIED;
            }
            if (allowAll != null || covered(allow, scope)) {
                boolean partial = scope == null
                        ? !deny.isEmpty() || !ignore.isEmpty()
                        : Stream.concat(deny.stream(), ignore.stream()).anyMatch(entry -> entry.scope.inside(scope));
                return partial ? Status.PARTIAL : Status.GRANTED;
            }
            return Status.PROMPT;
        }

        /** The rule by which a check of {@code scope} ended like that; for a whole kind, what is denied in it. */
        String rule(@Nullable PermissionScope scope, boolean allowed) {
            var whole = allowed ? Stream.of(allowAll) : Stream.of(denyAll, refusedAll, ignoreAll);
            var parts =
                    allowed ? allow.stream() : Stream.of(deny, refused, ignore).flatMap(List::stream);
            var deciding = parts.filter(entry -> scope == null ? allowAll != null : entry.scope.covers(scope));
            return Stream.concat(whole.filter(Objects::nonNull), deciding.map(Entry::rule))
                    .findFirst()
                    .orElse(NONE);
        }

        boolean unconditional() {
            return allowAll != null
                    && denyAll == null
                    && refusedAll == null
                    && ignoreAll == null
                    && deny.isEmpty()
                    && ignore.isEmpty()
                    && refused.isEmpty();
        }

        boolean ignores(@Nullable PermissionScope scope) {
            return ignoreAll != null || covered(ignore, scope);
        }

        void grant(@Nullable PermissionScope scope) {
            if (scope == null) {
                allowAll = ASKED;
            } else {
                allow.add(new Entry(scope, ASKED));
            }
        }

        void refuse(@Nullable PermissionScope scope) {
            if (scope == null) {
                refusedAll = ASKED;
            } else {
                refused.add(new Entry(scope, ASKED));
            }
        }

        void revoke(@Nullable PermissionScope scope) {
            if (scope == null) {
                allowAll = null;
                allow.clear();
            } else {
                allow.removeIf(entry -> entry.scope.covers(scope));
            }
        }

        private static boolean covered(List<Entry> entries, @Nullable PermissionScope scope) {
            return scope != null && entries.stream().anyMatch(entry -> entry.scope.covers(scope));
        }
    }
}
