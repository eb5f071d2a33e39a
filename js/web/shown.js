/*
 * What classes of ours say of how they print. Apart from inspect.js, which reads it, because that is large and only loaded
 * when the first object is printed.
 */
import { defineProperty, getPrototypeOf, objectCreate, objectKeys } from "ext:web/primordials.js";

/** The key of a method that prints its object itself: `(inspect, options) => string`. */
export const customInspect = Symbol.for("Deno.customInspect");
/** The same for our own classes; comes after {@link customInspect}, before Node's. */
export const privateCustomInspect = Symbol.for("Deno.privateCustomInspect");

/**
 * For classes of ours that print as their public properties: a stand-in that has the class and tag of `object` but
 * only `keys`, with the values read now. Use in a privateCustomInspect method:
 * `return inspect(visibleProperties(this, ["url", "ok"]), options)`.
 */
export function visibleProperties(object, keys) {
  const shown = objectCreate(getPrototypeOf(object));
  defineProperty(shown, privateCustomInspect, { value: undefined });
  for (const key of keys) {
    defineProperty(shown, key, { value: object[key], enumerable: true, configurable: true, writable: true });
  }
  return shown;
}

/** {@link visibleProperties} for what is not a public property: shows `values` under the class of `object`. */
export function shownAs(object, values) {
  const shown = visibleProperties(object, []);
  for (const key of objectKeys(values)) {
    defineProperty(shown, key, { value: values[key], enumerable: true, configurable: true, writable: true });
  }
  return shown;
}
