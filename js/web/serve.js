// Deno.serve.
import {
  op_web_serve_end,
  op_web_serve_listen,
  op_web_serve_next,
  op_web_serve_read,
  op_web_serve_respond,
  op_web_serve_write,
} from "ext:core/ops";
import { core } from "ext:core/mod.js";
import { AbortSignal, onAbort } from "ext:web/abort_signal.js";
import { Body } from "ext:web/body.js";
import { TextEncoder } from "ext:web/encoding.js";
import { headerList, headersOf } from "ext:web/headers.js";
import { requestOf } from "ext:web/request.js";
import { Response, responseBody } from "ext:web/response.js";

const encoder = new TextEncoder();

function handlerOf(first, second) {
  let options = {};
  let handler;
  if (typeof first === "function") {
    handler = first;
    if (typeof second === "object" && second !== null) options = second;
  } else {
    options = first ?? {};
    handler = typeof second === "function" ? second : second?.handler ?? options.handler;
  }
  if (typeof handler !== "function") {
    throw new TypeError(`Cannot serve HTTP requests: handler must be a function, received ${typeof handler}`);
  }
  return { options, handler };
}

function serverError() {
  return new Response(encoder.encode("Internal Server Error"), { status: 500 });
}

function defaultOnError(error) {
  console.error(error);
  return serverError();
}

export function serve(first, second) {
  const { options, handler } = handlerOf(first, second);
  const hostname = options.hostname ?? "0.0.0.0";
  const { signal } = options;
  if (signal !== undefined && signal !== null && !(signal instanceof AbortSignal)) {
    throw new TypeError("Failed to execute 'serve' on 'Deno': 'signal' is not of type AbortSignal");
  }
  const { rid, port } = op_web_serve_listen(hostname, Number(options.port ?? 8000));
  const server = new Server(rid, { __proto__: null, hostname, port, transport: "tcp" }, handler, options.onError);
  if (options.onListen === undefined) {
    const shown = hostname === "0.0.0.0" ? ` (http://localhost:${port}/)` : "";
    console.error(`Listening on http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/${shown}`);
  } else {
    options.onListen(server.addr);
  }
  if (signal) server.finished.then(onAbort(signal, () => void server.shutdown()));
  server.run();
  return server.face;
}

class Server {
  addr;
  face;
  finished;
  #rid;
  #handler;
  #onError;
  #active = 0;
  #closing = false;
  #referenced = true;
  #pending = null;
  #finish;

  constructor(rid, addr, handler, onError) {
    this.#rid = rid;
    this.addr = addr;
    this.#handler = handler;
    this.#onError = onError ?? defaultOnError;
    const { promise, resolve } = Promise.withResolvers();
    this.finished = promise;
    this.#finish = resolve;
    this.face = {
      addr,
      finished: promise,
      shutdown: () => this.shutdown(),
      ref: () => this.#refer(true),
      unref: () => this.#refer(false),
    };
    Object.defineProperty(this.face, Symbol.asyncDispose, { value: () => this.shutdown() });
  }

  #refer(on) {
    this.#referenced = on;
    if (this.#pending === null) return;
    if (on) core.refOpPromise(this.#pending);
    else core.unrefOpPromise(this.#pending);
  }

  async run() {
    while (!this.#closing) {
      this.#pending = op_web_serve_next(this.#rid);
      if (!this.#referenced) core.unrefOpPromise(this.#pending);
      const incoming = await this.#pending;
      this.#pending = null;
      if (incoming === null || incoming === undefined) break;
      this.#active++;
      this.#serve(incoming).catch((error) => core.reportException(error)).finally(() => {
        this.#active--;
        this.#closeIfIdle();
      });
    }
  }

  /** Takes no more requests, and ends when those under way are answered. */
  shutdown() {
    this.#closing = true;
    this.#closeIfIdle();
    return this.finished;
  }

  #closeIfIdle() {
    if (!this.#closing || this.#active > 0) return;
    core.tryClose(this.#rid);
    this.#finish();
  }

  async #serve(incoming) {
    const list = [];
    let host = `${this.addr.hostname}:${this.addr.port}`;
    for (let i = 0; i < incoming.headers.length; i += 2) {
      const name = incoming.headers[i].toLowerCase();
      if (name === "host") host = incoming.headers[i + 1];
      list.push([name, incoming.headers[i + 1]]);
    }
    const { rid } = incoming;
    const body = incoming.hasBody ? new Body({ source: { read: () => readRequest(rid), cancel() {} } }) : null;
    const url = incoming.target.startsWith("/") ? `http://${host}${incoming.target}` : incoming.target;
    const completed = Promise.withResolvers();
    completed.promise.catch(() => {});
    const handler = this.#handler;
    const onError = this.#onError;
    let response;
    try {
      const request = requestOf(url, incoming.method, headersOf(list, true), body);
      const info = {
        remoteAddr: { transport: "tcp", hostname: incoming.remoteHost, port: incoming.remotePort },
        completed: completed.promise,
      };
      response = checked(await handler(request, info));
    } catch (error) {
      try {
        response = checked(await onError(error));
      } catch (second) {
        console.error("Exception in onError while handling exception", second);
        response = serverError();
      }
    }
    const sent = await send(rid, response, incoming.method === "HEAD");
    if (sent) completed.resolve();
    else completed.reject(new core.Interrupted("connection closed before the response was sent"));
  }
}

function checked(response) {
  if (!(response instanceof Response)) {
    throw new TypeError("Return value from serve handler must be a response or a promise resolving to a response");
  }
  if (response.type === "error") throw new TypeError("Return value from serve handler must not be an error response");
  if (response.bodyUsed) throw new TypeError("The body of the Response returned from the serve handler has already been consumed");
  return response;
}

async function readRequest(rid) {
  return (await op_web_serve_read(rid)) ?? null;
}

/** @return false if the client went away */
async function send(rid, response, head) {
  const flat = [];
  for (const [name, value] of headerList(response.headers)) flat.push(name, value);
  const body = responseBody(response);
  try {
    if (body === null || head && body.bytes === null) {
      body?.cancel().catch(() => {});
      return await op_web_serve_respond(rid, response.status, flat, null, false);
    }
    if (body.bytes !== null && body.stream === null) {
      const bytes = await body.consume();
      return await op_web_serve_respond(rid, response.status, flat, bytes, false);
    }
    const reader = body.readable().getReader();
    if (!await op_web_serve_respond(rid, response.status, flat, null, true)) {
      await reader.cancel();
      op_web_serve_end(rid, true);
      return false;
    }
    try {
      while (true) {
        const { value, done } = await reader.read();
        if (done) break;
        if (!(value instanceof Uint8Array)) throw new TypeError("expected typed ArrayBufferView");
        if (value.byteLength > 0 && !await op_web_serve_write(rid, value)) {
          await reader.cancel();
          op_web_serve_end(rid, true);
          return false;
        }
      }
      op_web_serve_end(rid, false);
      return true;
    } catch (error) {
      reader.cancel(error).catch(() => {});
      op_web_serve_end(rid, true);
      return false;
    }
  } catch (error) {
    if (error instanceof core.BadResource) return false; // the server was closed meanwhile
    throw error;
  }
}
