// The core object extensions build on, and what the host calls of it.

import * as infra from "ext:core/infra.js";
import { define as defineLazy, foresee, load as loadLazy } from "ext:core/lazy";
import { op_write } from "ext:core/ops";

const { bridge, registerErrorClass, registerErrorBuilder, buildCustomError } = infra;
const { defineProperty } = Object;
const { apply } = Reflect;
const { stringify } = JSON;
const { Error, Map, AsyncContext, SyntaxError, TypeError, String } = globalThis;
const mapGet = Map.prototype.get;
const mapSet = Map.prototype.set;
const mapDelete = Map.prototype.delete;

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

/** What the host is told of an uncaught error, in JSON; see ErrorReport. */
const describe = (thrown, where) => loadLazy("ext:core/report.js").describe(thrown, where);

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
  stack: () => loadLazy("ext:core/report.js").framesOf(new Error()),
  rejections,
  loadMain,
  loadAhead,
  dispatch,
  describe,
  jsonOf,
});

// --- scripts, promises

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

/** `[0, null]` pending, `[1, value]` fulfilled, `[2, reason]` rejected. */
function getPromiseDetails(promise) {
  const seen = bridge.peek(promise);
  if (seen === null || seen[0] !== "Promise") {
    throw new TypeError("expected a Promise");
  }
  return [seen[1], seen[1] === 0 ? null : seen[2]];
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
const Deno = {};
defineLazy(Deno, "errors", "ext:core/errors.js", "errors", true);
Deno.internal = internal;
Deno[internal] = internals;

export const core = {
  __proto__: null,
  Deno,
  defineGlobal,
  // A property, or a global, whose value a glue module exports; the module is loaded when someone first asks for it.
  defineLazy: (object, name, specifier, exported, enumerable = true) => {
    defineLazy(object, name, specifier, exported, enumerable);
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
  evalContext,
  compileFunction,
  getPromiseDetails,
  config: (extension) => JSON.parse(bridge.config(String(extension))),
  start: () => JSON.parse(bridge.start()),
  dispatchOp: infra.dispatchOp,
  op: infra.opByName,
  catalog: infra.catalog,
  lookups: () => bridge.lookups(),
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

// Module -> what it adds to the core object, loaded when first used.
const LATER = {
  "ext:core/errors.js": ["BadResource", "Interrupted", "NotCapable"],
  "ext:core/resources.js": [
    "close", "tryClose", "resources", "read", "readAll", "writeResource", "writeAll", "shutdown", "createCancelHandle",
  ],
  "ext:core/bytes.js": ["encode", "decode", "byteLength", "encodeBinaryString", "jsonOp", "jsonOpAsync"],
};
for (const specifier of Object.keys(LATER)) {
  for (const name of LATER[specifier]) core.defineLazy(core, name, specifier, name);
}

internals.core = core;

delete globalThis.AsyncContext;
defineGlobal("Deno", Deno);
