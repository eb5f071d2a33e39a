import { tell, tellClass } from "./lib/kv.ts";
await tell("Kv", () => new (Deno.Kv as any)());
await tell("Kv with arguments", () => new (Deno.Kv as any)(1, 2));
const kv = await Deno.openKv(":memory:");
for (const name of ["get", "getMany", "set", "delete", "enqueue", "listenQueue"]) {
  await tellClass(name, () => (Deno.Kv.prototype as any)[name].call({}, ["a"], 1));
}
for (const name of ["atomic", "list", "watch", "close"]) await tellClass(name, () => (Deno.Kv.prototype as any)[name].call({}, [["a"]]));
kv.close();
