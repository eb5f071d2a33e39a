package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsError.SourcePosition;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text of a syntax error as swc and Deno write it: message, source line, caret, position. */
final class SyntaxReport {
    private static final Pattern POSITION = Pattern.compile("\\n    at .*:(\\d+):(\\d+)$");

    private SyntaxReport() {}

    static String of(String message, String url, SourceMap.Position at, String line) {
        var number = Integer.toString(at.line());
        var gutter = " ".repeat(number.length());
        return "SyntaxError: " + message + "\n" + gutter + " |\n" + number + " | " + line + "\n" + gutter + " | "
                + " ".repeat(Math.max(0, at.column() - 1)) + "~\n    at " + url + ":" + number + ":" + at.column();
    }

    /** Where a report says the fault is, or null if it does not say. */
    static @Nullable SourcePosition position(String report, String url) {
        var matcher = POSITION.matcher(report);
        return matcher.find()
                ? new SourcePosition(url, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : null;
    }
}
