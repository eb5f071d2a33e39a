package dev.carillon.runtime.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * Reads deno.json, import maps and source maps. A JSON library would do, but loading one costs more than the whole
 * start of a small script, and nearly every script has a deno.json next to it.
 */
/**
 * A reader of JSON with comments and trailing commas (JSONC) into maps, lists, strings, doubles, booleans and null.
 */
final class JsonText {
    private static final int DEPTH_MAX = 200;

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException with line and column if {@code text} is not JSON */
    static @Nullable Object parse(String text) {
        var reader = new JsonText(text.startsWith("\uFEFF") ? text.substring(1) : text);
        var value = reader.value(0);
        reader.skip();
        if (reader.at < reader.text.length()) {
            throw reader.wrong("unexpected text after the value");
        }
        return value;
    }

    private @Nullable Object value(int depth) {
        skip();
        if (at >= text.length()) {
            throw wrong("unexpected end");
        }
        if (depth > DEPTH_MAX) {
            throw wrong("nested deeper than " + DEPTH_MAX);
        }
        char c = text.charAt(at);
        return switch (c) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object(int depth) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        at++;
        while (!closes('}')) {
            if (text.charAt(at) != '"') {
                throw wrong("expected a property name in double quotes");
            }
            var key = string();
            skip();
            expect(':');
            map.put(key, value(depth + 1));
            separator('}');
        }
        return map;
    }

    private List<@Nullable Object> array(int depth) {
        var list = new ArrayList<@Nullable Object>();
        at++;
        while (!closes(']')) {
            list.add(value(depth + 1));
            separator(']');
        }
        return list;
    }

    private boolean closes(char end) {
        skip();
        if (at >= text.length()) {
            throw wrong("unexpected end");
        }
        if (text.charAt(at) == end) {
            at++;
            return true;
        }
        return false;
    }

    private void separator(char end) {
        skip();
        if (at < text.length() && text.charAt(at) == end) {
            return;
        }
        expect(',');
    }

    private void expect(char c) {
        if (at >= text.length() || text.charAt(at) != c) {
            throw wrong("expected '" + c + "'");
        }
        at++;
    }

    private String string() {
        int start = ++at;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '"') {
            return text.substring(start, at++);
        }
        var out = new StringBuilder().append(text, start, at);
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            out.append(c == '\\' ? escape() : c);
        }
        throw wrong("unterminated string");
    }

    private char escape() {
        if (at >= text.length()) {
            throw wrong("unterminated string");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case '"', '\\', '/' -> c;
            case 'u' -> {
                if (at + 4 > text.length()) {
                    throw wrong("unterminated escape");
                }
                at += 4;
                try {
                    yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
                } catch (NumberFormatException e) {
                    throw wrong("bad \\u escape");
                }
            }
            default -> throw wrong("bad escape \\" + c);
        };
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw wrong("unexpected text");
        }
        at += word.length();
        return value;
    }

    private Double number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            return Double.valueOf(text.substring(start, at));
        } catch (NumberFormatException e) {
            at = start;
            throw wrong("unexpected text");
        }
    }

    private void skip() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '/' && text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (c == '/' && text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                if (end < 0) {
                    throw wrong("unterminated comment");
                }
                at = end + 2;
            } else if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
                at++;
            } else {
                return;
            }
        }
    }

    private IllegalArgumentException wrong(String what) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(at, text.length()); i++) {
            column++;
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            }
        }
        return new IllegalArgumentException(what + " on line " + line + " column " + column);
    }
}
