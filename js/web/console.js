/*
 * globalThis.console and Deno.inspect. Text is made by inspect.js; where it goes is the host's affair (core.write).
 */
import { core } from "ext:core/mod.js";
import { op_web_colors, op_web_now } from "ext:core/ops";
import { customInspect, displayWidth, formatArguments, inspect } from "ext:web/inspect.js";

const { defineProperty, keys: objectKeys } = Object;
const { isInteger } = Number;
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

function print(level, args) {
  // Most of what is printed is one string: it goes straight through.
  const text = args.length === 1 && typeof args[0] === "string" ? args[0] : formatArguments(args, options);
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
    print(LOG, [typeof value === "string" ? value : inspect(value, { ...options, ...given })]);
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
    print(LOG, [data === null || typeof data !== "object" ? data : tableOf(data, properties)]);
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
    const error = { name: "Trace", message: formatArguments(args, options) };
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

// ------------------------------------------------------------------------------------------------------------- table

function cellText(value) {
  return inspect(value, { depth: 1, compact: 3, breakLength: Infinity });
}

/*
 * One row per entry of `data`. Entries that are objects spread over one column per property, in order of first
 * appearance; all others stand in "Values". A Map has "Key" and "Values".
 */
function tableOf(data, properties) {
  const isMap = data instanceof Map;
  const isSet = data instanceof Set;
  const iterated = isMap || isSet;
  const rows = isMap ? [...data.entries()].map(([key, value], i) => [i, value, key]) : isSet ? [...data.values()].map((value, i) => [i, value]) : objectKeys(data).map((key) => [key, data[key]]);
  const columns = new Map(); // name -> cells by row
  for (const name of properties ?? []) columns.set(name, []);
  const values = [];
  const indexes = [];
  let anyValue = false;
  rows.forEach(([index, value], row) => {
    indexes.push(String(index));
    const spread = value !== null && typeof value === "object" && !isMap;
    if (!spread) {
      values[row] = cellText(value);
      anyValue = true;
      return;
    }
    for (const name of properties ?? objectKeys(value)) {
      if (!(name in value)) continue;
      let cells = columns.get(name);
      if (cells === undefined) columns.set(name, cells = []);
      cells[row] = cellText(value[name]);
    }
  });
  const headings = [iterated ? "(iter idx)" : "(idx)"];
  const cells = [indexes];
  if (isMap) {
    headings.push("Key");
    cells.push(rows.map(([, , key]) => cellText(key)));
  }
  for (const [name, column] of columns) {
    headings.push(name);
    cells.push(column);
  }
  if (anyValue) {
    headings.push("Values");
    cells.push(values);
  }
  return drawTable(headings, cells, rows.length);
}

function drawTable(headings, columns, height) {
  const widths = [];
  const rightAligned = [];
  headings.forEach((heading, i) => {
    let widest = displayWidth(heading);
    let numeric = true;
    for (let row = 0; row < height; row++) {
      const cell = columns[i][row] ?? "";
      widest = Math.max(widest, displayWidth(cell));
      numeric &&= isInteger(+cell);
    }
    widths.push(widest + 2);
    rightAligned.push(numeric);
  });
  const rule = (left, cross, right) => left + widths.map((width) => "\u2500".repeat(width)).join(cross) + right;
  const line = (cells, align) =>
    "\u2502" + cells.map((cell, i) => {
      const room = " ".repeat(widths[i] - displayWidth(cell) - 2);
      return align && rightAligned[i] ? ` ${room}${cell} ` : ` ${cell}${room} `;
    }).join("\u2502") + "\u2502";
  const lines = [rule("\u250c", "\u252c", "\u2510"), line(headings, false), rule("\u251c", "\u253c", "\u2524")];
  for (let row = 0; row < height; row++) lines.push(line(columns.map((column) => column[row] ?? ""), true));
  lines.push(rule("\u2514", "\u2534", "\u2518"));
  return lines.join("\n");
}

// ------------------------------------------------------------------------------------------------------------ public

// The standard wants an empty object between console and Object.prototype.
const facade = Object.create({}, { [Symbol.toStringTag]: { value: "console", configurable: true } });
for (const name of objectKeys(methods)) facade[name] = methods[name];
defineProperty(facade, "indentLevel", { get: () => indent.length / INDENT.length, enumerable: true, configurable: true });
defineProperty(facade, Symbol("isConsoleInstance"), { value: true, enumerable: true });

core.defineGlobal("console", facade);
core.setInspect(inspect);
core.Deno.inspect = inspect;
defineProperty(inspect, "custom", { value: customInspect, enumerable: false });
