/**
 * {@code Deno.openKv}: {@code KvStore}, {@code AtomicWrite}, {@code KvLimits}, {@code KvSelector} and the {@code op_kv_*}
 * ops.
 */
@NullMarked
package dev.carillon.kv;

import org.jspecify.annotations.NullMarked;
