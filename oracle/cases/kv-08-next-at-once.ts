// differs: Deno gives calls of next that overlap the same entry; Carillon runs them one after the other
const kv = await Deno.openKv(":memory:");
for (let i = 0; i < 3; i++) await kv.set(["a", i], i);
const iterator = kv.list({ prefix: ["a"] });
const all = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
console.log(all.map(({ done, value }) => done ? "done" : value!.value));
kv.close();
