/** The backend of one process: everything ordered in memory, every commit appended to one file, or to none. */
@NullMarked
package dev.carillon.kv.log;

import org.jspecify.annotations.NullMarked;
