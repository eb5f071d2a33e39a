/*
 * Turns any value into the text Deno prints for it, byte for byte: Deno.inspect and everything console prints.
 *
 * One Printer serves one call. It walks the value depth first and returns text; nothing is printed here. Three rules
 * decide the shape of the text:
 *  - a group of entries goes on one line if it fits in `breakLength` columns and holds no deeper nesting than
 *    `compact` levels (counted from the object formatted last, as in Deno: `lastLevel`);
 *  - an array of more than six short entries is laid out in columns;
 *  - everything else gets one entry per line.
 * Objects on the way down are in `path`; meeting one again prints [Circular *n] and marks its first mention <ref *n>.
 *
 * Brand checks never call user code: they use internal-slot getters taken before any script runs (primordials.js).
 */
import { core } from "ext:core/mod.js";
import { op_web_colors } from "ext:core/ops";
import {
  apply, bigintOf, booleanOf, bufferLength, classTag, dateText, dateValue, defineProperty, errorText, functionText,
  getOwnPropertyDescriptor, getOwnPropertyDescriptors, getOwnPropertyNames, getOwnPropertySymbols, getPrototypeOf,
  hasOwn, is, isArray, isEnumerable, isError, mapEntries, mapSize, numberIsNaN, numberOf, objectCreate, objectKeys, ownKeys,
  regExpText, safeUint8Array, setSize, setValues, sharedLength, stringOf, symbolOf, symbolText, toStringTag,
  typedArrayLength, typedArrayTag, uncurry, viewBuffer, viewLength, viewOffset, weakMapHas, weakSetHas,
} from "ext:web/primordials.js";
import { customInspect, privateCustomInspect } from "ext:web/shown.js";

// Null, or what only the engine knows of an object; see Insight in runtime.engine.
const peek = core.peek ?? (() => null);
const nodeCustomInspect = Symbol.for("nodejs.util.inspect.custom");

const DEFAULTS = {
  depth: 4,
  colors: false,
  showHidden: false,
  showProxy: false,
  compact: 3,
  breakLength: 80,
  sorted: false,
  getters: false,
  trailingComma: false,
  iterableLimit: 100,
  strAbbreviateSize: 10000,
  indentationLvl: 0,
};
const COLORED = { ...DEFAULTS, colors: true };
/** Options for what goes to the terminal. */
export const ofTerminal = { colors: op_web_colors() };

// console passes nothing but colors: two ready-made sets.
function withDefaults(options) {
  const given = objectKeys(options);
  if (given.length === 0) return DEFAULTS;
  if (given.length === 1 && given[0] === "colors") return options.colors ? COLORED : DEFAULTS;
  return { ...DEFAULTS, ...options };
}

// ---------------------------------------------------------------------------------------------------- strings, names

// deno-lint-ignore no-control-regex
const NEEDS_ESCAPE = /[\x00-\x1f\x7f-\x9f\\]/;
// deno-lint-ignore no-control-regex
const ESCAPED = /[\x00-\x1f\x7f-\x9f\\]/g;
const SHORT_ESCAPES = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\v": "\\v", "\\": "\\\\" };
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const SYMBOL_WORD = /^[a-zA-Z_][a-zA-Z_.0-9]*$/;
// deno-lint-ignore no-control-regex
const COLOR_CODES = /\x1b\[\d\d?m/g;

function escapeOne(char) {
  return SHORT_ESCAPES[char] ?? "\\x" + char.charCodeAt(0).toString(16).padStart(2, "0");
}

/** Quoted with the first of " ' ` the text does not hold; control characters escaped. */
export function quoteString(text) {
  const quote = !text.includes('"') ? '"' : !text.includes("'") ? "'" : !text.includes("`") ? "`" : '"';
  let body = NEEDS_ESCAPE.test(text) ? text.replace(ESCAPED, escapeOne) : text;
  if (quote === '"' && text.includes('"')) body = body.replaceAll('"', '\\"');
  return quote + body + quote;
}

function escapeControls(text) {
  return NEEDS_ESCAPE.test(text) ? text.replace(ESCAPED, (c) => (c === "\\" ? c : escapeOne(c))) : text;
}

const COLORS = {
  string: ["\x1b[32m", "\x1b[39m"],
  symbol: ["\x1b[32m", "\x1b[39m"],
  number: ["\x1b[33m", "\x1b[39m"],
  bigint: ["\x1b[33m", "\x1b[39m"],
  boolean: ["\x1b[33m", "\x1b[39m"],
  undefined: ["\x1b[90m", "\x1b[39m"],
  null: ["\x1b[1m", "\x1b[22m"],
  date: ["\x1b[35m", "\x1b[39m"],
  regexp: ["\x1b[31m", "\x1b[39m"],
  special: ["\x1b[36m", "\x1b[39m"],
  internalFrame: ["\x1b[90m", "\x1b[39m"],
};

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

function paint(text, style) {
  const [on, off] = COLORS[style];
  return on + text + off;
}

// GraalJS has no width tables of its own; the ranges are the wide and fullwidth blocks of Unicode's EastAsianWidth.
function charWidth(code) {
  if (code < 0x1100) return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x300 && code < 0x370) ? 0 : 1;
  if (
    code <= 0x115f || (code >= 0x2e80 && code <= 0x303e) || (code >= 0x3041 && code <= 0x33ff) ||
    (code >= 0x3400 && code <= 0x4dbf) || (code >= 0x4e00 && code <= 0x9fff) || (code >= 0xa000 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) || (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1f64f) ||
    (code >= 0x1f900 && code <= 0x1f9ff) || (code >= 0x20000 && code <= 0x3fffd)
  ) {
    return 2;
  }
  return code === 0x200b || code === 0x200d || (code >= 0x20d0 && code <= 0x20ff) || (code >= 0xfe00 && code <= 0xfe0f) ? 0 : 1;
}

