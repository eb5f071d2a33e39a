import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "../src/stream";

const TEXT = "event: run\r\ndata: {\"a\":1}\r\n\r\n: beat\n\ndata: one\ndata: two\n\nevent: log\ndata:{\"text\":\"\u00e4\"}\n\n";
const EVENTS = [
  { name: "run", data: '{"a":1}' },
  { name: "message", data: "one\ntwo" },
  { name: "log", data: '{"text":"\u00e4"}' },
];

test("events come out the same wherever the chunks are cut", () => {
  for (let cut = 0; cut <= TEXT.length; cut++) {
    const parser = new EventParser();
    assert.deepEqual([...parser.feed(TEXT.slice(0, cut)), ...parser.feed(TEXT.slice(cut))], EVENTS, `cut at ${cut}`);
  }
});

test("one character at a time is enough", () => {
  const parser = new EventParser();
  assert.deepEqual([...TEXT].flatMap((character) => parser.feed(character)), EVENTS);
});

test("an event without its blank line is not yet an event", () => {
  const parser = new EventParser();
  assert.deepEqual(parser.feed("data: half\n"), []);
  assert.deepEqual(parser.feed("\n"), [{ name: "message", data: "half" }]);
});
