/*
 * Events and their targets. There is no tree here: an event's path is its target alone, so capturing and bubbling
 * listeners both run at the target, capturing ones first.
 */
import { core } from "ext:core/mod.js";
import { configureClass, illegalInvocation, requireArguments } from "ext:web/webidl.js";
import { privateCustomInspect, visibleProperties } from "ext:web/shown.js";

const { defineProperty } = Object;
const NONE = 0;
const AT_TARGET = 2;

let beginDispatch;
let endDispatch;
let stopped;
let isDispatching;
let setPassive;
let trust;

export class Event {
  #type;
  #bubbles;
  #cancelable;
  #composed;
  #canceled = false;
  #stopPropagation = false;
  #stopImmediately = false;
  #target = null;
  #currentTarget = null;
  #phase = NONE;
  #passive = false;
  #trusted = false;

  static {
    beginDispatch = (event, target) => {
      event.#target = event.#currentTarget = target;
      event.#phase = AT_TARGET;
    };
    endDispatch = (event) => {
      event.#currentTarget = null;
      event.#phase = NONE;
      event.#stopPropagation = event.#stopImmediately = false;
    };
    stopped = (event) => event.#stopImmediately;
    isDispatching = (event) => event.#phase !== NONE;
    setPassive = (event, passive) => {
      event.#passive = passive;
    };
    trust = (event) => {
      event.#trusted = true;
      return event;
    };
  }

  constructor(type, init = {}) {
    requireArguments(arguments.length, 1, `Failed to construct '${new.target.name}'`);
    this.#type = `${type}`;
    this.#bubbles = Boolean(init?.bubbles);
    this.#cancelable = Boolean(init?.cancelable);
    this.#composed = Boolean(init?.composed);
  }

  get type() {
    return this.#type;
  }
  get target() {
    return this.#target;
  }
  get srcElement() {
    return this.#target;
  }
  get currentTarget() {
    return this.#currentTarget;
  }
  composedPath() {
    return this.#currentTarget === null ? [] : [this.#currentTarget];
  }
  get eventPhase() {
    return this.#phase;
  }
  stopPropagation() {
    this.#stopPropagation = true;
  }
  get cancelBubble() {
    return this.#stopPropagation;
  }
  set cancelBubble(value) {
    if (value) this.#stopPropagation = true;
  }
  stopImmediatePropagation() {
    this.#stopPropagation = this.#stopImmediately = true;
  }
  get bubbles() {
    return this.#bubbles;
  }
  get cancelable() {
    return this.#cancelable;
  }
  get returnValue() {
    return !this.#canceled;
  }
  set returnValue(value) {
    if (!value) this.preventDefault();
  }
  preventDefault() {
    if (this.#cancelable && !this.#passive) this.#canceled = true;
  }
  get defaultPrevented() {
    return this.#canceled;
  }
  get composed() {
    return this.#composed;
  }
  get initialized() {
    return true;
  }
  // Deno 2.9 says 0 for every event.
  get timeStamp() {
    return 0;
  }
  get isTrusted() {
    return this.#trusted;
  }
}
["NONE", "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE"].forEach((name, value) => {
  defineProperty(Event, name, { value, enumerable: true });
  defineProperty(Event.prototype, name, { value, enumerable: true });
});

const EVENT_PROPERTIES = [
  "bubbles", "cancelable", "composed", "currentTarget", "defaultPrevented", "eventPhase", "srcElement", "target",
  "returnValue", "timeStamp", "type",
];

// Own properties of a subclass (a user's class too) are not shown, as in Deno.
function exposeEvent(constructor, extra = []) {
  configureClass(constructor);
  const shown = [...EVENT_PROPERTIES, ...extra];
  defineProperty(constructor.prototype, privateCustomInspect, {
    value(inspect, options) {
      return inspect(visibleProperties(this, shown), options);
    },
    configurable: true,
    writable: true,
  });
}
exposeEvent(Event);

// An event class that only carries data: each property has a default and, if given, a conversion.
function dataEvent(name, properties) {
  const construct = {
    [name]: class extends Event {
      #data = {};
      static {
        for (const property of Object.keys(properties)) {
          defineProperty(this.prototype, property, {
            get() {
              return this.#data[property];
            },
            enumerable: true,
            configurable: true,
          });
        }
      }
      constructor(type, init = {}) {
        requireArguments(arguments.length, 1, `Failed to construct '${name}'`);
        super(type, init);
        for (const property of Object.keys(properties)) {
          const [initial, convert] = properties[property];
          const given = init?.[property];
          this.#data[property] = given === undefined ? initial : convert === undefined ? given : convert(given);
        }
      }
    },
  }[name];
  defineProperty(construct, "length", { value: 1, configurable: true });
  exposeEvent(construct, Object.keys(properties));
  return construct;
}

const text = (value) => `${value}`;
const count = (value) => Math.trunc(+value) || 0;
export const CustomEvent = dataEvent("CustomEvent", { detail: [null] });
export const ErrorEvent = dataEvent("ErrorEvent", {
  message: ["", text],
  filename: ["", text],
  lineno: [0, count],
  colno: [0, count],
  error: [undefined],
});
export const PromiseRejectionEvent = dataEvent("PromiseRejectionEvent", { promise: [undefined], reason: [undefined] });
export const MessageEvent = dataEvent("MessageEvent", { data: [null], origin: ["", text], lastEventId: ["", text] });
export const CloseEvent = dataEvent("CloseEvent", { wasClean: [false, Boolean], code: [0, count], reason: ["", text] });
export const ProgressEvent = dataEvent("ProgressEvent", {
  lengthComputable: [false, Boolean],
  loaded: [0, count],
  total: [0, count],
});

// ------------------------------------------------------------------------------------------------------------ targets

class Adopt {
  constructor(object) {
    return object;
  }
}

// Listeners live in a private field, stamped onto targets that were not built by our constructor (globalThis).
class Listeners extends Adopt {
  #byType = new Map();
  static has(object) {
    return object !== null && (typeof object === "object" || typeof object === "function") && #byType in object;
  }
  static of(target) {
    return target.#byType;
  }
}

/** Makes any object hold listeners; its prototype must lead to EventTarget's. */
export function adoptEventTarget(object) {
  return new Listeners(object);
}

function listenersOf(receiver) {
  const target = receiver ?? globalThis;
  if (!Listeners.has(target)) throw illegalInvocation();
  return Listeners.of(target);
}

export class EventTarget {
  constructor() {
    new Listeners(this);
  }

