package dev.carillon.runtime.engine;

import dev.carillon.runtime.engine.SourceMap.Mapping;
import dev.carillon.runtime.engine.SourceMap.Position;
import dev.carillon.runtime.engine.Swc.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/*
 * The transpiler prints as it likes: types leave no lines, a literal of one line becomes five. A debugger with source maps
 * finds its way, but GraalVM's inspector, the protocol and whoever speaks it by hand know lines of the running code only. So
 * the code is laid out again, token by token: line ends go where the source has them, as far as the grammar allows. A
 * line end may always move to where the printer had one, and be added where a statement could not end and no rule
 * forbids one (never after `return`, say, or before `=>`). Whatever the source map has no place for stays on its line, so
 * code the transpiler has added pushes nothing down.
 */
/** Puts each piece of transpiled code on the line its author wrote it on. */
final class OriginalLines {
    /** After these, or before those, a line end means nothing. */
    private static final Set<String> OPEN = Set.of("(", "[", "{", ",", ";", "=", "=>", "?", ":", "&&", "||", "??");

    private static final Set<String> GOES_ON = Set.of(".", "?.");

    private final String code;
    private final List<Token> tokens;
    private final Map<Integer, Integer> lines = new HashMap<>(); // index in the code to line of the source
    private final StringBuilder out = new StringBuilder();
    private final int[] moved; // index of each token in the new text

    private OriginalLines(String code, List<Token> tokens) {
        this.code = code;
        this.tokens = tokens;
        moved = new int[tokens.size()];
    }

    /**
     * The same code, laid out anew, with its map; as it was if that would make other code of it.
     *
     * @param lexer finds the tokens of a text
     */
    static Swc.Output lay(Swc.Output output, Function<String, List<Token>> lexer) {
        var code = output.code();
        var laid = new OriginalLines(code, lexer.apply(code));
        var mappings = SourceMap.decode(output.mappings()).all();
        var starts = lineStarts(code);
        var indexes = mappings.stream()
                .map(mapping -> starts.get(mapping.running().line() - 1)
                        + mapping.running().column()
                        - 1)
                .toList();
        for (int i = 0; i < mappings.size(); i++) {
            laid.lines.put(indexes.get(i), mappings.get(i).original().line());
        }
        laid.print();
        var text = laid.out.toString();
        return texts(lexer.apply(text)).equals(texts(laid.tokens))
                ? new Swc.Output(text, SourceMap.encode(laid.move(mappings, indexes)))
                : output;
    }

    private static List<String> texts(List<Token> tokens) {
        return tokens.stream().map(Token::text).toList();
    }

    private static List<Integer> lineStarts(String text) {
        var starts = new ArrayList<>(List.of(0));
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
            starts.add(end + 1);
        }
        return starts;
    }

    private void print() {
        int line = 1;
        int end = 0;
        var before = "";
        for (int i = 0; i < tokens.size(); i++) {
            var token = tokens.get(i);
            var gap = code.substring(end, token.start());
            int missing = lines.getOrDefault(token.start(), 0) - line;
            if (before.startsWith("#!")) {
                missing = Math.max(1, missing); // it ends with its line
            } else if (missing > 0 && !mayBreak(before, gap, token.text())) {
                missing = 0;
            }
            if (missing > 0) {
                out.repeat('\n', missing);
                line += missing;
            } else if (!gap.isEmpty()) {
                out.append(' ');
            }
            moved[i] = out.length();
            out.append(token.text());
            line += (int) token.text().chars().filter(c -> c == '\n').count();
            before = token.text();
            end = token.end();
        }
    }

    private static boolean mayBreak(String before, String gap, String after) {
        return before.isEmpty() || gap.indexOf('\n') >= 0 || OPEN.contains(before) || GOES_ON.contains(after);
    }

    private List<Mapping> move(List<Mapping> mappings, List<Integer> indexes) {
        var text = out.toString();
        var starts = lineStarts(text);
        var all = new ArrayList<Mapping>();
        int token = 0;
        int line = 0;
        for (int i = 0; i < mappings.size(); i++) {
            int index = indexes.get(i);
            while (token < tokens.size() - 1 && tokens.get(token + 1).start() <= index) {
                token++;
            }
            if (tokens.isEmpty() || index < tokens.get(token).start()) {
                continue;
            }
            int inside = Math.min(
                    index - tokens.get(token).start(), tokens.get(token).text().length());
            int to = moved[token] + inside;
            while (line < starts.size() - 1 && starts.get(line + 1) <= to) {
                line++;
            }
            all.add(new Mapping(
                    new Position(line + 1, to - starts.get(line) + 1),
                    mappings.get(i).original()));
        }
        return all;
    }
}
