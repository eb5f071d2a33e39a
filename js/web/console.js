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
const plain = { colors: false };
const colored = { colors: true };

/** One console: its counters, its timers, its indentation. */
class Console {
  #indent = "";
  #counts = new Map();
  #timers = new Map();
  #options = op_web_colors() ? colored : plain;

  #print(level, args) {
    let text = args.length === 1 && typeof args[0] === "string" ? args[0] : formatArguments(args, this.#options);
    if (this.#indent !== "") text = this.#indented(text);
    write(level, text + "\n");
  }

  #indented(text) {
    return this.#indent + (text.includes("\n") ? text.replaceAll("\n", `\n${this.#indent}`) : text);
  }

  log(...args) {
    this.#print(LOG, args);
  }
  debug(...args) {
    this.#print(DEBUG, args);
  }
  info(...args) {
    this.#print(INFO, args);
  }
  warn(...args) {
    this.#print(WARN, args);
  }
  error(...args) {
    this.#print(ERROR, args);
  }

  dir(value, options) {
    const text = typeof value === "string" ? value : inspect(value, { ...this.#options, ...options });
    this.#print(LOG, [text]);
  }

  dirxml(...args) {
    this.#print(LOG, args);
  }

  assert(condition = false, ...args) {
    if (condition) return;
    if (args.length === 0) return this.#print(ERROR, ["Assertion failed"]);
    const [first, ...rest] = args;
    if (typeof first === "string") this.#print(ERROR, [`Assertion failed: ${first}`, ...rest]);
    else this.#print(ERROR, ["Assertion failed:", ...args]);
  }

  count(label = "default") {
    label = String(label);
    const count = (this.#counts.get(label) ?? 0) + 1;
    this.#counts.set(label, count);
    this.#print(INFO, [`${label}: ${count}`]);
  }

  countReset(label = "default") {
    label = String(label);
    if (this.#counts.has(label)) this.#counts.set(label, 0);
    else this.#print(WARN, [`Count for '${label}' does not exist`]);
  }

  time(label = "default") {
    label = String(label);
    if (this.#timers.has(label)) return this.#print(WARN, [`Timer '${label}' already exists`]);
    this.#timers.set(label, op_web_now());
  }

  timeLog(label = "default", ...args) {
    label = String(label);
    const start = this.#timers.get(label);
    if (start === undefined) return this.#print(WARN, [`Timer '${label}' does not exist`]);
    this.#print(INFO, [`${label}: ${duration(op_web_now() - start)}`, ...args]);
  }

  timeEnd(label = "default") {
    label = String(label);
    const start = this.#timers.get(label);
    if (start === undefined) return this.#print(WARN, [`Timer '${label}' does not exist`]);
    this.#timers.delete(label);
    this.#print(INFO, [`${label}: ${duration(op_web_now() - start)}`]);
  }

  group(...label) {
    if (label.length > 0) this.#print(LOG, label);
    this.#indent += INDENT;
  }

  groupEnd() {
    this.#indent = this.#indent.slice(INDENT.length);
  }

  clear() {
    this.#indent = "";
    write(LOG, "\x1b[1;1H\x1b[0J");
  }

  trace(...args) {
    const message = formatArguments(args, this.#options);
    const error = { name: "Trace", message };
    captureStackTrace(error); // frames of glue are left out by the engine
    this.#print(ERROR, [error.stack]);
  }

  table(data, properties) {
    if (properties !== undefined && !Array.isArray(properties)) {
      throw new TypeError(
        `The 'properties' argument must be of type Array: received type ${typeof properties}`,
      );
    }
    if (data === null || typeof data !== "object") return this.#print(LOG, [data]);
    this.#print(LOG, [tableOf(data, properties)]);
  }

  indentLevel() {
    return this.#indent.length / INDENT.length;
  }
}

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

const inner = new Console();
const facade = Object.create({}, { [Symbol.toStringTag]: { value: "console", configurable: true } });
const methods = {
  log: (...args) => inner.log(...args),
  debug: (...args) => inner.debug(...args),
  info: (...args) => inner.info(...args),
  dir: (value, options) => inner.dir(value, options),
  dirxml: (...args) => inner.dirxml(...args),
  warn: (...args) => inner.warn(...args),
  error: (...args) => inner.error(...args),
  assert: (...args) => inner.assert(...args),
  count: (label) => inner.count(label),
  countReset: (label) => inner.countReset(label),
  table: (data, properties) => inner.table(data, properties),
  time: (label) => inner.time(label),
  timeLog: (...args) => inner.timeLog(...args),
  timeEnd: (label) => inner.timeEnd(label),
  group: (...label) => inner.group(...label),
  groupCollapsed: (...label) => inner.group(...label),
  groupEnd: () => inner.groupEnd(),
  clear: () => inner.clear(),
  trace: (...args) => inner.trace(...args),
  profile: () => {},
  profileEnd: () => {},
  timeStamp: () => {},
};
for (const name of objectKeys(methods)) facade[name] = methods[name];
defineProperty(facade, "indentLevel", { get: () => inner.indentLevel(), enumerable: true, configurable: true });
defineProperty(facade, Symbol("isConsoleInstance"), { value: true, enumerable: true });

core.defineGlobal("console", facade);
core.setInspect(inspect);
core.Deno.inspect = inspect;
defineProperty(inspect, "custom", { value: customInspect, enumerable: false });
