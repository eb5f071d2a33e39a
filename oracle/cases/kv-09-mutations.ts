import { all, tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
const operation = kv.atomic();
console.log(operation.set(["a"], 1) === operation, operation.delete(["x"]) === operation, operation.check() === operation);
await kv.atomic().set(["n"], new Deno.KvU64(1n)).sum(["n"], 4n).max(["n"], 3n).min(["n"], 100n).sum(["n"], 1n).commit();
console.log(await all(kv.list({ prefix: [] })));
await kv.atomic().set(["t"], 1).delete(["t"]).sum(["t"], 7n).commit();
console.log((await kv.get(["t"])).value);
const again = kv.atomic().sum(["again"], 1n);
await again.commit();
await again.commit();
console.log((await kv.get(["again"])).value);
await kv.atomic().mutate({ type: "set", key: ["m"], value: 1 }, { type: "sum", key: ["s"], value: new Deno.KvU64(2n) }, { type: "delete", key: ["a"] }).commit();
console.log((await kv.get(["m"])).value, (await kv.get(["s"])).value, (await kv.get(["a"])).value);
const mutate = (mutation: any) => tell(JSON.stringify(mutation), () => { kv.atomic().mutate(mutation); return "fine"; });
for (const mutation of [{}, { type: "x", key: ["a"], value: 1 }, { type: "set", key: ["a"] }, { type: "sum", key: ["a"] }, { type: "min", key: ["a"] }, { type: "max", key: ["a"] },
  { type: "delete", key: ["a"], value: 1 }, { type: "delete", key: ["a"], value: undefined }, { type: "set", key: ["a"], value: undefined }, { type: "set", key: ["a"], value: 1, expireIn: "x" }]) {
  await mutate(mutation);
}
await tell("inherited", () => kv.atomic().mutate(Object.create({ type: "set", key: ["a"], value: 1 })));
console.log(new Set([...await all(kv.list({ prefix: [] }))].map(() => 1)).size);
kv.close();
