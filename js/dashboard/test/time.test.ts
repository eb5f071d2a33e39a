import assert from "node:assert/strict";
import { test } from "node:test";
import { agoWords, clockWords, countdownWords, dayAndTime, durationWords, stepWords, timeOfDayMillis, utcWords } from "../src/time";

test("a duration is told in the two units that matter", () => {
  const rows: [number, string][] = [
    [0, "0 ms"],
    [999, "999 ms"],
    [1_000, "1.0 s"],
    [9_999, "9.9 s"],
    [10_000, "10 s"],
    [59_999, "59 s"],
    [60_000, "1 min 00 s"],
    [3_599_999, "59 min 59 s"],
    [3_600_000, "1 h 00 min"],
    [86_400_000, "1 d 0 h"],
    [-1_500, "-1.5 s"],
  ];
  for (const [ms, words] of rows) assert.equal(durationWords(ms), words);
});

test("a countdown never reaches zero before the time comes", () => {
  assert.equal(countdownWords(1), "0:01");
  assert.equal(countdownWords(1_000), "0:01");
  assert.equal(countdownWords(1_001), "0:02");
  assert.equal(countdownWords(0), "due now");
  assert.equal(countdownWords(-5_000), "due now");
});

test("a clock shows hours only when there are any, and days when hours mislead", () => {
  assert.equal(clockWords(61_000), "1:01");
  assert.equal(clockWords(3_600_000), "1:00:00");
  assert.equal(clockWords(48 * 3_600_000), "2 d 0 h");
});

test("how long ago is told in one unit", () => {
  assert.equal(agoWords(-3_000), "just now");
  assert.equal(agoWords(59_999), "59 s ago");
  assert.equal(agoWords(47 * 3_600_000), "47 h ago");
  assert.equal(agoWords(48 * 3_600_000), "2 d ago");
});

test("the day is left out today and named on any other day, also a year ago", () => {
  const now = new Date("2026-11-21T03:00:00Z");
  assert.equal(dayAndTime(new Date("2026-11-21T02:30:00Z"), now, "utc"), "02:30:00");
  assert.equal(dayAndTime(new Date("2026-11-20T23:59:59Z"), now, "utc"), "20 Nov 23:59:59");
  assert.equal(dayAndTime(new Date("2025-11-21T02:30:00Z"), now, "utc"), "21 Nov 02:30:00");
});

test("midnight is 00, and milliseconds keep their zeros", () => {
  assert.equal(timeOfDayMillis(new Date("2026-11-21T00:00:00.007Z"), "utc"), "00:00:00.007");
  assert.equal(utcWords(new Date("2026-11-21T00:00:00.007Z")), "2026-11-21 00:00:00.007 UTC");
});

test("a backoff step is told as it was written", () => {
  const rows: [number, string][] = [[250, "250 ms"], [2_000, "2 s"], [1_500, "1.5 s"], [60_000, "1 min"], [90_000, "1 min 30 s"], [3_600_000, "1 h"]];
  for (const [ms, words] of rows) assert.equal(stepWords(ms), words);
});