  addEventListener(type, callback, options) {
    const all = listenersOf(this);
    requireArguments(arguments.length, 2, "Failed to execute 'addEventListener' on 'EventTarget'");
    const bag = typeof options === "boolean" ? { capture: options } : options ?? {};
    const signal = bag.signal;
    if (callback === null || callback === undefined || signal?.aborted) return;
    const name = `${type}`;
    const capture = Boolean(bag.capture);
    const list = all.get(name) ?? [];
    if (list.some((it) => it.callback === callback && it.capture === capture)) return;
    const listener = { callback, capture, once: Boolean(bag.once), passive: Boolean(bag.passive), removed: false };
    // A new list each time: a dispatch under way keeps the one it started with.
    all.set(name, [...list, listener]);
    if (signal !== undefined && signal !== null) {
      signal.addEventListener("abort", () => remove(all, name, listener), { once: true });
    }
  }

  removeEventListener(type, callback, options) {
    const all = listenersOf(this);
    requireArguments(arguments.length, 2, "Failed to execute 'removeEventListener' on 'EventTarget'");
    const capture = typeof options === "boolean" ? options : Boolean(options?.capture);
    const name = `${type}`;
    const listener = all.get(name)?.find((it) => it.callback === callback && it.capture === capture);
    if (listener !== undefined) remove(all, name, listener);
  }

  dispatchEvent(event) {
    listenersOf(this);
    requireArguments(arguments.length, 1, "Failed to execute 'dispatchEvent' on 'EventTarget'");
    if (!(event instanceof Event)) throw new TypeError("Argument 1 is not an Event");
    if (isDispatching(event)) {
      const { DOMException } = core.loadLazy("ext:web/dom_exception.js");
      throw new DOMException("Invalid event state", "InvalidStateError");
    }
    return dispatch(this ?? globalThis, event);
  }

  getParent(_event) {
    return null;
  }
}
configureClass(EventTarget);

function remove(all, name, listener) {
  listener.removed = true;
  const left = all.get(name)?.filter((it) => it !== listener) ?? [];
  if (left.length === 0) all.delete(name);
  else all.set(name, left);
}

/** Whether anybody listens; spares making an event for nobody. */
export function hasListeners(target, type) {
  return Listeners.of(target).has(type);
}

function dispatch(target, event) {
  const all = Listeners.of(target);
  const list = all.get(event.type);
  beginDispatch(event, target);
  if (list !== undefined) {
    for (const capture of [true, false]) {
      for (const listener of list) {
        if (listener.capture !== capture || listener.removed) continue;
        if (listener.once) remove(all, event.type, listener);
        setPassive(event, listener.passive);
        call(listener.callback, target, event);
        setPassive(event, false);
        if (stopped(event)) break;
      }
      if (stopped(event)) break;
    }
  }
  endDispatch(event);
  return !event.defaultPrevented;
}

function call(callback, target, event) {
  try {
    if (typeof callback === "function") callback.call(target, event);
    else callback.handleEvent?.(event);
  } catch (error) {
    core.reportException(error);
  }
}

/** Dispatches an event of the platform's own: `isTrusted` is true. Returns false if it was prevented. */
export function dispatchTrusted(target, event) {
  return dispatch(target, trust(event));
}

/**
 * Gives `target` an attribute `on<type>`: one listener that can be set and read back; returning false prevents. As in
 * Deno, `onerror` too is called with the event alone.
 */
export function defineEventHandler(target, type) {
  const handlers = new WeakMap();
  defineProperty(target, `on${type}`, {
    get() {
      return handlers.get(this ?? globalThis)?.callback ?? null;
    },
    set(value) {
      const self = this ?? globalThis;
      const callback = typeof value === "function" || (typeof value === "object" && value !== null) ? value : null;
      let handler = handlers.get(self);
      if (handler === undefined) {
        if (callback === null) return;
        handler = { callback };
        handlers.set(self, handler);
        // The place in the order of listeners is that of the first assignment.
        self.addEventListener(type, (event) => {
          if (typeof handler.callback !== "function") return;
          if (handler.callback.call(self, event) === false) event.preventDefault();
        });
      }
      handler.callback = callback;
    },
    enumerable: true,
    configurable: true,
  });
}
