const kv = await Deno.openKv(":memory:");
const seen: unknown[] = [];
let all: () => void;
const done = new Promise<void>((resolve) => all = resolve);
kv.listenQueue((message): any => {
  seen.push(message);
  if (message === "end") all();
  if (message === "value") return 5;
  if (message === "promise") return Promise.resolve(1);
  if (message === "thenable") return { then() { throw new Error("nobody asks"); } };
});
for (const message of ["value", "promise", "thenable"]) await kv.enqueue(message, { backoffSchedule: [1] });
await kv.enqueue("end", { delay: 400 });
await done;
console.log(seen.length, seen.at(-1));
kv.close();
