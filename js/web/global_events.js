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
import { illegalConstructor } from "ext:web/webidl.js";

const { defineProperty, getOwnPropertyDescriptor, setPrototypeOf } = Object;

/** The class of the global object; only its prototype is of use. */
export class Window extends EventTarget {
  constructor() {
    illegalConstructor();
  }
}
// main.js has put a stand-in there, which loaded this module when it was asked for a listener.
setPrototypeOf(globalThis, Window.prototype);
defineProperty(Window.prototype, Symbol.toStringTag, { value: "Window", configurable: true });
adoptEventTarget(globalThis);
export const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
export { EventTarget };

/** Holds the attributes onerror, onload, ... until they move to the global object. */
const attributes = {};
for (const type of ["error", "load", "beforeunload", "unload", "unhandledrejection", "rejectionhandled"]) {
  defineEventHandler(attributes, type);
}
export const attribute = (name) => getOwnPropertyDescriptor(attributes, name);

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

/** True if a listener took care of the error. */
export function onException(error) {
  if (reporting || !hasListeners(globalThis, "error")) return false;
  reporting = true;
  try {
    const init = { cancelable: true, message: uncaughtMessage(error), error, ...positionOf(error) };
    return !dispatchTrusted(globalThis, new ErrorEvent("error", init));
  } finally {
    reporting = false;
  }
}

/** True if a listener took care of the rejection. */
export function onRejection(promise, reason) {
  if (!hasListeners(globalThis, "unhandledrejection")) return false;
  const event = new PromiseRejectionEvent("unhandledrejection", { cancelable: true, promise, reason });
  return !dispatchTrusted(globalThis, event);
}

export function onLateHandler(promise, reason) {
  dispatchTrusted(globalThis, new PromiseRejectionEvent("rejectionhandled", { promise, reason }));
}

/** Dispatches an event of the life of the script; false if a listener prevented it. */
export function onLife(type, cancelable) {
  return dispatchTrusted(globalThis, new Event(type, { cancelable }));
}
