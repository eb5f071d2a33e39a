/*
 * fetch: the standard's rules about redirects, headers, aborting and data URLs, over one exchange with a server per op.
 */
import {
  op_web_facts,
  op_web_fetch_body_end,
  op_web_fetch_body_write,
  op_web_fetch_file,
  op_web_fetch_read,
  op_web_fetch_send,
  op_web_fetch_start,
  op_web_percent_decode_bytes,
} from "ext:core/ops";
import { core } from "ext:core/mod.js";
import { onAbort } from "ext:web/abort_signal.js";
import { requireArguments } from "ext:web/webidl.js";
import { Body } from "ext:web/body.js";
import { headersOf } from "ext:web/headers.js";
import { Request, requestParts } from "ext:web/request.js";
import { isNullBodyStatus, isRedirectStatus, responseOf } from "ext:web/response.js";
import { URL } from "ext:web/url.js";

const REDIRECTS_MAX = 20;
// https://fetch.spec.whatwg.org/#port-blocking
const BLOCKED_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
/** Not for another origin to see. */
const SECRETS = ["authorization", "proxy-authorization", "cookie", "host"];
const BODY_HEADERS = ["content-encoding", "content-language", "content-location", "content-type", "content-length"];
const REASONS = {
  100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints", 200: "OK", 201: "Created",
  202: "Accepted", 203: "Non Authoritative Information", 204: "No Content", 205: "Reset Content",
  206: "Partial Content", 207: "Multi-Status", 208: "Already Reported", 226: "IM Used", 300: "Multiple Choices",
  301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 305: "Use Proxy",
  307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
  402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
  407: "Proxy Authentication Required", 408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required",
  412: "Precondition Failed", 413: "Payload Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
  416: "Range Not Satisfiable", 417: "Expectation Failed", 418: "I'm a teapot", 421: "Misdirected Request",
  422: "Unprocessable Entity", 423: "Locked", 424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required",
  428: "Precondition Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
  503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates", 507: "Insufficient Storage", 508: "Loop Detected", 510: "Not Extended",
  511: "Network Authentication Required",
};

let userAgent;

export async function fetch(input, init = undefined) {
  requireArguments(arguments.length, 1, "Failed to execute 'fetch'");
  const request = requestParts(new Request(input, init));
  const { signal } = request;
  if (signal?.aborted) {
    request.body?.cancel(signal.reason).catch(() => {});
    throw signal.reason;
  }
  const url = new URL(request.url);
  switch (url.protocol) {
    case "http:":
    case "https:":
      return await overHttp(request, url);
    case "data:":
      return fromData(request.url);
    case "file:":
      return await fromFile(url);
    case "blob:":
      throw new TypeError("Blob for the given URL not found.");
    default:
      throw new TypeError(`Url scheme '${url.protocol.slice(0, -1)}' not supported`);
  }
}

async function overHttp(request, first) {
  let { method, body } = request;
  let headers = request.headers;
  let url = first;
  for (let redirects = 0;; redirects++) {
    const { head, abort } = await exchange(method, url, headers, body, request.signal);
    const location = isRedirectStatus(head.status) ? valueOf(head.headers, "location") : null;
    if (location === null || request.redirect === "manual") {
      return answer(head, method, url, redirects > 0, abort);
    }
    core.tryClose(head.body);
    abort.release();
    if (request.redirect === "error") {
      throw new TypeError("Fetch failed: Encountered redirect while redirect mode is set to 'error'");
    }
    if (redirects === REDIRECTS_MAX) {
      throw new TypeError(`Fetch failed: Maximum number of redirects (${REDIRECTS_MAX}) reached`);
    }
    const next = new URL(location, url);
    if (next.protocol !== "http:" && next.protocol !== "https:") {
      throw new TypeError("Fetch failed: Can not redirect to a non HTTP(s) url");
    }
    if (head.status !== 303 && body !== null && body.bytes === null) {
      throw new TypeError("Fetch failed: Can not redeliver a streaming request body after a redirect");
    }
    if (
      ((head.status === 301 || head.status === 302) && method === "POST") ||
      (head.status === 303 && method !== "GET" && method !== "HEAD")
    ) {
      method = "GET";
      body = null;
      headers = headers.filter(([name]) => !BODY_HEADERS.includes(name));
    }
    if (next.origin !== url.origin) headers = headers.filter(([name]) => !SECRETS.includes(name));
    url = next;
  }
}

/** What a signal does while an exchange goes on: cancels it, and becomes the reason of what fails. */
class Abort {
  aborted = false;
  reason;
  rid = -1;
  onReason = null;
  release = () => {};

  constructor(signal, rid) {
    this.rid = rid;
    if (signal === null || signal === undefined) return;
    this.release = onAbort(signal, (reason) => {
      this.aborted = true;
      this.reason = reason;
      core.tryClose(this.rid);
      this.onReason?.(reason);
    });
  }
}

