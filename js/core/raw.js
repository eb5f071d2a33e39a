// Ops by id, with bytes: those of plugins and handlers, and what the core object offers for them.

import {
  apply, begun, bridge, buffer, bufferOf, calls, fail, failures, freeze, i32, lengthOf, Map, maps, offsetOf, parse,
  ReferenceError, settled, settledBadly, str, strings, toBytes, TypeError, Uint8Array,
} from "ext:core/infra.js";
import { pendingPromise } from "ext:core/promises.js";

const NO_BYTES = new Uint8Array(0);

/** Calls an op by id with bytes: bytes, null, or a promise of bytes. */
export function dispatchOp(id, control, ...buffers) {
  return raw(id, [control, ...buffers], dispatchOp);
}

export function raw(asked, args, op) {
  if (typeof asked !== "number" || (asked | 0) !== asked) {
    throw new TypeError(`expected the id of an op, got ${typeof asked === "number" ? asked : typeof asked}`);
  }
  const id = asked | 0; // -0 is no int to the host
  if (id > 0 && id < calls.length) {
    calls[id]++;
  }
  let answer;
  try {
    const control = args.length === 0 || args[0] === undefined || args[0] === null ? NO_BYTES : buffer(args[0]);
    const lent = [];
    for (let i = 1; i < args.length; i++) {
      const view = buffer(args[i]);
      lent[lent.length] = bufferOf(view);
      lent[lent.length] = offsetOf(view);
      lent[lent.length] = lengthOf(view);
    }
    answer = bridge.dispatch(id, bufferOf(control), offsetOf(control), lengthOf(control), lent);
  } catch (e) {
    throw fail(e, id < calls.length ? id : 0);
  }
  if (answer >= 0) {
    return pendingPromise(answer, id, toBytes);
  }
  return answer === -1 ? toBytes(bridge.settledValue()) : null;
}

const ids = new Map();
let tables;

/** The id of an op, asked of the host once. */
function opId(namespace, name) {
  const key = `${namespace}:${name}`;
  let id = apply(maps.get, ids, [key]);
  if (id === undefined) {
    id = bridge.lookup(namespace, name);
    if (id === 0) {
      throw new ReferenceError(`No op "${name}" in namespace "${namespace}"`);
    }
    apply(maps.set, ids, [key, id]);
  }
  return id;
}

/** A function that calls an op by namespace and name, with bytes; it fails once the op is gone. */
function opByName(namespace, name) {
  return function op(control, ...buffers) {
    return raw(opId(namespace, name), [control, ...buffers], op);
  };
}

/** Namespace to name to id: a frozen picture of now. */
export function catalog() {
  if (tables === undefined) {
    tables = parse(bridge.catalog());
    for (const namespace in tables) {
      freeze(tables[namespace]);
    }
    freeze(tables);
  }
  return tables;
}

// The one place where the host tells of ops that come and go after start.
export function registered(namespace, name, id) {
  calls[id] = failures[id] = begun[id] = settled[id] = settledBadly[id] = 0;
  apply(maps.set, ids, [`${namespace}:${name}`, id]);
  tables = undefined;
}

export function unregistered(namespace) {
  const start = `${namespace}:`;
  apply(maps.forEach, ids, [(_, key) => {
    if (apply(strings.startsWith, key, [start])) {
      apply(maps.set, ids, [key, undefined]);
    }
  }]);
  tables = undefined;
}

export function openPlugin(path) {
  try {
    return bridge.openPlugin(str(path));
  } catch (e) {
    throw fail(e, 0);
  }
}

export function loadOp(rid, name) {
  let id;
  try {
    id = bridge.loadPluginOp(i32(rid), str(name));
  } catch (e) {
    throw fail(e, 0);
  }
  return function op(control, ...buffers) {
    return raw(id, [control, ...buffers], op);
  };
}

export { opByName as op };