/** Columns a terminal needs for `text`, colour codes left out. */
export function displayWidth(text) {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const char of text.replace(COLOR_CODES, "").normalize("NFC")) width += charWidth(char.codePointAt(0));
  return width;
}

// ------------------------------------------------------------------------------------------------------ brand checks

function holds(check, value) {
  try {
    check(value);
    return true;
  } catch {
    return false;
  }
}

const NO_KEY = objectCreate(null);

/*
 * What an object is by its internal slots: "Map", "Promise", ... or "Object". The text of Object.prototype.toString
 * settles the kinds that have a builtin tag; only objects with a Symbol.toStringTag (or a foreign prototype) pay for
 * the probing below. What only the engine can see (proxies, promises, iterators, namespaces) comes from core.peek.
 */
function brandOf(value, tag) {
  if (isArray(value)) return "Array";
  if (tag === "") {
    const text = classTag(value);
    switch (text) {
      case "[object Object]":
        return isError(value) ? "Error" : "Object";
      case "[object Arguments]":
        return "Arguments";
      case "[object Error]":
        return "Error";
      case "[object Date]":
        return "Date";
      case "[object RegExp]":
        return "RegExp";
      case "[object Number]":
        return "Number";
      case "[object String]":
        return "String";
      case "[object Boolean]":
        return "Boolean";
    }
    return "Object";
  }
  if (typedArrayTag(value) !== undefined) return "TypedArray";
  if (holds(mapSize, value)) return "Map";
  if (holds(setSize, value)) return "Set";
  if (holds(bufferLength, value)) return "ArrayBuffer";
  if (isError(value)) return "Error";
  if (holds(viewLength, value)) return "DataView";
  if (sharedLength !== null && holds(sharedLength, value)) return "SharedArrayBuffer";
  if (holds((it) => weakMapHas(it, NO_KEY), value)) return "WeakMap";
  if (holds((it) => weakSetHas(it, NO_KEY), value)) return "WeakSet";
  if (holds(bigintOf, value)) return "BigInt";
  if (holds(symbolOf, value)) return "Symbol";
  if (holds(dateValue, value)) return "Date";
  if (holds(numberOf, value)) return "Number";
  if (holds(stringOf, value)) return "String";
  if (holds(booleanOf, value)) return "Boolean";
  return "Object";
}

function instanceOf(value, constructor) {
  try {
    return value instanceof constructor;
  } catch {
    return false;
  }
}

// -------------------------------------------------------------------------------------------------------- the printer

const OBJECT = 0; // entries are properties of an object
const ARRAY = 1; // entries of an array, laid out in columns when many
const ARRAY_PROPERTY = 2; // a named property behind the entries of an array

class Printer {
  constructor(options) {
    const o = options === undefined ? DEFAULTS : withDefaults(options);
    this.depth = o.depth ?? Infinity;
    this.colors = o.colors;
    this.showHidden = o.showHidden;
    this.showProxy = o.showProxy;
    this.compact = o.compact;
    this.breakLength = o.breakLength;
    this.sorted = o.sorted;
    this.getters = o.getters;
    this.trailingComma = o.trailingComma;
    this.iterableLimit = o.iterableLimit ?? Infinity;
    this.strAbbreviateSize = o.strAbbreviateSize ?? Infinity;
    this.path = [];
    this.refs = null; // object -> number, once a cycle was met
    this.indentation = o.indentationLvl;
    this.lastLevel = 0;
  }

  style(text, style) {
    return this.colors ? paint(text, style) : text;
  }

  /** Options as handed to custom inspect methods. */
  optionsFor(depth) {
    return {
      stylize: this.colors ? (text, style) => (COLORS[style] ? paint(text, style) : text) : (text) => text,
      showHidden: this.showHidden,
      depth: this.depth === Infinity ? null : depth,
      colors: this.colors,
      customInspect: true,
      showProxy: this.showProxy,
      maxArrayLength: this.iterableLimit,
      maxStringLength: this.strAbbreviateSize,
      breakLength: this.breakLength,
      compact: this.compact,
      sorted: this.sorted,
      getters: this.getters,
      numericSeparator: false,
    };
  }

  /** The same for our own protocol: a method that prints parts by `inspect(part, options)` goes on where we stand. */
  ownOptions() {
    return {
      ...this.optionsFor(this.depth),
      indentationLvl: this.indentation,
      trailingComma: this.trailingComma,
      iterableLimit: this.iterableLimit,
      strAbbreviateSize: this.strAbbreviateSize,
    };
  }

  value(value, level) {
    switch (typeof value) {
      case "string":
        return this.string(value);
      case "number":
        return this.style(is(value, -0) ? "-0" : `${value}`, "number");
      case "bigint":
        return this.style(`${value}n`, "bigint");
      case "boolean":
        return this.style(`${value}`, "boolean");
      case "undefined":
        return this.style("undefined", "undefined");
      case "symbol":
        return this.style(this.symbol(value), "symbol");
    }
    if (value === null) return this.style("null", "null");
    let subject = value;
    let inside = peek(value);
    if (inside !== null && inside[0] === "Proxy") {
      if (this.showProxy) return this.proxy(inside, level);
      do {
        subject = inside[1];
        if (subject === null) return this.style("<Revoked Proxy>", "special");
        inside = peek(subject);
      } while (inside !== null && inside[0] === "Proxy");
    }
    if (typeof subject === "function") inside = null; // printed by name and properties
    const custom = this.custom(subject, value, level);
    if (custom !== undefined) return custom;
    if (this.path.includes(subject)) {
      this.refs ??= new Map();
      let number = this.refs.get(subject);
      if (number === undefined) this.refs.set(subject, number = this.refs.size + 1);
      return this.style(`[Circular *${number}]`, "special");
    }
    return this.object(subject, level, inside);
  }

