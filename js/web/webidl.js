/*
 * What every class and function of the web platform does the same way: argument counts, enumerable members, tags,
 * conversions with Deno's error texts.
 */
import { defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames } from "ext:web/primordials.js";
import { privateCustomInspect, visibleProperties } from "ext:web/shown.js";

const { isNaN, MAX_SAFE_INTEGER } = Number;
const { trunc } = Math;
const iteratorSymbol = Symbol.iterator;

/** Passed to a constructor by ourselves; scripts get "Illegal constructor". */
export const internal = Symbol("internal");

function coded(message, code) {
  const error = new TypeError(message);
  error.code = code;
  return error;
}

export function illegalConstructor() {
  throw coded("Illegal constructor", "ERR_ILLEGAL_CONSTRUCTOR");
}

export function illegalInvocation() {
  return coded("Illegal invocation", "ERR_INVALID_THIS");
}

/** @param where such as `Failed to execute 'mark' on 'Performance'` */
export function requireArguments(count, required, where) {
  if (count >= required) return;
  throw coded(
    `${where}: ${required} argument${required === 1 ? "" : "s"} required, but only ${count} present`,
    "ERR_MISSING_ARGS",
  );
}

/** `value` as an array, by its iterator. */
export function toSequence(value, where) {
  const iterate = value === null || typeof value !== "object" && typeof value !== "function" ? undefined : value[iteratorSymbol];
  if (typeof iterate !== "function") throw new TypeError(`${where} can not be converted to sequence.`);
  return [...value];
}

/** `value` as an integer between 0 and 2^53 - 1, refused outside of it. */
export function toUnsignedSafe(value, where) {
  const number = +value;
  const whole = isNaN(number) ? 0 : trunc(number);
  if (whole < 0 || whole > MAX_SAFE_INTEGER) {
    throw new TypeError(`${where} is outside the accepted range of 0 to ${MAX_SAFE_INTEGER}, inclusive`);
  }
  return whole + 0;
}

/** The bytes of a buffer source, as a view without copying; undefined for anything else. */
export function bytesOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || (typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer)) {
    return new Uint8Array(value);
  }
  return undefined;
}

function showMembers(object, except) {
  for (const name of getOwnPropertyNames(object)) {
    const descriptor = getOwnPropertyDescriptor(object, name);
    if (!descriptor.enumerable && descriptor.configurable && !except.includes(name)) {
      defineProperty(object, name, { ...descriptor, enumerable: true });
    }
  }
}

/** Gives a class the shape of a platform class: members enumerable, tag, print-out of `shown` properties; not global. */
export function configureClass(constructor, shown) {
  const prototype = constructor.prototype;
  showMembers(prototype, ["constructor"]);
  showMembers(constructor, ["length", "name", "prototype"]);
  defineProperty(prototype, Symbol.toStringTag, { value: constructor.name, configurable: true });
  if (shown !== undefined) {
    defineProperty(prototype, privateCustomInspect, {
      value(inspect, options) {
        return inspect(visibleProperties(this, shown), options);
      },
      configurable: true,
      writable: true,
    });
  }
}
