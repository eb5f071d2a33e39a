// Requests and answers of the ops: one string each. Numbers are decimal and end with a semicolon, texts have their length in
// front, bytes are texts of characters up to U+00FF. Java's WireReader and WireWriter are the other side.
import { op_kv_bytes_of_text, op_kv_text_of_bytes } from "ext:core/ops";
import { core } from "ext:core/mod.js";

const { BigInt, Number, Uint8Array, SharedArrayBuffer, TypeError } = globalThis;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { getOwnPropertyDescriptor, getPrototypeOf, is } = Object;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const charCodeAt = uncurry(String.prototype.charCodeAt);
const substring = uncurry(String.prototype.substring);
const bigintToString = uncurry(BigInt.prototype.toString);
const typedBuffer = uncurry(getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), "buffer").get);
const typedTag = uncurry(getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get);
const dataBuffer = uncurry(getOwnPropertyDescriptor(DataView.prototype, "buffer").get);

/** The last part of a key in a set: replaced by the versionstamp of the commit. */
export const COMMIT_VERSIONSTAMP = Symbol("KvCommitVersionstamp");

function kindOf(value) {
  if (value === null || value === undefined || typeof value === "string") return value === null ? "null" : typeof value;
  if (core.peek(value)?.[0] === "Proxy") return "Proxy";
  return typeof value === "number" ? "Number" : "unknown";
}

function invalid(expected, value) {
  return new TypeError(`serde_v8 error: invalid type; expected: ${expected}, got: ${kindOf(value)}`);
}

/** An array and no proxy of one, which could answer differently each time. */
export function requireArray(value) {
  if (!isArray(value) || core.peek(value) !== null) throw invalid("array", value);
  return value;
}

export function text(value) {
  return `${value.length};${value}`;
}

/** The bytes of a view as a text; a copy. */
export function textOfBytes(view) {
  return op_kv_text_of_bytes(view);
}

function isShared(view) {
  return (typedTag(view) === undefined ? dataBuffer(view) : typedBuffer(view)) instanceof SharedArrayBuffer;
}

function partText(part) {
  switch (typeof part) {
    case "string":
      return `s${part.length};${part}`;
    case "number":
      return "n" + text(is(part, -0) ? "-0" : `${part}`);
    case "bigint":
      return "i" + text(bigintToString(part, 16));
    case "boolean":
      return part ? "t" : "f";
    case "object":
      if (isView(part)) {
        if (isShared(part)) throw new TypeError(`serde_v8 error: invalid type; expected: buffer, got: ${typedTag(part)}`);
        return "b" + text(textOfBytes(part));
      }
  }
  throw new TypeError("expected string, number, bigint, ArrayBufferView, boolean");
}

/** @param length of the key; what stands behind is left out */
export function keyText(key, length = requireArray(key).length) {
  let all = `${length};`;
  for (let i = 0; i < length; i++) all += partText(key[i]);
  return all;
}

/** Of a check: a version that is none is refused by the op. */
export function versionText(versionstamp) {
  if (versionstamp === undefined || versionstamp === null) return "f";
  if (typeof versionstamp !== "string") throw invalid("string", versionstamp);
  return "t" + text(versionstamp);
}

export function consistencyOf(given) {
  const consistency = given ?? "strong";
  if (typeof consistency !== "string") {
    throw new TypeError(`serde_v8 error: invalid type; expected: enum, got: ${kindOf(consistency)}`);
  }
  return consistency;
}

export function cursorText(cursor) {
  if (cursor === undefined || cursor === null) return "0;";
  if (typeof cursor !== "string") throw invalid("string", cursor);
  return text(cursor);
}

export function wholeNumber(value) {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "number") throw invalid("integer", value);
  return value;
}

/** Reads an answer from front to back. */
export class Reader {
  #text;
  #at = 0;

  constructor(answer) {
    this.#text = answer;
  }

  hasMore() {
    return this.#at < this.#text.length;
  }

  tag() {
    return this.#text[this.#at++];
  }

  number() {
    const all = this.#text;
    let at = this.#at;
    let number = 0;
    for (let code; (code = charCodeAt(all, at++)) !== 59;) number = number * 10 + code - 48;
    this.#at = at;
    return number;
  }

  fixed(length) {
    const from = this.#at;
    this.#at = from + length;
    return substring(this.#text, from, from + length);
  }

  text() {
    return this.fixed(this.number());
  }

  bytes() {
    return op_kv_bytes_of_text(this.text());
  }

  key() {
    const key = [];
    for (let i = 0, length = this.number(); i < length; i++) key[i] = this.#part();
    return key;
  }

  #part() {
    const tag = this.tag();
    switch (tag) {
      case "s":
        return this.text();
      case "n":
        return Number(this.text());
      case "i":
        return BigInt(this.text());
      case "b":
        return this.bytes();
    }
    return tag === "t";
  }
}
