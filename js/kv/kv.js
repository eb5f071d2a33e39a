// Deno KV: connections, atomic operations, iterators over ranges.
import {
  op_kv_atomic_write,
  op_kv_database_open,
  op_kv_dequeue_next_message,
  op_kv_encode_cursor,
  op_kv_finish_dequeued_message,
  op_kv_snapshot_read,
  op_kv_watch,
  op_kv_watch_next,
} from "ext:core/ops";
import { core } from "ext:core/mod.js";
import { deserialize, serialize } from "ext:kv/serializer.js";
import {
  COMMIT_VERSIONSTAMP,
  consistencyOf,
  cursorText,
  keyText,
  Reader,
  requireArray,
  text,
  textOfBytes,
  versionText,
  wholeNumber,
} from "ext:kv/wire.js";

const { BigInt, Error, Number, Promise, RangeError, TypeError, Uint8Array } = globalThis;
const { assign, defineProperty, freeze, hasOwn, keys: keysOf } = Object;
const { isArray } = Array;
const { isInteger } = Number;
const { trunc, min } = Math;
const { asyncIterator } = Symbol;
const join = Function.prototype.call.bind(Array.prototype.join);
// The inspector of the web platform calls it, as it does for classes of its own.
const privateCustomInspect = Symbol.for("Deno.privateCustomInspect");

const LEVEL_ERROR = 4;
const U64_MAX = 0xffffffffffffffffn;
const DELAY_MS_MAX = 30 * 24 * 60 * 60 * 1000;
const BACKOFF_STEPS_MAX = 5;
const BACKOFF_MS_MAX = 60 * 60 * 1000;
const BACKOFF_DEFAULT = [100, 1000, 5000, 30000, 60000];
const BATCH_DEFAULT = 100;
const BATCH_MAX = 500;

// Passed to constructors that are not for scripts.
const internal = Symbol("internal");

class KvU64 {
  constructor(value) {
    if (typeof value !== "bigint") throw new TypeError(`Value must be a bigint: received ${typeof value}`);
    if (value < 0n) throw new RangeError(`Value must be a positive bigint: received ${value}`);
    if (value > U64_MAX) throw new RangeError("Value must fit in a 64-bit unsigned integer");
    this.value = value;
    freeze(this);
  }

  valueOf() {
    return this.value;
  }

  toString() {
    return `${this.value}`;
  }

  get [Symbol.toStringTag]() {
    return "Deno.KvU64";
  }

  [privateCustomInspect](inspect, options) {
    return `[Deno.KvU64: ${inspect(BigInt(this.value), options)}]`;
  }
}

// --- values on the wire

function valueText(value) {
  if (value instanceof Uint8Array) return "b" + text(textOfBytes(value));
  if (value instanceof KvU64) return "u" + text(`${BigInt(value.value)}`);
  return "c" + text(serialize(value));
}

function readValue(reader) {
  switch (reader.tag()) {
    case "b":
      return reader.bytes();
    case "u":
      return new KvU64(BigInt(reader.text()));
  }
  return deserialize(reader.text());
}

function readEntry(reader) {
  const key = reader.key();
  const versionstamp = reader.fixed(20);
  return { key, value: readValue(reader), versionstamp };
}

function missing(key) {
  return { key, value: null, versionstamp: null };
}

// The limit, the direction, the cursor: the first entry of one key.
const ONE = "1;f0;";

// --- writing

function expiry(expireIn) {
  if (expireIn === undefined) return undefined;
  if (typeof expireIn !== "number" || !isInteger(expireIn) || expireIn < 0) {
    throw new TypeError(`expireIn must be a non-negative integer: received ${showPlainly(expireIn)}`);
  }
  return expireIn;
}

function showPlainly(value) {
  return typeof value === "symbol" ? String(value) : `${value}`;
}

function expiryText(expireIn) {
  if (expireIn === undefined) return "f";
  const ms = BigInt(expireIn);
  return "t" + text(`${ms > U64_MAX ? U64_MAX : ms}`);
}

