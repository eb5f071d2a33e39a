// What the core object offers for running other scripts and looking into promises.

import { bridge, Error, String, SyntaxError, TypeError } from "ext:core/infra.js";

/** `[value, null]`, or `[null, {thrown, isNativeError, isCompileError}]`. */
export function evalContext(source, name) {
  try {
    return [bridge.evalScript(String(source), name === undefined ? "evalContext" : String(name)), null];
  } catch (thrown) {
    const isNativeError = thrown instanceof Error;
    return [null, { thrown, isNativeError, isCompileError: thrown instanceof SyntaxError }];
  }
}

/** A function of these parameters and this body: `[function, null]`, or what `evalContext` gives for a failure. */
export function compileFunction(source, name, parameters = []) {
  return evalContext(`(function (${parameters}) {${source}\n})`, name);
}

/** `[0, null]` pending, `[1, value]` fulfilled, `[2, reason]` rejected. */
export function getPromiseDetails(promise) {
  const seen = bridge.peek(promise);
  if (seen === null || seen[0] !== "Promise") {
    throw new TypeError("expected a Promise");
  }
  return [seen[1], seen[1] === 0 ? null : seen[2]];
}
