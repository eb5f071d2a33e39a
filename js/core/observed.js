// Wrappers of ops whose calls are counted or logged, which few runtimes ask for.

import {
  apply, bridge, collecting, Error, isView, lengthOf, Observed, Promise, PROMISE_ID, strings, stringify,
} from "ext:core/infra.js";

const { DISPATCHED, COMPLETED, FAILED } = Observed;

/** Wraps an op so that its collector is told of each call. */
export function collected(id, op) {
  collecting[id] = true;
  return (...args) => {
    bridge.collect(id, DISPATCHED);
    let event = FAILED;
    try {
      const result = op(...args);
      event = !(result instanceof Promise) ? COMPLETED : result[PROMISE_ID] !== undefined ? -1 : bridge.peek(result)[1];
      return result;
    } finally {
      if (event >= 0) {
        bridge.collect(id, event);
      }
    }
  };
}

/** Wraps an op so that each call is logged. */
export function traced(name, op) {
  return (...args) => {
    const started = bridge.nanoTime();
    let result;
    try {
      result = op(...args);
    } catch (error) {
      bridge.trace(name, briefly(args), started, `threw ${brief(error)}`);
      throw error;
    }
    bridge.trace(name, briefly(args), started, result instanceof Promise ? briefPromise(result) : brief(result));
    return result;
  };
}

function briefPromise(promise) {
  const id = promise[PROMISE_ID];
  if (id !== undefined) {
    return `promise ${id}`; // its end gets a line of its own
  }
  const [, state, reason] = bridge.peek(promise);
  return state === FAILED ? `rejected ${brief(reason)}` : "promise, settled";
}

const BRIEF_MAX = 60; // characters of one argument or result

function briefly(args) {
  let text = "";
  for (let i = 0; i < args.length; i++) {
    text += (i === 0 ? "" : ", ") + brief(args[i]);
  }
  return text;
}

function brief(value) {
  let text;
  try {
    if (isView(value)) return `bytes(${lengthOf(value)})`;
    if (value instanceof Error) text = `${value.name}: ${value.message}`;
    else if (typeof value === "bigint") text = `${value}n`;
    else text = stringify(value) ?? typeof value;
  } catch {
    text = typeof value;
  }
  return text.length <= BRIEF_MAX ? text : `${apply(strings.slice, text, [0, BRIEF_MAX])}... (${text.length} characters)`;
}
