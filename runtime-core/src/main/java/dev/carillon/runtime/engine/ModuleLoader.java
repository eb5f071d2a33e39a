package dev.carillon.runtime.engine;

import com.oracle.js.parser.ir.Module;
import com.oracle.js.parser.ir.Module.ModuleRequest;
import com.oracle.truffle.api.exception.AbstractTruffleException;
import com.oracle.truffle.js.lang.JavaScriptLanguage;
import com.oracle.truffle.js.runtime.Errors;
import com.oracle.truffle.js.runtime.GraalJSException;
import com.oracle.truffle.js.runtime.JSException;
import com.oracle.truffle.js.runtime.JSRealm;
import com.oracle.truffle.js.runtime.JSRuntime;
import com.oracle.truffle.js.runtime.Strings;
import com.oracle.truffle.js.runtime.builtins.JSArrayBuffer;
import com.oracle.truffle.js.runtime.builtins.JSPromise;
import com.oracle.truffle.js.runtime.objects.AbstractModuleRecord;
import com.oracle.truffle.js.runtime.objects.CyclicModuleRecord;
import com.oracle.truffle.js.runtime.objects.JSDynamicObject;
import com.oracle.truffle.js.runtime.objects.JSModuleLoader;
import com.oracle.truffle.js.runtime.objects.JSModuleRecord;
import com.oracle.truffle.js.runtime.objects.JSObject;
import com.oracle.truffle.js.runtime.objects.ScriptOrModule;
import com.oracle.truffle.js.runtime.objects.SyntheticModuleRecord;
import com.oracle.truffle.js.runtime.objects.Undefined;
import dev.carillon.runtime.JsError.SourcePosition;
import dev.carillon.runtime.JsVisibleException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/*
 * GraalJS lets an embedder supply a file system, but not the loader above it: that one cannot tell who imports an
 * absolute specifier, knows no import attributes besides json, and names modules by the text of the first import. So
 * this class takes the loader's own place in the realm. It is the one spot that reaches into GraalJS (besides
 * StackTraces): a private field, and the interfaces GraalJS made for Node.js. Both are pinned with the engine's version.
 *
 * Everything is synchronous: a module is read, transpiled and parsed while its importer is being loaded, on the runtime
 * thread. Evaluation order, cycles and top-level await are the engine's business.
 */
/**
 * Finds, reads and prepares the modules of one runtime.
 *
 * <p>Threads: the runtime thread.
 */
final class ModuleLoader implements JSModuleLoader {
    private static final String NOT_FOUND_CODE = "ERR_MODULE_NOT_FOUND";
    private static final String AWAIT = "await";

    /** What the loader asks of the runtime it works for. */
    interface Host {
        /** The glue behind an {@code ext:} specifier, or null if no extension of this runtime has it. */
        @Nullable
        String extension(String specifier);

        /** The text of {@code ext:core/ops} for a module that names {@code names}; null for all ops. */
        String ops(@Nullable Set<String> names);

        /**
         * Checks the right to read a file that a script names only while it runs.
         *
         * @throws JsVisibleException if it may not be read
         */
        void checkRead(Path file);
    }

    private final Context context;
    private final ModuleCache cache;
    private final Host host;
    private final Map<String, AbstractModuleRecord> records = new HashMap<>();
    private final Map<String, PreparedModule> prepared = new HashMap<>();
    /** Modules of the graph that grew from an import whose specifier was only known at run time. */
    private final Set<String> dynamic = new HashSet<>();

    /** Glue that waits for its first use: the name scripts know it by, and its module. */
    private final Map<String, String> foreseen = new LinkedHashMap<>();

    private final List<ModuleFailure> failures = new ArrayList<>();
    private ImportMap importMap = ImportMap.NONE;
    private String mainUrl = "";
    private String base = "file:///";

    private ModuleLoader(Context context, ModuleCache cache, Host host) {
        this.context = context;
        this.cache = cache;
        this.host = host;
    }

