/*
 * Structured clone for storage: V8's own wire format, version 15, as a string of characters up to U+00FF. So the sizes that
 * limits are about are those of Deno, and the store can add stored numbers. Whatever stands for more than data is refused in
 * V8's words.
 */
import { op_kv_bytes_of_text, op_kv_text_of_bytes } from "ext:core/ops";
import { core } from "ext:core/mod.js";

const {
  Array, ArrayBuffer, BigInt, BigInt64Array, BigUint64Array, Boolean, DataView, Date, Error, EvalError, Float32Array,
  Float64Array, Int16Array, Int32Array, Int8Array, Map, Number, Object, RangeError, ReferenceError, RegExp, Set,
  SharedArrayBuffer, String, SyntaxError, TypeError, URIError, Uint16Array, Uint32Array, Uint8Array, Uint8ClampedArray,
} = globalThis;
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, keys: keysOf } = Object;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { trunc } = Math;
const { fromCharCode } = String;
const Float16Array = globalThis.Float16Array;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const charCodeAt = uncurry(String.prototype.charCodeAt);
const substring = uncurry(String.prototype.substring);
const trimEnd = uncurry(String.prototype.trimEnd);
const objectTag = uncurry(Object.prototype.toString);
const hasOwn = Object.hasOwn;
const mapGet = uncurry(Map.prototype.get);
const mapSet = uncurry(Map.prototype.set);
const mapForEach = uncurry(Map.prototype.forEach);
const setAdd = uncurry(Set.prototype.add);
const setForEach = uncurry(Set.prototype.forEach);
const getTime = uncurry(Date.prototype.getTime);
const booleanValue = uncurry(Boolean.prototype.valueOf);
const numberValue = uncurry(Number.prototype.valueOf);
const stringValue = uncurry(String.prototype.valueOf);
const bigintValue = uncurry(BigInt.prototype.valueOf);
const bigintToString = uncurry(BigInt.prototype.toString);
const functionToString = uncurry(Function.prototype.toString);
const getter = (prototype, name) => uncurry(getOwnPropertyDescriptor(prototype, name).get);
const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");
const bufferDetached = getter(ArrayBuffer.prototype, "detached");
const bufferResizable = getter(ArrayBuffer.prototype, "resizable");
const bufferMax = getter(ArrayBuffer.prototype, "maxByteLength");
const sharedLength = getter(SharedArrayBuffer.prototype, "byteLength");
const regExpSource = getter(RegExp.prototype, "source");
const regExpFlags = getter(RegExp.prototype, "flags");
const TypedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
const typedName = getter(TypedArrayPrototype, Symbol.toStringTag);
const typedBuffer = getter(TypedArrayPrototype, "buffer");
const typedOffset = getter(TypedArrayPrototype, "byteOffset");
const typedBytes = getter(TypedArrayPrototype, "byteLength");
const dataBuffer = getter(DataView.prototype, "buffer");
const dataOffset = getter(DataView.prototype, "byteOffset");
const dataBytes = getter(DataView.prototype, "byteLength");
const ObjectPrototype = Object.prototype;
const objectToString = Object.prototype.toString;
const latin1 = /^[\x00-\xff]*$/;
const isLatin1 = (text) => latin1.test(text);

const HEADER = "\xff\x0f";
const REGEXP_FLAGS = "dgimsuvy"; // in the order a RegExp names them
const REGEXP_BITS = { __proto__: null, g: 1, i: 2, m: 4, y: 8, u: 16, s: 32, d: 128, v: 256 };
const ERROR_TAGS = {
  __proto__: null, EvalError: "E", RangeError: "R", ReferenceError: "F", SyntaxError: "S", TypeError: "T", URIError: "U",
};
const ERROR_CLASSES = {
  __proto__: null, E: EvalError, R: RangeError, F: ReferenceError, S: SyntaxError, T: TypeError, U: URIError,
};
const VIEW_TAGS = {
  __proto__: null, Int8Array: "b", Uint8Array: "B", Uint8ClampedArray: "C", Int16Array: "w", Uint16Array: "W",
  Int32Array: "d", Uint32Array: "D", Float16Array: "h", Float32Array: "f", Float64Array: "F", BigInt64Array: "q",
  BigUint64Array: "Q",
};
const VIEW_CLASSES = {
  __proto__: null, b: Int8Array, B: Uint8Array, C: Uint8ClampedArray, w: Int16Array, W: Uint16Array, d: Int32Array,
  D: Uint32Array, h: Float16Array, f: Float32Array, F: Float64Array, q: BigInt64Array, Q: BigUint64Array,
};
// Objects of the platform that are more than data; a store cannot bring them back.
const UNSUPPORTED = {
  __proto__: null, Blob: true, File: true, CryptoKey: true, MessagePort: true, ReadableStream: true, TransformStream: true,
  WritableStream: true,
};

