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
        var excerpt = position == null ? "" : excerpt(modules, position);
        return new JsError(errorClass, message, "Uncaught " + where + head + excerpt + tail, position);
    }

    /** The report of a main module that did not load or link; empty if it got further than that. */
    Optional<JsError> loading(ModuleLoader modules) {
        if (modules.started()) {
            return Optional.empty();
        }
        var failure = LOADING_CODE.equals(code) ? modules.failure(message).orElse(null) : null;
        if (failure != null) {
            return Optional.of(new JsError(errorClass, message, failure.report(), failure.position()));
        }
        var position = modules.missingExport(message).orElse(null);
        var place = position == null
                ? ""
                : excerpt(modules, position) + "\n    at <anonymous> (" + StackTraces.place(position) + ")";
        return Optional.of(new JsError(errorClass, message, "Uncaught " + head + place, position));
    }

    private static String excerpt(ModuleLoader modules, SourcePosition position) {
        return modules.line(position.specifier(), position.line())
                .filter(text -> !text.isBlank() && text.length() <= LINE_LENGTH_MAX)
                .map(text -> "\n" + text + "\n" + caret(text, position.column()))
                .orElse("");
    }

    private static String caret(String text, int column) {
        var indent = new StringBuilder();
        for (int i = 0; i < column - 1; i++) {
            indent.append(i < text.length() && text.charAt(i) == '\t' ? '\t' : ' ');
        }
        return indent.append('^').toString();
    }
}