  string(text) {
    let trailer = "";
    if (text.length > this.strAbbreviateSize) {
      const left = text.length - this.strAbbreviateSize;
      text = text.slice(0, this.strAbbreviateSize);
      trailer = `... ${left} more character${left > 1 ? "s" : ""}`;
    }
    if (this.compact !== true && text.length > 16 && text.length > this.breakLength - this.indentation - 4 && text.includes("\n")) {
      const lines = text.match(/[^\n]*\n|[^\n]+$/g);
      return lines.map((line) => this.style(quoteString(line), "string"))
        .join(` +\n${" ".repeat(this.indentation + 2)}`) + trailer;
    }
    return this.style(quoteString(text), "string") + trailer;
  }

  symbol(value) {
    const text = value.description;
    if (text === undefined || text === "") return "Symbol()";
    return `Symbol(${SYMBOL_WORD.test(text) ? text : quoteString(text)})`;
  }

  /** The text of an object that prints itself, or undefined. */
  custom(subject, shown, level) {
    const own = subject[customInspect];
    if (typeof own === "function") return `${apply(own, shown, [inspect, this.ownOptions()])}`;
    const internal = subject[privateCustomInspect];
    if (typeof internal === "function") return `${apply(internal, shown, [inspect, this.ownOptions()])}`;
    const node = subject[nodeCustomInspect];
    if (typeof node === "function") {
      const options = this.optionsFor(this.depth - level);
      const result = apply(node, shown, [options.depth, options, inspect]);
      if (result !== shown) {
        if (typeof result !== "object" || result === null) return `${result}`;
        return this.value(result, level).replaceAll("\n", `\n${" ".repeat(this.indentation)}`);
      }
    }
    return undefined;
  }

  proxy(inside, level) {
    const target = inside[1];
    const handler = inside[2];
    if (level > this.depth) return this.style("Proxy [Array]", "special");
    this.indentation += 2;
    const entries = [this.value(target, level + 1), this.value(handler, level + 1)];
    this.indentation -= 2;
    return this.join(entries, "", ["Proxy [", "]"], ARRAY_PROPERTY, level);
  }

  // ---------------------------------------------------------------------------------------------- names of objects

  /** The name of the class `value` is an instance of; null for a null prototype. */
  className(value, level) {
    let first;
    for (let proto = value; proto !== null;) {
      const descriptor = getOwnPropertyDescriptor(proto, "constructor");
      if (
        descriptor !== undefined && typeof descriptor.value === "function" && descriptor.value.name !== "" &&
        instanceOf(value, descriptor.value)
      ) {
        return `${descriptor.value.name}`;
      }
      proto = getPrototypeOf(proto);
      if (first === undefined) first = proto;
    }
    if (first === null || first === undefined) return null;
    const own = typeof value === "function" ? "Function" : classTag(value).slice(8, -1);
    if (level > this.depth) return `${own} <Complex prototype>`;
    const inherited = this.className(first, level + 1);
    if (inherited === null) return `${own} <${inspect(first, { depth: -1 })}>`;
    return `${own} <${inherited}>`;
  }

  prefix(className, tag, fallback, size = "") {
    if (className === null) {
      return tag !== "" && fallback !== tag ? `[${fallback}${size}: null prototype] [${tag}] ` : `[${fallback}${size}: null prototype] `;
    }
    return tag !== "" && className !== tag ? `${className}${size} [${tag}] ` : `${className}${size} `;
  }

  keys(value) {
    if (this.showHidden) return ownKeys(value);
    let names;
    try {
      names = objectKeys(value);
    } catch {
      names = getOwnPropertyNames(value); // a module namespace with bindings not initialised yet
    }
    const symbols = getOwnPropertySymbols(value);
    if (symbols.length === 0) return names;
    return names.concat(symbols.filter((key) => isEnumerable(value, key)));
  }

  // Index keys are left out: they are shown as entries.
  extraKeys(value) {
    const all = this.keys(value);
    let count = 0;
    while (count < all.length && isIndex(all[count])) count++;
    return count === 0 ? all : all.slice(count);
  }

  // ------------------------------------------------------------------------------------------------------- objects

