// crypto: random values, digests, HMAC.
import { op_crypto_digest, op_crypto_hmac, op_crypto_random, op_crypto_random_uuid } from "ext:core/ops";
import { atob, btoa } from "ext:web/base64.js";
import { DOMException, QuotaExceededError } from "ext:web/dom_exception.js";
import { bytesOf, configureClass, illegalConstructor, internal, requireArguments } from "ext:web/webidl.js";

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const typedArrayName = getOwnPropertyDescriptor(getPrototypeOf(Uint8Array).prototype, Symbol.toStringTag).get;
const INTEGERS = new Set([
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "BigInt64Array", "BigUint64Array",
]);
const RANDOM_BYTES_MAX = 65536;
const HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];
const BLOCK_BITS = { "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };
const USAGES = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];
const FORMATS = ["raw", "pkcs8", "spki", "jwk"];

let secretOf;

export class CryptoKey {
  #type;
  #extractable;
  #algorithm;
  #usages;
  #secret;
  static {
    secretOf = (key) => key.#secret;
  }
  constructor(key, type, extractable, algorithm, usages, secret) {
    if (key !== internal) illegalConstructor();
    this.#type = type;
    this.#extractable = extractable;
    this.#algorithm = algorithm;
    this.#usages = usages;
    this.#secret = secret;
  }
  get type() {
    return this.#type;
  }
  get extractable() {
    return this.#extractable;
  }
  get algorithm() {
    return this.#algorithm;
  }
  get usages() {
    return this.#usages;
  }
}
configureClass(CryptoKey, ["type", "extractable", "algorithm", "usages"]);

function nameOf(algorithm) {
  return `${algorithm !== null && typeof algorithm === "object" ? algorithm.name : algorithm}`.toUpperCase();
}

function notSupported(message) {
  return new DOMException(message, "NotSupportedError");
}

function toBytes(value, argument) {
  const bytes = bytesOf(value);
  if (bytes === undefined) {
    throw new TypeError(
      `Failed to execute 'call' on 'SubtleCrypto': Argument ${argument} can not be converted to a BufferSource`,
    );
  }
  return bytes;
}

function hashOf(value) {
  const name = nameOf(value);
  if (!HASHES.includes(name)) throw notSupported("Unrecognized algorithm name");
  return name;
}

function exactBuffer(bytes) {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
}

function requireUsage(key, usage, name) {
  if (!(key instanceof CryptoKey)) {
    throw new TypeError(`Failed to execute '${usage}' on 'SubtleCrypto': Argument 2 is not of type CryptoKey`);
  }
  if (name !== "HMAC") throw notSupported("Unrecognized algorithm name");
  if (key.algorithm.name !== name) throw new DOMException("Signing algorithm does not match key algorithm", "InvalidAccessError");
  if (!key.usages.includes(usage)) throw new DOMException(`Key does not support the '${usage}' operation`, "InvalidAccessError");
}

function hmacKey(secret, algorithm, extractable, usages) {
  const bad = usages.find((it) => it !== "sign" && it !== "verify");
  if (bad !== undefined || usages.length === 0) throw new DOMException("Invalid key usage", "SyntaxError");
  const hash = hashOf(algorithm.hash);
  const description = { name: "HMAC", length: secret.length * 8, hash: { name: hash } };
  const order = USAGES.filter((it) => usages.includes(it));
  return new CryptoKey(internal, "secret", extractable, description, order, secret);
}

export class SubtleCrypto {
  constructor(key) {
    if (key !== internal) illegalConstructor();
  }

  async digest(algorithm, data) {
    requireArguments(arguments.length, 2, "Failed to execute 'digest' on 'SubtleCrypto'");
    const name = nameOf(algorithm);
    const bytes = toBytes(data, 2);
    if (!HASHES.includes(name)) {
      throw notSupported(`Algorithm '${typeof algorithm === "object" ? algorithm?.name : algorithm}' is not supported`);
    }
    return exactBuffer(op_crypto_digest(name, bytes));
  }

