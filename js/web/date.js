/*
 * Where GraalJS writes dates otherwise than V8: Date.prototype.toString names the time zone in short ("GMT"), V8 in long
 * ("Coordinated Universal Time"); times of day have a narrow no-break space before AM and PM, V8 a plain one.
 */
import { engine } from "ext:web/main.js";
import { apply, dateValue, defineProperty } from "ext:web/primordials.js";

const { DateTimeFormat } = engine;
const NARROW_SPACE = "\u202f";

// One long name per offset seen: computing it costs a hundred times the rest.
const zoneNames = new Map();
let zoneFormat;
function zoneName(date, offset) {
  let name = zoneNames.get(offset);
  if (name === undefined) {
    zoneFormat ??= new DateTimeFormat("en-US", { timeZoneName: "long" });
    name = apply(engine.formatToParts, zoneFormat, [date]).find((part) => part.type === "timeZoneName")?.value ?? "";
    if (name === "Greenwich Mean Time" && zoneFormat.resolvedOptions().timeZone === "UTC") name = "Coordinated Universal Time";
    zoneNames.set(offset, name);
  }
  return name;
}

/** A method in place of the engine's: not a constructor, of the same name and length. */
function mended(name, mend) {
  const original = engine[name];
  const { method } = {
    method(...args) {
      return mend(apply(original, this, args), this);
    },
  };
  defineProperty(method, "name", { value: name, configurable: true });
  defineProperty(method, "length", { value: original.length, configurable: true });
  return method;
}

function withZoneName(text, date) {
  if (!text.endsWith(")")) return text; // Invalid Date
  const cut = text.lastIndexOf(" (");
  return `${text.slice(0, cut)} (${zoneName(dateValue(date), text.slice(cut - 5, cut))})`;
}

const plain = (text) => (text.includes(NARROW_SPACE) ? text.replaceAll(NARROW_SPACE, " ") : text);

function plainParts(parts) {
  for (const part of parts) part.value = plain(part.value);
  return parts;
}

// V8 calls GMT and all its aliases UTC.
function utcNamed(options) {
  if (options.timeZone === "GMT") options.timeZone = "UTC";
  return options;
}

export const toString = mended("toString", withZoneName);
export const toTimeString = mended("toTimeString", withZoneName);
export const toLocaleString = mended("toLocaleString", plain);
export const toLocaleTimeString = mended("toLocaleTimeString", plain);
export const formatRange = mended("formatRange", plain);
export const formatToParts = mended("formatToParts", plainParts);
export const formatRangeToParts = mended("formatRangeToParts", plainParts);
export const resolvedOptions = mended("resolvedOptions", utcNamed);

const bound = new WeakMap();
/** What the getter `format` gives for `dateTimeFormat`: the same function each time. */
export function boundFormat(dateTimeFormat, original) {
  let fn = bound.get(dateTimeFormat);
  if (fn === undefined) bound.set(dateTimeFormat, fn = (date) => plain(original(date)));
  return fn;
}