function putText(key, value, expireIn) {
  const parts = requireArray(key).length;
  const stamped = parts > 0 && key[parts - 1] === COMMIT_VERSIONSTAMP;
  return (stamped ? "V" + keyText(key, parts - 1) : "P" + keyText(key)) + value + expiryText(expireIn);
}

function delayOf(delay) {
  if (delay === undefined || delay === null) return 0;
  const number = typeof delay === "bigint" ? Number(delay) : delay;
  if (number < 0) throw new TypeError(`Delay must be >= 0: received ${delay}`);
  if (number > DELAY_MS_MAX) throw new TypeError(`Delay cannot be greater than 30 days: received ${delay}`);
  if (number !== number) throw new TypeError("Delay cannot be NaN");
  return delay;
}

function checkBackoff(schedule) {
  if (schedule === undefined) return;
  if (schedule.length > BACKOFF_STEPS_MAX) {
    throw new TypeError(`Invalid backoffSchedule, max ${BACKOFF_STEPS_MAX} intervals allowed`);
  }
  for (let i = 0; i < schedule.length; i++) {
    const interval = schedule[i];
    if (interval < 0 || interval > BACKOFF_MS_MAX || interval !== interval) {
      throw new TypeError(`Invalid backoffSchedule, interval at index ${i} is invalid`);
    }
  }
}

function messageOf(message, options) {
  const delay = delayOf(options?.delay);
  const backoffSchedule = options?.backoffSchedule;
  if (options !== undefined && options !== null) checkBackoff(backoffSchedule);
  return { message, payload: serialize(message), delay, keys: options?.keysIfUndelivered ?? [], backoffSchedule };
}

function messageText({ payload, delay, keys, backoffSchedule }) {
  let all = text(payload) + trunc(wholeNumber(delay)) + ";" + requireArray(keys).length + ";";
  for (let i = 0; i < keys.length; i++) all += keyText(keys[i]);
  const steps = requireArray(backoffSchedule ?? BACKOFF_DEFAULT);
  all += steps.length + ";";
  for (let i = 0; i < steps.length; i++) all += trunc(wholeNumber(steps[i])) + ";";
  return all;
}

// --- the database

async function openKv(path) {
  return new Kv(internal, await op_kv_database_open(pathOf(path)));
}

function pathOf(path) {
  // What is neither is no path, and an empty one says so.
  return path === undefined || path === null ? null : typeof path === "string" ? path : "";
}

class Kv {
  #rid;
  #closed = false;

  constructor(key = undefined, rid = undefined) {
    if (key !== internal) throw new TypeError("Deno.Kv can not be constructed: use Deno.openKv instead");
    this.#rid = rid;
  }