    /**
     * Makes a context load its modules through a new loader. Call once per context, before anything is imported.
     *
     * @throws IllegalStateException if GraalJS is not the version this was written for
     */
    static ModuleLoader install(Context context, ModuleCache cache, Host host) {
        var loader = new ModuleLoader(context, cache, host);
        context.initialize("js");
        context.enter();
        try {
            var realm = JavaScriptLanguage.getCurrentJSRealm();
            var field = JSRealm.class.getDeclaredField("moduleLoader");
            field.setAccessible(true);
            field.set(realm, loader);
            ImportMeta.install(realm.getContext());
            StackTraces.install(realm.getContext());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "GraalJS " + context.getEngine().getVersion()
                            + " keeps its module loader elsewhere: use the version this build is pinned to",
                    e);
        } finally {
            context.leave();
        }
        return loader;
    }

    /** Gives the global object a property with a host object; bindings would cost the start of a small script 10 ms. */
    void offer(String name, Object host) {
        context.enter();
        try {
            var realm = JavaScriptLanguage.getCurrentJSRealm();
            JSObject.set(
                    realm.getGlobalObject(),
                    Strings.fromJavaString(name),
                    realm.getEnv().asGuestValue(host));
        } finally {
            context.leave();
        }
    }

    /** The loader of the current context's realm, if it has one of ours. */
    static Optional<ModuleLoader> of(JSRealm realm) {
        return realm.getModuleLoader() instanceof ModuleLoader loader ? Optional.of(loader) : Optional.empty();
    }

    /**
     * Names the main module: {@code import.meta.main} is true there, and the configuration file nearest to it governs.
     *
     * @return its specifier, for {@link #load}
     * @throws IOException if the configuration file is broken; the message is what a terminal shows
     */
    String main(URI module) throws IOException {
        mainUrl = ModuleUrl.join("file:///", module.toString()).orElseThrow();
        base = mainUrl;
        var path = ModuleUrl.toPath(mainUrl);
        if (path.isPresent() && path.get().getParent() != null) {
            importMap = ImportMap.governing(path.get().getParent());
        }
        return mainUrl;
    }

    /** Where scripts without a place of their own resolve relative specifiers; the main module's until set. */
    void base(Path directory) {
        base = ModuleUrl.ofPath(directory) + "/";
    }

    /** Starts loading and evaluating a module; the promise of its namespace. */
    Value load(String specifier) {
        var source = org.graalvm.polyglot.Source.newBuilder("js", "(specifier) => import(specifier)", "ext:core/import")
                .internal(true)
                .buildLiteral();
        return context.eval(source).execute(specifier);
    }

    /**
     * Loads and evaluates a glue module there and then.
     *
     * @return its namespace
     * @throws AbstractTruffleException if it does not load, or its code throws
     */
    JSDynamicObject evaluate(String specifier) {
        var realm = JavaScriptLanguage.getCurrentJSRealm();
        AbstractModuleRecord record;
        try {
            record = record(specifier, "", new Referrer(null, base));
        } catch (Refused e) {
            throw Errors.createError(String.valueOf(e.getMessage()));
        }
        if (record instanceof JSModuleRecord module && module.getStatus() != CyclicModuleRecord.Status.Evaluating) {
            try {
                module.loadRequestedModulesSync(realm, Undefined.instance);
                module.link(realm);
                JSPromise.throwIfRejected(module.evaluate(realm), realm);
            } catch (AbstractTruffleException e) {
                // Out of stack, say: the next use, from a better place, begins afresh.
                records.values().removeIf(ModuleLoader::failed);
                throw e;
            }
        }
        return record.getModuleNamespace(false);
    }

    /** Whoever mentions {@code name} will want the glue module {@code specifier}. */
    void foresee(String name, String specifier) {
        foreseen.put(name, specifier);
    }

    /** Glue not loaded yet that the loaded scripts mention; asked once, when there is time to load it ahead of its use. */
    Set<String> takeForeseen() {
        var wanted = new LinkedHashSet<String>();
        foreseen.forEach((name, specifier) -> {
            if (!records.containsKey(key(specifier, "")) && mentioned(name)) {
                wanted.add(specifier);
            }
        });
        foreseen.clear();
        return wanted;
    }

    private boolean mentioned(String name) {
        for (var module : prepared.values()) {
            if (!module.source().isInternal() && module.mentions(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean failed(AbstractModuleRecord record) {
        return record instanceof CyclicModuleRecord cyclic
                && cyclic.getStatus() == CyclicModuleRecord.Status.Evaluated
                && cyclic.getEvaluationError() != null;
    }

    /** False while the main module's graph is being loaded and linked: no code of the script has run yet. */
    boolean started() {
        return records.get(key(mainUrl, "")) instanceof CyclicModuleRecord main
                && main.getStatus().compareTo(CyclicModuleRecord.Status.Evaluating) >= 0;
    }

    /** Where the import stands that the engine, in an error of this message, finds no export for. */
    Optional<SourcePosition> missingExport(String message) {
        var matcher = MISSING_EXPORT.matcher(message);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var naming = Pattern.compile("\\b(?:import|export)\\b[^;'\"]*?(?<at>(?<!\\w)" + Pattern.quote(matcher.group(2))
                + "(?!\\w))[^;'\"]*?\\bfrom\\s*(['\"])" + Pattern.quote(matcher.group(1)) + "\\2");
        for (var module : prepared.values()) {
            var found = naming.matcher(module.original());
            if (!module.source().isInternal() && found.find()) {
                return Optional.of(positionIn(module, found.start("at")));
            }
        }
        return Optional.empty();
    }

    private static SourcePosition positionIn(PreparedModule module, int index) {
        var text = module.original();
        int line = 1
                + (int) text.substring(0, index).chars().filter(c -> c == '\n').count();
        return new SourcePosition(module.url(), line, index - text.lastIndexOf('\n', index - 1));
    }

    /** Why the main module's graph did not load, if that made the error of this message. */
    Optional<ModuleFailure> failure(String message) {
        return failures.stream()
                .filter(failure -> failure.message().equals(message))
                .findFirst();
    }

    /** Where a place of the running code stands in the original; empty for code of this runtime's that has none. */
    Optional<SourcePosition> original(String url, int line, int column) {
        var module = prepared.get(url);
        return module == null
                ? Optional.empty()
                : module.original(line, column).map(p -> new SourcePosition(url, p.line(), p.column()));
    }

    /** A line of a loaded module as its author wrote it; {@code name} is its URL or the readable form of it. */
    Optional<String> line(String name, int number) {
        return loaded(name).flatMap(module -> module.line(number));
    }

    /** By URL, or by the readable form stack traces show. */
    private Optional<PreparedModule> loaded(String name) {
        var module = prepared.get(name);
        return module != null
                ? Optional.of(module)
                : prepared.values().stream()
                        .filter(other -> ModuleUrl.readable(other.url()).equals(name))
                        .findFirst();
    }

    /** The way from a loaded module's running code back to what its author wrote, or null if they are the same. */
    @Nullable
    String mappings(String url) {
        return loaded(url).map(PreparedModule::mappings).orElse(null);
    }

    /**
     * Where the {@code await} stands whose operand is at {@code index} of the running code: V8 names that place in
     * asynchronous frames, GraalJS the operand.
     */
    Optional<SourceMap.Position> awaiting(String url, int index) {
        var module = prepared.get(url);
        if (module == null || index < 0 || index > module.source().getLength()) {
            return Optional.empty();
        }
        var source = module.source();
        var text = source.getCharacters();
        int at = index;
        while (at > 0 && Character.isWhitespace(text.charAt(at - 1))) {
            at--;
        }
        int start = at - AWAIT.length();
        return start >= 0 && AWAIT.contentEquals(text.subSequence(start, at))
                ? Optional.of(new SourceMap.Position(source.getLineNumber(start), source.getColumnNumber(start)))
                : Optional.empty();
    }

    /** Length of a loaded module's running code; -1 if there is no such module. */
    int length(String url) {
        var module = prepared.get(url);
        return module == null ? -1 : module.source().getLength();
    }

    String mainUrl() {
        return mainUrl;
    }

    /**
     * What {@code import.meta.resolve} answers.
     *
     * @throws Unresolved with the message for guest code
     */
    String resolve(String specifier, String referrer) {
        if (!referrer.startsWith("ext:")) {
            var mapped = importMap.map(specifier, referrer);
            if (mapped.isPresent()) {
                return mapped.get();
            }
        }
        return ModuleUrl.join(referrer, specifier)
                .orElseThrow(() -> new Unresolved("Import \"" + specifier + "\" not a dependency"
                        + (importMap.url() == null ? "" : " and not in import map from \"" + referrer + "\"")));
    }

    /** A specifier that leads nowhere. */
    static final class Unresolved extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unresolved(String message) {
            super(message, null, false, false);
        }
    }

    @Override
    public AbstractModuleRecord resolveImportedModule(ScriptOrModule referrer, ModuleRequest request) {
        var specifier = request.specifier().toJavaStringUncached();
        var from = new Referrer(referrer, base);
        String type = "";
        for (var attribute : request.attributes().entrySet()) {
            if (attribute.getKey().toJavaStringUncached().equals("type")) {
                type = attribute.getValue().toJavaStringUncached();
            }
        }
        try {
            return record(specifier, type, from);
        } catch (Refused refused) {
            throw thrown(refused, specifier, from);
        }
    }

    @Override
    public @Nullable AbstractModuleRecord addLoadedModule(ModuleRequest request, AbstractModuleRecord module) {
        // Called for every import, and for modules evaluated directly, which are not known yet.
        if (module instanceof JSModuleRecord) {
            records.putIfAbsent(key(module.getSource().getName(), ""), module);
        }
        return null;
    }

    private AbstractModuleRecord record(String specifier, String type, Referrer from) throws Refused {
        String url;
        try {
            url = from.internal() && specifier.startsWith("ext:") ? specifier : resolve(specifier, from.url());
        } catch (Unresolved e) {
            throw new Refused(String.valueOf(e.getMessage()), hintFor(specifier));
        }
        if (url.startsWith("ext:") && !from.internal()) {
            throw new Refused(
                    "Importing ext: modules is only allowed from ext: and node: modules. Tried to import " + url
                            + " from " + from.url(),
                    null);
        }
        var known = records.get(key(url, type));
        if (known != null) {
            return known;
        }
        if (!type.isEmpty() && !type.equals("json") && !type.equals("text") && !type.equals("bytes")) {
            throw new Refused(
                    "The import attribute type of \"" + type + "\" is unsupported.\n  Specifier: " + url, null);
        }
        if (url.equals(OpSources.SPECIFIER)) {
            return ops(from);
        }
        if (url.equals(LazyGlue.SPECIFIER)) {
            var lazy = LazyGlue.module(JavaScriptLanguage.getCurrentJSRealm());
            records.put(key(url, type), lazy);
            return lazy;
        }
        boolean late = from.lateFor(specifier, dynamic);
        var bytes = read(url, late);
        var record = type.equals("text") || type.equals("bytes") ? raw(url, type, bytes) : parse(url, type, bytes);
        records.put(key(url, type), record);
        if (late) {
            dynamic.add(url);
        }
        return record;
    }

    /** Each glue module has a module of its own with the ops it names. */
    private AbstractModuleRecord ops(Referrer from) throws Refused {
        var url = OpSources.SPECIFIER + "/" + from.url().substring("ext:".length());
        var known = records.get(key(url, ""));
        if (known != null) {
            return known;
        }
        var record = code(url, ModuleKind.JAVASCRIPT, host.ops(from.namesOf(OpSources.SPECIFIER)));
        records.put(key(url, ""), record);
        return record;
    }

    private static String key(String url, String type) {
        return type + " " + url;
    }

    private byte[] read(String url, boolean late) throws Refused {
        var scheme = ModuleUrl.scheme(url);
        switch (scheme) {
            case "ext" -> {
                var text = host.extension(url);
                if (text == null) {
                    throw new Refused("Module not found \"" + url + "\".", null);
                }
                return text.getBytes(StandardCharsets.UTF_8);
            }
            case "data" -> {
                return DataUrl.decode(url).orElseThrow(() -> new Refused("Unable to decode data url.", null));
            }
            case "file" -> {
                var path = ModuleUrl.toPath(url).orElseThrow(() -> notFound(url));
                if (late) {
                    try {
                        host.checkRead(path);
                    } catch (JsVisibleException e) {
                        throw new Refused(String.valueOf(e.getMessage()), null);
                    }
                }
                return readFile(url, path);
            }
            case "http", "https", "npm", "jsr", "node" ->
                throw new Refused(
                        "Cannot load \"" + url + "\": " + REMOTE_REASONS.get(scheme),
                        "hint: Bundle or copy it to a local file and map the specifier to that file in \"imports\" of"
                                + " deno.json");
            default ->
                throw new Refused(
                        "Unsupported scheme \"" + scheme + "\" for module \"" + url
                                + "\". Supported schemes:\n - \"data\"\n - \"file\"",
                        null);
        }
    }

    // The engine holds a source, its parsed form and its positions several times over.
    private static final long SOURCE_BYTES_MAX = 64L << 20;

    private static final Map<String, String> REMOTE_REASONS = Map.of(
            "http", "modules are not fetched over the network",
            "https", "modules are not fetched over the network",
            "npm", "npm packages are not fetched",
            "jsr", "JSR packages are not fetched",
            "node", "the built-in modules of Node.js are not part of this runtime");

    private static byte[] readFile(String url, Path path) throws Refused {
        try {
            long size = Files.size(path);
            if (size > SOURCE_BYTES_MAX) {
                throw new Refused(
                        "Module too large: \"" + url + "\" has " + size + " bytes, the limit is " + SOURCE_BYTES_MAX
                                + "; read data with Deno.readFile instead of importing it",
                        null);
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw notFound(url);
        } catch (AccessDeniedException e) {
            throw new Refused("Permission denied (os error 13): open '" + path + "'", null);
        } catch (IOException e) {
            if (Files.isDirectory(path)) {
                throw new Refused(
                        "[ERR_UNSUPPORTED_DIR_IMPORT] Directory import '" + url
                                + "' is not supported resolving ES modules",
                        null);
            }
            if (Files.notExists(path)) {
                throw notFound(url); // a file where a directory should be
            }
            throw new Refused("Cannot read \"" + url + "\": " + e.getMessage(), null);
        } catch (OutOfMemoryError e) {
            throw new Refused("Cannot read \"" + url + "\": the file is too large to load as a module", null);
        }
    }

    private static Refused notFound(String url) {
        return new Refused("Module not found \"" + url + "\".", null);
    }

    private static @Nullable String hintFor(String specifier) {
        return "hint: To use a package, bundle or copy it to a local file and map \"" + specifier
                + "\" to that file in \"imports\" of deno.json";
    }

    private AbstractModuleRecord parse(String url, String type, byte[] bytes) throws Refused {
        var kind = url.startsWith("ext:") ? ModuleKind.JAVASCRIPT : ModuleKind.of(url);
        if (type.equals("json")) {
            if (kind != ModuleKind.JSON) {
                throw new Refused(
                        "Expected a Json module, but identified a " + kind.title() + " module.\n  Specifier: " + url,
                        null);
            }
            return json(url, text(bytes));
        }
        if (kind == ModuleKind.JSON && started()) {
            throw new Refused(
                    "Attempted to load JSON module without specifying \"type\": \"json\" attribute in the import"
                            + " statement.",
                    null);
        }
        if (kind == ModuleKind.JSON) {
            throw new Refused(
                    "Expected a JavaScript or TypeScript module, but identified a Json module. Consider importing Json"
                            + " modules with an import attribute with the type of \"json\".\n  Specifier: " + url,
                    "docs: https://docs.deno.com/examples/importing_json/");
        }
        if (!kind.runs()) {
            throw new Refused(
                    "Expected a JavaScript or TypeScript module, but identified a " + kind.title()
                            + " module. Importing these types of modules is currently not supported.\n  Specifier: "
                            + url,
                    null);
        }
        return code(url, kind, text(bytes));
    }

    private AbstractModuleRecord code(String url, ModuleKind kind, String text) throws Refused {
        PreparedModule module;
        try {
            module = cache.prepare(url, kind, text, url.startsWith("ext:"));
        } catch (Swc.SyntaxFault e) {
            throw Refused.syntax(String.valueOf(e.getMessage()), url);
        } catch (IllegalStateException e) {
            throw new Refused(String.valueOf(e.getMessage()), null);
        }
        prepared.put(url, module);
        var realm = JavaScriptLanguage.getCurrentJSRealm();
        try {
            var data = realm.getContext().getEvaluator().envParseModule(realm, module.source());
            return new JSModuleRecord(data, this);
        } catch (AbstractTruffleException e) {
            throw Refused.syntax(cache.fault(url, kind, text).orElseGet(() -> parserMessage(e, module)), url);
        }
    }

    /** The engine's own complaint, for the rules the transpiler does not check, in the shape of the transpiler's. */
    private static String parserMessage(AbstractTruffleException error, PreparedModule module) {
        // "file:///x.js:1:8 Missing assignment to constant\nconst x y\n        ^"
        var message = String.valueOf(error.getMessage());
        var matcher = PARSER_MESSAGE.matcher(message);
        if (!matcher.find()) {
            return message;
        }
        var at = module.original(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)) + 1)
                .orElse(new SourceMap.Position(1, 1));
        var line = module.line(at.line()).orElse("");
        var complaint = REQUIRE.matcher(line).find()
                ? "'import name = require()' is CommonJS, which is not supported: write import name from \"...\""
                : matcher.group(3);
        return SyntaxReport.of(complaint, module.url(), at, line);
    }

    private static final Pattern MISSING_EXPORT =
            Pattern.compile("The requested module '(.*)' does not provide an export named '(.*)'");

    private static final Pattern REQUIRE = Pattern.compile("\\bimport\\s+\\w+\\s*=\\s*require\\s*\\(");

    private static final Pattern PARSER_MESSAGE = Pattern.compile(":(\\d+):(\\d+) (.*)");

    private AbstractModuleRecord json(String url, String text) {
        var realm = JavaScriptLanguage.getCurrentJSRealm();
        var source = PreparedModule.source(url, text, "application/json", false);
        return realm.getContext().getEvaluator().parseJSONModule(realm, source);
    }

    private static AbstractModuleRecord raw(String url, String type, byte[] bytes) {
        var realm = JavaScriptLanguage.getCurrentJSRealm();
        Object value;
        if (type.equals("text")) {
            value = Strings.fromJavaString(text(bytes));
        } else {
            var buffer = JSArrayBuffer.createArrayBuffer(realm.getContext(), realm, bytes);
            var constructor = JSObject.get(realm.getGlobalObject(), Strings.fromJavaString("Uint8Array"));
            value = JSRuntime.construct(constructor, new Object[] {buffer});
        }
        var source = PreparedModule.source(url, "", "application/json", false);
        return new SyntheticModuleRecord(
                realm.getContext(),
                source,
                value,
                List.of(Strings.DEFAULT),
                module -> module.setSyntheticModuleExport(Strings.DEFAULT, module.getHostDefined()));
    }

    /** Decodes as Deno does: by byte order mark, else UTF-8 with what is no UTF-8 replaced. */
    static String text(byte[] bytes) {
        Charset charset = StandardCharsets.UTF_8;
        int skip = 0;
        if (starts(bytes, 0xEF, 0xBB, 0xBF)) {
            skip = 3;
        } else if (starts(bytes, 0xFF, 0xFE)) {
            charset = StandardCharsets.UTF_16LE;
            skip = 2;
        } else if (starts(bytes, 0xFE, 0xFF)) {
            charset = StandardCharsets.UTF_16BE;
            skip = 2;
        }
        return new String(bytes, skip, bytes.length - skip, charset);
    }

    private static boolean starts(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xFF) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** Turns a refusal into the guest's error, and remembers how to tell it to a person. */
    private JSException thrown(Refused refused, String specifier, Referrer from) {
        var message = String.valueOf(refused.getMessage());
        var position = refused.position;
        var report = new StringBuilder(message);
        if (refused.hint != null) {
            report.append("\n  ").append(refused.hint);
        }
        if (position == null) {
            position = from.positionOf(specifier, prepared).orElse(null);
            if (position != null) {
                report.append("\n    at ").append(StackTraces.place(position));
            }
        }
        if (!started()) {
            failures.add(new ModuleFailure(message, report.toString(), position));
        }
        var error = Errors.createTypeError(message);
        if (((GraalJSException) error).getErrorObject() instanceof JSObject object) {
            JSObject.set(object, Strings.fromJavaString("code"), Strings.fromJavaString(NOT_FOUND_CODE));
        }
        return error;
    }

    /** A module that will not be loaded: what guest code and the terminal are told. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private final transient @Nullable String hint;
        private final transient @Nullable SourcePosition position;

        Refused(String message, @Nullable String hint) {
            this(message, hint, null);
        }

        private Refused(String message, @Nullable String hint, @Nullable SourcePosition position) {
            super(message, null, false, false);
            this.hint = hint;
            this.position = position;
        }

        static Refused syntax(String message, String url) {
            return new Refused(message, null, SyntaxReport.position(message, url));
        }
    }

    /** Who imports: a module, a script, or the runtime itself. */
    private record Referrer(@Nullable ScriptOrModule module, String base) {
        boolean internal() {
            return module == null
                    || module.getSource().isInternal()
                    || module.getSource().getName().startsWith("ext:");
        }

        String url() {
            if (module == null) {
                return "ext:core/import";
            }
            var name = module.getSource().getName();
            return ModuleUrl.scheme(name).isEmpty() ? base : name;
        }

        /** True for an import that no one could have seen by reading the main module and what it names. */
        boolean lateFor(String specifier, Set<String> dynamic) {
            if (internal()) {
                return false;
            }
            if (dynamic.contains(url())) {
                return true;
            }
            boolean loading =
                    module instanceof CyclicModuleRecord record && record.getStatus() == CyclicModuleRecord.Status.New;
            return !loading && !names(specifier);
        }

        private boolean names(String specifier) {
            var text = module == null ? "" : module.getSource().getCharacters();
            return Pattern.compile("\\bimport\\s*\\(\\s*(['\"`])" + Pattern.quote(specifier) + "\\1")
                    .matcher(text)
                    .find();
        }

        /** The exports of {@code specifier} this module imports by name; null if it takes the namespace. */
        @Nullable
        Set<String> namesOf(String specifier) {
            if (!(module instanceof JSModuleRecord record)) {
                return null;
            }
            var names = new HashSet<String>();
            for (var entry : record.getModule().getImportEntries()) {
                if (!entry.getModuleRequest().specifier().toJavaStringUncached().equals(specifier)) {
                    continue;
                }
                if (entry.getImportName().equals(Module.STAR_NAME)) {
                    return null;
                }
                names.add(entry.getImportName().toJavaStringUncached());
            }
            return names;
        }

        /** Where the importing module names {@code specifier}, as its author wrote it. */
        Optional<SourcePosition> positionOf(String specifier, Map<String, PreparedModule> prepared) {
            var importing = prepared.get(url());
            if (importing == null || internal()) {
                return Optional.empty();
            }
            var text = importing.original();
            var quoted = "(?<at>(['\"`])" + Pattern.quote(specifier) + "\\2)";
            for (var lead : List.of("\\b(?:from|import)\\s*\\(?\\s*", "")) {
                var matcher = Pattern.compile(lead + quoted).matcher(text);
                if (matcher.find()) {
                    int at = matcher.start("at");
                    int line = 1
                            + (int) text.substring(0, at)
                                    .chars()
                                    .filter(c -> c == '\n')
                                    .count();
                    return Optional.of(new SourcePosition(url(), line, at - text.lastIndexOf('\n', at - 1)));
                }
            }
            return Optional.empty();
        }
    }

    /** {@code data:} URLs, RFC 2397. */
    private static final class DataUrl {
        static Optional<byte[]> decode(String url) {
            int comma = url.indexOf(',');
            if (comma < 0) {
                return Optional.empty();
            }
            var header = url.substring("data:".length(), comma);
            int hash = url.indexOf('#', comma);
            var body = ModuleUrl.decodeBytes(url.substring(comma + 1, hash < 0 ? url.length() : hash));
            if (!header.endsWith(";base64")) {
                return Optional.of(body);
            }
            try {
                return Optional.of(Base64.getMimeDecoder().decode(body));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }
}
