import { core } from "ext:core/mod.js";
await import("ext:web/console.js");
globalThis.Deno = core.Deno;
globalThis.process ??= process;
