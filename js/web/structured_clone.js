/*
 * structuredClone: a deep copy of data, cycles and shared parts kept. Functions, symbols and everything that stands for
 * more than data (promises, weak collections, proxies) are refused with DataCloneError, in V8's words.
 */
import { core } from "ext:core/mod.js";
import { DOMException } from "ext:web/dom_exception.js";
import { privateCustomInspect } from "ext:web/shown.js";
import { isError } from "ext:web/primordials.js";
import { requireArguments, toSequence } from "ext:web/webidl.js";

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, keys: objectKeys } = Object;
const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1);
const TypedArray = getPrototypeOf(Uint8Array);
const typedArrayName = getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag).get;
const constructors = new Map(
  ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
    "Float16Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"]
    .filter((name) => typeof globalThis[name] === "function").map((name) => [name, globalThis[name]]),
);
const errors = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((it) => [it.name, it]),
);
const peek = core.peek ?? (() => null);
const SafeMap = Map;
const SafeSet = Set;
const SafeDate = Date;
const SafeRegExp = RegExp;
const SafeDataView = DataView;
const SafeArrayBuffer = ArrayBuffer;
const { transfer: transferBuffer, slice: sliceBuffer } = ArrayBuffer.prototype;
const isDetached = getOwnPropertyDescriptor(ArrayBuffer.prototype, "detached")?.get ?? (() => false);
const holds = (fn, value) => {
  try {
    fn.call(value);
    return true;
  } catch {
    return false;
  }
};
const mapSize = getOwnPropertyDescriptor(Map.prototype, "size").get;
const setSize = getOwnPropertyDescriptor(Set.prototype, "size").get;
const bufferLength = getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get;
const viewLength = getOwnPropertyDescriptor(DataView.prototype, "byteLength").get;

/** Key of a method of our own classes that makes a clone of itself: `(clone) => object`. */
export const cloneMethod = Symbol("clone");

function refuse(value) {
  let text;
  if (typeof value === "function" || typeof value === "symbol") {
    text = String(value);
  } else {
    const name = getPrototypeOf(value)?.constructor?.name;
    text = `#<${typeof name === "string" && name !== "" ? name : "Object"}>`;
  }
  return new DOMException(`${text} could not be cloned.`, "DataCloneError");
}

class Cloner {
  #seen = new SafeMap(); // original -> copy

  constructor(transferred) {
    for (const [from, to] of transferred) this.#seen.set(from, to);
  }

  clone(value) {
    if (value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol")) return value;
    if (typeof value !== "object") throw refuse(value);
    const known = this.#seen.get(value);
    if (known !== undefined) return known;
    if (peek(value) !== null) throw refuse(value);
    return this.#object(value);
  }

  #keep(value, copy) {
    this.#seen.set(value, copy);
    return copy;
  }

  #object(value) {
    if (Array.isArray(value)) return this.#properties(value, this.#keep(value, new Array(value.length)));
    const own = value[cloneMethod];
    if (own !== undefined) return this.#keep(value, own.call(value, (part) => this.clone(part)));
    switch (tagOf(value)) {
      case "Boolean":
        return this.#keep(value, new Boolean(Boolean.prototype.valueOf.call(value)));
      case "Number":
        return this.#keep(value, new Number(Number.prototype.valueOf.call(value)));
      case "String":
        return this.#keep(value, new String(String.prototype.valueOf.call(value)));
      case "BigInt":
        return this.#keep(value, Object(BigInt.prototype.valueOf.call(value)));
      case "Date":
        return this.#keep(value, new SafeDate(SafeDate.prototype.getTime.call(value)));
      case "RegExp":
        return this.#keep(value, new SafeRegExp(value.source, value.flags));
      case "WeakMap":
      case "WeakSet":
      case "WeakRef":
      case "Symbol":
      case "Generator":
      case "AsyncGenerator":
        throw refuse(value);
    }
    if (holds(mapSize, value)) {
      const copy = this.#keep(value, new SafeMap());
      for (const [key, item] of [...SafeMap.prototype.entries.call(value)]) copy.set(this.clone(key), this.clone(item));
      return copy;
    }
    if (holds(setSize, value)) {
      const copy = this.#keep(value, new SafeSet());
      for (const item of [...SafeSet.prototype.values.call(value)]) copy.add(this.clone(item));
      return copy;
    }
    if (holds(bufferLength, value)) {
      if (isDetached.call(value)) throw new DOMException("An ArrayBuffer is detached and could not be cloned.", "DataCloneError");
      return this.#keep(value, sliceBuffer.call(value, 0));
    }
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (isError(value)) return this.#error(value);
    return this.#properties(value, this.#keep(value, {}));
  }

  #view(value) {
    const buffer = this.clone(value.buffer);
    const name = typedArrayName.call(value);
    if (name === undefined && holds(viewLength, value)) {
      return this.#keep(value, new SafeDataView(buffer, value.byteOffset, value.byteLength));
    }
    return this.#keep(value, new (constructors.get(name))(buffer, value.byteOffset, value.length));
  }

  #error(value) {
    if (value instanceof DOMException) return this.#keep(value, new DOMException(value.message, value.name));
    const constructor = errors.get(value.name) ?? Error;
    const message = getOwnPropertyDescriptor(value, "message");
    const copy = this.#keep(value, message === undefined ? new constructor() : new constructor(`${message.value}`));
    const stack = value.stack;
    if (typeof stack === "string") {
      defineProperty(copy, "stack", { value: stack, writable: true, configurable: true, enumerable: false });
    }
    const cause = getOwnPropertyDescriptor(value, "cause");
    if (cause !== undefined) {
      defineProperty(copy, "cause", {
        value: this.clone(cause.value),
        writable: true,
        configurable: true,
        enumerable: false,
      });
    }
    return copy;
  }

  #properties(value, copy) {
    // Platform objects print themselves; having no clone method, they are more than data.
    if (typeof value[privateCustomInspect] === "function") return copy;
    for (const key of objectKeys(value)) {
      defineProperty(copy, key, { value: this.clone(value[key]), writable: true, enumerable: true, configurable: true });
    }
    return copy;
  }
}

function takeOver(list) {
  const taken = new SafeMap();
  list.forEach((buffer, i) => {
    if (!(buffer instanceof SafeArrayBuffer)) throw new DOMException("Value not transferable", "DataCloneError");
    if (isDetached.call(buffer)) {
      throw new DOMException(`ArrayBuffer at index ${i} is already detached`, "DataCloneError");
    }
    taken.set(buffer, null);
  });
  return taken;
}

export function structuredClone(value, options) {
  const where = "Failed to execute 'structuredClone'";
  requireArguments(arguments.length, 1, where);
  const given = options?.transfer;
  if (given === undefined) return new Cloner([]).clone(value);
  const what = `${where}: 'transfer' of 'StructuredSerializeOptions' (Argument 2)`;
  const list = toSequence(given, what);
  list.forEach((it, i) => {
    if (it === null || (typeof it !== "object" && typeof it !== "function")) {
      throw new TypeError(`${what}, index ${i} is not an object`);
    }
  });
  const taken = takeOver(list);
  // Everything is cloned first, with copies of the buffers; only if that went well do the originals go.
  for (const buffer of taken.keys()) taken.set(buffer, sliceBuffer.call(buffer, 0));
  const clone = new Cloner(taken).clone(value);
  if (transferBuffer !== undefined) for (const buffer of taken.keys()) transferBuffer.call(buffer);
  return clone;
}
