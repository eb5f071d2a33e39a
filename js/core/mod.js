// The core object extensions build on, and what the host calls of it.

import * as infra from "ext:core/infra.js";
import { define as defineLazy, foresee, load as loadLazy } from "ext:core/lazy";
import { BadResource, errors, Interrupted, NotCapable } from "ext:core/errors.js";
import {
  op_cancel_handle, op_close, op_decode, op_encode, op_read, op_resources, op_shutdown, op_try_close, op_write,
  op_write_resource,
} from "ext:core/ops";

const { bridge, registerErrorClass, registerErrorBuilder, buildCustomError } = infra;
const { defineProperty } = Object;
const { apply } = Reflect;
const { stringify } = JSON;
const { isArray } = Array;
const { Error, Map, AsyncContext, AggregateError, SyntaxError, TypeError, Uint8Array, String } = globalThis;
const mapGet = Map.prototype.get;
const mapSet = Map.prototype.set;
const mapDelete = Map.prototype.delete;
const typedSet = Uint8Array.prototype.set;
const typedSubarray = Uint8Array.prototype.subarray;
const stringMatch = String.prototype.match;
const stringSearch = String.prototype.search;
const stringSlice = String.prototype.slice;
const { fromCharCode } = String;
const stringReplaceAll = String.prototype.replaceAll;

// --- asynchronous context

const { Variable, Snapshot } = AsyncContext;
const variableGet = Variable.prototype.get;
const variableRun = Variable.prototype.run;
const snapshotRun = Snapshot.prototype.run;

