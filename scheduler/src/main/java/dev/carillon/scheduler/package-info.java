/** Wiring, configuration, the scripts' supervisor, start and stop. */
@NullMarked
package dev.carillon.scheduler;

import org.jspecify.annotations.NullMarked;
