// AbortController and AbortSignal.
import { core } from "ext:core/mod.js";
import { DOMException } from "ext:web/dom_exception.js";
import { defineEventHandler, dispatchTrusted, Event, EventTarget } from "ext:web/event.js";
import { configureClass, illegalConstructor, internal, requireArguments, toSequence, toUnsignedSafe } from "ext:web/webidl.js";

let abort;
let algorithms;

export class AbortSignal extends EventTarget {
  #reason = undefined;
  #aborted = false;
  #algorithms = new Set();
  // For signals made by any(): what they follow, and who follows. Weak, so that a long-lived source holds no dead ones.
  #sources = null;
  #followers = new Set();
  #timer = 0;
  #listening = 0;

  static {
    abort = (signal, reason) => signal.#abort(reason);
    algorithms = (signal) => signal.#algorithms;
  }

  constructor(key) {
    if (key !== internal) illegalConstructor();
    super();
  }

  static any(signals) {
    const where = "Failed to execute 'AbortSignal.any'";
    requireArguments(arguments.length, 1, where);
    const list = toSequence(signals, `${where}: Argument 1`);
    list.forEach((it, i) => {
      if (!(it instanceof AbortSignal)) throw new TypeError(`${where}: Argument 1, index ${i} is not of type AbortSignal`);
    });
    const signal = new AbortSignal(internal);
    const aborted = list.find((it) => it.#aborted);
    if (aborted !== undefined) {
      signal.#aborted = true;
      signal.#reason = aborted.#reason;
      return signal;
    }
    signal.#sources = new Set();
    for (const it of list) {
      // Followers of followers are attached to the sources themselves.
      for (const source of it.#sources ?? [it]) {
        signal.#sources.add(source);
        source.#followers.add(signal);
      }
    }
    return signal;
  }

  static abort(reason = undefined) {
    const signal = new AbortSignal(internal);
    signal.#aborted = true;
    signal.#reason = reason === undefined ? abortError() : reason;
    return signal;
  }

  static timeout(milliseconds) {
    const where = "Failed to execute 'AbortSignal.timeout'";
    requireArguments(arguments.length, 1, where);
    const delay = toUnsignedSafe(milliseconds, `${where}: Argument 1`);
    const signal = new AbortSignal(internal);
    // Does not keep the program alive unless somebody listens.
    signal.#timer = core.createTimer(() => {
      signal.#timer = 0;
      signal.#abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    }, delay, false, false);
    return signal;
  }

  #abort(reason) {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason === undefined ? abortError() : reason;
    const followers = [...this.#followers].filter((it) => !it.#aborted);
    for (const follower of followers) {
      follower.#aborted = true;
      follower.#reason = this.#reason;
    }
    this.#run();
    for (const follower of followers) follower.#run();
  }

  #run() {
    const steps = [...this.#algorithms];
    this.#algorithms.clear();
    this.#followers.clear();
    for (const source of this.#sources ?? []) source.#followers.delete(this);
    for (const step of steps) step(this.#reason);
    dispatchTrusted(this, new Event("abort"));
  }

  // A timeout counts for the life of the program while there are listeners, here or on a follower.
  #listened(change) {
    for (const source of this.#sources ?? [this]) {
      source.#listening = Math.max(0, source.#listening + change);
      if (source.#timer === 0) continue;
      if (source.#listening > 0) core.refTimer(source.#timer);
      else core.unrefTimer(source.#timer);
    }
  }

  get aborted() {
    return this.#aborted;
  }
  get reason() {
    return this.#reason;
  }
  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }
  addEventListener(...args) {
    super.addEventListener(...args);
    if (args[0] === "abort" && args[1]) this.#listened(1);
  }
  removeEventListener(...args) {
    super.removeEventListener(...args);
    if (args[0] === "abort" && args[1]) this.#listened(-1);
  }
}
defineEventHandler(AbortSignal.prototype, "abort");
configureClass(AbortSignal, ["aborted", "reason", "onabort"]);

function abortError() {
  return new DOMException("The signal has been aborted", "AbortError");
}

export class AbortController {
  #signal = new AbortSignal(internal);
  get signal() {
    return this.#signal;
  }
  abort(reason) {
    abort(this.#signal, reason);
  }
}
configureClass(AbortController, ["signal"]);

/** Runs `step(reason)` when the signal aborts, before its event; at once if it has. Returns a function that takes it back. */
export function onAbort(signal, step) {
  if (signal.aborted) {
    step(signal.reason);
    return () => {};
  }
  algorithms(signal).add(step);
  return () => algorithms(signal).delete(step);
}

/** A signal of ours and the function that aborts it, without a controller. */
export function newAbortSignal() {
  const signal = new AbortSignal(internal);
  return [signal, (reason) => abort(signal, reason)];
}
