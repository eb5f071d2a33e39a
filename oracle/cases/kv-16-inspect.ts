const kv = await Deno.openKv(":memory:");
console.log(kv, kv.list({ prefix: [] }), kv.atomic(), kv.commitVersionstamp());
console.log(Deno.Kv, Deno.AtomicOperation, Deno.KvListIterator, Deno.KvU64, Deno.openKv);
console.log(kv.atomic().check({ key: ["a", 1], versionstamp: null }).check({ key: ["a"], versionstamp: "00000000000000010000" }).set(["k"], { a: 1 }).set(["k"], 1, { expireIn: 5 })
  .enqueue("m").delete(["d"]).sum(["s"], 1n).min(["s"], 2n).max(["s"], 3n).enqueue("m", { delay: 5, keysIfUndelivered: [["a"]], backoffSchedule: [1, 2] })
  .mutate({ type: "set", key: ["q"], value: new Uint8Array([1]), expireIn: 3 }));
console.log({ operation: kv.atomic().set(["k"], 1), u: new Deno.KvU64(1n) }, [kv]);
kv.close();
