package dev.carillon.runtime.engine;

import com.caoccao.javet.swc4j.ast.interfaces.ISwc4jAst;
import com.caoccao.javet.swc4j.ast.program.Swc4jAstModule;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstBlockStmt;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstForOfStmt;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstUsingDecl;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/*
 * Neither GraalJS runs `using` nor does swc lower it here, so it is written in terms of a DisposableStack, by edits of the
 * text that keep every line where it is:
 *
 *   { using a = f(); g(a); }
 *   {const $using0=new DisposableStack();try{ const a = $using0.use(f()); g(a); }
 *     catch($e){$using0.defer(()=>{throw $e})}finally{$using0.dispose()}}
 *
 * Deferring the throw puts the body's error first, so that what fails later suppresses it, as the standard says. At the
 * top level of a module there is nothing to try around (imports and exports cannot be wrapped): resources there are let
 * go when the module's body ends, but not when it throws, which ends the script anyway.
 */
/** Rewrites {@code using} and {@code await using} into what the engine can run. */
final class UsingDeclarations {
    private static final Pattern MENTIONED = Pattern.compile("\\busing\\s+[\\w$]");
    private static final Pattern KEYWORD = Pattern.compile("(?:await\\s+)?using\\b");

    private final String text;
    private final List<Edit> edits = new ArrayList<>();
    private int stacks;

    private UsingDeclarations(String text) {
        this.text = text;
    }

    /** Replaces the characters from {@code start} to {@code end}. */
    private record Edit(int start, int end, String with) {}

    /** False for text that certainly has none. */
    static boolean mayBeIn(String text) {
        return MENTIONED.matcher(text).find();
    }

    /** @throws IllegalArgumentException for a declaration in a place that is not supported; says which */
    static String lower(String text, ISwc4jAst program) {
        var lowering = new UsingDeclarations(text);
        lowering.visit(program);
        return lowering.apply();
    }

    private void visit(ISwc4jAst node) {
        var own = new ArrayList<Swc4jAstUsingDecl>();
        for (var child : node.getChildNodes()) {
            if (child instanceof Swc4jAstUsingDecl using) {
                own.add(using);
            }
            visit(child);
        }
        if (own.isEmpty()) {
            return;
        }
        var stack = "$using" + stacks++;
        boolean async = own.stream().anyMatch(Swc4jAstUsingDecl::isAwait);
        switch (node) {
            case Swc4jAstBlockStmt block -> {
                insert(start(block) + 1, open(stack, async) + "try{");
                own.forEach(using -> declare(using, stack));
                insert(end(block) - 1, close(stack, async));
            }
            case Swc4jAstModule module -> {
                insert(start(own.getFirst()), open(stack, async));
                own.forEach(using -> declare(using, stack));
                insert(text.length(), "\n;" + dispose(stack, async) + ";");
            }
            case Swc4jAstForOfStmt loop -> {
                var declaration = own.getFirst();
                int nameStart = keywordEnd(declaration);
                var name = text.substring(nameStart, end(declaration)).strip();
                edits.add(new Edit(start(declaration), end(declaration), "const " + stack + "value"));
                insert(
                        start(loop.getBody()),
                        "{" + open(stack, async) + "try{const " + name + "=" + stack + ".use(" + stack + "value);");
                insert(end(loop.getBody()), close(stack, async) + "}");
            }
            default -> {
                int line = 1
                        + (int) text.substring(0, start(own.getFirst()))
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                throw new IllegalArgumentException("'using' on line " + line
                        + " stands where it is not supported: put it into a block of its own");
            }
        }
    }

    private void declare(Swc4jAstUsingDecl using, String stack) {
        int start = start(using);
        int end = keywordEnd(using);
        edits.add(new Edit(start, end, "const" + " ".repeat(end - start - "const".length())));
        for (var declarator : using.getDecls()) {
            declarator.getInit().ifPresent(init -> {
                insert(start(init), stack + ".use(");
                insert(end(init), ")");
            });
        }
    }

    private static String open(String stack, boolean async) {
        return "const " + stack + "=new " + (async ? "AsyncDisposableStack" : "DisposableStack") + "();";
    }

    private static String close(String stack, boolean async) {
        return "}catch($e){" + stack + ".defer(()=>{throw $e})}finally{" + dispose(stack, async) + "}";
    }

    private static String dispose(String stack, boolean async) {
        return async ? "await " + stack + ".disposeAsync()" : stack + ".dispose()";
    }

    private int keywordEnd(Swc4jAstUsingDecl using) {
        var keyword = KEYWORD.matcher(text).region(start(using), end(using));
        if (!keyword.lookingAt()) {
            throw new IllegalStateException("no 'using' at " + start(using));
        }
        return keyword.end();
    }

    private void insert(int at, String what) {
        edits.add(new Edit(at, at, what));
    }

    // The parser counts code points.
    private int start(ISwc4jAst node) {
        return text.offsetByCodePoints(0, node.getSpan().getStart());
    }

    private int end(ISwc4jAst node) {
        return text.offsetByCodePoints(0, node.getSpan().getEnd());
    }

    private String apply() {
        var out = new StringBuilder();
        int at = 0;
        // Stable: what belongs together at one place stays in the order it was asked for.
        edits.sort(Comparator.comparingInt(Edit::start));
        for (var edit : edits) {
            out.append(text, at, edit.start).append(edit.with);
            at = edit.end;
        }
        return out.append(text, at, text.length()).toString();
    }
}
