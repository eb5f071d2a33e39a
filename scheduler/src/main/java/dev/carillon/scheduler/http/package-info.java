/** API and dashboard over read models. */
@NullMarked
package dev.carillon.scheduler.http;

import org.jspecify.annotations.NullMarked;
