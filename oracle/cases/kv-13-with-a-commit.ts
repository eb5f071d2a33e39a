const kv = await Deno.openKv(":memory:");
let heard: (value: unknown) => void;
const done = new Promise((resolve) => heard = resolve);
const listening = kv.listenQueue(async (message) => heard([message, (await kv.get(["a"])).value]));
console.log(await kv.atomic().check({ key: ["a"], versionstamp: "00000000000000010000" }).enqueue("never").commit());
console.log((await kv.atomic().set(["a"], 1).enqueue("m").commit()).ok);
console.log(await done);
kv.close();
console.log(await listening);
