const kv = await Deno.openKv(":memory:");
for (let i = 0; i < 5; i++) await kv.set(["a", i], i);
const iterator = kv.list({ prefix: ["a"] }, { batchSize: 2 });
console.log(iterator[Symbol.asyncIterator]() === iterator, "return" in iterator, "throw" in iterator);
for await (const entry of iterator) {
  console.log(entry.value);
  if (entry.value === 1) break;
}
await kv.set(["a", 2.5], "between");
await kv.delete(["a", 4]);
for await (const entry of iterator) console.log(entry.value);
console.log(await iterator.next());
kv.close();
