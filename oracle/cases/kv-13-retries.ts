const kv = await Deno.openKv(":memory:");
let attempts = 0;
kv.listenQueue(async (message) => {
  attempts++;
  throw new Error(`attempt ${attempts} of ${message}`);
});
await kv.enqueue("m", { backoffSchedule: [10, 20], keysIfUndelivered: [["dead"], ["letter", 1]] });
while ((await kv.get(["letter", 1])).value === null) await new Promise((resolve) => setTimeout(resolve, 20));
console.log(attempts, (await kv.get(["dead"])).value, (await kv.get(["letter", 1])).value);
kv.close();
