package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsError;
import org.jspecify.annotations.Nullable;

/** An error as js/core describes it to the host, in JSON. */
record ErrorReport(
        String errorClass,
        String message,
        String report,
        @Nullable String specifier,
        int line,
        int column) {

    static JsError read(String json) {
        return OpDecl.JSON.readValue(json, ErrorReport.class).toError();
    }

    private JsError toError() {
        var position = specifier == null ? null : new JsError.SourcePosition(specifier, line, column);
        return new JsError(errorClass, message, report, position);
    }
}
