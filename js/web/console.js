/*
 * globalThis.console and Deno.inspect. Text is made by inspect.js, which is loaded when there is more to print than strings;
 * where it goes is the host's affair (core.write).
 */
import { core } from "ext:core/mod.js";
import { op_web_colors, op_web_now } from "ext:core/ops";
import "ext:web/primordials.js";

const { defineProperty, keys: objectKeys } = Object;
const { captureStackTrace } = Error;
const DEBUG = 0;
const INFO = 1;
const LOG = 2;
const WARN = 3;
const ERROR = 4;
const INDENT = "  ";
const write = core.write;
let indent = "";
const counts = new Map();
const starts = new Map();
const options = op_web_colors() ? { colors: true } : { colors: false };

let loaded;
const inspection = () => loaded ??= core.loadLazy("ext:web/inspect.js");
const formatted = (args) => inspection().formatArguments(args, options);

function print(level, args) {
  // Most of what is printed is one string: it goes straight through.
  const text = args.length === 1 && typeof args[0] === "string" ? args[0] : formatted(args);
  write(level, indent === "" ? text + "\n" : indented(text) + "\n");
}

function indented(text) {
  return indent + (text.includes("\n") ? text.replaceAll("\n", `\n${indent}`) : text);
}

function elapsed(label) {
  const start = starts.get(label);
  if (start === undefined) {
    print(WARN, [`Timer '${label}' does not exist`]);
    return undefined;
  }
  return `${label}: ${duration(op_web_now() - start)}`;
}

// In the order Deno lists them.
const methods = {
  log: (...args) => print(LOG, args),
  debug: (...args) => print(DEBUG, args),
  info: (...args) => print(INFO, args),

  dir: (value, given) => {
    print(LOG, [typeof value === "string" ? value : inspection().inspect(value, { ...options, ...given })]);
  },

  dirxml: (...args) => print(LOG, args),
  warn: (...args) => print(WARN, args),
  error: (...args) => print(ERROR, args),

  assert: (condition = false, ...args) => {
    if (condition) return;
    if (args.length === 0) print(ERROR, ["Assertion failed"]);
    else if (typeof args[0] === "string") print(ERROR, [`Assertion failed: ${args[0]}`, ...args.slice(1)]);
    else print(ERROR, ["Assertion failed:", ...args]);
  },

  count: (label = "default") => {
    label = `${label}`;
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    print(INFO, [`${label}: ${count}`]);
  },

  countReset: (label = "default") => {
    label = `${label}`;
    if (counts.has(label)) counts.set(label, 0);
    else print(WARN, [`Count for '${label}' does not exist`]);
  },

  table: (data, properties) => {
    if (properties !== undefined && !Array.isArray(properties)) {
      throw new TypeError(`The 'properties' argument must be of type Array: received type ${typeof properties}`);
    }
    print(LOG, [data === null || typeof data !== "object" ? data : core.loadLazy("ext:web/console_table.js").tableOf(data, properties)]);
  },

  time: (label = "default") => {
    label = `${label}`;
    if (starts.has(label)) print(WARN, [`Timer '${label}' already exists`]);
    else starts.set(label, op_web_now());
  },

  timeLog: (label = "default", ...args) => {
    const text = elapsed(`${label}`);
    if (text !== undefined) print(INFO, [text, ...args]);
  },

  timeEnd: (label = "default") => {
    const text = elapsed(`${label}`);
    if (text === undefined) return;
    starts.delete(`${label}`);
    print(INFO, [text]);
  },

  group: (...label) => {
    if (label.length > 0) print(LOG, label);
    indent += INDENT;
  },

  groupCollapsed: (...label) => methods.group(...label),

  groupEnd: () => {
    indent = indent.slice(INDENT.length);
  },

  clear: () => {
    indent = "";
    write(LOG, "\x1b[1;1H\x1b[0J");
  },

  trace: (...args) => {
    const error = { name: "Trace", message: formatted(args) };
    captureStackTrace(error); // frames of glue are left out by the engine
    print(ERROR, [error.stack]);
  },

  profile: () => {},
  profileEnd: () => {},
  timeStamp: () => {},
};

// Three significant digits, but never finer than a microsecond nor coarser than a millisecond.
function duration(ms) {
  return `${ms.toFixed(ms < 1 ? 3 : ms < 10 ? 2 : ms < 100 ? 1 : 0)}ms`;
}

// ------------------------------------------------------------------------------------------------------------ public

// The standard wants an empty object between console and Object.prototype.
const facade = Object.create({}, { [Symbol.toStringTag]: { value: "console", configurable: true } });
for (const name of objectKeys(methods)) facade[name] = methods[name];
defineProperty(facade, "indentLevel", { get: () => indent.length / INDENT.length, enumerable: true, configurable: true });
defineProperty(facade, Symbol("isConsoleInstance"), { value: true, enumerable: true });

core.defineGlobal("console", facade);
core.setInspect((value, given) => inspection().inspect(value, given));
core.foresee("console", "ext:web/inspect.js");
core.defineLazy(core.Deno, "inspect", "ext:web/inspect.js", "inspect");
