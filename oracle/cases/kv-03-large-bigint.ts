import { tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
const last = 2n ** 2040n - 1n;
await kv.set([last], "last");
await kv.set([-last], "first");
console.log((await kv.get([last])).value, (await kv.get([-last])).value);
for (const n of [last + 1n, -last - 1n]) {
  await tell("get", () => kv.get([n]));
  await tell("set", () => kv.set([n], 1));
  await tell("delete", () => kv.delete([n]));
  await tell("check", () => kv.atomic().check({ key: [n], versionstamp: null }).commit());
  await tell("enqueue", () => kv.enqueue(1, { keysIfUndelivered: [[n]] }));
}
kv.close();
