// What the core object offers for resources: reading, writing and closing them.

import { op_cancel_handle, op_close, op_read, op_resources, op_shutdown, op_try_close, op_write_resource } from "ext:core/ops";
import { Uint8Array, uncurryThis } from "ext:core/infra.js";

const typedSet = uncurryThis(Uint8Array.prototype.set);
const typedSubarray = uncurryThis(Uint8Array.prototype.subarray);
const READ_SIZE = 64 * 1024;

export const close = (rid) => {
  op_close(rid);
};

export const tryClose = (rid) => {
  op_try_close(rid);
};

export {
  op_cancel_handle as createCancelHandle,
  op_read as read,
  op_resources as resources,
  op_shutdown as shutdown,
  op_write_resource as writeResource,
};

export async function readAll(rid) {
  const parts = [];
  let size = 0;
  for (;;) {
    const part = await op_read(rid, READ_SIZE);
    if (part.length === 0) {
      break;
    }
    parts[parts.length] = part;
    size += part.length;
  }
  const all = new Uint8Array(size);
  for (let i = 0, at = 0; i < parts.length; at += parts[i++].length) {
    typedSet(all, parts[i], at);
  }
  return all;
}

/** Writes all of it, however little the resource takes at a time. */
export async function writeAll(rid, bytes) {
  for (let at = 0; at < bytes.length;) {
    at += await op_write_resource(rid, typedSubarray(bytes, at));
  }
}
