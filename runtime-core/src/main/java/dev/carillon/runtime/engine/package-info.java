/**
 * Context, event loop, op binding, module loading, value conversion; the only room importing {@code org.graalvm}.
 */
@NullMarked
package dev.carillon.runtime.engine;

import org.jspecify.annotations.NullMarked;
