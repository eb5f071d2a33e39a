const kv = await Deno.openKv(":memory:");
let running = 0;
let most = 0;
const taken: Record<string, number> = {};
let all: () => void;
const done = new Promise<void>((resolve) => all = resolve);
let finished = 0;
for (const listener of ["a", "b"]) {
  kv.listenQueue(async (message: any) => {
    taken[message] = (taken[message] ?? 0) + 1;
    most = Math.max(most, ++running);
    while (Object.keys(taken).length < 30) await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
    if (++finished === 30) all();
  });
}
for (let i = 0; i < 30; i++) await kv.enqueue(`m${i}`);
await done;
console.log(most, Object.values(taken).every((times) => times === 1));
kv.close();
