// Request.
import { AbortSignal, newAbortSignal, onAbort } from "ext:web/abort_signal.js";
import { configureClass, internal, requireArguments } from "ext:web/webidl.js";
import { extractBody, mixinBody } from "ext:web/body.js";
import { byteString, headerList, Headers, headersOf, isToken } from "ext:web/headers.js";
import { URL } from "ext:web/url.js";

const UPPER = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
const FORBIDDEN = ["CONNECT", "TRACE", "TRACK"];
const REDIRECT = ["error", "follow", "manual"];

function normalizedMethod(given) {
  const method = byteString(given, "Failed to construct 'Request': 'method' of 'RequestInit' (Argument 2)");
  const upper = method.toUpperCase();
  if (UPPER.includes(upper)) return upper;
  if (!isToken(method)) throw new TypeError("Method is not valid");
  if (FORBIDDEN.includes(upper)) throw new TypeError("Method is forbidden");
  return method;
}

function oneOf(value, values, name, type) {
  const text = `${value}`;
  if (values.includes(text)) return text;
  const error = new TypeError(
    `Failed to construct 'Request': The provided value '${text}' is not a valid enum value of type ${type}`,
  );
  error.code = "ERR_INVALID_ARG_VALUE";
  throw error;
}

let innerOf;
let build;

export class Request {
  #url;
  #method = "GET";
  #headers;
  #redirect = "follow";
  #body = null;
  #signal = null; // made when asked for
  #follows = null; // the signal given

  static {
    build = (url, method, headers, body) => {
      const request = new Request(internal);
      request.#url = url;
      request.#method = method;
      request.#headers = headers;
      request.#body = body;
      return request;
    };
    innerOf = (request) => ({
      url: request.#url,
      method: request.#method,
      headers: headerList(request.#headers),
      redirect: request.#redirect,
      body: request.#body,
      signal: request.#follows,
    });
  }

  constructor(input, init = {}) {
    if (input === internal) return;
    const where = "Failed to construct 'Request'";
    requireArguments(arguments.length, 1, where);
    const given = init ?? {};
    if (typeof given !== "object" && typeof given !== "function") {
      throw new TypeError(`${where}: Argument 2 can not be converted to a dictionary`);
    }
    let inherited = null;
    if (input instanceof Request) {
      inherited = input;
      this.#url = input.#url;
      this.#method = input.#method;
      this.#redirect = input.#redirect;
      this.#follows = input.#signal ?? input.#follows;
    } else {
      this.#url = new URL(`${input}`).href;
    }
    if (given.method !== undefined) this.#method = normalizedMethod(given.method);
    if (given.redirect !== undefined) this.#redirect = oneOf(given.redirect, REDIRECT, "redirect", "RequestRedirect");
    if (given.signal !== undefined && given.signal !== null) {
      if (!(given.signal instanceof AbortSignal)) {
        throw new TypeError(`${where}: 'signal' of 'RequestInit' (Argument 2) is not of type AbortSignal`);
      }
      this.#follows = given.signal;
    } else if (given.signal === null) {
      this.#follows = null;
    }
    this.#headers = given.headers !== undefined
      ? new Headers(given.headers)
      : inherited !== null
      ? headersOf(headerList(inherited.#headers).map((pair) => [...pair]), false)
      : new Headers();

    const hasBody = given.body !== undefined && given.body !== null;
    if (hasBody || inherited?.#body !== null && inherited !== null) {
      if (this.#method === "GET" || this.#method === "HEAD") {
        throw new TypeError("Request with GET/HEAD method cannot have body");
      }
    }
    if (hasBody) {
      const { body, type } = extractBody(given.body);
      this.#body = body;
      if (type !== null && !this.#headers.has("content-type")) this.#headers.append("content-type", type);
    } else if (inherited !== null && inherited.#body !== null) {
      if (inherited.#body.unusable) throw new TypeError("Input request's body is unusable");
      this.#body = inherited.#body.take();
    }
  }

  get method() {
    return this.#method;
  }
  get url() {
    return this.#url;
  }
  get headers() {
    return this.#headers;
  }
  get redirect() {
    return this.#redirect;
  }
  get signal() {
    if (this.#signal === null) {
      if (this.#follows === null) {
        [this.#signal] = newAbortSignal();
      } else {
        const [signal, abort] = newAbortSignal();
        onAbort(this.#follows, abort);
        this.#signal = signal;
      }
    }
    return this.#signal;
  }
  get cache() {
    return "default";
  }
  get credentials() {
    return "same-origin";
  }
  get destination() {
    return "";
  }
  get duplex() {
    return "half";
  }
  get integrity() {
    return "";
  }
  get isHistoryNavigation() {
    return false;
  }
  get isReloadNavigation() {
    return false;
  }
  get keepalive() {
    return false;
  }
  get mode() {
    return "cors";
  }
  get referrer() {
    return "about:client";
  }
  get referrerPolicy() {
    return "";
  }
  clone() {
    const body = this.#body === null ? null : this.#body.clone();
    const copy = new Request(this.#url, { method: this.#method, redirect: this.#redirect, signal: this.#follows });
    copy.#headers = headersOf(headerList(this.#headers).map((pair) => [...pair]), false);
    copy.#body = body;
    return copy;
  }

  static {
    mixinBody(Request.prototype, (request) => request.#body, (request) => request.#headers.get("content-type"));
  }
}
configureClass(Request, ["bodyUsed", "headers", "method", "redirect", "url"]);

/** What fetch needs of a request; its header list is not a copy. */
export function requestParts(request) {
  return innerOf(request);
}

/** A request that came in, whose parts are known to be good. */
export function requestOf(url, method, headers, body) {
  return build(url, method, headers, body);
}
