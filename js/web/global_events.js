/*
 * The global object as an event target, and what the runtime has to tell a script: errors nobody caught, rejections
 * nobody handled, the end of loading and of everything.
 */
import { core } from "ext:core/mod.js";
import {
  adoptEventTarget,
  defineEventHandler,
  dispatchTrusted,
  ErrorEvent,
  Event,
  EventTarget,
  hasListeners,
  PromiseRejectionEvent,
} from "ext:web/event.js";
import { exposeFunction, exposeGetter, illegalConstructor, requireArguments } from "ext:web/webidl.js";

const { defineProperty, setPrototypeOf } = Object;

/** The class of the global object; only its prototype is of use. */
class Window extends EventTarget {
  constructor() {
    illegalConstructor();
  }
}
defineProperty(Window.prototype, Symbol.toStringTag, { value: "Window", configurable: true });
core.defineGlobal("Window", Window);
setPrototypeOf(globalThis, Window.prototype);
adoptEventTarget(globalThis);

exposeGetter("self", () => globalThis);
for (const type of ["error", "load", "beforeunload", "unload", "unhandledrejection", "rejectionhandled"]) {
  defineEventHandler(globalThis, type);
}

const POSITION = /^\s+at (?:.*\()?(.*?):(\d+):(\d+)\)?$/m;

function positionOf(error) {
  const found = typeof error?.stack === "string" ? POSITION.exec(error.stack) : null;
  return found === null ? { filename: "", lineno: 0, colno: 0 } : { filename: found[1], lineno: +found[2], colno: +found[3] };
}

function uncaughtMessage(error) {
  const isObject = error !== null && (typeof error === "object" || typeof error === "function");
  if (!isObject) return `Uncaught ${String(error)}`;
  try {
    return error instanceof Error ? `Uncaught ${String(error)}` : `Uncaught ${core.inspect(error)}`;
  } catch {
    return "Uncaught";
  }
}

// An error thrown by a listener of "error" is not dispatched again: it ends the program.
let reporting = false;
core.setReportExceptionCallback((error) => {
  if (reporting || !hasListeners(globalThis, "error")) return false;
  reporting = true;
  try {
    const init = { cancelable: true, message: uncaughtMessage(error), error, ...positionOf(error) };
    return !dispatchTrusted(globalThis, new ErrorEvent("error", init));
  } finally {
    reporting = false;
  }
});

core.setUnhandledPromiseRejectionHandler((promise, reason) => {
  if (!hasListeners(globalThis, "unhandledrejection")) return false;
  const event = new PromiseRejectionEvent("unhandledrejection", { cancelable: true, promise, reason });
  return !dispatchTrusted(globalThis, event);
});

core.setHandledPromiseRejectionHandler?.((promise, reason) => {
  dispatchTrusted(globalThis, new PromiseRejectionEvent("rejectionhandled", { promise, reason }));
});

core.setLifecycle({
  load: () => dispatchTrusted(globalThis, new Event("load")),
  /** True if a listener wants to go on: the loop is looked at again. */
  beforeunload: () => !dispatchTrusted(globalThis, new Event("beforeunload", { cancelable: true })),
  unload: () => dispatchTrusted(globalThis, new Event("unload")),
});

exposeFunction("reportError", function reportError(error) {
  requireArguments(arguments.length, 1, "Failed to execute 'reportError'");
  core.reportException(error);
});
