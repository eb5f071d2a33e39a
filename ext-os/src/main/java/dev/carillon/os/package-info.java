/**
 * The operating system as a script expects it: environment, arguments, exit, files, process and system facts,
 * {@code Deno.permissions}.
 */
@NullMarked
package dev.carillon.os;

import org.jspecify.annotations.NullMarked;
