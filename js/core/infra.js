// The way to the host: its bridge, errors across it, arguments of ops. Asynchronous ops have promises.js besides.
// Nothing here may be looked up on globals once a script runs.

import { load as loadLazy } from "ext:core/lazy";

const bridge = globalThis.__carillon_bridge;
delete globalThis.__carillon_bridge;

const { defineProperty, freeze } = Object;
const { apply } = Reflect;
const { isArray } = Array;
const { isSafeInteger, isInteger, MAX_SAFE_INTEGER, MIN_SAFE_INTEGER } = Number;
const { trunc, floor } = Math;
const { parse, stringify } = JSON;
const { asIntN } = BigInt;
const {
  AggregateError, ArrayBuffer, Error, Map, Promise, RangeError, ReferenceError, String, SyntaxError, TypeError, Uint8Array, URIError,
} = globalThis;
const { isView } = ArrayBuffer;
const { captureStackTrace } = Error;

export function uncurryThis(fn) {
  return (self, ...args) => apply(fn, self, args);
}

function getter(prototype, name) {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name);
  return (self) => apply(get, self, []);
}

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
const typedBuffer = getter(TypedArrayPrototype, "buffer");
const typedOffset = getter(TypedArrayPrototype, "byteOffset");
const typedLength = getter(TypedArrayPrototype, "byteLength");
const dataBuffer = getter(DataView.prototype, "buffer");
const dataOffset = getter(DataView.prototype, "byteOffset");
const dataLength = getter(DataView.prototype, "byteLength");
const tagOf = getter(TypedArrayPrototype, Symbol.toStringTag);
const { isWellFormed, match, replaceAll, search, slice, startsWith, toWellFormed } = String.prototype;
const promiseThen = Promise.prototype.then;
// For glue that is loaded when a script may have broken them.
const { fromCharCode } = String;
const strings = { match, replaceAll, search, slice, startsWith };
const maps = {
  delete: Map.prototype.delete,
  forEach: Map.prototype.forEach,
  get: Map.prototype.get,
  has: Map.prototype.has,
  set: Map.prototype.set,
};
const numbers = { floor, isInteger, MAX_SAFE_INTEGER, MIN_SAFE_INTEGER, trunc };
export {
  AggregateError, apply, bridge, captureStackTrace, Error, freeze, fromCharCode, isArray, isView, Map, maps, numbers, parse,
  Promise, promiseThen, ReferenceError, String, strings, stringify, SyntaxError, TypeError, Uint8Array,
};

// --- errors

