import { tell } from "./lib/kv.ts";
for (const path of ["", ":", ":x", ":memory", 5, {}, new URL("file:///x")]) await tell(`${path}`, () => Deno.openKv(path as any));
