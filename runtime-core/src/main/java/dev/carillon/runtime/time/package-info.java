/** {@code TimeSource} and its system implementation; the only reader of the clock. */
@NullMarked
package dev.carillon.runtime.time;

import org.jspecify.annotations.NullMarked;
