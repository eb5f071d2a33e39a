// Words for instants and durations. Pure, except for the reader's zone, which the browser knows.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const pad = (value: number) => String(value).padStart(2, "0");

/** "840 ms", "3.2 s", "1 min 05 s", "2 h 10 min", "3 d 4 h". */
export function durationWords(ms: number): string {
  if (ms < 0) return `-${durationWords(-ms)}`;
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${pad(Math.floor((ms % MINUTE) / SECOND))} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${pad(Math.floor((ms % HOUR) / MINUTE))} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** A configured step, without digits that say nothing: "2 s", "1.5 s", "5 min", "1 h". */
export function stepWords(ms: number): string {
  if (ms >= HOUR && ms % HOUR === 0) return `${ms / HOUR} h`;
  if (ms >= MINUTE && ms % MINUTE === 0) return `${ms / MINUTE} min`;
  if (ms >= SECOND && ms < MINUTE) return `${Number((ms / SECOND).toFixed(3))} s`;
  return durationWords(ms);
}

/** A clock that counts down or up: "0:07", "12:40", "3:05:09", then days. Whole seconds. */
export function clockWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  const hours = Math.floor(seconds / 3600);
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** Rounded up, so that it reaches 0:00 exactly when the time comes. */
export function countdownWords(untilMs: number): string {
  return untilMs <= 0 ? "due now" : clockWords(Math.ceil(untilMs / SECOND) * SECOND);
}

/** "just now", "12 s ago", "4 min ago", "3 h ago", "2 d ago". */
export function agoWords(ms: number): string {
  if (ms < 2 * SECOND) return "just now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}

export type Zone = "local" | "utc";

const formats = new Map<string, Intl.DateTimeFormat>();
function format(kind: string, zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${kind}|${zone}`;
  let found = formats.get(key);
  if (!found) {
    // en-GB: day before month in letters and 24 hours, which no reader takes for another date.
    found = new Intl.DateTimeFormat("en-GB", { ...options, ...(zone === "utc" ? { timeZone: "UTC" } : {}) });
    formats.set(key, found);
  }
  return found;
}

const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const SHORT: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const DATE: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
const FULL_DATE: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", year: "numeric" };

export function timeOfDay(at: Date, zone: Zone): string {
  return format("time", zone, TIME).format(at);
}

export function timeOfDayShort(at: Date, zone: Zone): string {
  return format("short", zone, SHORT).format(at);
}

export function timeOfDayMillis(at: Date, zone: Zone): string {
  return `${timeOfDay(at, zone)}.${String(at.getUTCMilliseconds()).padStart(3, "0")}`;
}

export function day(at: Date, zone: Zone): string {
  return format("date", zone, DATE).format(at);
}

export function fullDay(at: Date, zone: Zone): string {
  return format("full", zone, FULL_DATE).format(at);
}

/** The time alone today, the day before it on any other day. */
export function dayAndTime(at: Date, now: Date, zone: Zone): string {
  const time = timeOfDay(at, zone);
  return day(at, zone) === day(now, zone) && Math.abs(at.getTime() - now.getTime()) < 2 * DAY
    ? time
    : `${day(at, zone)} ${time}`;
}

export function utcWords(at: Date): string {
  return `${at.toISOString().slice(0, 23).replace("T", " ")} UTC`;
}

export function zoneName(zone: Zone): string {
  return zone === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
