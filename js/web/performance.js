// performance: the monotonic clock since start, marks and measures.
import { op_web_now, op_web_time_origin } from "ext:core/ops";
import { core } from "ext:core/mod.js";
import { EventTarget } from "ext:web/event.js";
import { configureClass, illegalConstructor, illegalInvocation, internal, requireArguments } from "ext:web/webidl.js";

const entries = [];

// Most scripts only ask for the time.
const structuredClone = (value) => core.loadLazy("ext:web/structured_clone.js").structuredClone(value);

export class PerformanceEntry {
  #name;
  #type;
  #start;
  #duration;
  constructor(name, type, start, duration, key) {
    if (key !== internal) illegalConstructor();
    this.#name = name;
    this.#type = type;
    this.#start = start;
    this.#duration = duration;
  }
  get name() {
    return this.#name;
  }
  get entryType() {
    return this.#type;
  }
  get startTime() {
    return this.#start;
  }
  get duration() {
    return this.#duration;
  }
  toJSON() {
    return { name: this.#name, entryType: this.#type, startTime: this.#start, duration: this.#duration };
  }
}
configureClass(PerformanceEntry, ["name", "entryType", "startTime", "duration"]);

export class PerformanceMark extends PerformanceEntry {
  #detail;
  constructor(name, options = {}) {
    requireArguments(arguments.length, 1, "Failed to construct 'PerformanceMark'");
    const start = options?.startTime ?? op_web_now();
    if (start < 0) throw new TypeError(`Cannot construct PerformanceMark: startTime cannot be negative, received ${start}`);
    super(`${name}`, "mark", start, 0, internal);
    this.#detail = options?.detail === undefined || options.detail === null ? null : structuredClone(options.detail);
  }
  get detail() {
    return this.#detail;
  }
  toJSON() {
    return { ...super.toJSON(), detail: this.#detail };
  }
}
configureClass(PerformanceMark, ["name", "entryType", "startTime", "duration", "detail"]);

export class PerformanceMeasure extends PerformanceEntry {
  #detail;
  constructor(name, start, duration, detail, key) {
    super(name, "measure", start, duration, key);
    this.#detail = detail;
  }
  get detail() {
    return this.#detail;
  }
  toJSON() {
    return { ...super.toJSON(), detail: this.#detail };
  }
}
configureClass(PerformanceMeasure, ["name", "entryType", "startTime", "duration", "detail"]);

function timeOf(mark) {
  if (typeof mark === "number") {
    if (mark < 0) throw new TypeError(`Mark cannot be negative: received ${mark}`);
    return mark;
  }
  for (let i = entries.length - 1; i >= 0; i--) {
    if (entries[i].entryType === "mark" && entries[i].name === `${mark}`) return entries[i].startTime;
  }
  const { DOMException } = core.loadLazy("ext:web/dom_exception.js");
  throw new DOMException(`Cannot find mark: "${mark}"`, "SyntaxError");
}

function clear(type, name) {
  for (let i = entries.length - 1; i >= 0; i--) {
    if (entries[i].entryType === type && (name === undefined || entries[i].name === `${name}`)) entries.splice(i, 1);
  }
}

const byTime = (list) => list.sort((a, b) => a.startTime - b.startTime);

export class Performance extends EventTarget {
  #brand;
  constructor(key) {
    if (key !== internal) illegalConstructor();
    super();
  }
  get timeOrigin() {
    return op_web_time_origin();
  }
  clearMarks(name) {
    clear("mark", name);
  }
  clearMeasures(name) {
    clear("measure", name);
  }
  clearResourceTimings() {}
  setResourceTimingBufferSize() {}
  getEntries() {
    return byTime([...entries]);
  }
  getEntriesByName(name, type) {
    requireArguments(arguments.length, 1, "Failed to execute 'getEntriesByName' on 'Performance'");
    return byTime(entries.filter((it) => it.name === `${name}` && (type === undefined || it.entryType === `${type}`)));
  }
  getEntriesByType(type) {
    requireArguments(arguments.length, 1, "Failed to execute 'getEntriesByType' on 'Performance'");
    return byTime(entries.filter((it) => it.entryType === `${type}`));
  }
  mark(name, options = {}) {
    requireArguments(arguments.length, 1, "Failed to execute 'mark' on 'Performance'");
    const mark = new PerformanceMark(name, options);
    entries.push(mark);
    return mark;
  }
  measure(name, startOrOptions = {}, endMark) {
    requireArguments(arguments.length, 1, "Failed to execute 'measure' on 'Performance'");
    const options = startOrOptions !== null && typeof startOrOptions === "object" ? startOrOptions : undefined;
    const { start, end, duration, detail } = options ?? { start: startOrOptions };
    if (options !== undefined && Object.keys(options).length > 0) {
      if (endMark !== undefined) throw new TypeError("Options cannot be passed with endMark");
      if (start === undefined && end === undefined) {
        throw new TypeError("A start or end mark must be supplied in options");
      }
      if (start !== undefined && end !== undefined && duration !== undefined) {
        throw new TypeError("Cannot specify start, end, and duration together in options");
      }
    }
    const until = endMark !== undefined ? timeOf(endMark) : end !== undefined ? timeOf(end) : start !== undefined && duration !== undefined ? timeOf(start) + duration : op_web_now();
    const from = start !== undefined ? timeOf(start) : end !== undefined && duration !== undefined ? timeOf(end) - duration : 0;
    const kept = detail === undefined || detail === null ? null : structuredClone(detail);
    const measure = new PerformanceMeasure(`${name}`, from, until - from, kept, internal);
    entries.push(measure);
    return measure;
  }
  now() {
    if (this === null || this === undefined || typeof this !== "object" || !(#brand in this)) throw illegalInvocation();
    return op_web_now();
  }
  toJSON() {
    return { timeOrigin: this.timeOrigin };
  }
}
configureClass(Performance, ["timeOrigin"]);
export const performance = new Performance(internal);
