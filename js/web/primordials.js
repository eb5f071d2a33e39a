/*
 * What inspect.js and others that are loaded late use of the builtins, taken before any script runs: a script may have
 * broken them by then.
 */
export const {
  create: objectCreate,
  defineProperty,
  getOwnPropertyDescriptor,
  getOwnPropertyDescriptors,
  getOwnPropertyNames,
  getOwnPropertySymbols,
  getPrototypeOf,
  keys: objectKeys,
  prototype: objectPrototype,
} = Object;
export const { isArray } = Array;
export const { ownKeys, apply } = Reflect;
export const { is } = Object;
export const { isNaN: numberIsNaN } = Number;
export const uncurry = (fn) => (self, ...args) => apply(fn, self, args);
const slot = (proto, name) => uncurry(getOwnPropertyDescriptor(proto, name).get);
export const hasOwn = uncurry(objectPrototype.hasOwnProperty);
export const isEnumerable = uncurry(objectPrototype.propertyIsEnumerable);
export const classTag = uncurry(objectPrototype.toString);
export const functionText = uncurry(Function.prototype.toString);
export const errorText = uncurry(Error.prototype.toString);
export const dateText = uncurry(Date.prototype.toISOString);
export const dateValue = uncurry(Date.prototype.getTime);
export const regExpText = uncurry(RegExp.prototype.toString);
export const symbolText = uncurry(Symbol.prototype.toString);
export const numberOf = uncurry(Number.prototype.valueOf);
export const stringOf = uncurry(String.prototype.valueOf);
export const booleanOf = uncurry(Boolean.prototype.valueOf);
export const bigintOf = uncurry(BigInt.prototype.valueOf);
export const symbolOf = uncurry(Symbol.prototype.valueOf);
export const mapSize = slot(Map.prototype, "size");
export const mapEntries = uncurry(Map.prototype.entries);
export const setSize = slot(Set.prototype, "size");
export const setValues = uncurry(Set.prototype.values);
export const weakMapHas = uncurry(WeakMap.prototype.has);
export const weakSetHas = uncurry(WeakSet.prototype.has);
const TypedArray = getPrototypeOf(Uint8Array);
export const typedArrayTag = slot(TypedArray.prototype, Symbol.toStringTag);
export const typedArrayLength = slot(TypedArray.prototype, "length");
export const bufferLength = slot(ArrayBuffer.prototype, "byteLength");
export const sharedLength = typeof SharedArrayBuffer === "function" ? slot(SharedArrayBuffer.prototype, "byteLength") : null;
export const viewBuffer = slot(DataView.prototype, "buffer");
export const viewLength = slot(DataView.prototype, "byteLength");
export const viewOffset = slot(DataView.prototype, "byteOffset");
export const safeUint8Array = Uint8Array;
export const { toStringTag } = Symbol;

const { isError: nativeIsError } = Error;
const SafeError = Error;

/** Whether `value` is a native Error, of whatever prototype. */
export function isError(value) {
  if (value === null || typeof value !== "object") return false;
  if (nativeIsError !== undefined) return nativeIsError(value);
  return value instanceof SafeError;
}
