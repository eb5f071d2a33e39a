/**
 * What an extension author needs: {@code JsRuntime}, {@code Extension}, {@code Op}, {@code Resource},
 * {@code ResourceTable} and the errors guest code can see.
 */
@NullMarked
package dev.carillon.runtime;

import org.jspecify.annotations.NullMarked;
