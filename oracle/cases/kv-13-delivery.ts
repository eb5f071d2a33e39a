const kv = await Deno.openKv(":memory:");
const seen: unknown[] = [];
let all: () => void;
const done = new Promise<void>((resolve) => all = resolve);
await kv.enqueue({ before: "the listener", u: new Deno.KvU64(3n), b: new Uint8Array([1, 2]) });
const listening = kv.listenQueue((message) => {
  seen.push(message);
  if (seen.length === 3) all();
});
await kv.enqueue("late", { delay: 600 });
await kv.enqueue("soon", { delay: 300 });
await done;
console.log(seen);
kv.close();
console.log(await listening);
