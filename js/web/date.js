/*
 * Where GraalJS writes dates otherwise than V8: Date.prototype.toString names the time zone in short ("GMT"), V8 in long
 * ("Coordinated Universal Time"); times of day have a narrow no-break space before AM and PM, V8 a plain one.
 */
const { apply } = Reflect;
const { defineProperty, getOwnPropertyDescriptor } = Object;
const { getTime } = Date.prototype;
const DateTimeFormat = Intl.DateTimeFormat;
const { formatToParts } = DateTimeFormat.prototype;
const NARROW_SPACE = "\u202f";

// One long name per offset seen: computing it costs a hundred times the rest.
const zoneNames = new Map();
let zoneFormat;
function zoneName(date, offset) {
  let name = zoneNames.get(offset);
  if (name === undefined) {
    zoneFormat ??= new DateTimeFormat("en-US", { timeZoneName: "long" });
    name = apply(formatToParts, zoneFormat, [date]).find((part) => part.type === "timeZoneName")?.value ?? "";
    if (name === "Greenwich Mean Time" && zoneFormat.resolvedOptions().timeZone === "UTC") name = "Coordinated Universal Time";
    zoneNames.set(offset, name);
  }
  return name;
}

function replace(prototype, name, make) {
  const descriptor = getOwnPropertyDescriptor(prototype, name);
  if (descriptor === undefined) return;
  const original = descriptor.value;
  const value = make(original);
  defineProperty(value, "name", { value: name, configurable: true });
  defineProperty(value, "length", { value: original.length, configurable: true });
  defineProperty(prototype, name, { ...descriptor, value });
}

for (const name of ["toString", "toTimeString"]) {
  replace(Date.prototype, name, (original) => ({
    method() {
      const text = apply(original, this, []);
      if (!text.endsWith(")")) return text; // Invalid Date
      const cut = text.lastIndexOf(" (");
      return `${text.slice(0, cut)} (${zoneName(apply(getTime, this, []), text.slice(cut - 5, cut))})`;
    },
  }).method);
}

const plain = (text) => (text.includes(NARROW_SPACE) ? text.replaceAll(NARROW_SPACE, " ") : text);
for (const name of ["toLocaleString", "toLocaleTimeString"]) {
  replace(Date.prototype, name, (original) => ({
    method(...args) {
      return plain(apply(original, this, args));
    },
  }).method);
}
replace(DateTimeFormat.prototype, "formatRange", (original) => ({
  method(...args) {
    return plain(apply(original, this, args));
  },
}).method);
for (const name of ["formatToParts", "formatRangeToParts"]) {
  replace(DateTimeFormat.prototype, name, (original) => ({
    method(...args) {
      const parts = apply(original, this, args);
      for (const part of parts) part.value = plain(part.value);
      return parts;
    },
  }).method);
}
// V8 calls GMT and all its aliases UTC.
replace(DateTimeFormat.prototype, "resolvedOptions", (original) => ({
  method() {
    const options = apply(original, this, []);
    if (options.timeZone === "GMT") options.timeZone = "UTC";
    return options;
  },
}).method);
const format = getOwnPropertyDescriptor(DateTimeFormat.prototype, "format");
const bound = new WeakMap();
defineProperty(DateTimeFormat.prototype, "format", {
  ...format,
  get() {
    const original = apply(format.get, this, []);
    let fn = bound.get(this);
    if (fn === undefined) bound.set(this, fn = (date) => plain(original(date)));
    return fn;
  },
});
