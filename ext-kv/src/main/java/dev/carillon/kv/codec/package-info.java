/** The ordered encoding of keys, and versionstamps: pure, no clock, no store. */
@NullMarked
package dev.carillon.kv.codec;

import org.jspecify.annotations.NullMarked;
