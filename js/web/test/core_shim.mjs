import { createRequire } from "node:module";
import { isMapIterator, isModuleNamespaceObject, isPromise, isSetIterator } from "node:util/types";
import fs from "node:fs";

const { internalBinding } = createRequire(import.meta.url)("internal/test/binding");
const util = internalBinding("util");
const timers = new Map();
let nextTimer = 1;
/** Filled by install.mjs: node cannot load a module synchronously. */
export const loaded = {};
export const core = {
  Deno: {},
  colors: false,
  internals: {},
  defineGlobal: (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false }),
  print: (text, isError) => fs.writeSync(isError ? 2 : 1, text),
  write: (level, text) => fs.writeSync(level > 2 ? 2 : 1, text),
  setInspect() {},
  registerErrorClass() {},
  registerErrorBuilder() {},
  loadLazy: (specifier) => loaded[specifier],
  defineLazyGlobal(name, specifier) {
    Object.defineProperty(globalThis, name, { get: () => loaded[specifier][name], configurable: true });
  },
  addStartListener: (fn) => fn(),
  setLifecycle() {},
  setUnhandledPromiseRejectionHandler() {},
  setReportExceptionCallback() {},
  reportException(error) {
    throw error;
  },
  queueMacrotask: (fn) => setImmediate(fn),
  createTimer(fn, ms, repeat) {
    timers.set(nextTimer, { fn, ms, repeat });
    return nextTimer++;
  },
  cancelTimer: (id) => timers.delete(id),
  refTimer() {},
  unrefTimer() {},
  // What only the engine knows of an object: null, or its kind with the parts that matter.
  peek(value) {
    const proxy = util.getProxyDetails(value, true);
    if (proxy !== undefined) return ["Proxy", ...proxy];
    if (isPromise(value)) return ["Promise", ...util.getPromiseDetails(value)];
    if (isMapIterator(value)) return ["MapIterator", ...util.previewEntries(value, true)];
    if (isSetIterator(value)) return ["SetIterator", ...util.previewEntries(value, true)];
    return isModuleNamespaceObject(value) ? ["Module"] : null;
  },
};
