/*
 * globalThis.console and Deno.inspect. Text is made by inspect.js, which is loaded when there is more to print than strings,
 * and what scripts rarely call is in console_more.js; where text goes is the host's affair (core.write).
 */
import { core } from "ext:core/mod.js";
import "ext:web/primordials.js";

const { create, defineProperty } = Object;
const DEBUG = 0;
export const INFO = 1;
export const LOG = 2;
export const WARN = 3;
export const ERROR = 4;
export const INDENT = "  ";
const write = core.write;
/** What console.group has put before each line. */
export const margin = { text: "" };

let loaded;
export const inspection = () => loaded ??= core.loadLazy("ext:web/inspect.js");
export const formatted = (args) => inspection().formatArguments(args, inspection().ofTerminal);

export function print(level, args) {
  // Most of what is printed is one string: it goes straight through.
  const text = args.length === 1 && typeof args[0] === "string" ? args[0] : formatted(args);
  write(level, margin.text === "" ? text + "\n" : indented(text) + "\n");
}

function indented(text) {
  return margin.text + (text.includes("\n") ? text.replaceAll("\n", `\n${margin.text}`) : text);
}

const often = {
  log: (...args) => print(LOG, args),
  debug: (...args) => print(DEBUG, args),
  info: (...args) => print(INFO, args),
  dirxml: (...args) => print(LOG, args),
  warn: (...args) => print(WARN, args),
  error: (...args) => print(ERROR, args),
  profile: () => {},
  profileEnd: () => {},
  timeStamp: () => {},
};

// ------------------------------------------------------------------------------------------------------------ public

// The standard wants an empty object between console and Object.prototype. Members in the order Deno lists them.
const facade = create({}, { [Symbol.toStringTag]: { value: "console", configurable: true } });
const rarely = (names) => core.defineAllLazy(facade, { "ext:web/console_more.js": names }, true, false);
facade.log = often.log;
facade.debug = often.debug;
facade.info = often.info;
rarely(["dir"]);
facade.dirxml = often.dirxml;
facade.warn = often.warn;
facade.error = often.error;
rarely([
  "assert", "count", "countReset", "table", "time", "timeLog", "timeEnd", "group", "groupCollapsed", "groupEnd", "clear", "trace",
]);
facade.profile = often.profile;
facade.profileEnd = often.profileEnd;
facade.timeStamp = often.timeStamp;
defineProperty(facade, "indentLevel", {
  get: () => margin.text.length / INDENT.length,
  enumerable: true,
  configurable: true,
});
defineProperty(facade, Symbol("isConsoleInstance"), { value: true, enumerable: true });

core.defineGlobal("console", facade);
core.setInspect((value, given) => inspection().inspect(value, given));
core.foresee("console", "ext:web/inspect.js");
core.defineLazy(core.Deno, "inspect", "ext:web/inspect.js", "inspect");
