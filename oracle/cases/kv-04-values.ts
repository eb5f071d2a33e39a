const kv = await Deno.openKv(":memory:");
const back = async (value: unknown) => {
  await kv.set(["v"], value);
  return (await kv.get(["v"])).value as any;
};
class Point {
  x = 1;
  get y() {
    return 2;
  }
}
const shared = { q: 1 };
const cycle: any = { list: [] };
cycle.list.push(cycle);
const values: unknown[] = [undefined, null, true, false, 0, -0, 1.5, NaN, -Infinity, -5, 1e9, -1073741825, 2n ** 80n, -1n, 0n, "", "aé", "\u{1f600}x",
  new Date(5), new Date(NaN), /a\/b/giy, /\u{61}/u, new Map<any, any>([[1, { a: 1 }], ["k", new Map()]]), new Set([1, "x"]), [1, , 3, ,], Object.assign([1, 2], { x: 1 }),
  [], { b: 1, a: 2, 5: 3, 1: 4 }, new Uint8Array([1, 2, 3]), new Uint8Array([1, 2, 3, 4]).subarray(1, 3), new Uint8Array([7]).buffer, new DataView(new ArrayBuffer(8), 2, 3),
  [new Uint8Array([1, 2, 3, 4]).subarray(1, 3)], new Float64Array([1.5, -0]), new BigInt64Array([-1n]), new Uint8ClampedArray([1]), new Int16Array([-300]),
  Object(1), Object("s"), Object(true), Object(1n), new Point(), Object.assign(Object.create(null), { a: 1 }), cycle, [shared, shared], { u: new Deno.KvU64(7n) },
  { get a() { return 3; } }, { [Symbol("s")]: 1, k: 1 }, new URL("http://a/"), new Headers(), Math, new Deno.KvU64(5n), "\ud800".length];
for (const value of values) console.log(await back(value));
const copy = await back(cycle);
console.log(copy.list[0] === copy);
const pair = await back([shared, shared]);
console.log(pair[0] === pair[1], pair[0] !== shared);
const buffer = new ArrayBuffer(8);
const views = await back({ a: new Uint8Array(buffer, 1, 2), b: new Uint16Array(buffer, 2, 2) });
console.log(views.a.buffer === views.b.buffer, views);
console.log(Object.getPrototypeOf(await back(new Point())) === Object.prototype, (await back(/a/g)).lastIndex);
console.log((await back("\ud800")) === "\ud800", (await back(new Uint8Array([1, 2, 3]).subarray(1))).buffer.byteLength);
console.log(await back(await back("a")) === "a");
kv.close();
