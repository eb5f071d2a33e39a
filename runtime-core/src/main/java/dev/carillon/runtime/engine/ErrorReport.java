package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsError;
import dev.carillon.runtime.JsError.SourcePosition;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An uncaught error as js/core describes it to the host, in JSON.
 *
 * @param where {@code "(in promise) "} or empty
 * @param head class and message, or the thrown value; further lines for the errors of an aggregate
 * @param tail the stack and the causes, each line with its line end before it
 * @param specifier the module of the first frame, or null
 * @param code the error's own {@code code}, or null
 */
record ErrorReport(
        String errorClass,
        String message,
        String where,
        String head,
        String tail,
        @Nullable String specifier,
        int line,
        int column,
        @Nullable String code) {
    private static final String LOADING_CODE = "ERR_MODULE_NOT_FOUND";
    private static final int LINE_LENGTH_MAX = 150; // a longer one is not shown; source: deno's fmt_errors.rs

    static ErrorReport read(String json) {
        return Json.MAPPER.readValue(json, ErrorReport.class);
    }

    /** With the line of code it was thrown in, and a caret under the place. */
    JsError toError(ModuleLoader modules) {
        var position = specifier == null ? null : new SourcePosition(specifier, line, column);
        var excerpt = position == null
                ? ""
                : modules.line(position.specifier(), line)
                        .filter(text -> !text.isBlank() && text.length() <= LINE_LENGTH_MAX)
                        .map(text -> "\n" + text + "\n" + caret(text))
                        .orElse("");
        return new JsError(errorClass, message, "Uncaught " + where + head + excerpt + tail, position);
    }

    /** The report of a module that did not load; empty if that is not what happened. */
    Optional<JsError> loading(ModuleLoader modules) {
        return LOADING_CODE.equals(code)
                ? modules.failure(message)
                        .map(failure -> new JsError(errorClass, message, failure.report(), failure.position()))
                : Optional.empty();
    }

    private String caret(String text) {
        var indent = new StringBuilder();
        for (int i = 0; i < column - 1; i++) {
            indent.append(i < text.length() && text.charAt(i) == '\t' ? '\t' : ' ');
        }
        return indent.append('^').toString();
    }
}