  object(value, level, inside) {
    const className = this.className(value, level);
    let tag = "";
    try {
      tag = value[toStringTag];
    } catch {
      // a throwing getter of the script: no tag to show
    }
    if (typeof tag !== "string") tag = "";
    if (tag.startsWith("Temporal.")) {
      const text = temporalText(value, tag.slice("Temporal.".length));
      if (text !== undefined) return this.style(text, "special");
    }
    const brand = inside !== null ? inside[0] : typeof value === "function" ? "Function" : brandOf(value, tag);
    let keys;
    let base = "";
    let braces = ["{", "}"];
    let kind = OBJECT;
    let body = () => [];
    switch (brand) {
      case "Array": {
        keys = this.extraKeys(value);
        const prefix = className !== "Array" || tag !== "" ? this.prefix(className, tag, "Array", `(${value.length})`) : "";
        braces = [`${prefix}[`, "]"];
        if (value.length === 0 && keys.length === 0) return `${braces[0]}]`;
        kind = ARRAY;
        body = () => this.array(value, level);
        break;
      }
      case "TypedArray": {
        keys = this.extraKeys(value);
        const name = typedArrayTag(value);
        const size = typedArrayLength(value);
        braces = [`${this.prefix(className, tag, name, `(${size})`)}[`, "]"];
        if (size === 0 && keys.length === 0) return `${braces[0]}]`;
        kind = ARRAY;
        body = () => this.typedArray(value, size, level);
        break;
      }
      case "Set": {
        keys = this.keys(value);
        const size = setSize(value);
        braces[0] = `${this.prefix(className, tag, "Set", `(${size})`)}{`;
        if (size === 0 && keys.length === 0) return `${braces[0]}}`;
        body = () => this.set(value, level);
        break;
      }
      case "Map": {
        keys = this.keys(value);
        const size = mapSize(value);
        braces[0] = `${this.prefix(className, tag, "Map", `(${size})`)}{`;
        if (size === 0 && keys.length === 0) return `${braces[0]}}`;
        body = () => this.map(value, level);
        break;
      }
      case "MapIterator":
      case "SetIterator": {
        keys = this.keys(value);
        const pairs = inside[2];
        const of = brand === "MapIterator" ? "Map" : "Set";
        braces = [`[${pairs ? `${of} Entries` : tag}] {`, "}"];
        body = () => this.iterator(inside[1], pairs, level);
        if (pairs) kind = ARRAY;
        break;
      }
      case "Function": {
        keys = this.keys(value);
        base = this.functionName(value, className, tag);
        if (keys.length === 0) return this.style(base, "special");
        break;
      }
      case "RegExp": {
        keys = this.keys(value);
        base = regExpText(value);
        const prefix = this.prefix(className, tag, "RegExp");
        if (prefix !== "RegExp ") base = `${prefix}${base}`;
        if (keys.length === 0 || level > this.depth) return this.style(base, "regexp");
        break;
      }
      case "Date": {
        keys = this.keys(value);
        base = numberIsNaN(dateValue(value)) ? "Invalid Date" : dateText(value);
        const prefix = this.prefix(className, tag, "Date");
        if (prefix !== "Date ") base = `${prefix}${base}`;
        if (keys.length === 0) return this.style(base, "date");
        break;
      }
      case "Error": {
        keys = this.keys(value);
        base = this.error(value, className, tag, keys);
        if (keys.length === 0) return base;
        break;
      }
      case "ArrayBuffer":
      case "SharedArrayBuffer": {
        keys = this.keys(value);
        braces[0] = `${this.prefix(className, tag, brand)}{`;
        body = () => this.arrayBuffer(value, brand === "ArrayBuffer" ? bufferLength : sharedLength, level);
        break;
      }
      case "DataView":
        keys = this.keys(value);
        braces[0] = `${this.prefix(className, tag, "DataView")}{`;
        body = () => [
          `byteLength: ${this.value(viewLength(value), level)}`,
          `byteOffset: ${this.value(viewOffset(value), level)}`,
          `buffer: ${this.indented(() => this.value(viewBuffer(value), level))}`,
        ];
        break;
      case "Promise":
        keys = this.keys(value);
        braces[0] = `${this.prefix(className, tag, "Promise")}{`;
        body = () => this.promise(inside, level);
        break;
      case "WeakSet":
      case "WeakMap":
        keys = this.keys(value);
        braces[0] = `${this.prefix(className, tag, brand)}{`;
        body = () => [this.style("<items unknown>", "special")];
        break;
      case "Module":
        keys = this.keys(value);
        braces[0] = `${this.prefix(className, tag, "Module")}{`;
        break;
      case "Number":
      case "String":
      case "Boolean":
      case "BigInt":
      case "Symbol": {
        keys = this.boxedKeys(value, brand);
        base = this.boxed(value, brand, className, tag);
        if (keys.length === 0) return base;
        break;
      }
      default:
        keys = this.keys(value);
        if (brand === "Arguments") {
          braces[0] = "[Arguments] {";
        } else if (className === "Object") {
          if (tag !== "") braces[0] = `${this.prefix(className, tag, "Object")}{`;
          if (keys.length === 0) return `${braces[0]}}`;
        } else {
          braces[0] = `${this.prefix(className, tag, "Object")}{`;
          if (keys.length === 0) return `${braces[0]}}`;
        }
    }
    if (level > this.depth) {
      const name = this.prefix(className, tag, brand === "Array" ? "Array" : "Object").slice(0, -1);
      return this.style(className === null ? name : `[${name}]`, "special");
    }
    const inner = level + 1;
    this.path.push(value);
    this.lastLevel = inner;
    const entries = body();
    for (const key of keys) {
      const text = this.property(value, key, inner, kind === OBJECT ? OBJECT : ARRAY_PROPERTY, brand === "Module");
      if (text !== undefined) entries.push(text);
    }
    this.path.pop();
    if (this.refs !== null) {
      const number = this.refs.get(value);
      if (number !== undefined) {
        const mark = this.style(`<ref *${number}>`, "special");
        if (this.compact === true) braces[0] = `${mark} ${braces[0]}`;
        else base = base === "" ? mark : `${mark} ${base}`;
      }
    }
    if (this.sorted) sortEntries(entries, kind === OBJECT ? 0 : entries.length - keys.length, this.sorted);
    return this.join(entries, base, braces, kind, inner, value);
  }