const scratchNumber = new Float64Array(1);
const scratch = new Uint8Array(scratchNumber.buffer);

function doubleText(value) {
  scratchNumber[0] = value;
  return fromCharCode(
    scratch[0], scratch[1], scratch[2], scratch[3], scratch[4], scratch[5], scratch[6], scratch[7],
  );
}

function varint(value) {
  let text = "";
  for (; value > 127; value = trunc(value / 128)) text += fromCharCode(value % 128 + 128);
  return text + fromCharCode(value);
}

function isIndex(key) {
  const number = +key;
  return number >= 0 && number < 4294967295 && trunc(number) === number && `${number}` === key;
}

/** A data property of the object or its prototypes, without running anybody's code. */
function quietly(object, key) {
  for (let at = object; at !== null; at = getPrototypeOf(at)) {
    const own = getOwnPropertyDescriptor(at, key);
    if (own !== undefined) return own.value;
  }
  return undefined;
}

/** How V8 names what it does not clone. */
function describe(value) {
  if (typeof value === "symbol") return String(value);
  if (typeof value === "function") return trimEnd(functionToString(value)); // the engine adds the line end behind it
  if (value === globalThis) return "#<Window>";
  const inside = core.peek(value);
  if (inside?.[0] === "Proxy") return inside[1] === null ? "#<Object>" : describe(inside[1]);
  if (quietly(value, "toString") === objectToString) {
    const constructor = quietly(value, "constructor");
    const name = typeof constructor === "function" ? quietly(constructor, "name") : "";
    if (typeof name === "string" && name !== "") return `#<${name}>`;
  }
  return objectTag(value);
}

function refuse(value, ErrorClass = TypeError) {
  return new ErrorClass(`${describe(value)} could not be cloned.`);
}

function brand(read, value) {
  try {
    read(value);
    return true;
  } catch {
    return false;
  }
}

class Writer {
  out = HEADER;
  #ids = new Map();

  write(value) {
    switch (typeof value) {
      case "undefined":
        this.out += "_";
        return;
      case "boolean":
        this.out += value ? "T" : "F";
        return;
      case "number":
        this.#number(value);
        return;
      case "bigint":
        this.out += "Z";
        this.#bigint(value);
        return;
      case "string":
        this.#string(value);
        return;
      case "object":
        if (value === null) this.out += "0";
        else this.#object(value);
        return;
    }
    throw refuse(value);
  }

