// Calls ops with arguments nobody would write, and looks at what comes back: a value, an error of the script's world, but
// never anything of Java's. All choices come from one seed.
import * as all from "ext:core/ops";
import { core } from "ext:core/mod.js";

const { op_fuzz_note, ...ops } = all;
const OWN = Symbol("thrown by an argument");
const JAVA = /Internal error in|\bjava[.x]|org\.graalvm|com\.oracle|dev\.carillon|tools\.jackson|NullPointer|ClassCast|OutOfMemory|\bat [a-z]+\.[a-z]+\.[A-Za-z.]+\(/;

function random(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const NUMBERS = [0, -0, 1, -1, 1.5, 2, 3, 4, 7, 8, 16, 255, 256, 65535, 65536, 1e6, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1,
  2 ** 53, -(2 ** 53), 1e300, -1e300, 5e-324, NaN, Infinity, -Infinity];
const BIGINTS = [0n, 1n, -1n, 2n ** 31n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n, 2n ** 2000n];
const STRINGS = ["", "a", ".", "..", "./a.txt", "sub/b", "../../../outside", "/etc/hostname", "/proc/self/mem", "no/such/file", "\0", "a\0b", "\ud800", "\udc00x",
  "\u{1f600}", "http://127.0.0.1:1/", "http://[::1", "https://user:pw@host:99999/p?q#f", "file:///etc/passwd", "data:text/plain,hi", "blob:x", "xn--", "%zz",
  "utf-8", "utf-16le", "shift_jis", "x-user-defined", "SHA-256", "SHA-1", "md5", "gzip", "deflate", "deflate-raw", "br", "read", "write", "env", "net", "sys", "run",
  "ffi", "import", "GET", "POST", "FOO BAR", "content-type", "* * * * *", "61 * * * *", "A", "AAAA", "MX", "localhost", "127.0.0.1", "href", "host", "port", "true",
  "null", "undefined", "NaN", "{}", "[]", "__proto__", "constructor", "toString", "0", "-1", "1e999", "\r\n", "\u2028", "\u00e4".repeat(300), "x".repeat(70000)];

class Odd {
  get name() {
    throw OWN;
  }
}

function maker(rand) {
  const below = (n) => Math.floor(rand() * n);
  const of = (list) => list[below(list.length)];
  const text = () => {
    let made = "";
    for (let n = below(12); n > 0; n--) made += String.fromCharCode(rand() < 0.8 ? below(128) : below(65536));
    return made;
  };
  const bytes = (n) => {
    const made = new Uint8Array(n);
    for (let i = 0; i < n; i++) made[i] = below(256);
    return made;
  };
  const detached = () => {
    const view = new Uint8Array(8);
    view.buffer.transfer();
    return view;
  };
  const buffers = [
    () => bytes(below(40)), () => bytes(0), () => bytes(5000).subarray(7, 4000), () => new Int16Array(5), () => new Float64Array(3), () => new BigInt64Array(2),
    () => new Uint8ClampedArray(3), () => new DataView(new ArrayBuffer(16), 3, 9), () => new ArrayBuffer(9), () => new SharedArrayBuffer(8),
    () => new Uint8Array(new SharedArrayBuffer(8)), detached, () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 })),
    () => { const b = new ArrayBuffer(8, { maxByteLength: 64 }); const v = new Uint8Array(b, 4); b.resize(2); return v; },
  ];
  const odd = [
    () => Symbol("s"), () => () => {}, () => function* () {}, () => class {}, () => new Date(below(1e9)), () => new Date(NaN), () => /x/g, () => new Map([[1, 2]]),
    () => new Set(["x"]), () => new WeakMap(), () => Promise.resolve(1), () => new Error("e"), () => new Odd(), () => Object.create(null),
    () => new Proxy({}, { get() { throw OWN; }, has() { throw OWN; }, ownKeys() { throw OWN; }, getPrototypeOf() { throw OWN; } }),
    () => new Proxy([], { get(t, k) { return k === "length" ? 2 ** 32 : Reflect.get(t, k); } }),
    () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; },
    () => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy; },
    () => { const a = []; a[0] = a; return a; }, () => ({ toJSON() { throw OWN; } }), () => ({ toJSON: () => undefined }), () => ({ toString() { throw OWN; } }),
    () => ({ valueOf: () => 7, [Symbol.toPrimitive]: () => { throw OWN; } }), () => Object.freeze({ a: 1 }), () => [, 1, , 2], () => new Array(1e6),
    () => Object(1n), () => new String("boxed"), () => new Number(3), () => globalThis, () => core, () => ops, () => Deno,
    () => { let deep = 1; for (let i = 0; i < 5000; i++) deep = [deep]; return deep; },
    () => ({ get length() { throw OWN; } }),
  ];
  const rid = () => rand() < 0.8 ? Number(of(Object.keys(core.resources()))) : below(1000);
  const KEYS = ["name", "path", "url", "method", "headers", "body", "read", "write", "append", "create", "createNew", "truncate", "mode", "recursive", "kind", "host", "port",
    "hostname", "status", "algorithm", "x", "length", "signal", "dir", "prefix", "suffix", "__proto__", "toJSON", "type", "value"];
  const value = (depth) => {
    const kind = rand();
    if (kind < 0.14) return rid();
    if (kind < 0.28) return of(NUMBERS);
    if (kind < 0.5) return rand() < 0.8 ? of(STRINGS) : text();
    if (kind < 0.55) return rand() < 0.5;
    if (kind < 0.6) return rand() < 0.5 ? null : undefined;
    if (kind < 0.63) return of(BIGINTS);
    if (kind < 0.75) return of(buffers)();
    if (kind < 0.82) return of(odd)();
    if (depth > 3) return 1;
    if (kind < 0.9) return Array.from({ length: below(4) }, () => value(depth + 1));
    const made = {};
    for (let n = below(6); n > 0; n--) {
      const key = of(KEYS);
      if (rand() < 0.05) Object.defineProperty(made, key, { enumerable: true, configurable: true, get() { throw OWN; } });
      else Object.defineProperty(made, key, { enumerable: true, configurable: true, writable: true, value: value(depth + 1) });
    }
    return made;
  };
  return { below, of, value, bytes, text };
}

