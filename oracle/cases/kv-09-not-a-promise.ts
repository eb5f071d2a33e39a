import { tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
await tell("then", () => (kv.atomic() as any).then());
await tell("await", async () => await (kv.atomic() as any));
await tell("return", () => (async () => kv.atomic() as any)());
kv.close();
