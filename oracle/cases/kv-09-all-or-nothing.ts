// differs: in Deno a commit that fails on a type mismatch keeps the mutations before it; Carillon keeps none
import { tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
await kv.set(["text"], "t");
await tell("commit", () => kv.atomic().set(["a"], 1).sum(["text"], 1n).set(["b"], 1).commit());
console.log((await kv.get(["a"])).value, (await kv.get(["b"])).value);
kv.close();
