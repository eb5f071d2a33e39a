import { tell, tellClass } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
for (const delay of [-1, NaN, 2592000001, Infinity]) {
  await tell(`delay ${delay}`, () => kv.enqueue(1, { delay }));
  await tell(`atomic delay ${delay}`, () => kv.atomic().enqueue(1, { delay }));
}
for (const delay of [0, 1.9, 2592000000, null, undefined, 5n]) await tell(`delay ${delay}`, async () => (await kv.enqueue(1, { delay } as any)).ok);
await tellClass("delay as text", () => kv.enqueue(1, { delay: "5" } as any));
for (const backoffSchedule of [[1, 2, 3, 4, 5, 6], [1, -2], [3600001], [NaN]]) await tell(`${backoffSchedule}`, () => kv.enqueue(1, { backoffSchedule }));
for (const backoffSchedule of [[], [1, 2, 3, 4, 5], [3600000], undefined]) await tell(`${backoffSchedule}`, async () => (await kv.enqueue(1, { backoffSchedule })).ok);
for (const backoffSchedule of [null, 5, ["x"]]) await tellClass(`${backoffSchedule}`, () => kv.enqueue(1, { backoffSchedule } as any));
for (const keysIfUndelivered of [5, [5]]) await tellClass(`${keysIfUndelivered}`, () => kv.enqueue(1, { keysIfUndelivered } as any));
await tell("part", () => kv.enqueue(1, { keysIfUndelivered: [[null as any]] }));
await tell("65530", async () => (await kv.enqueue("x".repeat(65530))).ok);
await tell("65531", () => kv.enqueue("x".repeat(65531)));
await tell("options null", async () => (await kv.enqueue(1, null as any)).ok);
kv.close();
