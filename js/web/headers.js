// Headers: names in lower case, values normalised, iteration sorted, set-cookie never joined.
import { configureClass, requireArguments } from "ext:web/webidl.js";
import { privateCustomInspect, shownAs } from "ext:web/shown.js";
import { iteratorOf } from "ext:web/url.js";

const { defineProperty } = Object;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// deno-lint-ignore no-control-regex
const FORBIDDEN_IN_VALUE = /[\0\r\n]/;
const SPACE_AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g;

/** The value as a ByteString, each code unit one byte. */
export function byteString(value, where) {
  const text = `${value}`;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 255) throw new TypeError(`${where} is not a valid ByteString`);
  }
  return text;
}

export function isToken(text) {
  return TOKEN.test(text);
}

let listOf;
let make;

export class Headers {
  #list = []; // [name, value], names in lower case, in the order given
  #immutable = false;
  #sorted = null; // what iteration sees; made when asked for

  static {
    listOf = (headers) => headers.#list;
    make = (list, immutable) => {
      const headers = new Headers();
      headers.#list = list;
      headers.#immutable = immutable;
      return headers;
    };
  }

  constructor(init = undefined) {
    if (init === undefined) return;
    const where = "Failed to construct 'Headers': Argument 1";
    if (init === null || (typeof init !== "object" && typeof init !== "function")) {
      throw new TypeError(
        `${where} The provided value is not of type '(sequence<sequence<ByteString>> or record<ByteString, ByteString>)'`,
      );
    }
    this.#fill(init, where);
  }

  #fill(init, where) {
    if (init instanceof Headers) {
      for (const [name, value] of init.#list) this.#append(name, value);
      return;
    }
    if (typeof init[Symbol.iterator] === "function") {
      for (const pair of init) {
        const tuple = [...pair];
        if (tuple.length !== 2) {
          throw new TypeError(`Invalid header: length must be 2, but is ${tuple.length}`);
        }
        this.#append(byteString(tuple[0], where), byteString(tuple[1], where));
      }
      return;
    }
    for (const key of Reflect.ownKeys(init)) {
      if (!Reflect.getOwnPropertyDescriptor(init, key)?.enumerable) continue;
      if (typeof key === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
      this.#append(byteString(key, where), byteString(init[key], where));
    }
  }

  #append(name, given) {
    const value = given.replace(SPACE_AROUND, "");
    if (!TOKEN.test(name)) throw new TypeError(`Invalid header name: "${name}"`);
    if (FORBIDDEN_IN_VALUE.test(value)) throw new TypeError(`Invalid header value: "${value}"`);
    this.#mutable("header");
    this.#list.push([name.toLowerCase(), value]);
  }

  #mutable(what = "headers") {
    if (this.#immutable) throw new TypeError(`Cannot change ${what}: headers are immutable`);
    this.#sorted = null;
  }

  #name(method, given) {
    const name = byteString(given, `Failed to execute '${method}' on 'Headers': Argument 1`);
    if (!TOKEN.test(name)) throw new TypeError(`Invalid header name: "${name}"`);
    return name.toLowerCase();
  }

  append(name, value) {
    const where = "Failed to execute 'append' on 'Headers'";
    requireArguments(arguments.length, 2, where);
    this.#append(byteString(name, `${where}: Argument 1`), byteString(value, `${where}: Argument 2`));
  }

  delete(name) {
    requireArguments(arguments.length, 1, "Failed to execute 'delete' on 'Headers'");
    const key = this.#name("delete", name);
    this.#mutable();
    this.#list = this.#list.filter(([n]) => n !== key);
  }

  get(name) {
    requireArguments(arguments.length, 1, "Failed to execute 'get' on 'Headers'");
    return joined(this.#list, this.#name("get", name));
  }

  getSetCookie() {
    return this.#list.filter(([n]) => n === "set-cookie").map(([, v]) => v);
  }

  has(name) {
    requireArguments(arguments.length, 1, "Failed to execute 'has' on 'Headers'");
    const key = this.#name("has", name);
    return this.#list.some(([n]) => n === key);
  }

  set(name, value) {
    const where = "Failed to execute 'set' on 'Headers'";
    requireArguments(arguments.length, 2, where);
    const key = this.#name("set", name);
    const text = byteString(value, `${where}: Argument 2`).replace(SPACE_AROUND, "");
    if (FORBIDDEN_IN_VALUE.test(text)) throw new TypeError(`Invalid header value: "${text}"`);
    this.#mutable();
    const at = this.#list.findIndex(([n]) => n === key);
    if (at < 0) {
      this.#list.push([key, text]);
      return;
    }
    this.#list = this.#list.filter(([n], i) => i <= at || n !== key);
    this.#list[at] = [key, text];
  }

  forEach(callback, thisArgument = undefined) {
    requireArguments(arguments.length, 1, "Failed to execute 'forEach' on 'Headers'");
    if (typeof callback !== "function") {
      throw new TypeError("Failed to execute 'forEach' on 'Headers': Argument 1 is not a function");
    }
    for (const [name, value] of this) callback.call(thisArgument, value, name, this);
  }

  #pairs() {
    if (this.#sorted === null) {
      const names = [...new Set(this.#list.map(([n]) => n))].sort();
      this.#sorted = names.flatMap((name) =>
        name === "set-cookie" ? this.getSetCookie().map((value) => [name, value]) : [[name, joined(this.#list, name)]]
      );
    }
    return this.#sorted;
  }

  entries() {
    return iteratorOf("Headers Iterator", () => this.#pairs(), (pair) => [pair[0], pair[1]]);
  }

  keys() {
    return iteratorOf("Headers Iterator", () => this.#pairs(), (pair) => pair[0]);
  }

  values() {
    return iteratorOf("Headers Iterator", () => this.#pairs(), (pair) => pair[1]);
  }

  [privateCustomInspect](inspect, options) {
    const shown = {};
    for (const [name, value] of this.#pairs()) shown[name] = name in shown ? `${shown[name]}, ${value}` : value;
    return inspect(shownAs(this, shown), options);
  }
}
defineProperty(Headers.prototype, Symbol.iterator, {
  value: Headers.prototype.entries,
  writable: true,
  configurable: true,
});

configureClass(Headers);

function joined(list, name) {
  let value = null;
  for (const [n, v] of list) {
    if (n === name) value = value === null ? v : `${value}, ${v}`;
  }
  return value;
}

/** The pairs of a Headers object in the order given; not a copy. */
export function headerList(headers) {
  return listOf(headers);
}

/** Headers over `list`, whose names are in lower case and whose values are known to be good. */
export function headersOf(list, immutable) {
  return make(list, immutable);
}
