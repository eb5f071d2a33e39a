const kv = await Deno.openKv(":memory:");
let attempts = 0;
kv.listenQueue(() => {
  attempts++;
  throw "thrown as text";
});
await kv.enqueue("m", { backoffSchedule: [], keysIfUndelivered: [["dead"]] });
while ((await kv.get(["dead"])).value === null) await new Promise((resolve) => setTimeout(resolve, 20));
console.log(attempts, (await kv.get(["dead"])).value);
kv.close();
