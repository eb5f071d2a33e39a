// What handlers print: user classes, deep structures, odd errors.
// deno-lint-ignore-file
// @ts-nocheck
class Money { constructor(public amount: number, public currency: string) {} [Symbol.for("Deno.customInspect")]() { return `${this.amount} ${this.currency}`; } }
console.log(new Money(5, "EUR"), [new Money(1, "USD")], { price: new Money(2, "GBP") });
class Tree { children: Tree[] = []; parent?: Tree; constructor(public name: string, parent?: Tree) { if (parent) { this.parent = parent; parent.children.push(this); } } }
const root = new Tree("root"); new Tree("kid", root); new Tree("kid2", root); console.log(root);
console.log(Object.assign(() => {}, { a: 1 }), Object.assign(function named() {}, { b: { c: 1 } }));
class Singleton { static instance = new Singleton(); static #x = 1; } console.log(Singleton);
console.log([function () {}, class {}, Symbol.iterator], { [Symbol.toStringTag]: "Custom" });
class ValidationError extends Error { constructor(public field: string, message: string, options?: ErrorOptions) { super(message, options); this.name = "ValidationError"; } }
const strip = (e: any) => { e.stack = String(e.stack).split("\n")[0] + "\n    at x (file:///x.ts:1:1)"; return e; };
console.log(strip(new ValidationError("f", "bad", { cause: strip(new Error("root cause")) })));
console.log({ error: strip(new ValidationError("f", "bad")) });
console.log(strip(Object.assign(new Error("http"), { status: 500, response: { ok: false } })));
try { null!.x; } catch (e) { console.log(e instanceof TypeError, (e as Error).name); }
console.log(new Proxy(class P {}, {}), new Proxy([1, 2, 3], {}), new Proxy(new Map([[1, 2]]), {}));
console.log(Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true }, hidden: { value: 3 } }));
console.log(new (class extends Array { })(3), new (class Stack extends Array { top = 1; })(1, 2, 3));
console.log([1.0, 2.5, -3, 1e10, 1e-10, 0xff, 0b11], [0, -0], [1n, -2n]);
console.log({ "quoted-key": 1, valid_key: 2, 3: "three", "4.5": 4.5, "": "empty", "with space": 1, "\u00fc": 1, class: 1, $: 2 });
console.log(new Map<any, any>([[{ k: 1 }, new Set([1])], [null, undefined], [NaN, [[]]]]), new Map([["long key ".repeat(5), "long value ".repeat(5)]]));
console.log("x".repeat(200)); console.log(["x".repeat(200)]); console.log({ text: "line1\nline2\nline3", other: "y".repeat(60) });
console.log(Array.from({ length: 101 }, (_, i) => ({ i })).slice(99), new Array(200).fill("item").map((s, i) => s + i));
console.log(new Set(Array.from({ length: 120 }, (_, i) => i)), new Map(Array.from({ length: 105 }, (_, i) => [i, i])));
console.log(Array.from({ length: 8 }, (_, i) => [i, i * 2]), [[1, 2, [3, 4, [5, [6]]]], { a: { b: { c: { d: {} } } } }]);
console.log([["name", "age"], ["Ann", 30]], [{ a: 1, b: 2 }, { a: 3, b: 4 }], [[], {}], [[[]], [{}]]);
console.log(new Uint8Array(150), new Uint8Array([1, 2, 3]).subarray(1), new Float32Array(3), new BigUint64Array(1), new Uint8ClampedArray([300]));
console.log(new ArrayBuffer(100), new DataView(new ArrayBuffer(2)), new Uint8Array(0));
console.log([new Date(1e12), new Date("invalid")], { when: new Date(0) }, /re[/]gex/giu, [/a/]);
console.log((function* gen() { yield 1; })(), (async () => {})(), (async function* () {})(), new Promise(() => {}), Promise.resolve({ a: [1] }));
console.log([1, 2, 3].values(), new Map([[1, { a: 1 }]]).values(), new Set([1, 2]).entries(), "str"[Symbol.iterator]());
console.log(Number, Math.max, JSON.stringify, Object, Promise.resolve, console.log, setTimeout.name, Symbol);
console.log(new Number(1), [new String("x")], Object(Symbol("s")), Object(true), new Boolean(false));
console.log(globalThis === self, typeof globalThis, Object.keys(import.meta).sort());
console.log(Deno.inspect({ a: { b: { c: { d: { e: 1 } } } } }, { depth: 1 }), Deno.inspect("str"), Deno.inspect([1, "a"], { colors: true }));
console.log(Deno.inspect(new Map([[{ a: 1 }, "b"]]), { compact: false }), Deno.inspect({ z: 1, a: 2 }, { sorted: true }));
console.log("%s:%s", "only one"); console.log("%d%%", 50); console.log("%c", "color:red"); console.log("a", "%s", "b"); console.log("%s", { toString() { return "ts"; } });
console.log("%o and %O", { a: { b: { c: { d: { e: 1 } } } } }, [1, [2, [3]]]); console.log("%i %f", "12.9abc", "1.25x"); console.log("%x %s", 1, 2);
console.log(null, undefined, true, 1, "s", 1n, Symbol()); console.log([null, undefined]); console.log([, 1], [1, , , 4], Array(3));
console.log({ a: 1, get b() { return 2; }, set b(v) {}, get c() { return 3; }, set d(v) {} });
console.log([..."ab"].entries().toArray(), Object.getOwnPropertyDescriptor({ a: 1 }, "a"), Object.getOwnPropertyDescriptor({ get a() { return 1; } }, "a"));
console.log([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [["a", "b"], ["c", "d"]], [[0.5, 0.25], [1, 2]]);
console.log(JSON.parse('{"a":[{"b":{"c":[1,2,{"d":[]}]}}],"e":null}'), JSON.stringify({ a: [1, { b: 2 }] }, null, 2));
console.log({ deep: { arr: [[1, [2, [3, [4]]]]], map: new Map([["k", new Map([["k2", new Map()]])]]), set: new Set([new Set([new Set([1])])]) } });
console.log([undefined, , null, NaN, -0, Infinity, "", [], {}, () => {}]);
console.log(Object.freeze([1, 2]), Object.seal({ a: 1 }), Object.preventExtensions({}), new (class Empty {})(), new (class { a = 1; })());
