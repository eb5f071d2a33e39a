import { all } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
const keys: Deno.KvKey[] = [["a"], ["a", "x"], ["a", true], ["a\0"], ["aa"], [new Uint8Array([0])], [new Uint8Array([0, 0])], [new Uint8Array([255])],
  [-(2n ** 100n)], [-256n], [-255n], [-1n], [0n], [1n], [255n], [256n], [2n ** 64n - 1n], [2n ** 64n], [-Infinity], [-1], [-0], [0], [5e-324], [1], [Infinity],
  [NaN], [false], [true], ["\uffff"], ["\u{10000}"], ["z"], ["é"]];
for (const key of keys.toReversed()) await kv.set(key, 0);
for (const [key] of await all(kv.list({ prefix: [] }))) console.log(key);
console.log(JSON.stringify((await all(kv.list({ prefix: [] }, { reverse: true }))).length));
kv.close();
