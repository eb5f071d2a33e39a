const kv = await Deno.openKv(":memory:");
const reader = kv.watch<[number]>([["n"]]).getReader();
for (let i = 1; i <= 200; i++) await kv.set(["n"], i);
let elements = 0;
let value;
do {
  value = (await reader.read()).value![0].value;
  elements++;
} while (value !== 200);
console.log(value, elements < 200);
await reader.cancel();
console.log((await reader.read()).done);
kv.close();
