import { keyOf, tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
const repeat = (n: number, add: (operation: any, i: number) => void) => async () => {
  const operation = kv.atomic();
  for (let i = 0; i < n; i++) add(operation, i);
  return (await operation.commit()).ok;
};
const check = (it: any, i: number) => it.check({ key: ["c", i], versionstamp: null });
await tell("100 checks", repeat(100, check));
await tell("101 checks", repeat(101, check));
await tell("1000 mutations", repeat(1000, (it, i) => it.delete(["d", i])));
await tell("1001 mutations", repeat(1001, (it, i) => it.delete(["d", i])));
await tell("500 + 501", repeat(501, (it, i) => i === 0 ? it.delete(["d"]) : it.delete(["d", i]).enqueue(i)));
await tell("41 deletes", repeat(41, (it) => it.delete(keyOf(2048))));
await tell("40 sets", repeat(40, (it) => it.set(keyOf(2048), 1)));
await tell("41 sets", repeat(41, (it) => it.set(keyOf(2048), 1)));
const bytes = new Uint8Array(65536);
await tell("12 large", repeat(12, (it) => it.set(keyOf(1365), bytes)));
await tell("12 large and a byte", repeat(13, (it, i) => i < 12 ? it.set(keyOf(1365), bytes) : it.delete(keyOf(9))));
await tell("12 large and 8 bytes", repeat(13, (it, i) => i < 12 ? it.set(keyOf(1365), bytes) : it.delete(keyOf(8))));
// What is found first.
await tell("part before count", repeat(101, (it, i) => it.check({ key: [i === 100 ? null : i], versionstamp: null })));
await tell("checks before mutations", repeat(1001, (it, i) => check(it, i).delete(["d"])));
await tell("key before value", () => kv.set(keyOf(2049), new Uint8Array(65537)));
await tell("empty before size", () => kv.atomic().set(["a"], new Uint8Array(65537)).delete([]).commit());
await tell("stamp before count of mutations", repeat(1001, (it, i) => it.check(...(i === 0 ? [{ key: ["a"], versionstamp: "x" }] : [])).delete(["d"])));
await tell("stamp before key", () => kv.atomic().check({ key: ["a"], versionstamp: "x" }).delete([]).commit());
kv.close();
