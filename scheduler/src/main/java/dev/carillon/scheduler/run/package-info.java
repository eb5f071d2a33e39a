/**
 * {@code Run}, its states and transitions, which occurrences are skipped and why, and the recorder around a backend:
 * pure decisions; no Quartz, no SQL, no HTTP.
 */
@NullMarked
package dev.carillon.scheduler.run;

import org.jspecify.annotations.NullMarked;