const errorClasses = { __proto__: null, Error, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const errorBuilders = { __proto__: null };
const errorModules = [];

function free(name) {
  if (name in errorClasses || name in errorBuilders || moduleOf(name) !== undefined) {
    throw new TypeError(`Error class for "${name}" already registered`);
  }
  return name;
}

/** Lets host errors of class `name` surface as `ctor`. */
export function registerErrorClass(name, ctor) {
  errorClasses[free(name)] = ctor;
}

/** Lets host errors of class `name` be made by `build(message)`. */
export function registerErrorBuilder(name, build) {
  errorBuilders[free(name)] = build;
}

/** Lets host errors of each class in `names` be made by what a glue module exports: `build(message, name)`. */
export function registerErrorModule(specifier, names) {
  errorModules[errorModules.length] = { specifier, names };
}

function moduleOf(name) {
  for (let i = 0; i < errorModules.length; i++) {
    const { specifier, names } = errorModules[i];
    for (let j = 0; j < names.length; j++) {
      if (names[j] === name) {
        return specifier;
      }
    }
  }
  return undefined;
}

export const PROMISE_ID = Symbol.for("Deno.core.internalPromiseId");
const ADDITIONAL_KEYS = Symbol.for("errorAdditionalPropertyKeys");

/** The classes of Deno.errors, in its order. */
export const ERROR_NAMES = [
  "NotFound", "PermissionDenied", "ConnectionRefused", "ConnectionReset", "ConnectionAborted", "NotConnected", "AddrInUse",
  "AddrNotAvailable", "BrokenPipe", "AlreadyExists", "InvalidData", "TimedOut", "Interrupted", "WriteZero", "WouldBlock",
  "UnexpectedEof", "BadResource", "Http", "Busy", "NotSupported", "FilesystemLoop", "IsADirectory", "NetworkUnreachable",
  "NotADirectory", "NotCapable",
];
registerErrorModule("ext:core/errors.js", ERROR_NAMES);

function builderOf(name) {
  const build = errorBuilders[name];
  const specifier = build === undefined ? moduleOf(name) : undefined;
  return specifier === undefined ? build : loadLazy(specifier).build;
}

/** A JS error of the class registered as `name`; `properties` become its own unless the class has them. */
export function buildCustomError(name, message, properties) {
  let error;
  const build = builderOf(name);
  if (build !== undefined) {
    error = build(message, name);
  } else {
    const ctor = errorClasses[name];
    error = ctor === undefined
      ? new Error(
        `Unregistered error class: "${name}"\n  ${message}\n  Classes of errors returned from ops should be registered via core.registerErrorClass().`,
      )
      : new ctor(message);
  }
  const keys = [];
  for (const key in properties) {
    if (!(key in error)) {
      defineProperty(error, key, {
        __proto__: null, value: properties[key], writable: true, enumerable: true, configurable: true,
      });
      keys[keys.length] = key;
    }
  }
  if (keys.length > 0) {
    defineProperty(error, ADDITIONAL_KEYS, {
      __proto__: null, value: keys, writable: false, enumerable: false, configurable: false,
    });
  }
  return error;
}

export function currentErrorMaker(id) {
  const name = bridge.errorClass();
  const message = bridge.errorMessage(id);
  const properties = bridge.errorProperties();
  return () => buildCustomError(name, message, properties === null ? null : parse(properties));
}

/** Of the host exception named last; `id` is the op that threw it, 0 for none. */
export function currentError(id) {
  const error = currentErrorMaker(id)();
  captureStackTrace(error); // glue leaves no frames, ops included
  return error;
}

// By op id.
export const calls = [];
export const failures = [];
export const begun = [];
export const settled = [];
export const settledBadly = [];
for (let i = 0, n = bridge.opCount(); i <= n; i++) {
  calls[i] = failures[i] = begun[i] = settled[i] = settledBadly[i] = 0;
}
/** What collectors are told, as ordinals of OpCollector.Event. */
export const Observed = { DISPATCHED: 0, COMPLETED: 1, FAILED: 2, COMPLETED_LATER: 3, FAILED_LATER: 4 };
export const collecting = { __proto__: null }; // op ids

/** The counters of each op id, as JSON; see GuestBridge.metrics. */
export function metrics() {
  const all = [];
  for (let i = 0; i < calls.length; i++) {
    all[i] = [calls[i], failures[i], begun[i], settled[i], settledBadly[i]];
  }
  return stringify(all);
}

/** What the guest sees of an error thrown by op `id`. */
export function fail(thrown, id) {
  failures[id]++;
  return bridge.describe(thrown) ? currentError(id) : thrown;
}

// --- arguments and results of ops (the generated ext:core/ops imports these)

export function host(id) {
  return bridge.host(id);
}

export function adapter(id) {
  return bridge.adapter(id);
}

export const state = bridge.state();

export function i32(value) {
  if (typeof value === "number") {
    return value | 0;
  }
  if (typeof value === "bigint") {
    return Number(asIntN(32, value));
  }
  throw new TypeError("expected i32");
}

export function i64(value) {
  if (typeof value === "number") {
    if (isSafeInteger(value)) {
      return value + 0;
    }
    const whole = trunc(value);
    return whole === whole ? (isSafeInteger(whole) ? whole + 0 : asIntN(64, saturated(whole))) : 0;
  }
  if (typeof value === "bigint") {
    return asIntN(64, value);
  }
  throw new TypeError("expected i64");
}

function saturated(whole) {
  return whole > 0x7fffffffffffffffn ? 0x7fffffffffffffffn : whole < -0x8000000000000000n ? -0x8000000000000000n : BigInt(whole);
}

export function f64(value) {
  if (typeof value === "number") {
    return value;
  }
  if (typeof value === "bigint") {
    return Number(value);
  }
  throw new TypeError("expected f64");
}

export function bool(value) {
  return value === true;
}

export function str(value) {
  if (typeof value !== "string") {
    return "";
  }
  return apply(isWellFormed, value, []) ? value : apply(toWellFormed, value, []);
}

export function safe(value) {
  if (value !== null && !isSafeInteger(value)) {
    throw new RangeError(`${value} is no safe integer`);
  }
  return value;
}

export function buffer(value) {
  if (!isView(value)) {
    throw new TypeError("expected typed ArrayBufferView");
  }
  return value;
}

export function bufferOf(view) {
  return tagOf(view) === undefined ? dataBuffer(view) : typedBuffer(view);
}

export function offsetOf(view) {
  return tagOf(view) === undefined ? dataOffset(view) : typedOffset(view);
}

export function lengthOf(view) {
  return tagOf(view) === undefined ? dataLength(view) : typedLength(view);
}

export function json(value) {
  return stringify(value) ?? "null";
}

export function toJson(text) {
  return text === null ? null : parse(text);
}

// The host's bytes are copied into a buffer of the guest's own, which can be detached and grown.
export function toBytes(bytes) {
  return bytes === null ? null : new Uint8Array(new Uint8Array(new ArrayBuffer(bytes)));
}