  indented(fn) {
    this.indentation += 2;
    const text = fn();
    this.indentation -= 2;
    return text;
  }

  array(value, level) {
    const entries = [];
    const shown = Math.min(this.iterableLimit, value.length);
    let index = 0;
    while (index < value.length && entries.length < shown) {
      if (hasOwn(value, index)) {
        entries.push(this.property(value, index, level + 1, ARRAY));
        index++;
        continue;
      }
      const from = index;
      while (index < value.length && !hasOwn(value, index)) index++;
      const holes = index - from;
      entries.push(this.style(`<${holes} empty item${holes > 1 ? "s" : ""}>`, "undefined"));
    }
    pushRest(entries, value.length - index);
    return entries;
  }

  typedArray(value, size, level) {
    const shown = Math.min(Math.max(0, this.iterableLimit), size);
    const entries = new Array(shown);
    for (let i = 0; i < shown; i++) entries[i] = this.value(value[i], level);
    pushRest(entries, size - shown);
    if (this.showHidden) {
      this.indentation += 2;
      for (const key of ["BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset", "buffer"]) {
        entries.push(`[${key}]: ${this.value(value[key], level + 1)}`);
      }
      this.indentation -= 2;
    }
    return entries;
  }

  set(value, level) {
    const entries = [];
    const shown = Math.min(this.iterableLimit, setSize(value));
    this.indentation += 2;
    for (const item of setValues(value)) {
      if (entries.length >= shown) break;
      entries.push(this.value(item, level + 1));
    }
    this.indentation -= 2;
    pushRest(entries, setSize(value) - shown);
    return entries;
  }

  map(value, level) {
    const entries = [];
    const shown = Math.min(this.iterableLimit, mapSize(value));
    this.indentation += 2;
    for (const pair of mapEntries(value)) {
      if (entries.length >= shown) break;
      entries.push(`${this.value(pair[0], level + 1)} => ${this.value(pair[1], level + 1)}`);
    }
    this.indentation -= 2;
    pushRest(entries, mapSize(value) - shown);
    return entries;
  }

  iterator(items, pairs, level) {
    const entries = [];
    this.indentation += 2;
    if (!pairs) {
      const shown = Math.min(this.iterableLimit, items.length);
      for (let i = 0; i < shown; i++) entries.push(this.value(items[i], level + 1));
      pushRest(entries, items.length - shown);
    } else {
      const shown = Math.min(this.iterableLimit, items.length / 2);
      for (let i = 0; i < shown; i++) {
        const pair = [this.value(items[2 * i], level + 1), this.value(items[2 * i + 1], level + 1)];
        entries.push(this.join(pair, "", ["[", "]"], ARRAY_PROPERTY, level + 1));
      }
      pushRest(entries, items.length / 2 - shown);
    }
    this.indentation -= 2;
    return entries;
  }

  promise(inside, level) {
    const state = inside[1];
    const result = inside[2];
    if (state === 0) return [this.style("<pending>", "special")];
    const text = this.indented(() => this.value(result, level + 1));
    return [state === 2 ? `${this.style("<rejected>", "special")} ${text}` : text];
  }

  arrayBuffer(value, lengthOf, level) {
    let bytes;
    try {
      bytes = new safeUint8Array(value);
    } catch {
      return [this.style("(detached)", "special")];
    }
    const length = lengthOf(value);
    const shown = Math.min(Math.max(0, this.iterableLimit), length);
    let hex = "";
    for (let i = 0; i < shown; i++) hex += (i === 0 ? "" : " ") + bytes[i].toString(16).padStart(2, "0");
    const left = length - shown;
    if (left > 0) hex += ` ... ${left} more byte${left > 1 ? "s" : ""}`;
    return [
      `${this.style("[Uint8Contents]", "special")}: <${hex}>`,
      `byteLength: ${this.value(length, level)}`,
    ];
  }

  functionName(value, className, tag) {
    const source = functionText(value);
    if (source.startsWith("class") && source.endsWith("}")) {
      const body = source.slice(5, -1);
      const bracket = body.indexOf("{");
      if (bracket !== -1 && (!body.slice(0, bracket).includes("(") || CLASS_HEADER.test(body.replace(COMMENTS, "")))) {
        return this.classHead(value, className, tag);
      }
    }
    // A class of the glue, whose text is hidden.
    if (source.endsWith("[native code] }") && peek(value)?.[0] === "Class") return this.classHead(value, className, tag);
    let type = "Function";
    const kind = functionKind(value);
    if (kind !== "") type = kind;
    let base = `[${type}`;
    if (className === null) base += " (null prototype)";
    base += value.name === "" || typeof value.name !== "string" ? " (anonymous)" : `: ${value.name}`;
    base += "]";
    if (className !== type && className !== null) base += ` ${className}`;
    if (tag !== "" && className !== tag) base += ` [${tag}]`;
    return base;
  }

  classHead(value, className, tag) {
    const name = hasOwn(value, "name") && typeof value.name === "string" && value.name !== "" ? value.name : "";
    let base = `[class ${name === "" ? "(anonymous)" : name}`;
    if (className !== "Function" && className !== null) base += ` [${className}]`;
    if (tag !== "" && className !== tag) base += ` [${tag}]`;
    if (className === null) return `${base} extends [null prototype]]`;
    const parent = getPrototypeOf(value)?.name;
    return parent ? `${base} extends ${parent}]` : `${base}]`;
  }

  boxedKeys(value, brand) {
    const keys = this.keys(value);
    return brand === "String" ? keys.slice(stringOf(value).length) : keys;
  }

