// Promises of asynchronous ops: made, kept and settled.

import {
  apply, begun, bridge, captureStackTrace, collecting, currentError, currentErrorMaker, Error, fail, failures, Map, maps, numbers,
  Observed, Promise, PROMISE_ID, promiseThen, settled, settledBadly,
} from "ext:core/infra.js";

const PromiseReject = (reason) => new Promise((_, reject) => reject(reason));

export function rejected(thrown, id) {
  return PromiseReject(fail(thrown, id));
}

const PENDING_MAX = bridge.pendingMax();
let pendingCount = 0;

/** Throws if one more pending op would be too many: before the body of `op` has done anything. */
export function admit(op) {
  if (pendingCount >= PENDING_MAX) {
    bridge.admit(op);
  }
}

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

export function pendingPromise(id, op, decode) {
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
    apply(maps.set, overflow, [older.id, older]);
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
  const older = apply(maps.get, overflow, [id]);
  if (older === undefined) {
    throw new Error(`Unknown promise id ${id}: the host settled an op twice or one it never began`);
  }
  apply(maps.delete, overflow, [id]);
  return older;
}

export function hasPromise(id) {
  const pending = ring[id % ring.length];
  return (pending !== undefined && pending.id === id) || apply(maps.has, overflow, [id]);
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
  apply(maps.set, lazyBodies, [id, body]);
  return pendingPromise(id, op, decode);
}

function runLazy(id) {
  const body = apply(maps.get, lazyBodies, [id]);
  apply(maps.delete, lazyBodies, [id]);
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
    const id = numbers.floor(next / 2);
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

/** Settles what has completed, without leaving the guest; how many ops that were. */
export function poll() {
  const count = bridge.ready();
  settle(count);
  return count;
}

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

bridge.install({ __proto__: null, settle, runLazy });
