// The largest of each kind that is taken: sizes are those of V8's format, to the byte.
const kv = await Deno.openKv(":memory:");
async function largest(name: string, make: (n: number) => unknown) {
  let fits = 0;
  let more = 66000;
  while (fits < more) {
    const n = (fits + more + 1) >> 1;
    try {
      await kv.set(["s"], make(n));
      fits = n;
    } catch (error) {
      if ((error as Error).message !== "Value too large (max 65536 bytes)") throw error;
      more = n - 1;
    }
  }
  console.log(name, fits);
}
const times = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
await largest("ascii", (n) => "a".repeat(n));
await largest("latin 1", (n) => "é".repeat(n));
await largest("two bytes", (n) => "\u0100".repeat(n));
await largest("bytes", (n) => new Uint8Array(n));
await largest("buffer", (n) => new ArrayBuffer(n));
await largest("view", (n) => [new Uint8Array(n)]);
await largest("data view", (n) => new DataView(new ArrayBuffer(n)));
await largest("property", (n) => ({ a: "x".repeat(n) }));
await largest("small numbers", (n) => times(n, () => 1));
await largest("growing numbers", (n) => times(n, (i) => i - 5000));
await largest("doubles", (n) => times(n, () => 1.5));
await largest("strings", (n) => times(n, () => "ab"));
await largest("objects", (n) => times(n, () => ({})));
await largest("references", (n) => new Array(n).fill({}));
await largest("dates", (n) => times(n, () => new Date(0)));
await largest("keys", (n) => Object.fromEntries(times(n, (i) => ["k" + i, 1])));
await largest("number keys", (n) => Object.fromEntries(times(n, (i) => [i, 1])));
await largest("holes", (n) => { const list: number[] = []; for (let i = 0; i < n; i++) list[2 * i] = 1; return list; });
await largest("map", (n) => new Map(times(n, (i) => [i, null])));
await largest("set", (n) => new Set(times(n, (i) => i)));
await largest("bigint words", (n) => n === 0 ? 0n : 1n << BigInt(n * 64 - 1));
await largest("aligned", (n) => ["x", "\u0100".repeat(n)]);
await largest("not aligned", (n) => ["xy", "\u0100".repeat(n)]);
await largest("boxed", (n) => [Object("s".repeat(n))]);
await largest("error", (n) => { const error = new Error("x".repeat(n)); error.stack = "s"; return error; });
kv.close();