  boxed(value, brand, className, tag) {
    const [unwrap, style] = BOXES[brand];
    let base = `[${brand}`;
    if (brand !== className) base += className === null ? " (null prototype)" : ` (${className})`;
    const plain = new Printer({ compact: this.compact, breakLength: this.breakLength });
    base += `: ${brand === "String" ? quoteString(unwrap(value)) : plain.value(unwrap(value), 0)}]`;
    if (tag !== "" && tag !== className) base += ` [${tag}]`;
    return this.style(base, style);
  }

  // -------------------------------------------------------------------------------------------------------- errors

  /** Stack (or heading, in brackets) of an error; takes from `keys` what the stack says already, adds cause, errors. */
  error(value, className, tag, keys) {
    let name;
    try {
      name = value.name === undefined || value.name === null ? "Error" : `${value.name}`;
    } catch {
      name = "Error";
    }
    let stack = this.stackOf(value);
    if (!this.showHidden && keys.length !== 0) {
      for (const key of ["name", "message", "stack"]) {
        const at = keys.indexOf(key);
        if (at !== -1 && typeof value[key] === "string" && stack.includes(value[key])) keys.splice(at, 1);
      }
    }
    if (hasOwn(value, "cause") && !keys.includes("cause")) keys.push("cause");
    if (hasOwn(value, "errors") && isArray(value.errors) && !keys.includes("errors")) keys.push("errors");
    stack = this.withClassName(stack, className, name, tag);
    const message = typeof value.message === "string" ? value.message : "";
    let from = message === "" ? -1 : stack.indexOf(message);
    if (from !== -1) from += message.length;
    const frames = stack.indexOf("\n    at", from);
    if (frames === -1) {
      stack = `[${stack}]`;
    } else if (this.colors) {
      stack = stack.slice(0, frames) + "\n" +
        stack.slice(frames + 1).split("\n")
          .map((line) => INTERNAL_FRAME.test(line) ? paint(line, "internalFrame") : line).join("\n");
    }
    if (this.indentation > 0) stack = stack.replaceAll("\n", `\n${" ".repeat(this.indentation)}`);
    return stack;
  }

  stackOf(value) {
    const stack = value.stack;
    if (stack) return typeof stack === "string" ? stack : this.value(stack, 0);
    try {
      return errorText(value);
    } catch {
      return classTag(value);
    }
  }

  /*
   * The heading of a stack shows `name`, which subclasses mostly inherit: put the class there, as "MyError" when that
   * already holds the name, else as "Mine [Error]".
   */
  withClassName(stack, className, name, tag) {
    let length = name.length;
    const headed = name.endsWith("Error") && stack.startsWith(name) &&
      (stack.length === length || stack[length] === ":" || stack[length] === "\n");
    if (className !== null && !headed) return stack;
    let fallback = "Error";
    if (className === null) {
      const found = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
      const head = found?.[1] ?? "";
      length = head.length;
      fallback = head === "" ? "Error" : head;
    }
    const wanted = this.prefix(className, tag, fallback).slice(0, -1);
    if (name === wanted) return stack;
    if (!wanted.includes(name)) return `${wanted} [${name}]${stack.slice(length)}`;
    return length === 0 ? `${wanted}: ${stack}` : `${wanted}${stack.slice(length)}`;
  }

  // ---------------------------------------------------------------------------------------------------- properties

  property(value, key, level, kind, isModule = false) {
    let descriptor;
    try {
      descriptor = getOwnPropertyDescriptor(value, key);
    } catch {
      return `${this.keyText(key, true)}: ${this.style("<uninitialized>", "special")}`;
    }
    descriptor ??= { value: value[key], enumerable: true };
    let text;
    if (isModule || descriptor.value !== undefined) {
      const shift = this.compact !== true || kind !== OBJECT ? 2 : 3;
      this.indentation += shift;
      text = this.value(descriptor.value, level);
      if (shift === 3 && this.breakLength < displayWidth(text)) text = `\n${" ".repeat(this.indentation)}${text}`;
      this.indentation -= shift;
    } else if (descriptor.get !== undefined) {
      text = this.accessor(value, key, descriptor, level);
    } else if (descriptor.set !== undefined) {
      text = this.style("[Setter]", "special");
    } else {
      text = this.style("undefined", "undefined");
    }
    if (kind === ARRAY) return text;
    const separator = text.startsWith("\n") && this.compact === true ? ":" : ": ";
    return `${this.keyText(key, descriptor.enumerable !== false)}${separator}${text}`;
  }

  keyText(key, enumerable) {
    if (typeof key === "symbol") {
      const text = this.symbol(key);
      return enumerable ? this.style(text, "symbol") : `[${this.style(text, "symbol")}]`;
    }
    if (key === "__proto__") return "['__proto__']";
    if (!enumerable) return `[${escapeControls(`${key}`)}]`;
    return IDENTIFIER.test(key) ? `${key}` : this.style(quoteString(`${key}`), "string");
  }

