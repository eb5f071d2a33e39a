import { all, tell, tellClass } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
for (let i = 0; i < 7; i++) await kv.set(["a", i], i);
const values = async (options: any) => (await all(kv.list({ prefix: ["a"] }, options))).map((it: any) => it[1]).join();
for (const options of [{}, { limit: 3 }, { reverse: true }, { reverse: 1, limit: 2 }, { batchSize: 2 }, { batchSize: 1000 }, { batchSize: 2, limit: 5 }, { limit: undefined },
  { batchSize: 3, reverse: true }, { cursor: "" }, { consistency: "eventual" }]) await tell(JSON.stringify(options), () => values(options));
for (const limit of [0, -1, 1.5, NaN, "5", null, 5n, true]) await tell(`limit ${limit}`, () => kv.list({ prefix: [] }, { limit } as any));
for (const batchSize of [0, -1, 1.5, NaN, "5"]) await tell(`batchSize ${batchSize}`, () => kv.list({ prefix: [] }, { batchSize } as any));
await tell("batchSize 1001", () => kv.list({ prefix: [] }, { batchSize: 1001 }).next());
await tell("consistency", () => kv.list({ prefix: [] }, { consistency: "x" as any }).next());
await tellClass("cursor", () => kv.list({ prefix: [] }, { cursor: 5 as any }).next());
kv.close();
