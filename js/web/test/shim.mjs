// Runs the glue on plain node for quick checks without a JVM; what counts is the JUnit tests on the real engine.
//   node --expose-internals --import ./js/web/test/shim.mjs script.js
// `ext:` imports resolve to js/; `ext:core/*` are stand-ins on node's own internals.
import { register } from "node:module";

const js = new URL("../../", import.meta.url).href;
register(
  "data:text/javascript," + encodeURIComponent(`
    const js = ${JSON.stringify(js)};
    export async function resolve(specifier, context, next) {
      if (specifier === "ext:core/mod.js") return { url: js + "web/test/core_shim.mjs", shortCircuit: true };
      if (specifier === "ext:core/ops") return { url: js + "web/test/ops_shim.mjs", shortCircuit: true };
      if (specifier.startsWith("ext:")) return { url: js + specifier.slice(4), format: "module", shortCircuit: true };
      return next(specifier, context);
    }
    export async function load(url, context, next) {
      return next(url, url.startsWith(js + "web/") ? { ...context, format: "module" } : context);
    }
  `),
);
await import(js + "web/test/install.mjs");