const findings = new Set();
let noted = "";

function shown(value, depth = 0) {
  try {
    if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}... (${value.length})` : value);
    if (typeof value === "bigint") return `${String(value).slice(0, 30)}n`;
    if (Array.isArray(value) && depth < 2 && value.length < 10) return `[${value.map((v) => shown(v, depth + 1)).join()}]`;
    if (typeof value === "object" && value !== null) {
      const tag = Object.prototype.toString.call(value);
      return tag === "[object Object]" && depth < 2 ? `{${Object.keys(value).map((k) => `${k}:${shown(value[k], depth + 1)}`).join()}}` : tag;
    }
    return String(value);
  } catch {
    return "?";
  }
}

function judge(name, call, error) {
  if (error === OWN) return;
  let text = "";
  try {
    if (!(error instanceof Error)) {
      text = `threw no Error but ${typeof error} ${shown(error)}`;
    } else if (JAVA.test(`${error.message}\n${error.stack}`)) {
      text = `${error.name}: ${error.message}`;
    }
  } catch (e) {
    text = `an error that cannot be looked at: ${typeof error}`;
  }
  if (text !== "") findings.add(`${name}: ${text.slice(0, 300)} <- ${call}`);
}

function attempt(name, call, run) {
  try {
    const result = run();
    if (result instanceof Promise) {
      result.then(() => {}, (error) => judge(name, call, error));
    }
  } catch (error) {
    judge(name, call, error);
  }
}

/** Calls every op of `names` once and then `more` at random; half through its function, the rest by id with bytes. */
core.defineGlobal("fuzz", (seed, excluded, more) => {
  const rand = random(seed);
  const make = maker(rand);
  const names = Object.keys(ops).filter((name) => !excluded.includes(name));
  const ids = Object.assign({}, ...Object.values(core.catalog()));
  let calls = 0;
  const one = (name) => {
    calls++;
    const args = Array.from({ length: make.below(Math.min(ops[name].length, 9) + 2) || ops[name].length }, () => make.value(0));
    let call;
    if (rand() < 0.75) {
      call = `(${args.map((a) => shown(a)).join(", ")})`;
      op_fuzz_note(name + call);
      attempt(name, call, () => ops[name](...args));
      return;
    }
    let control;
    try {
      control = rand() < 0.8 ? core.encode(JSON.stringify({ args, promiseId: make.of([null, 1, -1, "x", 1e30]) })) : make.bytes(make.below(60));
    } catch {
      control = make.bytes(make.below(60));
    }
    call = ` by id with ${shown(core.decode(control))}`;
    op_fuzz_note(name + call);
    attempt(name, call, () => core.dispatchOp(ids[name], control, ...(rand() < 0.3 ? [make.bytes(9)] : [])));
    if (rand() < 0.02) attempt("dispatch", call, () => core.dispatchOp(make.of(NUMBERS), control, make.value(0)));
    if (rand() < 0.02) attempt("jsonOp", call, () => core.jsonOp(ids[name], args));
  };
  names.forEach(one);
  for (let n = more; n > 0; n--) one(make.of(names));
  return calls;
});

core.defineGlobal("findings", () => JSON.stringify([...findings]));
