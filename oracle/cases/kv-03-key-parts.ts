import { tell, tellClass } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
const parts: any[] = [1, 1n, "1", true, new Uint8Array([1]), -0, 0, NaN, Infinity, -1.5, -5n, 2n ** 70n, "", new Uint8Array(), "é\0x", "\u{1f600}", "\ud800"];
for (const part of parts) await kv.set(["k", part], part);
for await (const entry of kv.list({ prefix: ["k"] })) console.log(entry.key[1], entry.value);
console.log((await kv.get(["k", new DataView(new Uint8Array([9, 1, 9]).buffer, 1, 1) as any])).value);
console.log((await kv.get(["k", "\udbff"])).value === "\ud800");
for (const part of [null, undefined, {}, [], new Date(0), new ArrayBuffer(1), () => 1, Symbol("s"), Object(1)]) {
  await tell("part", () => kv.set(["k", part as any], 1));
  await tell("part read", () => kv.get(["k", part as any]));
}
await tell("hole", () => kv.get([, "x"] as any));
for (const key of ["x", {}, new Uint8Array(1), { length: 1, 0: "a" }, new Proxy(["a"], {}), null, undefined, 5]) {
  await tellClass("key", () => kv.get(key as any));
  await tellClass("key written", () => kv.set(key as any, 1));
}
await tell("frozen", async () => (await kv.set(Object.freeze(["a"]) as any, 1)).ok);
class Mine extends Array {}
await tell("subclass", async () => (await kv.set(Mine.of("a") as any, 1)).ok);
kv.close();
