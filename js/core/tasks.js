// Timers, and tasks of other kinds that the loop runs.

import { apply, bridge, fail, Map, maps } from "ext:core/infra.js";
import { reportException, Snapshot, snapshotRun } from "ext:core/mod.js";

/** Calls a callback with its arguments, as of the time it was handed over. */
function run(snapshot, call) {
  try {
    apply(snapshotRun, snapshot, call);
  } catch (e) {
    reportException(e);
  }
}

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
    throw fail(e, 0);
  }
  apply(maps.set, timers, [id, { callback, repeat: !!repeat, snapshot: new Snapshot() }]);
  return id;
}

export const createTimer = (callback, delayMs, repeat, ref) => startTimer(callback, delayMs, repeat, ref, false);
// The runtime's own: in no statistics.
export const createSystemTimer = (callback, delayMs, repeat, ref) => startTimer(callback, delayMs, repeat, ref, true);

export function cancelTimer(id) {
  if (apply(maps.delete, timers, [id])) {
    bridge.timerCancel(id);
  }
}

export function refTimer(id) {
  if (apply(maps.get, timers, [id]) !== undefined) {
    bridge.timerRef(id, true);
  }
}

export function unrefTimer(id) {
  if (apply(maps.get, timers, [id]) !== undefined) {
    bridge.timerRef(id, false);
  }
}

function fireTimer(id) {
  const timer = apply(maps.get, timers, [id]);
  if (timer === undefined) {
    return;
  }
  if (!timer.repeat) {
    apply(maps.delete, timers, [id]);
  }
  run(timer.snapshot, [timer.callback]);
}

const immediates = [];
let immediatesTaken = 0;

export function queueMacrotask(callback) {
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
  run(task.snapshot, [task.callback]);
}

// Callbacks that run as soon as the script has returned and its microtasks are done, before anything else.
const ticks = [];
let ticksTaken = 0;

export function queueNextTick(callback, ...args) {
  ticks[ticks.length] = { callback, args, snapshot: new Snapshot() };
  bridge.tick();
}

function runTicks() {
  while (ticksTaken < ticks.length) {
    const tick = ticks[ticksTaken];
    ticks[ticksTaken++] = undefined;
    run(tick.snapshot, [tick.callback, ...tick.args]);
    bridge.runMicrotasks();
  }
  ticks.length = 0;
  ticksTaken = 0;
}

bridge.install({ __proto__: null, fireTimer, runImmediate, runTicks });