  #number(value) {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0) && value >= -1073741824 && value < 1073741824) {
      this.out += "I" + varint(value < 0 ? -2 * value - 1 : 2 * value);
    } else {
      this.out += "N" + doubleText(value);
    }
  }

  #bigint(value) {
    const hex = bigintToString(value < 0n ? -value : value, 16);
    let bytes = "";
    for (let end = hex.length; end > 0; end -= 2) {
      bytes += fromCharCode(Number("0x" + substring(hex, end < 2 ? 0 : end - 2, end)));
    }
    if (value === 0n) bytes = "";
    while (bytes.length % 8 !== 0) bytes += "\0";
    this.out += varint(bytes.length * 2 + (value < 0n ? 1 : 0)) + bytes;
  }

  #string(value) {
    const { length } = value;
    if (isLatin1(value)) {
      this.out += '"' + varint(length) + value;
      return;
    }
    const size = varint(length * 2);
    // Two-byte characters stand at even places.
    this.out += ((this.out.length + 1 + size.length) % 2 === 0 ? "c" : "\0c") + size;
    let bytes = "";
    for (let i = 0; i < length; i++) {
      const code = charCodeAt(value, i);
      bytes += fromCharCode(code & 255, code >> 8);
    }
    this.out += bytes;
  }

  #object(value) {
    // A view's buffer comes first, and on its own.
    const viewed = isView(value) && mapGet(this.#ids, value) === undefined;
    if (viewed) this.write(typedName(value) === undefined ? dataBuffer(value) : typedBuffer(value));
    const known = mapGet(this.#ids, value);
    if (known !== undefined) {
      this.out += "^" + varint(known);
      return;
    }
    if (core.peek(value) !== null || value === globalThis) throw refuse(value);
    mapSet(this.#ids, value, mapSize(this.#ids));
    if (viewed) this.#view(value);
    else if (isArray(value)) this.#array(value);
    else this.#other(value);
  }

  #other(value) {
    const tag = objectTag(value);
    const prototype = getPrototypeOf(value);
    if (tag === "[object Object]" && (prototype === ObjectPrototype || prototype === null)) {
      this.#plain(value);
      return;
    }
    switch (tag) {
      case "[object Date]":
        if (!brand(getTime, value)) break;
        this.out += "D" + doubleText(getTime(value));
        return;
      case "[object RegExp]":
        if (!brand(regExpSource, value)) break;
        this.out += "R";
        this.#string(regExpSource(value));
        this.out += varint(regExpBits(regExpFlags(value)));
        return;
      case "[object Boolean]":
        if (!brand(booleanValue, value)) break;
        this.out += booleanValue(value) ? "y" : "x";
        return;
      case "[object Number]":
        if (!brand(numberValue, value)) break;
        this.out += "n" + doubleText(numberValue(value));
        return;
      case "[object String]":
        if (!brand(stringValue, value)) break;
        this.out += "s";
        this.#string(stringValue(value));
        return;
      case "[object BigInt]":
        if (!brand(bigintValue, value)) break;
        this.out += "z";
        this.#bigint(bigintValue(value));
        return;
      case "[object DOMException]":
        this.#domException(value);
        return;
      case "[object Arguments]":
        throw refuse(value);
    }
    if (brand(mapSize, value)) this.#map(value);
    else if (brand(setSize, value)) this.#set(value);
    else if (brand(bufferLength, value)) this.#buffer(value);
    else if (brand(sharedLength, value)) throw refuse(value, Error);
    else if (isErrorObject(value, tag)) this.#error(value);
    else if (isMore(value, tag)) throw refuse(value);
    else if (UNSUPPORTED[substring(tag, 8, tag.length - 1)]) throw new TypeError("Unsupported object type");
    else this.#plain(value);
  }

  #plain(value) {
    this.out += "o";
    const count = this.#properties(value, keysOf(value));
    this.out += "{" + varint(count);
  }

  #properties(value, keys) {
    let count = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (!hasOwn(value, key)) continue; // a getter before took it away
      const item = value[key];
      if (isIndex(key)) this.#number(+key);
      else this.#string(key);
      this.write(item);
      count++;
    }
    return count;
  }

  #array(value) {
    const { length } = value;
    const keys = keysOf(value);
    let dense = 0;
    while (dense < keys.length && dense < length && keys[dense] === `${dense}`) dense++;
    if (dense < length) {
      this.out += "a" + varint(length);
      const count = this.#properties(value, keys);
      this.out += "@" + varint(count) + varint(length);
      return;
    }
    this.out += "A" + varint(length);
    for (let i = 0; i < length; i++) {
      if (hasOwn(value, i)) this.write(value[i]);
      else this.out += "-"; // a getter before took it away
    }
    const count = this.#properties(value, keys.length === length ? [] : rest(keys, length));
    this.out += "$" + varint(count) + varint(length);
  }

  #map(value) {
    const items = [];
    mapForEach(value, (item, key) => {
      items[items.length] = key;
      items[items.length] = item;
    });
    this.#items(";", items, ":");
  }

  #set(value) {
    const items = [];
    setForEach(value, (item) => {
      items[items.length] = item;
    });
    this.#items("'", items, ",");
  }

  #items(begin, items, end) {
    this.out += begin;
    for (let i = 0; i < items.length; i++) this.write(items[i]);
    this.out += end + varint(items.length);
  }

  #buffer(value) {
    if (bufferDetached(value)) throw new TypeError("An ArrayBuffer is detached and could not be cloned.");
    const bytes = op_kv_text_of_bytes(new Uint8Array(value));
    this.out += bufferResizable(value) ? "~" + varint(bytes.length) + varint(bufferMax(value)) : "B" + varint(bytes.length);
    this.out += bytes;
  }

  #view(value) {
    const name = typedName(value);
    const isData = name === undefined;
    this.out += "V" + (isData ? "?" : VIEW_TAGS[name]) + varint(isData ? dataOffset(value) : typedOffset(value)) +
      varint(isData ? dataBytes(value) : typedBytes(value)) + "\0";
  }

  #error(value) {
    this.out += "r" + (ERROR_TAGS[`${value.name}`] ?? "");
    const message = getOwnPropertyDescriptor(value, "message");
    if (message !== undefined) {
      this.out += "m";
      this.#string(`${value.message}`);
    }
    if (hasOwn(value, "cause")) {
      this.out += "c";
      this.write(value.cause);
    }
    const { stack } = value;
    if (typeof stack === "string") {
      this.out += "s";
      this.#string(stack);
    }
    this.out += ".";
  }

  #domException(value) {
    this.out += "\\";
    this.#string(`${value.name}`);
    this.#string(`${value.message}`);
    this.#string(`${value.stack}`);
  }
}

