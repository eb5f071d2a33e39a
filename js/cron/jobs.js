// Registered crons and their runs. Loaded by the first use of Deno.cron.
import {
  op_cron_aborted,
  op_cron_create,
  op_cron_failed,
  op_cron_next,
  op_cron_run,
  op_cron_warnings,
} from "ext:core/ops";
import { core } from "ext:core/mod.js";
import { parseScheduleToString } from "ext:cron/schedule.js";

const { freeze } = Object;
const { isArray } = Array;
const { trunc } = Math;

const { runInScope } = core;

const LEVEL_WARN = 3;
const LEVEL_ERROR = 4;
const U32_MAX = 4294967295;

// What Deno's own argument conversion does, with its words.
function toBackoff(schedule) {
  if (schedule === undefined || schedule === null) return null;
  if (!isArray(schedule)) throw new TypeError("expected type `v8::data::Array`, got `v8::data::Value`");
  const waits = [];
  for (let i = 0; i < schedule.length; i++) {
    const ms = schedule[i];
    if (typeof ms !== "number") throw new TypeError("expected type `v8::data::Number`, got `v8::data::Value`");
    waits[i] = ms >= U32_MAX ? U32_MAX : ms > 0 ? trunc(ms) : 0;
  }
  return waits;
}

function create(name, schedule, backoffSchedule) {
  const backoff = toBackoff(backoffSchedule);
  if (typeof name !== "string") {
    throw new TypeError(
      `Cannot create cron job, the name must be a string: received '${name === null ? "null" : typeof name}'`,
    );
  }
  const rid = op_cron_create(name, schedule, backoff);
  for (const warning of op_cron_warnings(rid)) {
    core.write(LEVEL_WARN, `Warning: cron '${name}': ${warning}\n`);
  }
  return rid;
}

function follow(signal, job) {
  const close = () => {
    if (job.scope !== 0) abortRun(job.scope, signal.reason);
    core.tryClose(job.rid);
  };
  try {
    signal.addEventListener("abort", close, { once: true });
    // Deno ignores a signal that has been aborted already, and the cron runs for ever.
    if (signal.aborted === true) close();
  } catch (error) {
    // In Deno the registration stays behind, and its name is taken for good.
    core.tryClose(job.rid);
    throw error;
  }
}

function inspected(error) {
  try {
    return typeof error === "string" ? error : core.inspect(error);
  } catch {
    return "[a value that cannot be shown]";
  }
}

// One job function after the other until the cron is closed; job.scope is 0 while none runs.
async function serve(job, name, handler) {
  const { rid } = job;
  let ok = true;
  while ((job.scope = await op_cron_next(rid, ok)) !== 0) {
    const { scope } = job;
    ok = true;
    try {
      const result = runInScope(scope, handler);
      if (result !== undefined) await result;
    } catch (error) {
      ok = false;
      const text = inspected(error);
      runInScope(scope, () => core.write(LEVEL_ERROR, `Exception in cron handler ${name} ${text}\n`));
      op_cron_failed(rid, text);
    }
    if (runs.size !== 0) runs.delete(scope);
    job.scope = 0;
  }
}

export function cron(name, schedule, handlerOrOptions1, handler2) {
  if (name === undefined) {
    throw new TypeError("Cannot create cron job, a unique name is required: received 'undefined'");
  }
  if (schedule === undefined) {
    throw new TypeError("Cannot create cron job, a schedule is required: received 'undefined'");
  }
  const text = parseScheduleToString(schedule);
  let handler, options;
  if (typeof handlerOrOptions1 === "function") {
    if (handler2 !== undefined) {
      throw new TypeError("Cannot create cron job, a single handler is required: two handlers were specified");
    }
    handler = handlerOrOptions1;
  } else if (typeof handler2 === "function") {
    handler = handler2;
    options = handlerOrOptions1;
  } else {
    throw new TypeError("Cannot create cron job: a handler is required");
  }
  // Scopes are doubles: beginning with an integer, every job's shape would change with its first run.
  const job = { rid: create(name, text, options?.backoffSchedule), scope: -0 };
  const signal = options?.signal;
  if (signal) follow(signal, job);
  return serve(job, name, handler);
}

// Runs somebody has looked at, by scope, until they end; the host is asked once for each, and only when a script looks.
const runs = new Map();
let abort;

class Run {
  #controller = undefined;
  #aborted = false;
  #reason = undefined;
  #scope;

  static {
    abort = (run, reason) => {
      run.#aborted = true;
      run.#reason = reason;
      run.#controller?.abort(reason);
    };
  }

  constructor(scope, { id, job, scheduledTimeMs, attempt, fence, node }) {
    this.#scope = scope;
    this.id = id;
    this.job = job;
    this.scheduledTime = new Date(scheduledTimeMs).toISOString();
    this.attempt = attempt;
    this.fence = fence;
    this.node = node;
    freeze(this);
  }

  async #listen() {
    const reason = await op_cron_aborted(this.#scope);
    if (reason !== null && !this.#aborted) abort(this, new globalThis.DOMException(reason, "AbortError"));
  }

  get signal() {
    if (this.#controller === undefined) {
      this.#controller = new globalThis.AbortController(); // loaded by its first use: most scripts never look
      if (this.#aborted) this.#controller.abort(this.#reason);
      else this.#listen();
    }
    return this.#controller.signal;
  }
}

/** What a script may know of the run in `scope`, or undefined if none does. */
export function runOf(scope) {
  let run = runs.get(scope);
  if (run === undefined) {
    const facts = op_cron_run(scope);
    if (facts === null) return undefined;
    run = new Run(scope, facts);
    runs.set(scope, run);
  }
  return run;
}

function abortRun(scope, reason) {
  const run = runOf(scope);
  if (run !== undefined) abort(run, reason);
}