  accessor(value, key, descriptor, level) {
    const label = descriptor.set !== undefined ? "Getter/Setter" : "Getter";
    if (!this.getters) return this.style(`[${label}]`, "special");
    this.indentation += 2;
    try {
      const result = apply(descriptor.get, value, []);
      if (result === null || typeof result !== "object") {
        const text = result === null ? this.style("null", "null") : this.value(result, level);
        return `${this.style(`[${label}:`, "special")} ${text}${this.style("]", "special")}`;
      }
      return `${this.style(`[${label}]`, "special")} ${this.value(result, level)}`;
    } catch (error) {
      return this.style(`[${label}: <Inspection threw (${error?.message})>]`, "special");
    } finally {
      this.indentation -= 2;
    }
  }

  // -------------------------------------------------------------------------------------------------------- layout

  join(entries, base, braces, kind, level, value) {
    const head = base === "" ? "" : `${base} `;
    const pad = " ".repeat(this.indentation);
    if (this.compact !== true) {
      if (typeof this.compact === "number" && this.compact >= 1) {
        const count = entries.length;
        if (kind === ARRAY && count > 6) entries = this.columns(entries, value);
        if (this.lastLevel - level < this.compact && count === entries.length) {
          const start = entries.length + this.indentation + braces[0].length + base.length + 10;
          if (this.fits(entries, start, base)) {
            const joined = entries.join(", ");
            if (!joined.includes("\n")) return `${head}${braces[0]} ${joined} ${braces[1]}`;
          }
        }
      }
      const comma = this.trailingComma ? "," : "";
      return `${head}${braces[0]}\n${pad}  ${entries.join(`,\n${pad}  `)}${comma}\n${pad}${braces[1]}`;
    }
    if (this.fits(entries, 0, base)) return `${braces[0]}${base === "" ? "" : ` ${base}`} ${entries.join(", ")} ${braces[1]}`;
    const gap = base === "" && braces[0].length === 1 ? " " : `${base === "" ? "" : ` ${base}`}\n${pad}  `;
    return `${braces[0]}${gap}${entries.join(`,\n${pad}  `)} ${braces[1]}`;
  }

  fits(entries, start, base) {
    let length = entries.length + start;
    if (length + entries.length > this.breakLength) return false;
    for (const entry of entries) {
      length += this.colors ? entry.replace(COLOR_CODES, "").length : entry.length;
      if (length > this.breakLength) return false;
    }
    return base === "" || !base.includes("\n");
  }

  /*
   * Lays entries out in at most 15 columns, about 2.5 times as wide as high, numbers right-aligned. Left as they are
   * when less than three of the longest fit on a line or the lengths differ too much.
   */
  columns(entries, value) {
    let count = entries.length;
    if (value !== undefined && this.iterableLimit < entries.length) count--; // "... n more items" stands alone
    const gap = 2;
    const lengths = new Array(count);
    let total = 0;
    let longest = 0;
    for (let i = 0; i < count; i++) {
      const length = displayWidth(entries[i]);
      lengths[i] = length;
      total += length + gap;
      if (length > longest) longest = length;
    }
    const cell = longest + gap;
    if (!(cell * 3 + this.indentation < this.breakLength && (total / cell > 5 || longest <= 6))) return entries;
    const spread = Math.sqrt(cell - total / entries.length);
    const width = Math.max(cell - 3 - spread, 1);
    const columnCount = Math.min(
      Math.round(Math.sqrt(2.5 * width * count) / width),
      Math.floor((this.breakLength - this.indentation) / cell),
      this.compact * 4,
      15,
    );
    if (columnCount <= 1) return entries;
    const widths = [];
    for (let i = 0; i < columnCount; i++) {
      let widest = 0;
      for (let j = i; j < count; j += columnCount) if (lengths[j] > widest) widest = lengths[j];
      widths.push(widest + gap);
    }
    const right = value !== undefined && allNumbers(value);
    const rows = [];
    for (let i = 0; i < count; i += columnCount) {
      const end = Math.min(i + columnCount, count);
      let row = "";
      for (let j = i; j < end; j++) {
        const last = j === end - 1;
        const text = last ? entries[j] : `${entries[j]}, `;
        const room = " ".repeat(Math.max(0, widths[j - i] - gap - lengths[j]));
        row += right ? room + text : last ? text : text + room;
      }
      rows.push(row);
    }
    for (let i = count; i < entries.length; i++) rows.push(entries[i]);
    return rows;
  }
}

const BOXES = {
  Number: [numberOf, "number"],
  String: [stringOf, "string"],
  Boolean: [booleanOf, "boolean"],
  BigInt: [bigintOf, "bigint"],
  Symbol: [symbolOf, "symbol"],
};
const COMMENTS = /(\/\/.*?\n)|(\/\*(.|\n)*?\*\/)/g;
const CLASS_HEADER = /^(\s+[^(]*?)\s*{/;
const INTERNAL_FRAME = /^\s+at (?:.*\()?(?:ext|node):/;
const GeneratorPrototype = getPrototypeOf(function* () {});
const AsyncPrototype = getPrototypeOf(async function () {});
const AsyncGeneratorPrototype = getPrototypeOf(async function* () {});

// By prototype: a script that sets another prototype on a function gets "Function".
function functionKind(value) {
  for (let proto = getPrototypeOf(value); proto !== null; proto = getPrototypeOf(proto)) {
    if (proto === AsyncGeneratorPrototype) return "AsyncGeneratorFunction";
    if (proto === GeneratorPrototype) return "GeneratorFunction";
    if (proto === AsyncPrototype) return "AsyncFunction";
  }
  return "";
}

// Temporal is looked up when first needed: touching it at start would load it for every script.
let temporalTexts;
function temporalText(value, type) {
  temporalTexts ??= new Map(
    objectKeys(getOwnPropertyDescriptors(Temporal)).filter((name) => typeof Temporal[name] === "function")
      .map((name) => [name, uncurry(Temporal[name].prototype.toString)]),
  );
  try {
    return temporalTexts.get(type)?.(value);
  } catch {
    return undefined; // a pretender
  }
}

function isIndex(key) {
  if (typeof key !== "string" || key.length === 0 || key.length > 10) return false;
  const number = +key;
  return `${number}` === key && number >= 0 && number < 4294967295 && number % 1 === 0;
}

function pushRest(entries, left) {
  if (left > 0) entries.push(`... ${left} more item${left > 1 ? "s" : ""}`);
}

function sortEntries(entries, from, sorted) {
  const compare = typeof sorted === "function" ? sorted : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const tail = entries.splice(from).sort(compare);
  for (const entry of tail) entries.push(entry);
}

function allNumbers(value) {
  for (let i = 0; i < value.length; i++) {
    const item = value[i];
    if (typeof item !== "number" && typeof item !== "bigint") return false;
  }
  return true;
}

// ------------------------------------------------------------------------------------------------------------ public

/** `Deno.inspect`: the text of any value; see Deno.InspectOptions in web.d.ts. */
export function inspect(value, options = {}) {
  return new Printer(options).value(value, 0);
}

const CSS_COLORS = {
  black: [0, 0, 0], silver: [192, 192, 192], gray: [128, 128, 128], white: [255, 255, 255], maroon: [128, 0, 0],
  red: [255, 0, 0], purple: [128, 0, 128], fuchsia: [255, 0, 255], green: [0, 128, 0], lime: [0, 255, 0],
  olive: [128, 128, 0], yellow: [255, 255, 0], navy: [0, 0, 128], blue: [0, 0, 255], teal: [0, 128, 128],
  aqua: [0, 255, 255], orange: [255, 165, 0], cyan: [0, 255, 255], magenta: [255, 0, 255], pink: [255, 192, 203],
  brown: [165, 42, 42], gold: [255, 215, 0], tomato: [255, 99, 71], crimson: [220, 20, 60], grey: [128, 128, 128],
  rebeccapurple: [102, 51, 153], darkgreen: [0, 100, 0], darkred: [139, 0, 0], darkblue: [0, 0, 139],
};

function cssColor(text) {
  const name = text.trim().toLowerCase();
  if (CSS_COLORS[name] !== undefined) return CSS_COLORS[name];
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(name)?.[1];
  if (hex !== undefined) {
    const full = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
    return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
  }
  const rgb = /^rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)/.exec(name);
  return rgb === null ? null : [+rgb[1], +rgb[2], +rgb[3]];
}

function cssToAnsi(css) {
  let codes = "\x1b[0m";
  for (const declaration of css.split(";")) {
    const colon = declaration.indexOf(":");
    if (colon === -1) continue;
    const name = declaration.slice(0, colon).trim().toLowerCase();
    const value = declaration.slice(colon + 1).trim();
    if (name === "color" || name === "background-color" || name === "background") {
      const color = cssColor(value);
      if (color !== null) codes += `\x1b[${name === "color" ? 38 : 48};2;${color[0]};${color[1]};${color[2]}m`;
    } else if (name === "font-weight" && /^(bold|[6-9]00)$/.test(value)) {
      codes += "\x1b[1m";
    } else if (name === "font-style" && /^(italic|oblique)$/.test(value)) {
      codes += "\x1b[3m";
    } else if (name.startsWith("text-decoration")) {
      if (value.includes("underline")) codes += "\x1b[4m";
      if (value.includes("overline")) codes += "\x1b[53m";
      if (value.includes("line-through")) codes += "\x1b[9m";
    }
  }
  return codes;
}

const DIRECTIVE = "sdifoOjc%";

// One format directive; undefined leaves it in the text as it stands.
function directive(letter, value, options) {
  switch (letter) {
    case "s":
      return typeof value === "symbol" ? symbolText(value) : typeof value === "string" ? value : String(value);
    case "d":
    case "i":
      if (typeof value === "bigint") return `${value}`;
      return typeof value === "symbol" ? "NaN" : `${parseInt(value)}`;
    case "f":
      return typeof value === "symbol" ? "NaN" : `${parseFloat(value)}`;
    case "o":
    case "O":
      return new Printer(options).value(value, 0);
    case "j":
      try {
        return JSON.stringify(value) ?? "%j";
      } catch (error) {
        if (/circular|cyclic/i.test(error?.message)) return "[Circular]";
        throw error;
      }
    case "c":
      return options?.colors ? cssToAnsi(`${value}`) : "";
  }
  return undefined;
}

/** The text console.log prints for `args`, without line end. */
export function formatArguments(args, options) {
  const count = args.length;
  if (count === 0) return "";
  const first = args[0];
  let next = 0;
  let text = "";
  if (typeof first === "string") {
    if (count === 1) return first;
    next = 1;
    let from = 0;
    let styled = false;
    for (let at = first.indexOf("%"); at !== -1 && at < first.length - 1; at = first.indexOf("%", at)) {
      const letter = first[at + 1];
      if (letter === "%") {
        text += first.slice(from, at) + "%";
        at += 2;
        from = at;
      } else if (DIRECTIVE.includes(letter) && next < count) {
        text += first.slice(from, at) + directive(letter, args[next++], options);
        if (letter === "c") styled = true;
        at += 2;
        from = at;
      } else {
        at += 1;
      }
    }
    text += first.slice(from);
    if (styled && options?.colors) text += "\x1b[0m";
  }
  for (let i = next; i < count; i++) {
    const value = args[i];
    if (i > 0) text += " ";
    text += typeof value === "string" ? value : new Printer(options).value(value, 0);
  }
  return text;
}

defineProperty(inspect, "custom", { value: customInspect, enumerable: false });