/** A value that follows asynchronous code. */
class AsyncVariable {
  #variable = new Variable();
  get() {
    return apply(variableGet, this.#variable, []);
  }
  run(value, fn) {
    return apply(variableRun, this.#variable, [value, fn]);
  }
}

const scope = new Variable();
const currentScope = () => apply(variableGet, scope, []) ?? 0;
const runInScope = (number, fn) => apply(variableRun, scope, [number, fn]);

// --- printing

const write = (level, text) => {
  op_write(level, text, currentScope());
};
const print = (text, isErr) => {
  op_write(isErr ? 4 : 2, text, currentScope());
};

let inspectWith = (value) => {
  if (value instanceof Error) {
    return String(value.stack);
  }
  return typeof value === "string" ? stringify(value) : String(value);
};
const inspect = (value, options = { colors: false }) => inspectWith(value, options);

// --- timers

const DELAY_MAX_MS = 2 ** 31 - 1;
const timers = new Map();

function startTimer(callback, delayMs, repeat, ref, system) {
  let delay = +delayMs;
  if (!(delay >= 1 && delay <= DELAY_MAX_MS)) {
    delay = 1;
  }
  let id;
  try {
    id = bridge.timerStart(delay, !!repeat, ref !== false, system);
  } catch (e) {
    throw infra.fail(e, 0);
  }
  apply(mapSet, timers, [id, { callback, repeat: !!repeat, snapshot: new Snapshot() }]);
  return id;
}

const createTimer = (callback, delayMs, repeat, ref) => startTimer(callback, delayMs, repeat, ref, false);
// The runtime's own: in no statistics.
const createSystemTimer = (callback, delayMs, repeat, ref) => startTimer(callback, delayMs, repeat, ref, true);

function cancelTimer(id) {
  if (apply(mapDelete, timers, [id])) {
    bridge.timerCancel(id);
  }
}

function refTimer(id) {
  if (apply(mapGet, timers, [id]) !== undefined) {
    bridge.timerRef(id, true);
  }
}

function unrefTimer(id) {
  if (apply(mapGet, timers, [id]) !== undefined) {
    bridge.timerRef(id, false);
  }
}

function fireTimer(id) {
  const timer = apply(mapGet, timers, [id]);
  if (timer === undefined) {
    return;
  }
  if (!timer.repeat) {
    apply(mapDelete, timers, [id]);
  }
  try {
    apply(snapshotRun, timer.snapshot, [timer.callback]);
  } catch (e) {
    reportException(e);
  }
}

const immediates = [];
let immediatesTaken = 0;

function queueMacrotask(callback) {
  immediates[immediates.length] = { callback, snapshot: new Snapshot() };
  bridge.immediate();
}

function runImmediate() {
  const task = immediates[immediatesTaken];
  immediates[immediatesTaken++] = undefined;
  if (immediatesTaken === immediates.length) {
    immediates.length = 0;
    immediatesTaken = 0;
  }
  try {
    apply(snapshotRun, task.snapshot, [task.callback]);
  } catch (e) {
    reportException(e);
  }
}

// Callbacks that run as soon as the script has returned and its microtasks are done, before anything else.
const ticks = [];
let ticksTaken = 0;

function queueNextTick(callback, ...args) {
  ticks[ticks.length] = { callback, args, snapshot: new Snapshot() };
  bridge.tick();
}

function runTicks() {
  while (ticksTaken < ticks.length) {
    const tick = ticks[ticksTaken];
    ticks[ticksTaken++] = undefined;
    try {
      apply(snapshotRun, tick.snapshot, [tick.callback, ...tick.args]);
    } catch (e) {
      reportException(e);
    }
    bridge.runMicrotasks();
  }
  ticks.length = 0;
  ticksTaken = 0;
}

// --- uncaught errors

let reportExceptionCallback = () => false;
let unhandledRejectionHandler = () => false;
let handledRejectionHandler = () => {};

function rejections() {
  for (let promise; (promise = bridge.nextHandled()) !== null;) {
    try {
      handledRejectionHandler(promise, bridge.peek(promise)[2]);
    } catch (e) {
      reportException(e);
    }
  }
  for (let promise; (promise = bridge.nextUnhandled()) !== null;) {
    const reason = bridge.rejectionReason();
    let handled = false;
    try {
      handled = unhandledRejectionHandler(promise, reason);
    } catch (e) {
      reportException(e);
      return;
    }
    if (!handled) {
      bridge.fatal(describe(reason, "(in promise) "));
      return;
    }
  }
}

function reportException(error) {
  let handled = false;
  try {
    handled = reportExceptionCallback(error);
  } catch (e) {
    bridge.fatal(describe(e, ""));
    return;
  }
  if (!handled) {
    bridge.fatal(describe(error, ""));
  }
}

function framesOf(error) {
  const stack = error.stack;
  if (typeof stack !== "string") {
    return "";
  }
  const at = apply(stringSearch, stack, [/\n +at /]);
  return at < 0 ? "" : apply(stringSlice, stack, [at]);
}

function headOf(error) {
  const name = error.name === undefined ? "Error" : String(error.name);
  const message = error.message === undefined ? "" : String(error.message);
  let head = name === "" ? message : message === "" ? name : `${name}: ${message}`;
  if (error instanceof AggregateError && isArray(error.errors)) {
    for (let i = 0; i < error.errors.length; i++) {
      const inner = error.errors[i];
      const text = inner instanceof Error ? headOf(inner) + framesOf(inner) + causesOf(inner, [error]) : inspect(inner);
      head += `\n    ${apply(stringReplaceAll, text, ["\n", "\n    "])}`;
    }
  }
  return head;
}

function causesOf(error, seen) {
  const { cause } = error;
  if (cause === undefined) {
    return "";
  }
  if (!(cause instanceof Error)) {
    return `\nCaused by: ${inspect(cause)}`;
  }
  for (let i = 0; i < seen.length; i++) {
    if (seen[i] === cause) {
      return `\nCaused by: ${headOf(cause)} [Circular]`;
    }
  }
  seen[seen.length] = cause;
  return `\nCaused by: ${headOf(cause)}${framesOf(cause)}${causesOf(cause, seen)}`;
}

/** What the host is told of an uncaught error, in JSON; see ErrorReport. */
function describe(thrown, where) {
  const error = bridge.describe(thrown) ? infra.currentError(0) : thrown;
  const report = {
    errorClass: "", message: "", where, head: "", tail: "", specifier: null, line: 0, column: 0, code: null,
  };
  try {
    if (error instanceof Error) {
      report.errorClass = String(error.name ?? "Error");
      report.message = String(error.message ?? "");
      report.code = typeof error.code === "string" ? error.code : null;
      report.head = headOf(error);
      const frames = framesOf(error);
      report.tail = frames + causesOf(error, [error]);
      // The first frame of the script's own: glue is not where a person looks.
      const frame = apply(stringMatch, frames, [/^ +at (?:async )?(?:.*? \()?((?:file|https?|data|blob):[^\n]*?):(\d+):(\d+)\)?$/m]);
      if (frame !== null) {
        report.specifier = frame[1];
        report.line = +frame[2];
        report.column = +frame[3];
      }
    } else {
      report.head = report.message = inspect(error);
    }
  } catch {
    report.head ||= "an error that throws when it is looked at";
  }
  return stringify(report);
}

// --- life of the main module

const startListeners = [];
const lifecycle = { load: () => {}, beforeunload: () => false, unload: () => {} };

function loadMain(specifier) {
  lockDown();
  import(specifier).then(
    () => {
      bridge.mainLoaded();
      try {
        lifecycle.load();
      } catch (e) {
        reportException(e);
      }
    },
    (error) => bridge.mainFailed(describe(error, "(in promise) ")),
  );
}

function lockDown() {
  for (let i = 0; i < startListeners.length; i++) {
    startListeners[i]();
  }
  startListeners.length = 0;
}

/** Loads glue before it is asked for. */
function loadAhead(specifier) {
  try {
    loadLazy(specifier);
  } catch {
    // Whoever asks for it tries again, and hears why not.
  }
}

/** Runs a hook of the lifecycle; true if `beforeunload` asks to go on. */
function dispatch(event) {
  try {
    return lifecycle[event]() === true;
  } catch (e) {
    reportException(e);
    return false;
  }
}

function jsonOf(value) {
  return stringify(value) ?? "null";
}

infra.setMessageErrorHandler(reportException);

bridge.install({
  __proto__: null,
  ...infra.loopEntries,
  fireTimer,
  runImmediate,
  runTicks,
  stack: () => framesOf(new Error()),
  rejections,
  loadMain,
  loadAhead,
  dispatch,
  describe,
  jsonOf,
});

// --- resources, scripts, promises

const READ_SIZE = 64 * 1024;

async function readAll(rid) {
  const parts = [];
  let size = 0;
  for (;;) {
    const part = await op_read(rid, READ_SIZE);
    if (part.length === 0) {
      break;
    }
    parts[parts.length] = part;
    size += part.length;
  }
  const all = new Uint8Array(size);
  for (let i = 0, at = 0; i < parts.length; at += parts[i++].length) {
    apply(typedSet, all, [parts[i], at]);
  }
  return all;
}

/** Writes all of it, however little the resource takes at a time. */
async function writeAll(rid, bytes) {
  for (let at = 0; at < bytes.length;) {
    at += await op_write_resource(rid, apply(typedSubarray, bytes, [at]));
  }
}

/** `[value, null]`, or `[null, {thrown, isNativeError, isCompileError}]`. */
function evalContext(source, name) {
  try {
    return [bridge.evalScript(String(source), name === undefined ? "evalContext" : String(name)), null];
  } catch (thrown) {
    const isNativeError = thrown instanceof Error;
    return [null, { thrown, isNativeError, isCompileError: thrown instanceof SyntaxError }];
  }
}

/** A function of these parameters and this body: `[function, null]`, or what `evalContext` gives for a failure. */
function compileFunction(source, name, parameters = []) {
  return evalContext(`(function (${parameters}) {${source}\n})`, name);
}

/** A string with one character for each byte. */
function encodeBinaryString(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    text += fromCharCode(bytes[i]);
  }
  return text;
}

/** `[0, null]` pending, `[1, value]` fulfilled, `[2, reason]` rejected. */
function getPromiseDetails(promise) {
  const seen = bridge.peek(promise);
  if (seen === null || seen[0] !== "Promise") {
    throw new TypeError("expected a Promise");
  }
  return [seen[1], seen[1] === 0 ? null : seen[2]];
}

// --- JSON ops

function openEnvelope(bytes) {
  const { ok, err } = JSON.parse(op_decode(bytes));
  if (err !== undefined) {
    throw buildCustomError(err.className, err.message, null);
  }
  return ok === null ? undefined : ok;
}

/** Calls a synchronous JSON op by id and unpacks its answer. */
function jsonOp(id, args, ...buffers) {
  return openEnvelope(infra.dispatchOp(id, op_encode(stringify({ args, promiseId: null })), ...buffers));
}

let nextJsonPromise = 0;

/** Calls an asynchronous JSON op by id. */
async function jsonOpAsync(id, args, ...buffers) {
  const promiseId = nextJsonPromise++;
  return openEnvelope(await infra.dispatchOp(id, op_encode(stringify({ args, promiseId })), ...buffers));
}

// --- time

/*
 * Scripts see the runtime's own clock. On the machine's time that is what the engine does anyway.
 */
function ownDate() {
  const RealDate = globalThis.Date;
  const { construct } = Reflect;
  const now = () => bridge.now();
  function Date(...args) {
    if (new.target === undefined) {
      return String(new RealDate(now()));
    }
    return construct(RealDate, args.length === 0 ? [now()] : args, new.target === Date ? Date : new.target);
  }
  for (const key of Reflect.ownKeys(RealDate)) {
    defineProperty(Date, key, Object.getOwnPropertyDescriptor(RealDate, key));
  }
  defineProperty(Date, "length", { __proto__: null, value: 7, configurable: true });
  defineProperty(Date, "now", { __proto__: null, value: now, writable: true, configurable: true });
  defineProperty(RealDate.prototype, "constructor", { __proto__: null, value: Date, writable: true, configurable: true });
  defineProperty(globalThis, "Date", { __proto__: null, value: Date, writable: true, configurable: true });
}

if (bridge.ownTime()) {
  ownDate();
}

// --- the core object

const defineGlobal = (name, value) => {
  defineProperty(globalThis, name, { __proto__: null, value, enumerable: false, writable: true, configurable: true });
};

const internals = { __proto__: null };
const internal = Symbol("Deno.internal");
const Deno = { errors, internal, [internal]: internals };

export const core = {
  __proto__: null,
  Deno,
  defineGlobal,
  // A property, or a global, whose value a glue module exports; the module is loaded when someone first asks for it.
  defineLazy: (object, name, specifier, exported) => {
    defineLazy(object, name, specifier, exported, true);
  },
  defineLazyGlobal: (name, specifier, exported = name) => {
    defineLazy(globalThis, name, specifier, exported);
  },
  // Globals that a glue module puts in place itself when it is evaluated, at the first use of one of them.
  defineLazyGlobals: (specifier, names) => {
    for (let i = 0; i < names.length; i++) {
      defineLazy(globalThis, names[i], specifier);
    }
  },
  // The namespace of a glue module, loaded there and then.
  loadLazy,
  // A script that mentions a name will want a glue module: it is loaded while the script waits.
  foresee,
  print,
  write,
  runInScope,
  currentScope,
  AsyncVariable,
  createTimer,
  createSystemTimer,
  cancelTimer,
  refTimer,
  unrefTimer,
  queueMacrotask,
  queueNextTick,
  runMicrotasks: () => bridge.runMicrotasks(),
  registerErrorClass,
  registerErrorBuilder,
  buildCustomError,
  BadResource,
  Interrupted,
  NotCapable,
  close: (rid) => {
    op_close(rid);
  },
  tryClose: (rid) => {
    op_try_close(rid);
  },
  resources: op_resources,
  read: op_read,
  readAll,
  writeResource: op_write_resource,
  writeAll,
  shutdown: op_shutdown,
  createCancelHandle: op_cancel_handle,
  encode: op_encode,
  decode: op_decode,
  byteLength: (text) => op_encode(text).length,
  encodeBinaryString,
  evalContext,
  compileFunction,
  getPromiseDetails,
  config: (extension) => JSON.parse(bridge.config(String(extension))),
  start: () => JSON.parse(bridge.start()),
  dispatchOp: infra.dispatchOp,
  op: infra.opByName,
  catalog: infra.catalog,
  lookups: () => bridge.lookups(),
  jsonOp,
  jsonOpAsync,
  openPlugin: infra.openPlugin,
  loadOp: infra.loadOp,
  poll: infra.poll,
  pub: infra.pub,
  sub: infra.sub,
  eventLoopHasMoreWork: () => bridge.hasMoreWork(),
  setLeakTracingEnabled: (on) => bridge.setLeakTraces(on === true),
  /** Kind and number to stack trace, of what is going on and began while tracing was on. */
  getAllLeakTraces: () => JSON.parse(bridge.leakTraces()),
  pendingOps: () => JSON.parse(bridge.pendingOps()),
  refOpPromise: infra.refOpPromise,
  unrefOpPromise: infra.unrefOpPromise,
  hasPromise: infra.hasPromise,
  opNames: () => JSON.parse(bridge.opNames()),
  setUnhandledPromiseRejectionHandler: (handler) => {
    unhandledRejectionHandler = handler;
  },
  setHandledPromiseRejectionHandler: (handler) => {
    handledRejectionHandler = handler;
  },
  setReportExceptionCallback: (callback) => {
    reportExceptionCallback = callback;
  },
  reportException,
  setInspect: (fn) => {
    inspectWith = fn;
  },
  inspect,
  /** Null, or what only the engine knows of an object: its kind and the parts that matter, as an array. */
  peek: (value) => bridge.peek(value),
  internals,
  addStartListener: (fn) => {
    startListeners[startListeners.length] = fn;
  },
  setLifecycle: (hooks) => {
    Object.assign(lifecycle, hooks);
  },
  dispatch,
};

internals.core = core;

delete globalThis.AsyncContext;
defineGlobal("Deno", Deno);
