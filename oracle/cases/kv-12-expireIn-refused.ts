import { tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
for (const expireIn of [-1, 1.5, NaN, Infinity, -Infinity, "5", null, 5n, true, 8.3e15, 1e300]) {
  await tell(`set ${expireIn}`, () => kv.set(["a"], 1, { expireIn } as any));
  await tell(`atomic ${expireIn}`, () => { kv.atomic().set(["a"], 1, { expireIn } as any); return "fine"; });
}
await tell("large", async () => (await kv.set(["a"], 1, { expireIn: 8e15 })).ok);
await tell("undefined", async () => (await kv.set(["a"], 1, { expireIn: undefined })).ok);
kv.close();