  async importKey(format, keyData, algorithm, extractable, keyUsages) {
    requireArguments(arguments.length, 5, "Failed to execute 'importKey' on 'SubtleCrypto'");
    if (!FORMATS.includes(`${format}`)) {
      throw new TypeError(
        `Failed to execute 'call' on 'SubtleCrypto': Argument 1 The provided value '${format}' is not a valid enum value of type KeyFormat`,
      );
    }
    if (nameOf(algorithm) !== "HMAC") throw notSupported("Unrecognized algorithm name");
    if (algorithm.hash === undefined) throw new DOMException("HMAC import requires 'hash'", "DataError");
    const usages = [...keyUsages];
    if (format === "raw") return hmacKey(toBytes(keyData, 2).slice(), algorithm, Boolean(extractable), usages);
    if (format === "jwk") {
      if (keyData?.kty !== "oct" || typeof keyData.k !== "string") {
        throw new DOMException("'kty' property of JsonWebKey must be 'oct'", "DataError");
      }
      const text = atobUrl(keyData.k);
      return hmacKey(Uint8Array.from(text, (c) => c.charCodeAt(0)), algorithm, Boolean(extractable), usages);
    }
    throw notSupported("Not implemented");
  }

  async exportKey(format, key) {
    requireArguments(arguments.length, 2, "Failed to execute 'exportKey' on 'SubtleCrypto'");
    if (!key.extractable) throw new DOMException("Key is not extractable", "InvalidAccessError");
    const secret = secretOf(key);
    if (format === "raw") return secret.slice().buffer;
    if (format !== "jwk") throw notSupported("Not implemented");
    const k = btoa(String.fromCharCode(...secret)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    return { kty: "oct", k, alg: `HS${key.algorithm.hash.name.slice(4)}`, key_ops: key.usages, ext: true };
  }

  async generateKey(algorithm, extractable, keyUsages) {
    requireArguments(arguments.length, 3, "Failed to execute 'generateKey' on 'SubtleCrypto'");
    if (nameOf(algorithm) !== "HMAC") throw notSupported("Unrecognized algorithm name");
    const hash = hashOf(algorithm.hash);
    const secret = new Uint8Array((algorithm.length ?? BLOCK_BITS[hash]) / 8);
    op_crypto_random(secret);
    return hmacKey(secret, algorithm, Boolean(extractable), [...keyUsages]);
  }

  async sign(algorithm, key, data) {
    requireArguments(arguments.length, 3, "Failed to execute 'sign' on 'SubtleCrypto'");
    requireUsage(key, "sign", nameOf(algorithm));
    return exactBuffer(op_crypto_hmac(key.algorithm.hash.name, secretOf(key), toBytes(data, 3)));
  }

  async verify(algorithm, key, signature, data) {
    requireArguments(arguments.length, 4, "Failed to execute 'verify' on 'SubtleCrypto'");
    requireUsage(key, "verify", nameOf(algorithm));
    const given = toBytes(signature, 3);
    const right = op_crypto_hmac(key.algorithm.hash.name, secretOf(key), toBytes(data, 4));
    // Looks at every byte whatever it finds, so that the time taken tells nothing.
    let difference = given.length ^ right.length;
    for (let i = 0; i < right.length; i++) difference |= right[i] ^ (given[i] ?? 0);
    return difference === 0;
  }
}
configureClass(SubtleCrypto, []);

function atobUrl(text) {
  return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
}

const subtle = new SubtleCrypto(internal);

export class Crypto {
  constructor(key) {
    if (key !== internal) illegalConstructor();
  }
  getRandomValues(array) {
    requireArguments(arguments.length, 1, "Failed to execute 'call' on 'Crypto'");
    const name = ArrayBuffer.isView(array) ? typedArrayName.call(array) : undefined;
    if (!INTEGERS.has(name)) {
      throw new DOMException("The provided value is not an integer-type TypedArray", "TypeMismatchError");
    }
    if (array.byteLength > RANDOM_BYTES_MAX) {
      throw new QuotaExceededError(
        `The ArrayBufferView's byte length (${array.byteLength}) exceeds the number of bytes of entropy available via this API (${RANDOM_BYTES_MAX})`,
        { quota: RANDOM_BYTES_MAX, requested: array.byteLength },
      );
    }
    if (array.byteLength > 0) op_crypto_random(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return array;
  }
  randomUUID() {
    return op_crypto_random_uuid();
  }
  get subtle() {
    return subtle;
  }
}
configureClass(Crypto, ["subtle"]);
export const crypto = new Crypto(internal);
