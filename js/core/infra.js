// The way to the host: its bridge, errors across it, promises of asynchronous ops, arguments of ops.
// Nothing here may be looked up on globals once a script runs.

import { load as loadLazy } from "ext:core/lazy";

const bridge = globalThis.__carillon_bridge;
delete globalThis.__carillon_bridge;

const { defineProperty, freeze } = Object;
const { apply } = Reflect;
const { isArray } = Array;
const arraySlice = Array.prototype.slice;
const { isSafeInteger, isInteger } = Number;
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
const mapGet = Map.prototype.get;
const mapHas = Map.prototype.has;
const mapSet = Map.prototype.set;
const mapForEach = Map.prototype.forEach;
const mapDelete = Map.prototype.delete;

// For glue that is loaded when a script may have broken them.
const { fromCharCode } = String;
const strings = { match, replaceAll, search, slice };
export { AggregateError, apply, bridge, Error, fromCharCode, isArray, isView, parse, Promise, String, strings, stringify, Uint8Array };

// --- errors

const errorClasses = new Map([
  ["Error", Error],
  ["RangeError", RangeError],
  ["ReferenceError", ReferenceError],
  ["SyntaxError", SyntaxError],
  ["TypeError", TypeError],
  ["URIError", URIError],
]);
const errorBuilders = new Map();

/** Lets host errors of class `name` surface as `ctor`. */
export function registerErrorClass(name, ctor) {
  if (apply(mapHas, errorClasses, [name]) || apply(mapHas, errorBuilders, [name])) {
    throw new TypeError(`Error class for "${name}" already registered`);
  }
  apply(mapSet, errorClasses, [name, ctor]);
}

/** Lets host errors of class `name` be made by `build(message)`. */
export function registerErrorBuilder(name, build) {
  if (apply(mapHas, errorClasses, [name]) || apply(mapHas, errorBuilders, [name])) {
    throw new TypeError(`Error class for "${name}" already registered`);
  }
  apply(mapSet, errorBuilders, [name, build]);
}

const ADDITIONAL_KEYS = Symbol.for("errorAdditionalPropertyKeys");

/** The classes of Deno.errors, in its order. */
export const ERROR_NAMES = [
  "NotFound", "PermissionDenied", "ConnectionRefused", "ConnectionReset", "ConnectionAborted", "NotConnected", "AddrInUse",
  "AddrNotAvailable", "BrokenPipe", "AlreadyExists", "InvalidData", "TimedOut", "Interrupted", "WriteZero", "WouldBlock",
  "UnexpectedEof", "BadResource", "Http", "Busy", "NotSupported", "FilesystemLoop", "IsADirectory", "NetworkUnreachable",
  "NotADirectory", "NotCapable",
];
for (let i = 0; i < ERROR_NAMES.length; i++) {
  registerErrorBuilder(ERROR_NAMES[i], (message) => {
    const { errors } = loadLazy("ext:core/errors.js");
    return new errors[ERROR_NAMES[i]](message);
  });
}

