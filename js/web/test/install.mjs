import { core, loaded } from "ext:core/mod.js";
for (const name of ["dom_exception", "event", "abort_signal", "performance", "base64", "encoding", "structured_clone", "crypto", "navigator"]) {
  loaded[`ext:web/${name}.js`] = await import(`ext:web/${name}.js`);
}
await import("ext:web/main.js");
loaded["ext:web/global_events.js"] = await import("ext:web/global_events.js");
globalThis.Deno = core.Deno;
