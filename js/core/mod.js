// The core object extensions build on, and what the host calls of it.

import * as infra from "ext:core/infra.js";
import { define as defineLazy, defineAll as defineAllLazy, foresee, load as loadLazy } from "ext:core/lazy";
import { op_write } from "ext:core/ops";

const { bridge, registerErrorClass, registerErrorBuilder, registerErrorModule, buildCustomError } = infra;
const { defineProperty } = Object;
const { apply } = Reflect;
const { stringify } = JSON;
const { Error, AsyncContext, String } = globalThis;

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

bridge.install({
  __proto__: null,
  metrics: infra.metrics,
  registered: (namespace, name, id) => loadLazy("ext:core/raw.js").registered(namespace, name, id),
  unregistered: (namespace) => loadLazy("ext:core/raw.js").unregistered(namespace),
  stack: () => loadLazy("ext:core/report.js").framesOf(new Error()),
  rejections,
  loadMain,
  loadAhead,
  dispatch,
  describe,
  jsonOf,
});

// --- the core object

if (bridge.ownTime()) {
  loadLazy("ext:core/clock.js");
}

const defineGlobal = (name, value) => {
  defineProperty(globalThis, name, { __proto__: null, value, enumerable: false, writable: true, configurable: true });
};

const internals = { __proto__: null };
const internal = Symbol("Deno.internal");
const Deno = {};
defineLazy(Deno, "errors", "ext:core/errors.js", "errors", true);
Deno.internal = internal;
Deno[internal] = internals;

// For glue of this extension that is loaded later; scripts do not reach it.
export { reportException, Snapshot, snapshotRun };

export const core = {
  __proto__: null,
  Deno,
  defineGlobal,
  // A property, or a global, whose value a glue module exports; the module is loaded when someone first asks for it.
  defineLazy: (object, name, specifier, exported, enumerable = true) => {
    defineLazy(object, name, specifier, exported, enumerable);
  },
  // The same for many: module to names, each exported under its own.
  defineAllLazy: (object, table, enumerable = true, foreseen = true) => {
    defineAllLazy(object, table, enumerable, foreseen);
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
  runMicrotasks: () => bridge.runMicrotasks(),
  registerErrorClass,
  registerErrorBuilder,
  registerErrorModule,
  buildCustomError,
  config: (extension) => JSON.parse(bridge.config(String(extension))),
  start: () => JSON.parse(bridge.start()),
  lookups: () => bridge.lookups(),
  eventLoopHasMoreWork: () => bridge.hasMoreWork(),
  setLeakTracingEnabled: (on) => bridge.setLeakTraces(on === true),
  /** Kind and number to stack trace, of what is going on and began while tracing was on. */
  getAllLeakTraces: () => JSON.parse(bridge.leakTraces()),
  pendingOps: () => JSON.parse(bridge.pendingOps()),
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
defineAllLazy(core, {
  "ext:core/promises.js": ["poll", "refOpPromise", "unrefOpPromise", "hasPromise"],
  "ext:core/raw.js": ["dispatchOp", "op", "catalog", "openPlugin", "loadOp"],
  "ext:core/channels.js": ["pub", "sub"],
  "ext:core/scripts.js": ["evalContext", "compileFunction", "getPromiseDetails"],
  "ext:core/tasks.js": [
    "createTimer", "createSystemTimer", "cancelTimer", "refTimer", "unrefTimer", "queueMacrotask", "queueNextTick",
  ],
  "ext:core/errors.js": ["BadResource", "Interrupted", "NotCapable"],
  "ext:core/resources.js": [
    "close", "tryClose", "resources", "read", "readAll", "writeResource", "writeAll", "shutdown", "createCancelHandle",
  ],
  "ext:core/bytes.js": ["encode", "decode", "byteLength", "encodeBinaryString", "jsonOp", "jsonOpAsync"],
}, true, false);

internals.core = core;

delete globalThis.AsyncContext;
defineGlobal("Deno", Deno);
