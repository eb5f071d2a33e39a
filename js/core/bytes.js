// What the core object offers for text and JSON as bytes.

import { op_decode, op_encode } from "ext:core/ops";
import { buildCustomError, fromCharCode, parse, stringify } from "ext:core/infra.js";
import { dispatchOp } from "ext:core/raw.js";

export { op_decode as decode, op_encode as encode };

export const byteLength = (text) => op_encode(text).length;

/** A string with one character for each byte. */
export function encodeBinaryString(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    text += fromCharCode(bytes[i]);
  }
  return text;
}

function openEnvelope(bytes) {
  const { ok, err } = parse(op_decode(bytes));
  if (err !== undefined) {
    throw buildCustomError(err.className, err.message, null);
  }
  return ok === null ? undefined : ok;
}

/** Calls a synchronous JSON op by id and unpacks its answer. */
export function jsonOp(id, args, ...buffers) {
  return openEnvelope(dispatchOp(id, op_encode(stringify({ args, promiseId: null })), ...buffers));
}

let nextJsonPromise = 0;

/** Calls an asynchronous JSON op by id. */
export async function jsonOpAsync(id, args, ...buffers) {
  const promiseId = nextJsonPromise++;
  return openEnvelope(await dispatchOp(id, op_encode(stringify({ args, promiseId })), ...buffers));
}
