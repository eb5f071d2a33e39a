// Sixty values built from a fixed seed: shapes, lengths and nesting nobody would think of writing down.
// deno-lint-ignore-file
// @ts-nocheck
let seed = 20261121;
function random(n) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 4294967296) * n);
}
const pick = (list) => list[random(list.length)];
const WORDS = ["a", "id", "name", "createdAt", "some key", "x-y", "user_id", "URL", "0", "42", "\u00e9", "averylongpropertynameindeed", "it's", 'q"', "nl\n"];
const TEXTS = ["", "a", "hello world", "it's", 'say "hi"', "both ' and \"", "line\nbreak", "x".repeat(30), "y".repeat(76), "z".repeat(120), "multi\n" + "w".repeat(80), "tab\t", "\u{1F600}", "\u65e5\u672c", "2026-11-21T00:00:00Z"];
class Point { constructor(x, y) { this.x = x; this.y = y; } }
class Box extends Map { label = "box"; }
class Named extends Error { name = "Named"; }
function error(make) {
  const it = make();
  it.stack = `${it.name}: ${it.message}\n    at run (file:///x.ts:1:1)\n    at file:///x.ts:2:2`;
  return it;
}
function leaf() {
  switch (random(18)) {
    case 0: case 1: return random(100000);
    case 2: return -random(1000) / 8;
    case 3: case 4: case 5: return pick(TEXTS);
    case 6: return random(2) === 0;
    case 7: return null;
    case 8: return undefined;
    case 9: return BigInt(random(1e9));
    case 10: return Symbol(pick(WORDS));
    case 11: return new Date(random(2 ** 31) * 1000);
    case 12: return pick([function named() {}, () => {}, async () => {}, class K {}, class extends Point {}]);
    case 13: return pick([/a+/g, /[/]"/u]);
    case 14: return pick([-0, NaN, Infinity, 1e21, 1e-7]);
    case 15: return pick([new Number(3), new String("boxed"), Object(1n)]);
    case 16: return pick([new Uint8Array(random(20)), new Float32Array([1.5, -2]), new ArrayBuffer(random(6))]);
    default: return error(() => pick([new Error("plain"), new TypeError("typed"), new Named("named")]));
  }
}
function value(depth) {
  if (depth <= 0 || random(5) === 0) return leaf();
  const n = pick([0, 1, 2, 3, 4, 5, 7, 8, 12, 27, 103]);
  const few = Math.min(n, 8);
  switch (random(12)) {
    case 0: case 1: case 2: case 3: {
      const it = {};
      for (let i = 0; i < few; i++) it[pick(WORDS)] = value(depth - 1);
      if (random(9) === 0) it[Symbol("tag")] = leaf();
      if (random(9) === 0) Object.defineProperty(it, "got", { get() { return 1; }, enumerable: true });
      if (random(9) === 0) it.self = it;
      return it;
    }
    case 4: return Array.from({ length: few }, () => value(depth - 1));
    case 5: return Array.from({ length: n }, () => random(pick([10, 1000, 1e6])));
    case 6: return Array.from({ length: n }, () => pick(TEXTS.slice(0, 7)));
    case 7: { const it = Array.from({ length: few }, leaf); delete it[random(9)]; it.extra = leaf(); return it; }
    case 8: return new Map(Array.from({ length: few }, () => [leaf(), value(depth - 1)]));
    case 9: return new Set(Array.from({ length: few }, () => value(depth - 1)));
    case 10: { const it = new Point(value(depth - 1), value(depth - 2)); return random(3) ? it : Object.assign(Object.create(null), it); }
    default: {
      if (random(3) === 0) return new Box([[leaf(), leaf()]]);
      const it = error(() => new Error(pick(TEXTS.slice(1, 3)), { cause: value(depth - 1) }));
      if (random(2)) it.detail = value(depth - 1);
      return it;
    }
  }
}
for (let i = 0; i < 60; i++) {
  const options = pick([undefined, undefined, undefined, { depth: 1 }, { sorted: true }, { compact: false }, { trailingComma: true }, { breakLength: 120 }, { iterableLimit: 3 }, { strAbbreviateSize: 20 }, { colors: true }, { compact: true }, { getters: true }, { depth: Infinity }]);
  console.log(i, Deno.inspect(value(4), options));
}
