// What Request and Response share: a body that is read once, from memory, from a stream or from the network.
import { bytesOf } from "ext:web/webidl.js";
import { Blob, blobBytes, blobOf, joinBytes } from "ext:web/blob.js";
import { byteStreamOf, isDisturbed, ReadableStream, readableOf } from "ext:web/streams.js";
import { decodeForm, encodeMultipart, FormData } from "ext:web/form_data.js";
import { TextDecoder, TextEncoder } from "ext:web/encoding.js";
import { URLSearchParams } from "ext:web/url.js";

const encoder = new TextEncoder();

/** A body; exactly one of bytes, source and stream is where its content is. */
export class Body {
  bytes; // Uint8Array, or null
  source; // {read(): Promise of Uint8Array or null, cancel(reason)}, or null
  stream; // ReadableStream once somebody has seen it, or null
  #used = false;

  constructor({ bytes = null, source = null, stream = null }) {
    this.bytes = bytes;
    this.source = source;
    this.stream = stream;
  }

  get used() {
    return this.stream === null ? this.#used : isDisturbed(this.stream);
  }

  get unusable() {
    return this.stream === null ? this.#used : this.stream.locked || isDisturbed(this.stream);
  }

  /** The stream scripts see. */
  readable() {
    if (this.stream !== null) return this.stream;
    if (this.#used) {
      this.stream = byteStreamOf((controller) => controller.close());
      this.stream.getReader().cancel();
      return this.stream;
    }
    const { bytes, source } = this;
    if (source !== null) {
      this.stream = byteStreamOf(async (controller) => {
        const chunk = await source.read();
        if (chunk === null) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else {
          controller.enqueue(chunk);
        }
      }, (reason) => source.cancel(reason));
    } else {
      let sent = bytes.byteLength === 0;
      this.stream = readableOf((controller) => {
        if (sent) {
          controller.close();
        } else {
          sent = true;
          controller.enqueue(bytes.slice());
        }
      });
    }
    return this.stream;
  }

  /** All bytes; the body is used up then. */
  async consume() {
    if (this.unusable) throw new TypeError("Body already consumed");
    if (this.stream !== null) {
      const chunks = [];
      const reader = this.stream.getReader();
      while (true) {
        const { value, done } = await reader.read();
        if (done) return joinBytes(chunks);
        if (!(value instanceof Uint8Array)) {
          const error = new TypeError("Cannot convert value to Uint8Array while consuming the stream");
          reader.cancel(error).catch(() => {});
          throw error;
        }
        chunks.push(value);
      }
    }
    this.#used = true;
    if (this.bytes !== null) return this.bytes;
    const chunks = [];
    for (let chunk = await this.source.read(); chunk !== null; chunk = await this.source.read()) chunks.push(chunk);
    return chunks.length === 1 ? chunks[0] : joinBytes(chunks);
  }

  async cancel(reason) {
    if (this.stream !== null) {
      if (!this.stream.locked) await this.stream.cancel(reason);
    } else if (this.source !== null) {
      this.#used = true;
      this.source.cancel(reason);
    }
  }

  /** Two bodies with the same content, one of them in place of this. */
  clone() {
    if (this.unusable) throw new TypeError("Body is unusable");
    if (this.bytes !== null && this.stream === null) return new Body({ bytes: this.bytes });
    const [mine, other] = this.readable().tee();
    this.stream = mine;
    this.source = null;
    return new Body({ stream: other });
  }

  /** Hands the content to another body; this one is used up. */
  take() {
    const taken = new Body({ bytes: this.bytes, source: this.source, stream: this.stream });
    if (this.stream !== null) {
      // The new owner reads through a stream of its own; ours stays locked.
      const reader = this.stream.getReader();
      taken.stream = byteStreamOf(async (controller) => {
        const { value, done } = await reader.read();
        if (done) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else {
          controller.enqueue(value);
        }
      }, (reason) => reader.cancel(reason));
      taken.source = null;
      taken.bytes = null;
    }
    this.#used = true;
    this.stream = null;
    this.source = null;
    this.bytes = new Uint8Array(0);
    return taken;
  }
}

/** A body out of what scripts may give, and the content type it brings, or null. */
export function extractBody(init) {
  if (init instanceof Blob) return { body: new Body({ bytes: blobBytes(init) }), type: init.type === "" ? null : init.type };
  const bytes = bytesOf(init);
  if (bytes !== undefined) return { body: new Body({ bytes: bytes.slice() }), type: null };
  if (init instanceof FormData) {
    const encoded = encodeMultipart(init);
    return { body: new Body({ bytes: encoded.bytes }), type: encoded.type };
  }
  if (init instanceof URLSearchParams) {
    return {
      body: new Body({ bytes: encoder.encode(init.toString()) }),
      type: "application/x-www-form-urlencoded;charset=UTF-8",
    };
  }
  if (init instanceof ReadableStream) {
    if (init.locked || isDisturbed(init)) throw new TypeError("ReadableStream is locked or disturbed");
    return { body: new Body({ stream: init }), type: null };
  }
  if (typeof init === "object" && init !== null && typeof init[Symbol.asyncIterator] === "function") {
    return { body: new Body({ stream: ReadableStream.from(init) }), type: null };
  }
  return { body: new Body({ bytes: encoder.encode(`${init}`) }), type: "text/plain;charset=UTF-8" };
}

const NOTHING = new Uint8Array(0);

/**
 * Puts body, bodyUsed and the reading methods on a prototype.
 * @param bodyOf gives the Body of an object, or null
 * @param typeOf gives its content type, or null
 */
export function mixinBody(prototype, bodyOf, typeOf) {
  const consume = async (object) => {
    const body = bodyOf(object);
    return body === null ? NOTHING : await body.consume();
  };
  const members = {
    async arrayBuffer() {
      return (await consume(this)).slice().buffer;
    },
    async blob() {
      const type = typeOf(this);
      return blobOf((await consume(this)).slice(), type ?? "");
    },
    async bytes() {
      return (await consume(this)).slice();
    },
    async formData() {
      const type = typeOf(this);
      return decodeForm(await consume(this), type);
    },
    async json() {
      return JSON.parse(new TextDecoder().decode(await consume(this)));
    },
    async text() {
      // Deno leaves a byte order mark in place.
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await consume(this));
    },
    get body() {
      const body = bodyOf(this);
      return body === null ? null : body.readable();
    },
    get bodyUsed() {
      const body = bodyOf(this);
      return body !== null && body.used;
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(members));
}
