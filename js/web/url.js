/*
 * URL and URLSearchParams. A URL holds its serialisation; parsing and setting parts are ops, reading parts is cutting.
 */
import { op_web_percent_decode, op_web_url_parse, op_web_url_set } from "ext:core/ops";
import { configureClass, illegalInvocation, requireArguments } from "ext:web/webidl.js";
import { privateCustomInspect } from "ext:web/shown.js";

const { defineProperty } = Object;
const [PROTOCOL, USERNAME, PASSWORD, HOST, HOSTNAME, PORT, PATHNAME, SEARCH, HASH] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const ORIGINS = ["http:", "https:", "ftp:", "ws:", "wss:"];

function coded(message, code) {
  const error = new TypeError(message);
  error.code = code;
  return error;
}

// ---- application/x-www-form-urlencoded

const PLAIN = /^[A-Za-z0-9*._-]*$/;

function encodeForm(text) {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()~]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase())
    .replaceAll("%20", "+");
}

function decodeForm(text) {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced.toWellFormed();
  try {
    return decodeURIComponent(spaced.toWellFormed());
  } catch {
    return op_web_percent_decode(spaced.toWellFormed());
  }
}

/** The pairs of a query without its question mark. */
export function parseForm(text) {
  const list = [];
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    list.push(
      equals < 0 ? [decodeForm(part), ""] : [decodeForm(part.slice(0, equals)), decodeForm(part.slice(equals + 1))],
    );
  }
  return list;
}

export function serializeForm(list) {
  let out = "";
  for (const [name, value] of list) {
    out += `${out === "" ? "" : "&"}${encodeForm(name)}=${encodeForm(value)}`;
  }
  return out;
}

function usv(value) {
  return `${value}`.toWellFormed();
}

function nameRequired(count) {
  if (count < 1) throw coded('The "name" argument must be specified', "ERR_MISSING_ARGS");
}

function pairRequired(count) {
  if (count < 2) throw coded('The "name" and "value" arguments must be specified', "ERR_MISSING_ARGS");
}

let adopt; // makes the params of a URL
let refill; // gives them the query set on the URL

export class URLSearchParams {
  #list = [];
  #changed = null; // tells the URL

  static {
    adopt = (search, changed) => {
      const params = new URLSearchParams();
      params.#list = parseForm(search);
      params.#changed = changed;
      return params;
    };
    refill = (params, search) => {
      params.#list = parseForm(search);
    };
  }

  constructor(init = "") {
    if ((typeof init === "object" && init !== null) || typeof init === "function") {
      const iterate = init[Symbol.iterator];
      if (iterate === null || iterate === undefined) {
        for (const key of Reflect.ownKeys(init)) {
          if (Reflect.getOwnPropertyDescriptor(init, key)?.enumerable) this.#list.push([usv(key), usv(init[key])]);
        }
        return;
      }
      if (typeof iterate !== "function") throw coded("Query pairs must be iterable", "ERR_ARG_NOT_ITERABLE");
      for (const pair of init) {
        const tuple = pair !== null && typeof pair === "object" && typeof pair[Symbol.iterator] === "function"
          ? [...pair]
          : [];
        if (tuple.length !== 2) {
          throw coded("Each query pair must be an iterable [name, value] tuple", "ERR_INVALID_TUPLE");
        }
        this.#list.push([usv(tuple[0]), usv(tuple[1])]);
      }
      return;
    }
    const text = `${init}`;
    this.#list = parseForm(text[0] === "?" ? text.slice(1) : text);
  }