  atomic() {
    return new AtomicOperation(internal, this.#rid);
  }

  commitVersionstamp() {
    return COMMIT_VERSIONSTAMP;
  }

  async get(key, options) {
    const consistency = consistencyOf(options?.consistency);
    const reader = new Reader(await op_kv_snapshot_read(this.#rid, "1;=" + keyText(key) + ONE, consistency));
    return reader.number() === 0 ? missing(key) : readEntry(reader);
  }

  async getMany(keys, options) {
    const consistency = consistencyOf(options?.consistency);
    let request = requireArray(keys).length + ";";
    const asked = [];
    for (let i = 0; i < keys.length; i++) {
      asked[i] = keys[i];
      request += "=" + keyText(asked[i]) + ONE;
    }
    const reader = new Reader(await op_kv_snapshot_read(this.#rid, request, consistency));
    const entries = [];
    for (let i = 0; i < asked.length; i++) entries[i] = reader.number() === 0 ? missing(asked[i]) : readEntry(reader);
    return entries;
  }

  async set(key, value, options) {
    const expireIn = expiry(options?.expireIn);
    const versionstamp = await op_kv_atomic_write(this.#rid, "0;1;0;" + putText(key, valueText(value), expireIn));
    return { ok: true, versionstamp };
  }

  async delete(key) {
    await op_kv_atomic_write(this.#rid, "0;1;0;D" + keyText(key));
  }

  list(selector, options = { __proto__: null }) {
    const { limit, cursor, reverse, consistency, batchSize } = options;
    if (limit !== undefined) requirePositive("Limit", limit);
    if (batchSize !== undefined && batchSize !== null) requirePositive("batchSize", batchSize);
    return new KvListIterator(internal, this.#rid, copySelector(selector), {
      limit,
      cursor,
      reverse: reverse === true,
      consistency,
      batchSize: batchSize ?? min(limit ?? BATCH_DEFAULT, BATCH_MAX),
    });
  }

  async enqueue(message, options) {
    const versionstamp = await op_kv_atomic_write(this.#rid, "0;0;1;" + messageText(messageOf(message, options)));
    return { ok: true, versionstamp };
  }

  async listenQueue(handler) {
    if (this.#closed) throw new Error("Queue already closed");
    const rid = this.#rid;
    for (;;) {
      const next = await op_kv_dequeue_next_message(rid);
      if (next === null) return;
      const reader = new Reader(next);
      handle(handler, reader.number(), reader.text());
    }
  }

  watch(keys, options = { __proto__: null }) {
    let request = requireArray(keys).length + ";";
    const asked = [];
    for (let i = 0; i < keys.length; i++) {
      request += keyText(keys[i]);
      asked[i] = [...keys[i]];
    }
    return watchStream(op_kv_watch(this.#rid, request, !!options?.raw), asked);
  }

  close() {
    core.close(this.#rid);
    this.#closed = true;
  }

  [Symbol.dispose]() {
    this.#closed = true;
    core.tryClose(this.#rid);
  }
}

function requirePositive(what, value) {
  if (!isInteger(value) || value <= 0) {
    throw new Error(`${what} must be a positive integer: received ${showPlainly(value)}`);
  }
}

/** Calls the handler, and waits for it beside the others. */
async function handle(handler, rid, payload) {
  let succeeded = false;
  try {
    // Of no run: the listener may have been set up in one that has long ended.
    const result = core.runInScope(0, () => handler(deserialize(payload)));
    if (result instanceof Promise) await result; // a thenable of somebody's own is not waited for
    succeeded = true;
  } catch (error) {
    core.write(LEVEL_ERROR, `Exception in queue handler ${typeof error === "string" ? error : core.inspect(error)}\n`);
  }
  await op_kv_finish_dequeued_message(rid, succeeded);
}

function watchStream(rid, keys) {
  let ended = keys.length === 0;
  return new globalThis.ReadableStream({
    async pull(controller) {
      if (ended) {
        controller.close();
        return;
      }
      const answer = await op_kv_watch_next(rid);
      if (ended) return;
      if (answer === null) {
        ended = true;
        controller.close();
        core.tryClose(rid);
        return;
      }
      const reader = new Reader(answer);
      const entries = [];
      for (let i = 0; i < keys.length; i++) entries[i] = reader.tag() === "+" ? readEntry(reader) : missing([...keys[i]]);
      controller.enqueue(entries);
    },
    cancel() {
      ended = true;
      core.tryClose(rid);
    },
  });
}

// --- ranges

function copySelector(selector) {
  const copy = assign({ __proto__: null }, own(selector));
  const { prefix, start, end } = copy;
  if (prefix !== undefined) {
    if (start !== undefined && end !== undefined) {
      throw new TypeError("Selector can not specify both 'start' and 'end' key when specifying 'prefix'");
    }
  } else if (start === undefined || end === undefined) {
    throw new TypeError("Selector must specify either 'prefix' or both 'start' and 'end' key");
  }
  return {
    prefix: prefix === undefined ? undefined : [...prefix],
    start: start === undefined ? undefined : [...start],
    end: end === undefined ? undefined : [...end],
  };
}

function own(selector) {
  if (selector === undefined || selector === null) throw new TypeError("Cannot convert undefined or null to object");
  return selector;
}

function selectorText({ prefix, start, end }) {
  return "r" + optionalKey(prefix) + optionalKey(start) + optionalKey(end);
}

function optionalKey(key) {
  return key === undefined ? "f" : "t" + keyText(key);
}

class KvListIterator extends Object {
  #rid;
  #selector;
  #options;
  #entries = [];
  #taken = 0; // of the entries at hand
  #told = 0;
  #done = false;
  #cursor; // of the last entry told; "" behind the last one
  #last = null; // entry told, whose cursor nobody has asked for yet
  #turn = null;

  constructor(key = undefined, rid = undefined, selector = undefined, options = undefined) {
    super();
    if (key !== internal) throw new TypeError("Deno.KvListIterator can not be constructed: use Deno.Kv.prototype.list instead");
    this.#rid = rid;
    this.#selector = selector;
    this.#options = options;
    this.#cursor = options.cursor ? options.cursor : undefined;
  }

  get cursor() {
    if (this.#last !== null) {
      this.#cursor = op_kv_encode_cursor(selectorText(this.#selector) + keyText(this.#last.key));
      this.#last = null;
    }
    if (this.#cursor === undefined) throw new Error("Cannot get cursor before first iteration");
    return this.#cursor;
  }

  async next() {
    // One at a time: each call begins when the one before it has ended.
    const before = this.#turn;
    let end;
    const turn = this.#turn = new Promise((resolve) => {
      end = resolve;
    });
    if (before !== null) await before;
    try {
      return await this.#next();
    } finally {
      end();
      if (this.#turn === turn) this.#turn = null;
    }
  }

  async #next() {
    const { limit } = this.#options;
    if (limit !== undefined && this.#told >= limit) return { done: true, value: undefined };
    if (this.#taken === this.#entries.length && !this.#done) await this.#pull();
    if (this.#taken === this.#entries.length) {
      this.#last = null;
      this.#cursor = "";
      return { done: true, value: undefined };
    }
    const value = this.#entries[this.#taken++];
    this.#told++;
    this.#last = { key: [...value.key] }; // the caller may change his
    return { done: false, value };
  }

  async #pull() {
    const { batchSize, reverse, consistency } = this.#options;
    const cursor = this.#last === null && this.#cursor === undefined ? undefined : this.cursor;
    const request = "1;" + selectorText(this.#selector) + batchSize + ";" + (reverse ? "t" : "f") +
      cursorText(cursor ?? this.#options.cursor);
    const reader = new Reader(await op_kv_snapshot_read(this.#rid, request, consistencyOf(consistency)));
    const entries = [];
    for (let i = 0, count = reader.number(); i < count; i++) entries[i] = readEntry(reader);
    this.#entries = entries;
    this.#taken = 0;
    this.#done = entries.length < batchSize;
  }

  [asyncIterator]() {
    return this;
  }
}
// --- atomic operations

const COMBINE_TAGS = { __proto__: null, sum: "S", min: "m", max: "M" };

class AtomicOperation {
  #rid;
  #checks = [];
  #mutations = [];
  #messages = [];

  constructor(key = undefined, rid = undefined) {
    if (key !== internal) {
      throw new TypeError("Deno.AtomicOperation can not be constructed: use Deno.Kv.prototype.atomic instead");
    }
    this.#rid = rid;
  }

  check(...checks) {
    for (let i = 0; i < checks.length; i++) {
      const { key, versionstamp } = checks[i];
      this.#checks[this.#checks.length] = { key: copyKey(key), versionstamp };
    }
    return this;
  }

  mutate(...mutations) {
    for (let i = 0; i < mutations.length; i++) this.#mutate(mutations[i]);
    return this;
  }

  #mutate(mutation) {
    const { key, type } = mutation;
    switch (type) {
      case "delete":
        if (mutation.value) throw new TypeError("Invalid mutation 'delete' with value");
        this.#add(type, key, null);
        return;
      case "set":
      case "sum":
      case "min":
      case "max": {
        if (!hasOwn(mutation, "value")) throw new TypeError(`Invalid mutation '${type}' without value`);
        const { expireIn } = mutation;
        const expires = type === "set" && typeof expireIn === "number" ? expiry(expireIn) : undefined;
        this.#add(type, key, valueText(mutation.value), expires);
        return;
      }
    }
    throw new TypeError("Invalid mutation type");
  }

  sum(key, n) {
    return this.#add("sum", key, valueText(new KvU64(n)));
  }

  min(key, n) {
    return this.#add("min", key, valueText(new KvU64(n)));
  }

  max(key, n) {
    return this.#add("max", key, valueText(new KvU64(n)));
  }

  set(key, value, options) {
    return this.#add("set", key, valueText(value), expiry(options?.expireIn));
  }

  delete(key) {
    return this.#add("delete", key, null);
  }

  #add(type, key, value, expireIn = undefined) {
    this.#mutations[this.#mutations.length] = { type, key: copyKey(key), value, expireIn };
    return this;
  }

  enqueue(message, options) {
    this.#messages[this.#messages.length] = messageOf(message, options);
    return this;
  }

  async commit() {
    let request = `${this.#checks.length};${this.#mutations.length};${this.#messages.length};`;
    for (let i = 0; i < this.#checks.length; i++) {
      const { key, versionstamp } = this.#checks[i];
      request += keyText(key) + versionText(versionstamp);
    }
    for (let i = 0; i < this.#mutations.length; i++) request += mutationText(this.#mutations[i]);
    for (let i = 0; i < this.#messages.length; i++) request += messageText(this.#messages[i]);
    const versionstamp = await op_kv_atomic_write(this.#rid, request);
    return versionstamp === null ? { ok: false } : { ok: true, versionstamp };
  }

  then() {
    throw new TypeError("'Deno.AtomicOperation' is not a promise: did you forget to call 'commit()'");
  }

  [privateCustomInspect](inspect, options) {
    const steps = [];
    const add = (step) => {
      steps[steps.length] = step;
    };
    for (let i = 0; i < this.#checks.length; i++) {
      const { key, versionstamp } = this.#checks[i];
      add(`check({ key: ${inspect(key, options)}, versionstamp: ${inspect(versionstamp, options)} })`);
    }
    for (let i = 0; i < this.#mutations.length; i++) {
      const { type, key, value, expireIn } = this.#mutations[i];
      let step = `${type}(${inspect(key, options)}`;
      if (value !== null) step += `, ${inspect(readValue(new Reader(value)), options)}`;
      if (expireIn !== undefined) step += `, ${inspect({ expireIn }, options)}`;
      add(step + ")");
    }
    for (let i = 0; i < this.#messages.length; i++) {
      const { message, delay, keys, backoffSchedule } = this.#messages[i];
      const shown = {};
      if (delay !== 0) shown.delay = delay;
      if (keys.length !== 0) shown.keysIfUndelivered = keys;
      if (backoffSchedule !== undefined) shown.backoffSchedule = backoffSchedule;
      const rest = keysOf(shown).length === 0 ? "" : `, ${inspect(shown, options)}`;
      add(`enqueue(${inspect(message, options)}${rest})`);
    }
    return steps.length === 0 ? "AtomicOperation (empty)" : `AtomicOperation\n  ${join(steps, "\n  ")}`;
  }
}

function copyKey(key) {
  return isArray(key) ? [...key] : key;
}

function mutationText({ type, key, value, expireIn }) {
  if (type === "set") return putText(key, value, expireIn);
  return type === "delete" ? "D" + keyText(key) : COMBINE_TAGS[type] + keyText(key) + value;
}

// Glue keeps its source to itself, so the inspector cannot see that these are classes.
for (const [it, shown] of [[Kv, "Kv"], [AtomicOperation, "AtomicOperation"], [KvListIterator, "KvListIterator extends Object"], [KvU64, "KvU64"]]) {
  defineProperty(it, privateCustomInspect, { value: () => `[class ${shown}]`, configurable: true });
}

export { AtomicOperation, Kv, KvListIterator, KvU64, openKv };
