import { tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
const after = async (stored: unknown, mutation: any) => {
  await kv.delete(["n"]);
  if (stored !== null) await kv.set(["n"], stored);
  await kv.atomic().mutate({ key: ["n"], ...mutation }).commit();
  return (await kv.get(["n"])).value;
};
const u = (n: bigint) => new Deno.KvU64(n);
const top = 2n ** 64n - 1n;
for (const type of ["sum", "min", "max"]) {
  for (const stored of [null, u(5n), u(top), u(0n), "text", 5, 5n, new Uint8Array(8)]) {
    await tell(`${type} ${stored === null ? "nothing" : Deno.inspect(stored)}`, () => after(stored, { type, value: u(3n) }));
  }
  for (const operand of [1, "x", null]) await tell(`${type} by ${operand}`, () => after(u(1n), { type, value: operand }));
  await tell(`${type} by 1n`, () => after(u(1n), { type, value: 1n }));
}
await tell("numbers", () => after(1.5, { type: "sum", value: 2 }));
await tell("bigints", () => after(-(2n ** 90n), { type: "sum", value: 5n }));
await tell("absent", () => after(null, { type: "sum", value: 2.5 }));
await tell("mixed", () => after(1n, { type: "sum", value: 2 }));
await tell("mixed", () => after(1, { type: "sum", value: 2n }));
await tell("text", () => after("a", { type: "sum", value: 2 }));
kv.close();
