// differs: Deno keeps expired entries for up to a minute; in Carillon they are gone the moment they are due
import { later } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
await kv.set(["first"], 1); // Deno looks for what has expired when a database opens, and then not for a while
await later(100);
await kv.set(["a"], 1, { expireIn: 2000 });
const watch = kv.watch([["a"]]).getReader();
console.log((await watch.read()).value![0].value);
await later(3500);
console.log((await kv.get(["a"])).value);
console.log((await kv.atomic().check({ key: ["a"], versionstamp: null }).commit()).ok);
kv.close();
