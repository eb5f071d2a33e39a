package dev.carillon.runtime.engine;

import dev.carillon.runtime.JsError.SourcePosition;
import org.jspecify.annotations.Nullable;

/**
 * Why a module did not load, in the words a terminal shows.
 *
 * @param message the message of the error guest code sees
 * @param report the message with its hints and the importing position, several lines, without {@code error:}
 * @param position of the fault itself for a syntax error, else of the import that asked for the module
 */
record ModuleFailure(
        String message, String report, @Nullable SourcePosition position) {}
