import crypto from "node:crypto";
const clock = performance;
export const op_web_now = () => clock.now();
export const op_web_time_origin = () => clock.timeOrigin;
export const op_web_colors = () => false;
export const op_web_facts = () => ({ hardwareConcurrency: 2, userAgent: "Carillon/0", language: "en-US", platform: "Linux x86_64" });
export const op_crypto_random_uuid = () => crypto.randomUUID();
export const op_crypto_random = (a) => crypto.randomFillSync(a);
const bare = (b) => new Uint8Array(b);
export const op_crypto_digest = (name, data) => bare(crypto.createHash(name.replace("-", "")).update(data).digest());
export const op_crypto_hmac = (name, key, data) => bare(crypto.createHmac(name.replace("-", ""), key).update(data).digest());
const Encoder = TextEncoder, Decoder = TextDecoder;
export const op_encoding_encode_utf8 = (s) => new Encoder().encode(s);
export const op_encoding_decode = (charset, data, fatal) => new Decoder(charset, { fatal, ignoreBOM: true }).decode(data);
export const op_encoding_decode_chunk = (charset, data, fatal, last) => {
  for (let cut = 0; !last && cut < 4; cut++) {
    try { return { text: new Decoder(charset, { fatal: true, ignoreBOM: true }).decode(data.subarray(0, data.length - cut)), consumed: data.length - cut }; } catch {}
  }
  return { text: new Decoder(charset, { fatal, ignoreBOM: true }).decode(data), consumed: data.length };
};
export const op_encoding_supported = () => true;
