/*
 * What scripts rarely call of console: counts, timers, groups, tables, assertions.
 */
import { core } from "ext:core/mod.js";
import { op_web_now } from "ext:core/ops";
import { ERROR, formatted, INDENT, INFO, inspection, LOG, margin, print, WARN } from "ext:web/console.js";

const { captureStackTrace } = Error;
const counts = new Map();
const starts = new Map();

function elapsed(label) {
  const start = starts.get(label);
  if (start === undefined) {
    print(WARN, [`Timer '${label}' does not exist`]);
    return undefined;
  }
  return `${label}: ${duration(op_web_now() - start)}`;
}

export const dir = (value, given) => {
  print(LOG, [typeof value === "string" ? value : inspection().inspect(value, { ...inspection().ofTerminal, ...given })]);
};

export const assert = (condition = false, ...args) => {
  if (condition) return;
  if (args.length === 0) print(ERROR, ["Assertion failed"]);
  else if (typeof args[0] === "string") print(ERROR, [`Assertion failed: ${args[0]}`, ...args.slice(1)]);
  else print(ERROR, ["Assertion failed:", ...args]);
};

export const count = (label = "default") => {
  label = `${label}`;
  const count = (counts.get(label) ?? 0) + 1;
  counts.set(label, count);
  print(INFO, [`${label}: ${count}`]);
};

export const countReset = (label = "default") => {
  label = `${label}`;
  if (counts.has(label)) counts.set(label, 0);
  else print(WARN, [`Count for '${label}' does not exist`]);
};

export const table = (data, properties) => {
  if (properties !== undefined && !Array.isArray(properties)) {
    throw new TypeError(`The 'properties' argument must be of type Array: received type ${typeof properties}`);
  }
  print(LOG, [data === null || typeof data !== "object" ? data : core.loadLazy("ext:web/console_table.js").tableOf(data, properties)]);
};

export const time = (label = "default") => {
  label = `${label}`;
  if (starts.has(label)) print(WARN, [`Timer '${label}' already exists`]);
  else starts.set(label, op_web_now());
};

export const timeLog = (label = "default", ...args) => {
  const text = elapsed(`${label}`);
  if (text !== undefined) print(INFO, [text, ...args]);
};

export const timeEnd = (label = "default") => {
  const text = elapsed(`${label}`);
  if (text === undefined) return;
  starts.delete(`${label}`);
  print(INFO, [text]);
};

export const group = (...label) => {
  if (label.length > 0) print(LOG, label);
  margin.text += INDENT;
};

export const groupCollapsed = (...label) => group(...label);

export const groupEnd = () => {
  margin.text = margin.text.slice(INDENT.length);
};

export const clear = () => {
  margin.text = "";
  core.write(LOG, "\x1b[1;1H\x1b[0J");
};

export const trace = (...args) => {
  const error = { name: "Trace", message: formatted(args) };
  captureStackTrace(error); // frames of glue are left out by the engine
  print(ERROR, [error.stack]);
};

// Three significant digits, but never finer than a microsecond nor coarser than a millisecond.
function duration(ms) {
  return `${ms.toFixed(ms < 1 ? 3 : ms < 10 ? 2 : ms < 100 ? 1 : 0)}ms`;
}
