package dev.carillon.runtime;

import org.jspecify.annotations.Nullable;

/**
 * An error thrown by guest code, as the host sees it: in original source positions, without Java frames.
 */
public final class JsError extends RuntimeException {
    private final String errorClass;
    private final String report;
    private final @Nullable SourcePosition position;

    /**
     * @param errorClass the JS class, such as {@code TypeError}; empty for a thrown value that is no Error
     * @param message the error's message, or the value in inspected form
     * @param report the whole text a terminal shows: {@code Uncaught …}, source line, caret, stack, causes
     * @param position where it was thrown, if known
     */
    public JsError(String errorClass, String message, String report, @Nullable SourcePosition position) {
        super(message, null, false, false);
        this.errorClass = errorClass;
        this.report = report;
        this.position = position;
    }

    public String errorClass() {
        return errorClass;
    }

    /** The text a terminal shows, several lines, no trailing line end, no colours. */
    public String report() {
        return report;
    }

    public @Nullable SourcePosition position() {
        return position;
    }

    /** Line and column count from 1. */
    public record SourcePosition(String specifier, int line, int column) {}
}
