/*
 * setTimeout and its kin. A timer is an object, as in Deno 2.9: it has ref, unref, refresh, and turns into its number
 * wherever a number is wanted.
 */
import { core } from "ext:core/mod.js";

const { apply } = Reflect;
const DELAY_MAX = 2147483647;
const live = new Map(); // id -> Timeout or Immediate that may still run

function requireCallback(callback) {
  if (typeof callback === "function") return;
  const received = callback === null || callback === undefined ? `${callback}` : `type ${typeof callback} (${core.inspect(callback).replaceAll('"', "'")})`;
  const error = new TypeError(`The "callback" argument must be of type function. Received ${received}`);
  error.code = "ERR_INVALID_ARG_TYPE";
  throw error;
}

function toDelay(value) {
  const delay = +value;
  return delay >= 1 && delay <= DELAY_MAX ? Math.trunc(delay) : 1;
}

class Timeout {
  #id = 0;
  #callback;
  #args;
  #delay;
  #repeat;
  #ref = true;
  #native = 0;

  constructor(callback, delay, args, repeat) {
    this.#callback = callback;
    this.#args = args;
    this.#delay = delay;
    this.#repeat = repeat;
    this.#start();
    this.#id = this.#native;
    live.set(this.#id, this);
  }

  #start() {
    this.#native = core.createTimer(() => {
      if (!this.#repeat) {
        live.delete(this.#id);
        this.#native = 0;
      }
      if (this.#args.length === 0) this.#callback();
      else apply(this.#callback, this, this.#args);
    }, this.#delay, this.#repeat, this.#ref);
  }

  /** Starts the wait again from now. */
  refresh() {
    if (this.#native !== 0) core.cancelTimer(this.#native);
    this.#start();
    live.set(this.#id, this);
    return this;
  }

  unref() {
    this.#ref = false;
    if (this.#native !== 0) core.unrefTimer(this.#native);
    return this;
  }

  ref() {
    this.#ref = true;
    if (this.#native !== 0) core.refTimer(this.#native);
    return this;
  }

  hasRef() {
    return this.#ref;
  }

  close() {
    if (this.#native !== 0) core.cancelTimer(this.#native);
    this.#native = 0;
    live.delete(this.#id);
    return this;
  }

  [Symbol.toPrimitive]() {
    return this.#id;
  }

  [Symbol.dispose]() {
    this.close();
  }
}

class Immediate {
  #callback;
  #args;
  #done = false;

  constructor(callback, args) {
    this.#callback = callback;
    this.#args = args;
    core.queueMacrotask(() => {
      if (this.#done) return;
      this.#done = true;
      apply(this.#callback, this, this.#args);
    });
  }

  static clear(immediate) {
    if (immediate instanceof Immediate) immediate.#done = true;
  }
}

export function setTimeout(callback, delay, ...args) {
  requireCallback(callback);
  return new Timeout(callback, toDelay(delay), args, false);
}
export function setInterval(callback, delay, ...args) {
  requireCallback(callback);
  return new Timeout(callback, toDelay(delay), args, true);
}

function clear(timer) {
  if (timer instanceof Timeout) timer.close();
  else if (typeof timer === "number" || typeof timer === "string") live.get(+timer)?.close();
}
export function clearTimeout(timer) {
  clear(timer);
}
export function clearInterval(timer) {
  clear(timer);
}
export function setImmediate(callback, ...args) {
  requireCallback(callback);
  return new Immediate(callback, args);
}
export function clearImmediate(immediate) {
  Immediate.clear(immediate);
}

export function refTimer(id) {
  live.get(+id)?.ref();
}
export function unrefTimer(id) {
  live.get(+id)?.unref();
}

const { then } = Promise.prototype;
const resolved = Promise.resolve();
export function queueMicrotask(callback) {
  if (typeof callback !== "function") throw new TypeError("expected a function");
  apply(then, resolved, [() => {
    try {
      callback();
    } catch (error) {
      core.reportException(error);
    }
  }]);
}
