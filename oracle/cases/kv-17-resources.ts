const kv = await Deno.openKv(":memory:");
const names = () => Object.values((Deno as any)[(Deno as any).internal].core.resources()).filter((it) => !/std/.test(it as string));
console.log(names());
const reader = kv.watch([["a"]]).getReader();
console.log(names());
await reader.cancel();
console.log(names());
kv.close();
console.log(names());