async function exchange(method, url, headers, body, signal) {
  const port = url.port === "" ? -1 : Number(url.port);
  if (BLOCKED_PORTS.has(port)) throw new TypeError(`Fetch failed: Requests to port ${port} are blocked`);
  const { username, password } = url;
  const target = new URL(url.href);
  target.username = target.password = target.hash = "";
  const flat = [];
  for (const [name, value] of headers) flat.push(name, value);
  const has = (name) => headers.some(([n]) => n === name);
  if ((username !== "" || password !== "") && !has("authorization")) {
    flat.push("authorization", `Basic ${globalThis.btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`);
  }
  if (!has("accept")) flat.push("accept", "*/*");
  if (!has("accept-language")) flat.push("accept-language", "*");
  if (!has("user-agent")) flat.push("user-agent", userAgent ??= op_web_facts().userAgent);
  // An answer to a part of a resource would be a part of its compressed form.
  if (!has("accept-encoding") && !has("range")) flat.push("accept-encoding", "gzip, deflate");

  const streaming = body !== null && body.bytes === null;
  const rid = op_web_fetch_start(method, target.href, flat, streaming ? null : body?.bytes ?? null, streaming);
  const abort = new Abort(signal, rid);
  if (abort.aborted) throw abort.reason;
  let uploadFailure = null;
  if (streaming) {
    upload(rid, body).catch((error) => {
      uploadFailure = { error };
      if (core.resources()[rid] !== undefined) op_web_fetch_body_end(rid, "upload failed");
      core.tryClose(rid);
    });
  }
  let head;
  try {
    head = await op_web_fetch_send(rid);
  } catch (error) {
    abort.release();
    if (abort.aborted) throw abort.reason;
    throw new TypeError("fetch failed", {
      cause: uploadFailure === null ? new Error(error.message) : uploadFailure.error,
    });
  }
  if (abort.aborted) {
    core.tryClose(head.body);
    throw abort.reason;
  }
  abort.rid = head.body;
  return { head, abort };
}

async function upload(rid, body) {
  const reader = body.readable().getReader();
  while (true) {
    const { value, done } = await reader.read();
    if (done) {
      op_web_fetch_body_end(rid, null);
      return;
    }
    if (!(value instanceof Uint8Array)) {
      const error = new TypeError("expected typed ArrayBufferView");
      reader.cancel(error).catch(() => {});
      throw error;
    }
    let wanted;
    try {
      wanted = await op_web_fetch_body_write(rid, value);
    } catch {
      wanted = false; // the exchange is over
    }
    if (!wanted) {
      reader.cancel().catch(() => {});
      return;
    }
  }
}

function valueOf(flat, name) {
  for (let i = 0; i < flat.length; i += 2) {
    if (flat[i].toLowerCase() === name) return flat[i + 1];
  }
  return null;
}

function answer(head, method, url, redirected, abort) {
  const list = [];
  for (let i = 0; i < head.headers.length; i += 2) list.push([head.headers[i].toLowerCase(), head.headers[i + 1]]);
  let body = null;
  if (isNullBodyStatus(head.status) || method === "HEAD" || method === "CONNECT") {
    core.tryClose(head.body);
    abort.release();
  } else {
    body = new Body({ source: new Download(head.body, abort) });
  }
  url.hash = "";
  return responseOf({
    status: head.status,
    statusText: REASONS[head.status] ?? "",
    headers: headersOf(list, true),
    body,
    type: "basic",
    url: url.href,
    redirected,
  });
}

/** The body of an answer, as it comes in. */
class Download {
  #rid;
  #abort;
  #over = false;
  #fail = null; // rejects the read that waits

  constructor(rid, abort) {
    this.#rid = rid;
    this.#abort = abort;
    abort.onReason = (reason) => this.#fail?.(reason);
  }

  async read() {
    if (this.#abort.aborted) throw this.#abort.reason;
    if (this.#over) return null;
    try {
      const chunk = await new Promise((resolve, reject) => {
        this.#fail = reject;
        op_web_fetch_read(this.#rid).then(resolve, reject);
      });
      if (chunk === null || chunk === undefined) {
        this.#end();
        return null;
      }
      return chunk;
    } catch (error) {
      this.#end();
      throw this.#abort.aborted ? this.#abort.reason : error;
    } finally {
      this.#fail = null;
    }
  }

  cancel() {
    this.#end();
  }

  #end() {
    if (this.#over) return;
    this.#over = true;
    this.#abort.release();
    core.tryClose(this.#rid);
  }
}

function local(bytes, type, url) {
  return responseOf({
    status: 200,
    statusText: "OK",
    headers: headersOf(type === null ? [] : [["content-type", type]], true),
    body: new Body({ bytes }),
    type: "basic",
    url,
    redirected: false,
  });
}

function fromData(url) {
  const bare = url.includes("#") ? url.slice(0, url.indexOf("#")) : url;
  const comma = bare.indexOf(",");
  if (comma < 0) throw new TypeError("NoComma");
  let type = bare.slice("data:".length, comma).trim();
  let bytes = op_web_percent_decode_bytes(bare.slice(comma + 1));
  const base64 = /;\s*base64$/i.exec(type);
  if (base64 !== null) {
    type = type.slice(0, base64.index);
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    let decoded;
    try {
      decoded = globalThis.atob(text);
    } catch {
      throw new TypeError("invalid base64 in data URL");
    }
    bytes = Uint8Array.from(decoded, (c) => c.charCodeAt(0));
  }
  if (type.startsWith(";")) type = `text/plain${type}`;
  if (!/^[^\s;/]+\/[^\s;/]+/.test(type)) type = "text/plain;charset=US-ASCII";
  return local(bytes, type, url);
}

async function fromFile(url) {
  if (url.hostname !== "") throw new TypeError("NetworkError when attempting to fetch resource.");
  return local(await op_web_fetch_file(decodeURIComponent(url.pathname)), null, url.href);
}
