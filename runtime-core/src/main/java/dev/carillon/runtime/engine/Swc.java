package dev.carillon.runtime.engine;

import com.caoccao.javet.swc4j.Swc4j;
import com.caoccao.javet.swc4j.Swc4jLibLoader;
import com.caoccao.javet.swc4j.enums.Swc4jMediaType;
import com.caoccao.javet.swc4j.enums.Swc4jParseMode;
import com.caoccao.javet.swc4j.enums.Swc4jSourceMapOption;
import com.caoccao.javet.swc4j.exceptions.Swc4jCoreException;
import com.caoccao.javet.swc4j.interfaces.ISwc4jLibLoadingListener;
import com.caoccao.javet.swc4j.options.Swc4jDecoratorsTranspileOption;
import com.caoccao.javet.swc4j.options.Swc4jParseOptions;
import com.caoccao.javet.swc4j.options.Swc4jTranspileOptions;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The TypeScript transpiler: swc, the one Deno uses, behind one narrow door. Holds a native library of 20 MB, so it is
 * created on first need only, once per process.
 *
 * <p>Threads: any; the library keeps no state between calls.
 */
final class Swc {
    private static final String VERSION = "2.2.0";
    private static final URL SPECIFIER = specifier();

    private final Swc4j swc;

    private Swc(Swc4j swc) {
        this.swc = swc;
    }

    /** What became of a source: plain JavaScript and the mappings back. */
    record Output(String code, String mappings) {}

    /** The source is not what its name says; the message is swc's, with position, source line and caret. */
    static final class SyntaxFault extends Exception {
        private static final long serialVersionUID = 1;

        SyntaxFault(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * @param library where the native library is unpacked to, once for all processes
     * @throws IllegalStateException if this platform has no native library on the class path
     */
    static Swc load(Path library) {
        var name = libraryName();
        var resource = Swc.class.getResource("/" + name);
        if (resource == null) {
            throw new IllegalStateException("No TypeScript transpiler for this platform: " + name
                    + " is not on the class path. Add the swc4j artefact of this platform, or run plain JavaScript");
        }
        try {
            var file = library.resolve(name);
            long size = resource.openConnection().getContentLengthLong();
            if (!Files.isRegularFile(file) || Files.size(file) != size) {
                unpack(resource, file);
            }
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Cannot unpack the TypeScript transpiler into " + library + ": " + e.getMessage(), e);
        }
        Swc4jLibLoader.setLibLoadingListener(new FixedPlace(library.toFile()));
        var swc = new Swc(new Swc4j());
        // Loads the classes of a call here: the thread of the real calls must not open files (see MutedThread).
        swc.warmUp();
        return swc;
    }

    private void warmUp() {
        try {
            swc.transpile("", options(Syntax.TYPESCRIPT));
        } catch (Swc4jCoreException e) {
            throw new IllegalStateException("The TypeScript transpiler does not work: " + e.getMessage(), e);
        }
    }

    private static Swc4jTranspileOptions options(Syntax syntax) {
        return new Swc4jTranspileOptions()
                .setDecorators(Swc4jDecoratorsTranspileOption.Ecma())
                .setInlineSources(false)
                .setMediaType(syntax.mediaType)
                .setParseMode(Swc4jParseMode.Module)
                .setSourceMap(Swc4jSourceMapOption.Separate)
                .setSpecifier(SPECIFIER);
    }

    private static URL specifier() {
        try {
            return URI.create("file:///source").toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void unpack(URL resource, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        var part = Files.createTempFile(file.getParent(), "swc", ".part");
        try {
            try (var in = resource.openStream()) {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            }
            // Two processes may do this at once; either result is whole.
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static String libraryName() {
        var os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var arch = System.getProperty("os.arch");
        boolean arm = arch.equals("aarch64") || arch.equals("arm64");
        var place = os.contains("win") ? "windows" : os.contains("mac") ? "macos" : "linux";
        var end = Map.of("windows", "dll", "macos", "dylib", "linux", "so").get(place);
        return "libswc4j-" + place + "-" + (arm ? "arm64" : "x86_64") + ".v." + VERSION + "." + end;
    }

    /** @param url names the source in messages; its extension does not matter */
    Output transpile(String url, String source, Syntax syntax) throws SyntaxFault {
        try {
            var options = options(syntax);
            var runnable = UsingDeclarations.mayBeIn(source) ? withoutUsing(source, syntax) : source;
            var output = MutedThread.call(() -> swc.transpile(runnable, options));
            var map = output.getSourceMap();
            var mappings = map == null ? null : JsonText.parse(map) instanceof Map<?, ?> m ? m.get("mappings") : null;
            return new Output(output.getCode(), mappings instanceof String text ? text : "");
        } catch (Swc4jCoreException e) {
            var message = String.valueOf(e.getMessage());
            throw new SyntaxFault(message.replace("file:///source:", url + ":"));
        } catch (IllegalArgumentException e) {
            throw new SyntaxFault("SyntaxError: " + e.getMessage() + "\n    at " + url);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("The TypeScript transpiler failed on " + url + ": " + e.getMessage(), e);
        }
    }

    /**
     * What the parser takes for tokens.
     *
     * @param code free of faults
     */
    List<Token> tokens(String code) {
        try {
            var options = parseOptions(Syntax.JAVASCRIPT).setCaptureTokens(true);
            var tokens = new ArrayList<Token>();
            int at = 0;
            int codePoints = 0; // the parser counts them
            for (var token : swc.parse(code, options).getTokens()) {
                var span = token.getSpan();
                int start = code.offsetByCodePoints(at, span.getStart() - codePoints);
                at = code.offsetByCodePoints(start, span.getEnd() - span.getStart());
                codePoints = span.getEnd();
                tokens.add(new Token(start, code.substring(start, at)));
            }
            return tokens;
        } catch (Swc4jCoreException e) {
            throw new IllegalStateException("The TypeScript transpiler does not read its own code", e);
        }
    }

    /** @param start index of its first character */
    record Token(int start, String text) {
        int end() {
            return start + text.length();
        }
    }

    private static Swc4jParseOptions parseOptions(Syntax syntax) {
        return new Swc4jParseOptions()
                .setMediaType(syntax.mediaType)
                .setParseMode(Swc4jParseMode.Module)
                .setSpecifier(SPECIFIER);
    }

    private String withoutUsing(String source, Syntax syntax) throws Exception {
        var options = parseOptions(syntax);
        MutedThread.call(() -> swc.parse(source, options));
        // Free of faults, so it goes without the muted thread, which must not load the many classes of a tree.
        options.setCaptureAst(true);
        return UsingDeclarations.lower(source, swc.parse(source, options).getProgram());
    }

    /** Languages swc turns into plain JavaScript. */
    enum Syntax {
        JAVASCRIPT(Swc4jMediaType.JavaScript),
        JSX(Swc4jMediaType.Jsx),
        TYPESCRIPT(Swc4jMediaType.TypeScript),
        TSX(Swc4jMediaType.Tsx);

        private final Swc4jMediaType mediaType;

        Syntax(Swc4jMediaType mediaType) {
            this.mediaType = mediaType;
        }
    }

    /** Without it the library unpacks 20 MB per process and leaves them behind. */
    private record FixedPlace(File directory) implements ISwc4jLibLoadingListener {
        @Override
        public File getLibPath() {
            return directory;
        }

        @Override
        public boolean isDeploy() {
            return false;
        }
    }
}
