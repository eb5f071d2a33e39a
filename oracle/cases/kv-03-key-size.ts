import { keyOf, tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
for (const size of [2048, 2049, 2050]) {
  const key = keyOf(size);
  await tell(`set ${size}`, async () => (await kv.set(key, 1)).ok);
  await tell(`delete ${size}`, () => kv.delete(key));
  await tell(`check ${size}`, async () => (await kv.atomic().check({ key, versionstamp: null }).commit()).ok);
  await tell(`get ${size}`, async () => (await kv.get(key)).value);
  await tell(`getMany ${size}`, async () => (await kv.getMany([key]))[0].value);
  await tell(`prefix ${size}`, async () => (await kv.list({ prefix: key }).next()).done);
  await tell(`end ${size}`, async () => (await kv.list({ start: [], end: key }).next()).done);
  await tell(`watch ${size}`, () => kv.watch([key]) instanceof ReadableStream);
}
await tell("1023 zero bytes", async () => (await kv.set([new Uint8Array(1023)], 1)).ok);
await tell("1024 zero bytes", async () => (await kv.set([new Uint8Array(1024)], 1)).ok);
kv.close();
