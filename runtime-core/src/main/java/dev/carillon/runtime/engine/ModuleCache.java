package dev.carillon.runtime.engine;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/*
 * Two layers. In memory: URL to prepared module, kept while memory lasts; the text is compared in full, so a changed
 * file is never served stale. On disk: one file per transpiled text, named by a hash of it and holding the text itself,
 * so that a hash collision is a miss and no cryptographic digest (slow to start) is needed.
 */
/**
 * Modules made ready once and shared by all runtimes of an engine; transpiled text outlives the process on disk.
 *
 * <p>Threads: any.
 */
final class ModuleCache {
    /** Changes whenever the same source would be transpiled differently. */
    private static final String FORMAT = "carillon-module 2 swc4j-2.2.0";

    private final ConcurrentHashMap<String, SoftReference<PreparedModule>> modules = new ConcurrentHashMap<>();
    private final Path directory;
    private final boolean mapped;
    private volatile @Nullable Swc swc;

    /** @param directory where transpiled text and the native library stay; made when first needed */
    ModuleCache(Path directory) {
        this(directory, false);
    }

    /** @param mapped whether modules keep the lines of their source and carry source maps, for a debugger */
    ModuleCache(Path directory, boolean mapped) {
        this.directory = directory;
        this.mapped = mapped;
    }

    /** {@code carillon.cache} as a system property, else the user's cache folder. */
    static Path standardDirectory() {
        var set = System.getProperty("carillon.cache");
        if (set != null) {
            return Path.of(set);
        }
        var xdg = System.getenv("XDG_CACHE_HOME");
        var base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("carillon");
    }

    /**
     * @param internal true for glue
     * @throws Swc.SyntaxFault if the text needs transpiling and is not well formed
     */
    PreparedModule prepare(String url, ModuleKind kind, String text, boolean internal) throws Swc.SyntaxFault {
        var known = modules.get(url);
        var module = known == null ? null : known.get();
        if (module != null && module.original().equals(text) && module.source().isInternal() == internal) {
            return module;
        }
        var syntax = kind.syntax();
        if (kind == ModuleKind.JAVASCRIPT && !internal && UsingDeclarations.mayBeIn(text)) {
            syntax = Swc.Syntax.JAVASCRIPT; // plain, but newer than the engine
        }
        if (syntax != null) {
            var output = transpile(url, syntax, text);
            if (mapped) {
                output = OriginalLines.lay(output, swc()::tokens);
            }
            module = PreparedModule.of(url, text, output.code(), output.mappings(), internal, mapped);
        } else {
            module = PreparedModule.of(url, text, kind == ModuleKind.DECLARATIONS ? "" : text, null, internal, mapped);
        }
        modules.put(url, new SoftReference<>(module));
        return module;
    }

    /** What swc has to say about a text, or empty if it finds no fault. */
    Optional<String> fault(String url, ModuleKind kind, String text) {
        var syntax = kind.syntax();
        try {
            swc().transpile(url, text, syntax == null ? Swc.Syntax.JAVASCRIPT : syntax);
            return Optional.empty();
        } catch (Swc.SyntaxFault e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    private Swc.Output transpile(String url, Swc.Syntax syntax, String text) throws Swc.SyntaxFault {
        var file = directory.resolve("modules").resolve(name(syntax, text));
        var stored = read(file, syntax, text);
        if (stored != null) {
            return stored;
        }
        var output = swc().transpile(url, text, syntax);
        write(file, syntax, text, output);
        return output;
    }

    private Swc swc() {
        var loaded = swc;
        if (loaded == null) {
            synchronized (this) {
                loaded = swc;
                if (loaded == null) {
                    loaded = Swc.load(directory.resolve("native"));
                    swc = loaded;
                }
            }
        }
        return loaded;
    }

    private static Swc.@Nullable Output read(Path file, Swc.Syntax syntax, String text) {
        try (var in = new DataInputStream(new java.io.ByteArrayInputStream(Files.readAllBytes(file)))) {
            if (in.readUTF().equals(FORMAT)
                    && in.readUTF().equals(syntax.name())
                    && section(in).equals(text)) {
                return new Swc.Output(section(in), section(in));
            }
        } catch (IOException e) {
            // Absent, or cut short by a crash: transpile again.
        }
        return null;
    }

    private static String section(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("cut short");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static void write(Path file, Swc.Syntax syntax, String text, Swc.Output output) {
        try {
            Files.createDirectories(file.getParent());
            var bytes = new ByteArrayOutputStream();
            try (var out = new DataOutputStream(bytes)) {
                out.writeUTF(FORMAT);
                out.writeUTF(syntax.name());
                for (var section : new String[] {text, output.code(), output.mappings()}) {
                    var encoded = section.getBytes(StandardCharsets.UTF_8);
                    out.writeInt(encoded.length);
                    out.write(encoded);
                }
            }
            var part = Files.createTempFile(file.getParent(), "module", ".part");
            try {
                Files.write(part, bytes.toByteArray());
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            Log.debug(ModuleCache.class, "Transpiled module not kept in " + file, e);
        }
    }

    private static String name(Swc.Syntax syntax, String text) {
        // FNV-1a, 64 bits; see the note above on why that is enough.
        long hash = 0xcbf29ce484222325L + syntax.ordinal();
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return Long.toHexString(hash) + ".js";
    }
}