  #update() {
    this.#changed?.(this.toString());
  }

  get size() {
    return this.#list.length;
  }

  append(name, value) {
    pairRequired(arguments.length);
    this.#list.push([usv(name), usv(value)]);
    this.#update();
  }

  delete(name, value = undefined) {
    nameRequired(arguments.length);
    const key = usv(name);
    const only = value === undefined ? undefined : usv(value);
    this.#list = this.#list.filter(([n, v]) => n !== key || (only !== undefined && v !== only));
    this.#update();
  }

  get(name) {
    nameRequired(arguments.length);
    const key = usv(name);
    return this.#list.find(([n]) => n === key)?.[1] ?? null;
  }

  getAll(name) {
    nameRequired(arguments.length);
    const key = usv(name);
    return this.#list.filter(([n]) => n === key).map(([, v]) => v);
  }

  has(name, value = undefined) {
    nameRequired(arguments.length);
    const key = usv(name);
    const only = value === undefined ? undefined : usv(value);
    return this.#list.some(([n, v]) => n === key && (only === undefined || v === only));
  }

  set(name, value) {
    pairRequired(arguments.length);
    const key = usv(name);
    const text = usv(value);
    const at = this.#list.findIndex(([n]) => n === key);
    if (at < 0) {
      this.#list.push([key, text]);
    } else {
      this.#list[at][1] = text;
      this.#list = this.#list.filter(([n], i) => i <= at || n !== key);
    }
    this.#update();
  }

  sort() {
    // By code units, which is what < compares; the sort is stable.
    this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#update();
  }

  forEach(callback, thisArgument = undefined) {
    if (typeof callback !== "function") {
      throw coded(
        `The "callback" argument must be of type function. Received ${callback}`,
        "ERR_INVALID_ARG_TYPE",
      );
    }
    for (const [name, value] of this) callback.call(thisArgument, value, name, this);
  }

  entries() {
    return this.#iterate((pair) => [pair[0], pair[1]]);
  }

  keys() {
    return this.#iterate((pair) => pair[0]);
  }

  values() {
    return this.#iterate((pair) => pair[1]);
  }

  #iterate(pick) {
    const at = () => this.#list;
    return iteratorOf("URLSearchParams Iterator", at, pick);
  }

  toString() {
    return serializeForm(this.#list);
  }

  [privateCustomInspect](inspect, options) {
    if (this.#list.length === 0) return "URLSearchParams {}";
    const shown = this.#list.map(([n, v]) => `${inspect(n, options)} => ${inspect(v, options)}`);
    return `URLSearchParams { ${shown.join(", ")} }`;
  }
}
defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  value: URLSearchParams.prototype.entries,
  writable: true,
  configurable: true,
});
configureClass(URLSearchParams);

const iteratorPrototypes = new Map();
const iteratorBase = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const iteratorStates = new WeakMap();

/** A live iterator over a list of pairs that may change while it runs, as WebIDL's are. */
export function iteratorOf(tag, list, pick) {
  let prototype = iteratorPrototypes.get(tag);
  if (prototype === undefined) {
    prototype = Object.create(iteratorBase, {
      next: {
        value: function next() {
          const state = iteratorStates.get(this);
          if (state === undefined) throw illegalInvocation();
          const pairs = state.list();
          if (state.at >= pairs.length) return { value: undefined, done: true };
          return { value: state.pick(pairs[state.at++]), done: false };
        },
        writable: true,
        enumerable: true,
        configurable: true,
      },
      [Symbol.toStringTag]: { value: tag, configurable: true },
      [privateCustomInspect]: {
        value(inspect, options) {
          const state = iteratorStates.get(this);
          if (state === undefined) return `${tag} {}`;
          const rest = state.list().slice(state.at).map((pair) => inspect(state.pick(pair), options));
          return rest.length === 0 ? `${tag} {}` : `${tag} { ${rest.join(", ")} }`;
        },
        configurable: true,
        writable: true,
      },
    });
    iteratorPrototypes.set(tag, prototype);
  }
  const iterator = Object.create(prototype);
  iteratorStates.set(iterator, { list, pick, at: 0 });
  return iterator;
}

/** Where the parts are in a serialised URL. */
function cut(href) {
  const colon = href.indexOf(":");
  const hash = href.indexOf("#", colon);
  const beforeHash = hash < 0 ? href.length : hash;
  let search = href.indexOf("?", colon);
  if (search < 0 || search > beforeHash) search = -1;
  const pathEnd = search < 0 ? beforeHash : search;
  const parts = {
    protocol: href.slice(0, colon + 1),
    username: "",
    password: "",
    hostname: "",
    port: "",
    pathname: "",
    search: search < 0 || search + 1 === beforeHash ? "" : href.slice(search, beforeHash),
    hash: hash < 0 || hash + 1 === href.length ? "" : href.slice(hash),
  };
  let pathStart = colon + 1;
  if (href.startsWith("//", colon + 1)) {
    pathStart = href.indexOf("/", colon + 3);
    if (pathStart < 0 || pathStart > pathEnd) pathStart = pathEnd;
    const authority = href.slice(colon + 3, pathStart);
    const at = authority.lastIndexOf("@");
    if (at >= 0) {
      const credentials = authority.slice(0, at);
      const split = credentials.indexOf(":");
      parts.username = split < 0 ? credentials : credentials.slice(0, split);
      parts.password = split < 0 ? "" : credentials.slice(split + 1);
    }
    const host = authority.slice(at + 1);
    const portColon = host.indexOf(":", host[0] === "[" ? host.indexOf("]") : 0);
    parts.hostname = portColon < 0 ? host : host.slice(0, portColon);
    parts.port = portColon < 0 ? "" : host.slice(portColon + 1);
  } else if (href.startsWith("/.//", colon + 1)) {
    pathStart += 2; // there so that the path is not taken for a host
  }
  parts.pathname = href.slice(pathStart, pathEnd);
  return parts;
}

