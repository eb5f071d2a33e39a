import { core } from "ext:core/mod.js";
await import("ext:web/main.js");
globalThis.Deno = core.Deno;
