for (const it of [Deno.Kv, Deno.AtomicOperation]) {
  for (const key of Reflect.ownKeys(it.prototype)) {
    if (typeof key === "symbol" && key !== Symbol.dispose) continue;
    const { value } = Object.getOwnPropertyDescriptor(it.prototype, key)!;
    if (key !== "constructor") console.log(key, value.length, value.constructor.name);
  }
}
console.log(Reflect.ownKeys(Deno.KvListIterator.prototype), Object.getPrototypeOf(Deno.KvListIterator.prototype) === Object.prototype);
