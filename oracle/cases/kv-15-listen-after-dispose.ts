// differs: after dispose Deno resolves at once; Carillon rejects as after close
import { tell } from "./lib/kv.ts";
const kv = await Deno.openKv(":memory:");
kv[Symbol.dispose]();
await tell("listenQueue", () => kv.listenQueue(() => {}));