export class URL {
  #href;
  #parts = null;
  #params = null;

  constructor(url, base = undefined) {
    requireArguments(arguments.length, 1, "Failed to construct 'URL'");
    const text = `${url}`;
    const against = base === undefined ? null : `${base}`;
    const href = op_web_url_parse(text, against);
    if (href === null || href === undefined) throw new TypeError(invalid(text, against));
    this.#href = href;
  }

  static parse(url, base = undefined) {
    requireArguments(arguments.length, 1, "Failed to execute 'URL.parse'");
    const href = op_web_url_parse(`${url}`, base === undefined ? null : `${base}`);
    return href === null || href === undefined ? null : new this(href);
  }

  static canParse(url, base = undefined) {
    requireArguments(arguments.length, 1, "Failed to execute 'URL.canParse'");
    const href = op_web_url_parse(`${url}`, base === undefined ? null : `${base}`);
    return href !== null && href !== undefined;
  }

  #part(name) {
    this.#parts ??= cut(this.#href);
    return this.#parts[name];
  }

  #become(href) {
    if (href === this.#href) return;
    this.#href = href;
    this.#parts = null;
    if (this.#params !== null) refill(this.#params, this.#part("search").slice(1));
  }

  #set(part, value) {
    this.#become(op_web_url_set(this.#href, part, `${value}`));
  }

  get href() {
    if (!(#href in this)) throw illegalInvocation();
    return this.#href;
  }
  set href(value) {
    const text = `${value}`;
    const href = op_web_url_parse(text, null);
    if (href === null || href === undefined) throw new TypeError(invalid(text, null));
    this.#become(href);
  }
  get origin() {
    const protocol = this.#part("protocol");
    if (ORIGINS.includes(protocol)) return `${protocol}//${this.host}`;
    if (protocol === "blob:") {
      const inner = op_web_url_parse(this.#part("pathname"), null);
      if (inner?.startsWith("http:") || inner?.startsWith("https:")) return new URL(inner).origin;
    }
    return "null";
  }
  get protocol() {
    return this.#part("protocol");
  }
  set protocol(value) {
    this.#set(PROTOCOL, value);
  }
  get username() {
    return this.#part("username");
  }
  set username(value) {
    this.#set(USERNAME, value);
  }
  get password() {
    return this.#part("password");
  }
  set password(value) {
    this.#set(PASSWORD, value);
  }
  get host() {
    const port = this.#part("port");
    return port === "" ? this.#part("hostname") : `${this.#part("hostname")}:${port}`;
  }
  set host(value) {
    this.#set(HOST, value);
  }
  get hostname() {
    return this.#part("hostname");
  }
  set hostname(value) {
    this.#set(HOSTNAME, value);
  }
  get port() {
    return this.#part("port");
  }
  set port(value) {
    this.#set(PORT, value);
  }
  get pathname() {
    return this.#part("pathname");
  }
  set pathname(value) {
    this.#set(PATHNAME, value);
  }
  get hash() {
    return this.#part("hash");
  }
  set hash(value) {
    this.#set(HASH, value);
  }
  get search() {
    return this.#part("search");
  }
  set search(value) {
    this.#set(SEARCH, value);
  }
  get searchParams() {
    this.#params ??= adopt(this.#part("search").slice(1), (query) => {
      this.#href = op_web_url_set(this.#href, SEARCH, query);
      this.#parts = null;
    });
    return this.#params;
  }
  toString() {
    return this.href;
  }
  toJSON() {
    return this.href;
  }
}
configureClass(URL, [
  "href",
  "origin",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "hash",
  "search",
]);

function invalid(url, base) {
  return base === null ? `Invalid URL: '${url}'` : `Invalid URL: '${url}' with base '${base}'`;
}
