/** {@code Main}: arguments, exit codes, the only printing and {@code System.exit}. */
@NullMarked
package dev.carillon.scheduler.cli;

import org.jspecify.annotations.NullMarked;
