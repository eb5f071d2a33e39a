package dev.carillon.runtime;

import org.jspecify.annotations.Nullable;

/**
 * An op as an extension's middleware sees it: it may put another implementation in its place or disable it, but not
 * rename it.
 *
 * @param name {@code op_…}
 * @param extension who declares it
 * @param async true if guest code gets a promise
 * @param disabled true if calling it throws {@code op is disabled}
 * @param replacement an object with one {@link Op} method of the same name, or null for the original
 */
public record OpDeclaration(
        String name,
        String extension,
        boolean async,
        boolean disabled,
        @Nullable Object replacement) {

    public OpDeclaration disable() {
        return new OpDeclaration(name, extension, async, true, replacement);
    }

    /** @param target an object with one {@link Op} method of the same name, as asynchronous as the original */
    public OpDeclaration implementedBy(Object target) {
        return new OpDeclaration(name, extension, async, disabled, target);
    }
}
