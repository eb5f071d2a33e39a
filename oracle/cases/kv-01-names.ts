console.log("openKv" in Deno, Deno.openKv.length, Deno.openKv);
for (const name of ["openKv", "Kv", "AtomicOperation", "KvListIterator", "KvU64"]) {
  const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(Deno, name)!;
  console.log(name, get!.name, set, enumerable, configurable);
}
