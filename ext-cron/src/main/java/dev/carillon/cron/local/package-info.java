/** The one-process backend. */
@NullMarked
package dev.carillon.cron.local;

import org.jspecify.annotations.NullMarked;
