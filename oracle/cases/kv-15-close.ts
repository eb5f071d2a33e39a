import { tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
const list = kv.list({ prefix: [] });
console.log(kv.close());
await tell("close", () => kv.close());
await tell("dispose", () => kv[Symbol.dispose]());
await tell("get", () => kv.get(["a"]));
await tell("getMany", () => kv.getMany([["a"]]));
await tell("getMany 11", () => kv.getMany(new Array(11).fill(["a"])));
await tell("set", () => kv.set(["a"], 1));
await tell("delete", () => kv.delete(["a"]));
await tell("enqueue", () => kv.enqueue(1));
await tell("commit", () => kv.atomic().set(["a"], 1).commit());
await tell("commit nothing", () => kv.atomic().commit());
await tell("next", () => list.next());
await tell("listenQueue", () => kv.listenQueue(() => {}));
await tell("set a symbol", () => kv.set(["a"], Symbol("s")));
await tell("bad part", () => kv.get([null as any]));
await tell("too large", () => kv.set(["a"], new Uint8Array(65537)));
await tell("resource", () => { try { kv.close(); } catch (error) { return [error instanceof Deno.errors.BadResource, error instanceof Error, (error as Error).name]; } });
{
  using other = await Deno.openKv(":memory:");
  await other.set(["a"], 1);
}
