/**
 * The checker that grades a running service from outside: an independent sink, an oracle for what was due, verdicts and a
 * report. It shares no code with the engine it checks, so that a bug cannot vouch for itself.
 */
@NullMarked
package dev.carillon.chaos;

import org.jspecify.annotations.NullMarked;
