// Entry point of the extension: the names of Deno KV, loaded when a script first asks for one of them.
import { core } from "ext:core/mod.js";

const { defineProperty } = Object;

const NAMES = ["openKv", "AtomicOperation", "Kv", "KvU64", "KvListIterator"];

for (let i = 0; i < NAMES.length; i++) {
  const name = NAMES[i];
  defineProperty(core.Deno, name, {
    get: defineProperty(() => core.loadLazy("ext:kv/kv.js")[name], "name", { value: `get ${name}` }),
    set: undefined,
    enumerable: true,
    configurable: true,
  });
}
