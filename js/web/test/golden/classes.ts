// Classes of the platform as values: what kind of function they are, what they extend, which statics are enumerable.
// deno-lint-ignore-file
const platform = [
  AbortController, AbortSignal, Blob, ByteLengthQueuingStrategy, CloseEvent, CompressionStream, CountQueuingStrategy, CustomEvent, DecompressionStream, ErrorEvent,
  Event, EventTarget, File, FormData, Headers, MessageEvent, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, ProgressEvent,
  PromiseRejectionEvent, QuotaExceededError, ReadableByteStreamController, ReadableStream, ReadableStreamBYOBReader, ReadableStreamDefaultReader, Request, Response,
  TextDecoder, TextDecoderStream, TextEncoder, TextEncoderStream, TransformStream, URLSearchParams, WritableStream, WritableStreamDefaultWriter,
];
for (const one of platform) console.log(one);
for (const one of [Map, Promise, Uint8Array, Array, Object, Error, Proxy, Date]) console.log(one);
class Own extends Headers {
  static made = 1;
}
console.log(Own, [Own, Headers], { Response }, Headers.prototype.append, Object.keys(Response), Object.keys(Headers));
