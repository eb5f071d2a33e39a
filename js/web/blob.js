// Blob and File: bytes in memory.
import { bytesOf, configureClass, requireArguments } from "ext:web/webidl.js";
import { privateCustomInspect, visibleProperties } from "ext:web/shown.js";
import { byteStreamOf } from "ext:web/streams.js";
import { TextDecoder, TextEncoder } from "ext:web/encoding.js";

const encoder = new TextEncoder();
const CHUNK_BYTES = 65536;

let bytesIn;
let makeBlob;

function normalizedType(type) {
  // deno-lint-ignore no-control-regex
  return /^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : "";
}

export class Blob {
  #bytes;
  #type = "";

  static {
    bytesIn = (blob) => blob.#bytes;
    makeBlob = (bytes, type) => {
      const blob = new Blob();
      blob.#bytes = bytes;
      blob.#type = type;
      return blob;
    };
  }

  constructor(parts = undefined, options = {}) {
    const where = `Failed to construct '${new.target.name}'`;
    const list = [];
    let size = 0;
    if (parts !== undefined) {
      if (parts === null || typeof parts !== "object" || typeof parts[Symbol.iterator] !== "function") {
        throw new TypeError(`${where}: Argument 1 can not be converted to sequence.`);
      }
      const native = options?.endings === "native";
      for (const part of parts) {
        let bytes = bytesOf(part);
        if (bytes === undefined) {
          if (part instanceof Blob) bytes = part.#bytes;
          else bytes = encoder.encode(native ? `${part}`.replace(/\r\n?/g, "\n") : `${part}`);
        }
        list.push(bytes);
        size += bytes.byteLength;
      }
    }
    this.#bytes = joinBytes(list, size);
    this.#type = normalizedType(`${options?.type ?? ""}`);
  }

  get size() {
    return this.#bytes.byteLength;
  }
  get type() {
    return this.#type;
  }
  slice(start = 0, end = this.size, type = "") {
    const at = (value) => Math.trunc(Math.min(Math.max(value < 0 ? this.size + value : value, 0), this.size)) || 0;
    const from = at(Number(start));
    const to = Math.max(from, at(Number(end)));
    return makeBlob(this.#bytes.subarray(from, to), normalizedType(`${type}`));
  }
  stream() {
    let at = 0;
    return byteStreamOf((controller) => {
      if (at >= this.#bytes.byteLength) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      controller.enqueue(this.#bytes.slice(at, at + CHUNK_BYTES));
      at += CHUNK_BYTES;
    });
  }
  async text() {
    return new TextDecoder().decode(this.#bytes);
  }
  async arrayBuffer() {
    return this.#bytes.slice().buffer;
  }
  async bytes() {
    return this.#bytes.slice();
  }
  [privateCustomInspect](inspect, options) {
    return inspect(visibleProperties(this, ["size", "type"]), options);
  }
}
configureClass(Blob);

export class File extends Blob {
  #name;
  #lastModified;
  constructor(parts, name, options = {}) {
    requireArguments(arguments.length, 2, "Failed to construct 'File'");
    super(parts, options);
    this.#name = `${name}`.toWellFormed();
    const modified = options?.lastModified;
    this.#lastModified = modified === undefined ? Date.now() : Math.trunc(Number(modified)) || 0;
  }
  get name() {
    return this.#name;
  }
  get lastModified() {
    return this.#lastModified;
  }
  get webkitRelativePath() {
    return "";
  }
  [privateCustomInspect](inspect, options) {
    return inspect(visibleProperties(this, ["name", "size", "type"]), options);
  }
}
configureClass(File);

/** The bytes of a blob; not a copy. */
export function blobBytes(blob) {
  return bytesIn(blob);
}

/** A blob over `bytes`, which nobody else changes. */
export function blobOf(bytes, type) {
  return makeBlob(bytes, normalizedType(type));
}

/** One array out of many; always a new one. */
export function joinBytes(list, size = list.reduce((sum, bytes) => sum + bytes.byteLength, 0)) {
  const all = new Uint8Array(size);
  let at = 0;
  for (const bytes of list) {
    all.set(bytes, at);
    at += bytes.byteLength;
  }
  return all;
}