function rest(keys, from) {
  const some = [];
  for (let i = from; i < keys.length; i++) some[some.length] = keys[i];
  return some;
}

function regExpBits(flags) {
  let bits = 0;
  for (let i = 0; i < flags.length; i++) bits += REGEXP_BITS[flags[i]] ?? 0;
  return bits;
}

function isErrorObject(value, tag) {
  return Error.isError === undefined ? tag === "[object Error]" : Error.isError(value);
}

const WEAK = [WeakMap, WeakSet, WeakRef, FinalizationRegistry];
const intlClasses = keysOf(Object.getOwnPropertyDescriptors(Intl)).map((name) => Intl[name])
  .filter((it) => typeof it === "function" && it.prototype !== undefined);

/** Objects with insides that are no properties: iterators, weak collections, formatters, dates of Temporal. */
function isMore(value, tag) {
  for (let i = 0; i < WEAK.length; i++) if (value instanceof WEAK[i]) return true;
  for (let i = 0; i < intlClasses.length; i++) if (value instanceof intlClasses[i]) return true;
  return / (Iterator|Helper)\]$|^\[object (Symbol|Generator|AsyncGenerator|Temporal\.\w+)\]$/.test(tag);
}

/** `value` as it is to be stored; whatever cannot be is a TypeError. */
export function serialize(value) {
  const writer = new Writer();
  writer.write(value);
  return writer.out;
}

/** Objects under way: their numbers are given before what they hold is read. */
class Parser {
  #text;
  #at;
  #objects = [];

  constructor(text) {
    this.#text = text;
    this.#at = HEADER.length;
    if (substring(text, 0, this.#at) !== HEADER) throw this.#broken();
  }

  #broken() {
    return new TypeError(`Stored value cannot be read at ${this.#at}`);
  }

  #byte() {
    const code = charCodeAt(this.#text, this.#at++);
    if (code !== code) throw this.#broken();
    return code;
  }

  #varint() {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  #take(length) {
    const from = this.#at;
    this.#at = from + length;
    if (this.#at > this.#text.length) throw this.#broken();
    return substring(this.#text, from, this.#at);
  }

  #double() {
    for (let i = 0; i < 8; i++) scratch[i] = this.#byte();
    return scratchNumber[0];
  }

  #bigint() {
    const head = this.#varint();
    const bytes = this.#take(trunc(head / 2));
    let hex = "";
    for (let i = 0; i < bytes.length; i++) {
      const byte = charCodeAt(bytes, i);
      hex = (byte < 16 ? "0" : "") + byte.toString(16) + hex;
    }
    const value = BigInt("0x0" + hex);
    return head % 2 === 1 ? -value : value;
  }

