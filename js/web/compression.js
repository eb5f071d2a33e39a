// CompressionStream and DecompressionStream.
import { op_compression_finish, op_compression_new, op_compression_write } from "ext:core/ops";
import { core } from "ext:core/mod.js";
import { TransformStream } from "ext:web/streams.js";
import { bytesOf, configureClass, requireArguments } from "ext:web/webidl.js";

const FORMATS = ["deflate", "deflate-raw", "gzip"];

function coder(name, format, compress) {
  if (!FORMATS.includes(format)) {
    throw new TypeError(
      `Failed to construct '${name}': The provided value '${format}' is not a valid enum value of type CompressionFormat`,
    );
  }
  const rid = op_compression_new(format, compress);
  const enqueue = (controller, bytes) => {
    if (bytes.length > 0) controller.enqueue(bytes);
  };
  return new TransformStream({
    transform(chunk, controller) {
      const bytes = bytesOf(chunk);
      if (bytes === undefined) {
        core.tryClose(rid);
        throw new TypeError("The provided value is not of type '(ArrayBuffer or ArrayBufferView)'");
      }
      try {
        enqueue(controller, op_compression_write(rid, bytes));
      } catch (error) {
        core.tryClose(rid);
        throw error;
      }
    },
    flush(controller) {
      enqueue(controller, op_compression_finish(rid));
    },
    cancel() {
      core.tryClose(rid);
    },
  });
}

export class CompressionStream {
  #transform;
  constructor(format) {
    requireArguments(arguments.length, 1, "Failed to construct 'CompressionStream'");
    this.#transform = coder("CompressionStream", `${format}`, true);
  }
  get readable() {
    return this.#transform.readable;
  }
  get writable() {
    return this.#transform.writable;
  }
}
configureClass(CompressionStream, ["readable", "writable"]);

export class DecompressionStream {
  #transform;
  constructor(format) {
    requireArguments(arguments.length, 1, "Failed to construct 'DecompressionStream'");
    this.#transform = coder("DecompressionStream", `${format}`, false);
  }
  get readable() {
    return this.#transform.readable;
  }
  get writable() {
    return this.#transform.writable;
  }
}
configureClass(DecompressionStream, ["readable", "writable"]);
