// atob and btoa, on text of one byte per character.
import { DOMException } from "ext:web/dom_exception.js";
import { requireArguments } from "ext:web/webidl.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;
const WHITESPACE = /[\t\n\f\r ]+/g;

export function btoa(data) {
  requireArguments(arguments.length, 1, "Failed to execute 'btoa'");
  const text = `${data}`;
  let out = "";
  for (let i = 0; i < text.length; i += 3) {
    const a = text.charCodeAt(i);
    const b = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
    const c = i + 2 < text.length ? text.charCodeAt(i + 2) : 0;
    if (a > 255 || b > 255 || c > 255) {
      throw new DOMException(
        "Cannot encode string: string contains characters outside of the Latin1 range",
        "InvalidCharacterError",
      );
    }
    out += ALPHABET[a >> 2] + ALPHABET[((a & 3) << 4) | (b >> 4)] +
      (i + 1 < text.length ? ALPHABET[((b & 15) << 2) | (c >> 6)] : "=") +
      (i + 2 < text.length ? ALPHABET[c & 63] : "=");
  }
  return out;
}

export function atob(data) {
  requireArguments(arguments.length, 1, "Failed to execute 'atob'");
  let text = `${data}`.replace(WHITESPACE, "");
  if (text.length % 4 === 0) text = text.replace(/={1,2}$/, "");
  const fail = () => new DOMException("Failed to decode base64", "InvalidCharacterError");
  if (text.length % 4 === 1) throw fail();
  let out = "";
  let bits = 0;
  let pending = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? VALUES[code] : -1;
    if (value === -1) throw fail();
    pending = (pending << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += String.fromCharCode((pending >> bits) & 255);
      pending &= (1 << bits) - 1;
    }
  }
  return out;
}
