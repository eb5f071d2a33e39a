import { tell, tellClass } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
await kv.set(["a"], 1);
const entry = await kv.get(["a"]);
const outcome = (operation: Deno.AtomicOperation) => operation.commit().then((it) => it.ok ? Object.keys(it) : it);
console.log(await outcome(kv.atomic().check(entry).set(["a"], 2)));
console.log(await outcome(kv.atomic().check(entry).set(["a"], 3)), (await kv.get(["a"])).value);
console.log(await outcome(kv.atomic().check({ key: ["b"], versionstamp: null }).set(["b"], 1)));
console.log(await outcome(kv.atomic().check({ key: ["b"], versionstamp: null })));
console.log(await outcome(kv.atomic().check({ key: ["c"] } as any)));
// Checks look at the state before, wherever they stand.
console.log(await outcome(kv.atomic().set(["d"], 1).check({ key: ["d"], versionstamp: null }).delete(["d"])));
const now = await kv.get(["a"]);
console.log(await outcome(kv.atomic().check({ key: ["a"], versionstamp: now.versionstamp!.toUpperCase() })));
console.log(await outcome(kv.atomic().check({ key: ["a"], versionstamp: now.versionstamp!.replace(/0000$/, "0001") })));
for (const versionstamp of ["", "x", "0".repeat(19), "0".repeat(21), "g".repeat(20)]) {
  await tell(`versionstamp '${versionstamp}'`, () => kv.atomic().check({ key: ["a"], versionstamp }).commit());
}
await tellClass("number", () => kv.atomic().check({ key: ["a"], versionstamp: 5 as any }).commit());
await tell("part", () => kv.atomic().check({ key: [null as any], versionstamp: null }).commit());
console.log(await kv.atomic().check().commit().then((it) => it.ok));
kv.close();
