// FormData, and its two forms on the wire: multipart and urlencoded.
import { configureClass, requireArguments } from "ext:web/webidl.js";
import { privateCustomInspect, shownAs } from "ext:web/shown.js";
import { Blob, blobBytes, blobOf, File, joinBytes } from "ext:web/blob.js";
import { iteratorOf, parseForm } from "ext:web/url.js";
import { TextDecoder, TextEncoder } from "ext:web/encoding.js";

const { defineProperty } = Object;
const encoder = new TextEncoder();

let listOf;
let makeForm;

/** An entry's value: a string, or a File made from a Blob. */
function entryValue(value, filename) {
  if (!(value instanceof Blob)) return `${value}`.toWellFormed();
  if (value instanceof File && filename === undefined) return value;
  return new File([value], filename === undefined ? "blob" : `${filename}`, {
    type: value.type,
    lastModified: value.lastModified,
  });
}

export class FormData {
  #list = []; // [name, value]

  static {
    listOf = (form) => form.#list;
    makeForm = (list) => {
      const form = new FormData();
      form.#list = list;
      return form;
    };
  }

  constructor(form = undefined) {
    if (form !== undefined) {
      throw new TypeError("Failed to construct 'FormData': Argument 1 can not be converted to 'undefined'");
    }
  }
  append(name, value, filename = undefined) {
    requireArguments(arguments.length, 2, "Failed to execute 'append' on 'FormData'");
    this.#list.push([`${name}`.toWellFormed(), entryValue(value, filename)]);
  }
  set(name, value, filename = undefined) {
    requireArguments(arguments.length, 2, "Failed to execute 'set' on 'FormData'");
    const key = `${name}`.toWellFormed();
    const entry = [key, entryValue(value, filename)];
    const at = this.#list.findIndex(([n]) => n === key);
    if (at < 0) {
      this.#list.push(entry);
      return;
    }
    this.#list = this.#list.filter(([n], i) => i <= at || n !== key);
    this.#list[at] = entry;
  }
  delete(name) {
    requireArguments(arguments.length, 1, "Failed to execute 'name' on 'FormData'");
    const key = `${name}`.toWellFormed();
    this.#list = this.#list.filter(([n]) => n !== key);
  }
  get(name) {
    requireArguments(arguments.length, 1, "Failed to execute 'get' on 'FormData'");
    const key = `${name}`.toWellFormed();
    return this.#list.find(([n]) => n === key)?.[1] ?? null;
  }
  getAll(name) {
    requireArguments(arguments.length, 1, "Failed to execute 'getAll' on 'FormData'");
    const key = `${name}`.toWellFormed();
    return this.#list.filter(([n]) => n === key).map(([, value]) => value);
  }
  has(name) {
    requireArguments(arguments.length, 1, "Failed to execute 'has' on 'FormData'");
    const key = `${name}`.toWellFormed();
    return this.#list.some(([n]) => n === key);
  }
  forEach(callback, thisArgument = undefined) {
    requireArguments(arguments.length, 1, "Failed to execute 'forEach' on 'FormData'");
    for (const [name, value] of this) callback.call(thisArgument, value, name, this);
  }
  entries() {
    return iteratorOf("FormData Iterator", () => this.#list, (pair) => [pair[0], pair[1]]);
  }
  keys() {
    return iteratorOf("FormData Iterator", () => this.#list, (pair) => pair[0]);
  }
  values() {
    return iteratorOf("FormData Iterator", () => this.#list, (pair) => pair[1]);
  }
  [privateCustomInspect](inspect, options) {
    return inspect(shownAs(this, Object.fromEntries(this.#list)), options);
  }
}
defineProperty(FormData.prototype, Symbol.iterator, {
  value: FormData.prototype.entries,
  writable: true,
  configurable: true,
});
configureClass(FormData);

function escapedName(name) {
  return name.replace(/\r\n?|\n/g, "\r\n").replaceAll("\r\n", "%0D%0A").replaceAll('"', "%22");
}

/** The multipart form of `form`: its bytes and its content type. */
export function encodeMultipart(form) {
  const random = new Uint8Array(16);
  globalThis.crypto.getRandomValues(random);
  const boundary = `----CarillonFormBoundary${[...random].map((b) => b.toString(16).padStart(2, "0")).join("")}`;
  const parts = [];
  for (const [name, value] of listOf(form)) {
    let head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapedName(name)}"`;
    if (typeof value === "string") {
      parts.push(encoder.encode(`${head}\r\n\r\n${value.replace(/\r\n?|\n/g, "\r\n")}\r\n`));
      continue;
    }
    head += `; filename="${escapedName(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`;
    parts.push(encoder.encode(head), blobBytes(value), encoder.encode("\r\n"));
  }
  parts.push(encoder.encode(`--${boundary}--\r\n`));
  return { bytes: joinBytes(parts), type: `multipart/form-data; boundary=${boundary}` };
}

function indexOf(bytes, wanted, from) {
  outer: for (let i = bytes.indexOf(wanted[0], from); i >= 0; i = bytes.indexOf(wanted[0], i + 1)) {
    if (i + wanted.length > bytes.length) return -1;
    for (let j = 1; j < wanted.length; j++) {
      if (bytes[i + j] !== wanted[j]) continue outer;
    }
    return i;
  }
  return -1;
}

function unescapedName(name) {
  return name.replaceAll("%0D%0A", "\r\n").replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%22", '"');
}

function parseMultipart(bytes, boundary) {
  const decoder = new TextDecoder();
  const delimiter = encoder.encode(`--${boundary}`);
  const list = [];
  const bad = () => new TypeError("Unable to parse body as form data.");
  let at = indexOf(bytes, delimiter, 0);
  if (at < 0) throw bad();
  at += delimiter.length;
  while (!(bytes[at] === 0x2d && bytes[at + 1] === 0x2d)) {
    if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a) throw bad();
    const headEnd = indexOf(bytes, [0x0d, 0x0a, 0x0d, 0x0a], at);
    if (headEnd < 0) throw bad();
    const headers = new Map();
    for (const line of decoder.decode(bytes.subarray(at + 2, headEnd)).split("\r\n")) {
      const colon = line.indexOf(":");
      if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
    const disposition = headers.get("content-disposition") ?? "";
    const name = /;\s*name="([^"]*)"/i.exec(disposition);
    if (!/^form-data\s*(;|$)/i.test(disposition) || name === null) throw bad();
    const filename = /;\s*filename="([^"]*)"/i.exec(disposition);
    const bodyStart = headEnd + 4;
    const next = indexOf(bytes, [0x0d, 0x0a, ...delimiter], bodyStart);
    if (next < 0) throw bad();
    const content = bytes.slice(bodyStart, next);
    const key = unescapedName(name[1]);
    if (filename === null) {
      list.push([key, decoder.decode(content)]);
    } else {
      const type = headers.get("content-type") ?? "text/plain";
      list.push([key, new File([blobOf(content, type)], unescapedName(filename[1]), { type })]);
    }
    at = next + 2 + delimiter.length;
  }
  return list;
}

/** Reads a body as its content type says; a TypeError if it is no form. */
export function decodeForm(bytes, contentType) {
  const type = (contentType ?? "").split(";")[0].trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") {
    return makeForm(parseForm(new TextDecoder().decode(bytes)));
  }
  if (type === "multipart/form-data") {
    const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
    if (boundary === null) {
      throw new TypeError("Missing boundary parameter in mime type of multipart formdata.");
    }
    return makeForm(parseMultipart(bytes, boundary[1] ?? boundary[2]));
  }
  if (type === "") throw new TypeError("Missing content type");
  throw new TypeError("Body can not be decoded as form data");
}
