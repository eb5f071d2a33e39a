const kv = await Deno.openKv(":memory:");
const result = await kv.set(["a"], 1);
console.log(Object.keys(result), result.ok);
console.log(await kv.delete(["a"]), await kv.delete(["a"]), (await kv.get(["a"])).value);
await kv.set(["a"], 1, null as any);
await kv.set(["a"], 2, { other: 1 } as any);
console.log((await kv.get(["a"])).value);
// In the order of the calls, awaited or not.
const order = [kv.set(["n"], 1), kv.get(["n"]), kv.delete(["n"]), kv.get(["n"]), kv.set(["n"], 2), kv.get(["n"])];
console.log((await Promise.all(order)).map((it: any) => it?.key ? it.value : "-"));
kv.close();
