import { tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
const refused: Record<string, unknown> = {
  symbol: Symbol("s"), known: Symbol.iterator, weakMap: new WeakMap(), weakSet: new WeakSet(), weakRef: new WeakRef({}), promise: Promise.resolve(1),
  proxy: new Proxy({}, {}), arrayProxy: new Proxy([], {}), generator: (function* () {})(), asyncGenerator: (async function* () {})(),
  arrayIterator: [][Symbol.iterator](), mapIterator: new Map().entries(), setIterator: new Set().values(), stringIterator: ""[Symbol.iterator](),
  arguments: (function () { return arguments; })(), intl: new Intl.NumberFormat(), collator: new Intl.Collator(), global: globalThis,
  shared: new SharedArrayBuffer(2), sharedView: [new Uint8Array(new SharedArrayBuffer(2))], stream: new ReadableStream(), native: Math.max,
  nested: { a: [Symbol("deep")] }, inMap: new Map([[1, Symbol("value")]]), registry: new FinalizationRegistry(() => {}),
};
for (const name in refused) {
  await tell(name, () => kv.set(["v"], refused[name]));
  await tell(`${name} in atomic`, () => kv.atomic().set(["v"], refused[name]));
  await tell(`${name} enqueued`, () => kv.enqueue(refused[name]));
}
const detached = new ArrayBuffer(4);
structuredClone(detached, { transfer: [detached] });
await tell("detached", () => kv.set(["v"], detached));
await tell("getter", () => kv.set(["v"], { get a() { throw new RangeError("mine"); } }));
console.log(await kv.get(["v"]));
kv.close();