/** A JS error of the class registered as `name`; `properties` become its own unless the class has them. */
export function buildCustomError(name, message, properties) {
  let error;
  const build = apply(mapGet, errorBuilders, [name]);
  if (build !== undefined) {
    error = build(message);
  } else {
    const ctor = apply(mapGet, errorClasses, [name]);
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

function currentErrorMaker(id) {
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

export const calls = [];
for (let i = 0, n = bridge.opCount(); i <= n; i++) {
  calls[i] = 0;
}
const failures = copied(calls);
const begun = copied(calls);
const settled = copied(calls);
const settledBadly = copied(calls);
/** What collectors are told, as ordinals of OpCollector.Event. */
export const Observed = { DISPATCHED: 0, COMPLETED: 1, FAILED: 2, COMPLETED_LATER: 3, FAILED_LATER: 4 };
export const collecting = { __proto__: null }; // op ids

/** The counters of each op id, as JSON; see GuestBridge.metrics. */
function metrics() {
  const all = [];
  for (let i = 0; i < calls.length; i++) {
    all[i] = [calls[i], failures[i], begun[i], settled[i], settledBadly[i]];
  }
  return stringify(all);
}

function copied(counters) {
  return apply(arraySlice, counters, []);
}

/** What the guest sees of an error thrown by op `id`. */
export function fail(thrown, id) {
  failures[id]++;
  return bridge.describe(thrown) ? currentError(id) : thrown;
}

export function rejected(thrown, id) {
  return PromiseReject(fail(thrown, id));
}

// --- promises

const PromiseReject = (reason) => new Promise((_, reject) => reject(reason));
const PENDING_MAX = bridge.pendingMax();
let pendingCount = 0;

/** Throws if one more pending op would be too many: before the body of `op` has done anything. */
export function admit(op) {
  if (pendingCount >= PENDING_MAX) {
    bridge.admit(op);
  }
}

export const PROMISE_ID = Symbol.for("Deno.core.internalPromiseId");
const RING_MAX = 4096;
let ring = emptyRing(16); // grows with the number of ops that are pending together
const overflow = new Map();

// Filled: a hole would show what a script put on Array.prototype.
function emptyRing(size) {
  const places = [];
  for (let i = 0; i < size; i++) {
    places[i] = undefined;
  }
  return places;
}

function growRing() {
  const smaller = ring;
  ring = emptyRing(smaller.length * 4);
  for (let i = 0; i < smaller.length; i++) {
    const pending = smaller[i];
    if (pending !== undefined) {
      ring[pending.id % ring.length] = pending; // two of different places have different places
    }
  }
}

class Pending {
  id;
  op;
  resolve;
  reject;
  decode;
  constructor(id, op, decode) {
    this.id = id;
    this.op = op;
    this.decode = decode;
  }
}

function pendingPromise(id, op, decode) {
  begun[op]++;
  pendingCount++;
  const pending = new Pending(id, op, decode);
  const promise = new Promise((resolve, reject) => {
    pending.resolve = resolve;
    pending.reject = reject;
  });
  if (ring[id % ring.length] !== undefined && ring.length < RING_MAX) {
    growRing();
  }
  const slot = id % ring.length;
  const older = ring[slot];
  if (older !== undefined) {
    apply(mapSet, overflow, [older.id, older]);
  }
  ring[slot] = pending;
  promise[PROMISE_ID] = id;
  return promise;
}

function takePending(id) {
  pendingCount--;
  const slot = id % ring.length;
  const pending = ring[slot];
  if (pending !== undefined && pending.id === id) {
    ring[slot] = undefined;
    return pending;
  }
  const older = apply(mapGet, overflow, [id]);
  if (older === undefined) {
    throw new Error(`Unknown promise id ${id}: the host settled an op twice or one it never began`);
  }
  apply(mapDelete, overflow, [id]);
  return older;
}

export function hasPromise(id) {
  const pending = ring[id % ring.length];
  return (pending !== undefined && pending.id === id) || apply(mapHas, overflow, [id]);
}

/** The promise of an asynchronous op whose stage is `stage`. */
export function track(stage, op, decode, deferred) {
  const id = bridge.track(stage, op, deferred);
  if (id >= 0) {
    return pendingPromise(id, op, decode);
  }
  if (id === -1) {
    const value = bridge.settledValue();
    return new Promise((resolve) => resolve(decode === null ? value : decode(value)));
  }
  failures[op]++;
  return PromiseReject(currentError(op));
}

const lazyBodies = new Map();

/** The promise of an op whose `body` is called in a later turn. */
export function lazy(body, op, decode) {
  const id = bridge.defer(op);
  apply(mapSet, lazyBodies, [id, body]);
  return pendingPromise(id, op, decode);
}

function runLazy(id) {
  const body = apply(mapGet, lazyBodies, [id]);
  apply(mapDelete, lazyBodies, [id]);
  let stage;
  try {
    stage = body();
  } catch (e) {
    bridge.deferred(id, null, e);
    return;
  }
  bridge.deferred(id, stage, null);
}

function settle(count) {
  for (let i = 0; i < count; i++) {
    const next = bridge.settledNext();
    const id = floor(next / 2);
    const pending = takePending(id);
    if (next === id * 2) {
      settled[pending.op]++;
      if (collecting[pending.op]) {
        bridge.collect(pending.op, Observed.COMPLETED_LATER);
      }
      const value = bridge.settledValue();
      pending.resolve(pending.decode === null ? value : pending.decode(value));
    } else {
      settledBadly[pending.op]++;
      if (collecting[pending.op]) {
        bridge.collect(pending.op, Observed.FAILED_LATER);
      }
      rejectWhereAwaited(pending);
    }
  }
}

/*
 * The error is made in a continuation that the waiting function hangs on, so that its stack names the place of the await.
 * Only failures pay for it.
 */
function rejectWhereAwaited(pending) {
  const make = currentErrorMaker(pending.op);
  let open;
  const gate = new Promise((resolve) => {
    open = resolve;
  });
  const failing = apply(promiseThen, gate, [() => {
    const error = make();
    captureStackTrace(error);
    throw error;
  }]);
  pending.resolve(failing);
  open();
}

// --- ops by id

const NO_BYTES = new Uint8Array(0);

/** Calls an op by id with bytes: bytes, null, or a promise of bytes. */
export function dispatchOp(id, control, ...buffers) {
  return raw(id, [control, ...buffers], dispatchOp);
}

export function raw(asked, args, op) {
  if (typeof asked !== "number" || (asked | 0) !== asked) {
    throw new TypeError(`expected the id of an op, got ${typeof asked === "number" ? asked : typeof asked}`);
  }
  const id = asked | 0; // -0 is no int to the host
  if (id > 0 && id < calls.length) {
    calls[id]++;
  }
  let answer;
  try {
    const control = args.length === 0 || args[0] === undefined || args[0] === null ? NO_BYTES : buffer(args[0]);
    const lent = [];
    for (let i = 1; i < args.length; i++) {
      const view = buffer(args[i]);
      lent[lent.length] = bufferOf(view);
      lent[lent.length] = offsetOf(view);
      lent[lent.length] = lengthOf(view);
    }
    answer = bridge.dispatch(id, bufferOf(control), offsetOf(control), lengthOf(control), lent);
  } catch (e) {
    throw fail(e, id < calls.length ? id : 0);
  }
  if (answer >= 0) {
    return pendingPromise(answer, id, toBytes);
  }
  return answer === -1 ? toBytes(bridge.settledValue()) : null;
}

const ids = new Map();
let tables;

/** The id of an op, asked of the host once. */
function opId(namespace, name) {
  const key = `${namespace}:${name}`;
  let id = apply(mapGet, ids, [key]);
  if (id === undefined) {
    id = bridge.lookup(namespace, name);
    if (id === 0) {
      throw new ReferenceError(`No op "${name}" in namespace "${namespace}"`);
    }
    apply(mapSet, ids, [key, id]);
  }
  return id;
}

/** A function that calls an op by namespace and name, with bytes; it fails once the op is gone. */
export function opByName(namespace, name) {
  return function op(control, ...buffers) {
    return raw(opId(namespace, name), [control, ...buffers], op);
  };
}

/** Namespace to name to id: a frozen picture of now. */
export function catalog() {
  if (tables === undefined) {
    tables = parse(bridge.catalog());
    for (const namespace in tables) {
      freeze(tables[namespace]);
    }
    freeze(tables);
  }
  return tables;
}

// The one place where the host tells of ops that come and go after start.
function registered(namespace, name, id) {
  calls[id] = failures[id] = begun[id] = settled[id] = settledBadly[id] = 0;
  apply(mapSet, ids, [`${namespace}:${name}`, id]);
  tables = undefined;
}

function unregistered(namespace) {
  const start = `${namespace}:`;
  apply(mapForEach, ids, [(_, key) => {
    if (apply(startsWith, key, [start])) {
      apply(mapSet, ids, [key, undefined]);
    }
  }]);
  tables = undefined;
}

export function openPlugin(path) {
  try {
    return bridge.openPlugin(str(path));
  } catch (e) {
    throw fail(e, 0);
  }
}

export function loadOp(rid, name) {
  let id;
  try {
    id = bridge.loadPluginOp(i32(rid), str(name));
  } catch (e) {
    throw fail(e, 0);
  }
  return function op(control, ...buffers) {
    return raw(id, [control, ...buffers], op);
  };
}

/** Settles what has completed, without leaving the guest; how many ops that were. */
export function poll() {
  const count = bridge.ready();
  settle(count);
  return count;
}

// --- channels

/** Sends bytes to the host; its answer, or null. */
export function pub(channel, message) {
  let answer;
  try {
    const view = message === undefined ? NO_BYTES : buffer(message);
    answer = bridge.pub(str(channel), bufferOf(view), offsetOf(view), lengthOf(view));
  } catch (e) {
    throw fail(e, 0);
  }
  return answer === -1 ? toBytes(bridge.settledValue()) : null;
}

const subscribers = new Map();

/** Calls back with each message of the host; one subscriber a channel. It keeps the loop alive until unref'd or closed. */
export function sub(channel, callback) {
  if (apply(mapHas, subscribers, [channel])) {
    throw new TypeError(`Channel "${channel}" has a subscriber already`);
  }
  apply(mapSet, subscribers, [channel, callback]);
  let open = true;
  let referenced = true;
  bridge.subscribed(1);
  const reference = (wanted) => {
    if (open && referenced !== wanted) {
      referenced = wanted;
      bridge.subscribed(wanted ? 1 : -1);
    }
  };
  return {
    ref: () => reference(true),
    unref: () => reference(false),
    close: () => {
      reference(false);
      open = false;
      apply(mapDelete, subscribers, [channel]);
    },
  };
}

let onMessageError = () => {};
export function setMessageErrorHandler(handler) {
  onMessageError = handler;
}

function message(channel) {
  const bytes = toBytes(bridge.settledValue());
  const callback = apply(mapGet, subscribers, [channel]);
  if (callback !== undefined) {
    try {
      callback(bytes);
    } catch (e) {
      onMessageError(e);
    }
  }
}

// --- references

export function refOpPromise(promise) {
  const id = promise?.[PROMISE_ID];
  if (id !== undefined && hasPromise(id)) {
    bridge.refOp(id, true);
  }
}

export function unrefOpPromise(promise) {
  const id = promise?.[PROMISE_ID];
  if (id !== undefined && hasPromise(id)) {
    bridge.refOp(id, false);
  }
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

function kindOf(value) {
  if (value === null || value === undefined) {
    return "unit value";
  }
  switch (typeof value) {
    case "boolean":
      return `boolean \`${value}\``;
    case "number":
      return isInteger(value) ? `integer \`${value}\`` : `floating point \`${value}\``;
    case "object":
      return isArray(value) ? "array" : "object";
    default:
      return typeof value;
  }
}

function array(value) {
  if (!isArray(value)) {
    throw new TypeError(`serde_v8 error: invalid type; expected: array, got: ${kindOf(value)}`);
  }
  return value;
}

const ELEMENTS = {
  __proto__: null,
  BOOL: bool,
  STRING: (value) => {
    if (typeof value !== "string") {
      throw new TypeError("expected type `v8::data::String`, got `v8::data::Value`");
    }
    return str(value);
  },
  I32: (value) => whole(value, -0x80000000, 0x7fffffff),
  I64: (value) => whole(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  F64: number,
};

function number(value) {
  if (typeof value !== "number") {
    throw new TypeError("expected type `v8::data::Number`, got `v8::data::Value`");
  }
  return value;
}

function whole(value, min, max) {
  const truncated = trunc(number(value));
  return truncated !== truncated ? 0 : truncated < min ? min : truncated > max ? max : truncated + 0;
}

export function list(value, element) {
  const convert = ELEMENTS[element];
  const from = array(value);
  const to = [];
  for (let i = 0; i < from.length; i++) {
    to[i] = convert(from[i]);
  }
  return to;
}

export function json(value) {
  return stringify(value) ?? "null";
}

export function jsonArray(value) {
  return stringify(array(value));
}

export function jsonObject(value) {
  if (typeof value !== "object" || value === null || isArray(value)) {
    throw new TypeError(`serde_v8 error: invalid type; expected: object, got: ${kindOf(value)}`);
  }
  return stringify(value);
}

export function toJson(text) {
  return text === null ? null : parse(text);
}

// The host's bytes are copied into a buffer of the guest's own, which can be detached and grown.
export function toBytes(bytes) {
  return bytes === null ? null : new Uint8Array(new Uint8Array(new ArrayBuffer(bytes)));
}

export const loopEntries = { __proto__: null, settle, runLazy, metrics, registered, unregistered, message };
