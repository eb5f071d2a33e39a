const kv = await Deno.openKv(":memory:");
const stamps: string[] = [];
for (let i = 0; i < 20; i++) stamps.push((await kv.set(["a"], i)).versionstamp);
stamps.push((await kv.atomic().commit() as any).versionstamp);
stamps.push((await kv.enqueue("m")).versionstamp);
stamps.push((await kv.atomic().check({ key: ["none"], versionstamp: null }).commit() as any).versionstamp);
console.log(stamps.every((it) => /^[0-9a-f]{16}0000$/.test(it)), stamps.every((it, i) => i === 0 || it > stamps[i - 1]));
console.log((await kv.get(["a"])).versionstamp === stamps[19]);
kv.close();
