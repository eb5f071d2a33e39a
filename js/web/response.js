// Response.
import { configureClass, requireArguments } from "ext:web/webidl.js";
import { Body, extractBody, mixinBody } from "ext:web/body.js";
import { byteString, headerList, Headers, headersOf } from "ext:web/headers.js";
import { TextEncoder } from "ext:web/encoding.js";
import { URL } from "ext:web/url.js";

const NULL_BODY = [101, 204, 205, 304];
const REDIRECT = [301, 302, 303, 307, 308];
// deno-lint-ignore no-control-regex
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;
const encoder = new TextEncoder();

let build;
let bodyIn;

export class Response {
  #status = 200;
  #statusText = "";
  #headers;
  #body = null;
  #type = "default";
  #url = null;
  #redirected = false;

  static {
    bodyIn = (response) => response.#body;
    build = ({ status, statusText, headers, body, type, url, redirected }) => {
      const response = new Response();
      response.#status = status;
      response.#statusText = statusText;
      response.#headers = headers;
      response.#body = body;
      response.#type = type;
      response.#url = url;
      response.#redirected = redirected;
      return response;
    };
  }

  constructor(body = null, init = {}) {
    const given = init ?? {};
    this.#initialize(given);
    if (body !== null && body !== undefined) {
      const extracted = extractBody(body);
      if (NULL_BODY.includes(this.#status)) {
        throw new TypeError("Response with null body status cannot have body");
      }
      this.#take(extracted);
    }
  }

  #initialize({ status, statusText, headers }) {
    if (status !== undefined) {
      const number = Math.trunc(Number(status)) || 0;
      if (number !== 101 && (number < 200 || number > 599)) {
        throw new RangeError(`The status provided (${number}) is not equal to 101 and outside the range [200, 599]`);
      }
      this.#status = number;
    }
    if (statusText !== undefined) {
      const text = byteString(statusText, "Value");
      if (!REASON.test(text)) throw new TypeError(`Invalid status text: "${text}"`);
      this.#statusText = text;
    }
    this.#headers = headers === undefined || headers === null ? new Headers() : new Headers(headers);
  }

  #take({ body, type }) {
    this.#body = body;
    if (type !== null && !this.#headers.has("content-type")) this.#headers.append("content-type", type);
  }

  static error() {
    return build({
      status: 0,
      statusText: "",
      headers: headersOf([], true),
      body: null,
      type: "error",
      url: null,
      redirected: false,
    });
  }

  static redirect(url, status = 302) {
    requireArguments(arguments.length, 1, "Failed to execute 'Response.redirect'");
    const target = new URL(`${url}`).href;
    const number = Math.trunc(Number(status)) || 0;
    if (!REDIRECT.includes(number)) throw new RangeError(`Invalid redirect status code: ${number}`);
    return build({
      status: number,
      statusText: "",
      headers: headersOf([["location", target]], true),
      body: null,
      type: "default",
      url: null,
      redirected: false,
    });
  }

  static json(data = undefined, init = {}) {
    requireArguments(arguments.length, 1, "Failed to execute 'Response.json'");
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("Value is not JSON serializable");
    const response = new Response(null, init);
    if (NULL_BODY.includes(response.#status)) {
      throw new TypeError("Response with null body status cannot have body");
    }
    response.#take({ body: new Body({ bytes: encoder.encode(text) }), type: "application/json" });
    return response;
  }

  get type() {
    return this.#type;
  }
  get url() {
    return this.#url ?? "";
  }
  get redirected() {
    return this.#redirected;
  }
  get status() {
    return this.#status;
  }
  get ok() {
    return this.#status >= 200 && this.#status <= 299;
  }
  get statusText() {
    return this.#statusText;
  }
  get headers() {
    return this.#headers;
  }
  clone() {
    const body = this.#body === null ? null : this.#body.clone();
    return build({
      status: this.#status,
      statusText: this.#statusText,
      headers: headersOf(headerList(this.#headers).map((pair) => [...pair]), this.#type !== "default"),
      body,
      type: this.#type,
      url: this.#url,
      redirected: this.#redirected,
    });
  }

  static {
    mixinBody(Response.prototype, (response) => response.#body, (response) => response.#headers.get("content-type"));
  }
}
configureClass(Response, ["body", "bodyUsed", "headers", "ok", "redirected", "status", "statusText", "url"]);

/** A response of fetch. */
export function responseOf(parts) {
  return build(parts);
}

export function isNullBodyStatus(status) {
  return NULL_BODY.includes(status);
}

export function isRedirectStatus(status) {
  return REDIRECT.includes(status);
}

/** The body a response carries, or null. */
export function responseBody(response) {
  return bodyIn(response);
}