  #twoByte() {
    const bytes = this.#take(this.#varint());
    let text = "";
    for (let i = 0; i < bytes.length; i += 2) text += fromCharCode(charCodeAt(bytes, i) + 256 * charCodeAt(bytes, i + 1));
    return text;
  }

  #keep(object) {
    this.#objects[this.#objects.length] = object;
    return object;
  }

  #ends(tag) {
    if (this.#text[this.#at] !== tag) return false;
    this.#at++;
    return true;
  }

  read() {
    const tag = this.#take(1);
    switch (tag) {
      case "\0":
        return this.read();
      case "_":
        return undefined;
      case "0":
        return null;
      case "T":
        return true;
      case "F":
        return false;
      case "I": {
        const zigzag = this.#varint();
        return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      }
      case "N":
        return this.#double();
      case "Z":
        return this.#bigint();
      case '"':
        return this.#take(this.#varint());
      case "c":
        return this.#twoByte();
    }
    const object = this.#object(tag);
    // What follows a buffer and is a view upon it stands for both.
    return object instanceof ArrayBuffer && this.#ends("V") ? this.#view(object) : object;
  }

  #object(tag) {
    switch (tag) {
      case "^": {
        const id = this.#varint();
        if (id >= this.#objects.length) throw this.#broken();
        return this.#objects[id];
      }
      case "o": {
        const object = this.#keep({});
        while (!this.#ends("{")) this.#property(object);
        this.#varint();
        return object;
      }
      case "A": {
        const length = this.#varint();
        if (length > this.#text.length) throw this.#broken();
        const array = this.#keep(new Array(length));
        for (let i = 0; i < length; i++) if (!this.#ends("-")) array[i] = this.read();
        while (!this.#ends("$")) this.#property(array);
        this.#varint();
        this.#varint();
        return array;
      }
      case "a": {
        const array = this.#keep(new Array(this.#varint()));
        while (!this.#ends("@")) this.#property(array);
        this.#varint();
        this.#varint();
        return array;
      }
      case "D":
        return this.#keep(new Date(this.#double()));
      case "y":
        return this.#keep(Object(true));
      case "x":
        return this.#keep(Object(false));
      case "n":
        return this.#keep(Object(this.#double()));
      case "s":
        return this.#keep(Object(this.read()));
      case "z":
        return this.#keep(Object(this.#bigint()));
      case "R": {
        const source = this.read();
        return this.#keep(new RegExp(source, regExpFlagsOf(this.#varint())));
      }
      case ";": {
        const map = this.#keep(new Map());
        while (!this.#ends(":")) {
          const key = this.read();
          mapSet(map, key, this.read());
        }
        this.#varint();
        return map;
      }
      case "'": {
        const set = this.#keep(new Set());
        while (!this.#ends(",")) setAdd(set, this.read());
        this.#varint();
        return set;
      }
      case "B":
        return this.#keep(op_kv_bytes_of_text(this.#take(this.#varint())).buffer);
      case "~": {
        const length = this.#varint();
        const maxByteLength = this.#varint();
        const buffer = this.#keep(new ArrayBuffer(length, { maxByteLength }));
        new Uint8Array(buffer).set(op_kv_bytes_of_text(this.#take(length)));
        return buffer;
      }
      case "r":
        return this.#error();
      case "\\": {
        const name = this.read();
        const exception = this.#keep(new globalThis.DOMException(this.read(), name));
        hidden(exception, "stack", this.read());
        return exception;
      }
    }
    throw this.#broken();
  }

  #property(object) {
    const key = this.read();
    const value = this.read();
    defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  }

  #view(buffer) {
    const kind = this.#take(1);
    const offset = this.#varint();
    const bytes = this.#varint();
    this.#varint();
    if (kind === "?") return this.#keep(new DataView(buffer, offset, bytes));
    const View = VIEW_CLASSES[kind];
    if (View === undefined) throw this.#broken();
    return this.#keep(new View(buffer, offset, bytes / View.BYTES_PER_ELEMENT));
  }

  #error() {
    let ErrorClass = Error;
    const kind = this.#text[this.#at];
    if (ERROR_CLASSES[kind] !== undefined) {
      ErrorClass = ERROR_CLASSES[kind];
      this.#at++;
    }
    const error = this.#keep(new ErrorClass());
    for (;;) {
      switch (this.#take(1)) {
        case "m":
          hidden(error, "message", this.read());
          break;
        case "c":
          hidden(error, "cause", this.read());
          break;
        case "s":
          hidden(error, "stack", this.read());
          break;
        case ".":
          return error;
        default:
          throw this.#broken();
      }
    }
  }
}

function hidden(object, key, value) {
  defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
}

function regExpFlagsOf(bits) {
  let flags = "";
  for (let i = 0; i < REGEXP_FLAGS.length; i++) {
    const flag = REGEXP_FLAGS[i];
    if (trunc(bits / REGEXP_BITS[flag]) % 2 === 1) flags += flag;
  }
  return flags;
}

/** What {@link serialize} was given, anew. */
export function deserialize(text) {
  return new Parser(text).read();
}
