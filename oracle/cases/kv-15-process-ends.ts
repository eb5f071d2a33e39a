const kv = await Deno.openKv(":memory:");
await kv.set(["a"], 1);
kv.watch([["a"]]);
console.log("neither the database nor a watch nobody reads keeps the process");
