/** Jobs, runs, console lines and nodes in a database, and its migrations; only room of the service with {@code java.sql}. */
@NullMarked
package dev.carillon.scheduler.store;

import org.jspecify.annotations.NullMarked;
