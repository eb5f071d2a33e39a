/*
 * Streams: ReadableStream with default and byte controllers, WritableStream, TransformStream and the strategies.
 *
 * Each public object is a face on a plain record, which the functions here work on: a stream's record holds its queue and
 * its algorithms, a reader's the reads that wait. Promises settle in the order the Streams Standard gives; bytes that cross
 * a BYOB read are copied once instead of being transferred.
 */
import { onAbort } from "ext:web/abort_signal.js";
import { bytesOf, configureClass, illegalConstructor, internal, requireArguments } from "ext:web/webidl.js";
import { privateCustomInspect, shownAs, visibleProperties } from "ext:web/shown.js";

const { defineProperty } = Object;

function deferred() {
  const it = Promise.withResolvers();
  it.settled = false;
  return it;
}

function settle(it, how, value) {
  if (it.settled) return;
  it.settled = true;
  it[how](value);
}

function handled(promise) {
  promise.catch(() => {});
  return promise;
}

/** Calls a method of the user's as a promise. */
function promising(fn, self, ...args) {
  try {
    return Promise.resolve(fn.call(self, ...args));
  } catch (error) {
    return Promise.reject(error);
  }
}

function method(source, name, where) {
  const fn = source?.[name];
  if (fn === undefined || fn === null) return undefined;
  if (typeof fn !== "function") throw new TypeError(`${where}: '${name}' is not a function`);
  return fn;
}

function highWaterMark(strategy, fallback) {
  const mark = strategy?.highWaterMark;
  if (mark === undefined) return fallback;
  const number = Number(mark);
  if (Number.isNaN(number) || number < 0) throw new RangeError(`Expected highWaterMark to be a positive number or Infinity, got "${number}".`);
  return number;
}

function sizeOf(strategy) {
  const size = strategy?.size;
  if (size === undefined) return () => 1;
  if (typeof size !== "function") throw new TypeError("'size' of the queuing strategy is not a function");
  return (chunk) => size(chunk);
}

function checkedSize(value) {
  const size = Number(value);
  if (Number.isNaN(size) || size < 0 || size === Infinity) throw new RangeError("The argument 'size' is invalid.");
  return size;
}

// ---- readable: the record and what happens to it

function newReadable() {
  return {
    state: "readable",
    error: undefined,
    disturbed: false,
    reader: null,
    controller: null,
    queue: [], // {chunk, size}
    size: 0,
    mark: 0,
    measure: null,
    started: false,
    closeRequested: false,
    pulling: false,
    pullAgain: false,
    pull: null,
    cancel: null,
    bytes: false,
    autoAllocate: 0,
    byob: null, // the request shown to the source
    face: null,
  };
}

function desiredSize(s) {
  if (s.state === "errored") return null;
  if (s.state === "closed") return 0;
  return s.mark - s.size;
}

function waiting(s) {
  return s.reader === null ? 0 : s.reader.reads.length;
}

function canTake(s) {
  return s.state === "readable" && !s.closeRequested;
}

function pullIfNeeded(s) {
  if (!canTake(s) || !s.started) return;
  if (waiting(s) === 0 && desiredSize(s) <= 0) return;
  if (s.pulling) {
    s.pullAgain = true;
    return;
  }
  s.pulling = true;
  const again = () => {
    s.pulling = false;
    if (s.pullAgain) {
      s.pullAgain = false;
      pullIfNeeded(s);
    }
  };
  s.pull().then(again, (error) => errorReadable(s, error));
}

function startReadable(s, start) {
  let result;
  // An exception of start() leaves the constructor.
  if (start !== undefined) result = start();
  Promise.resolve(result).then(() => {
    s.started = true;
    pullIfNeeded(s);
  }, (error) => errorReadable(s, error));
}

function clearReadable(s) {
  s.pull = null;
  s.cancel = null;
  s.measure = null;
}

function closeReadable(s) {
  if (s.state !== "readable") return;
  s.state = "closed";
  clearReadable(s);
  const reader = s.reader;
  if (reader === null) return;
  settle(reader.closed, "resolve", undefined);
  for (const read of reader.reads.splice(0)) read.close(read);
}

function errorReadable(s, error) {
  if (s.state !== "readable") return;
  s.queue = [];
  s.size = 0;
  s.state = "errored";
  s.error = error;
  clearReadable(s);
  const reader = s.reader;
  if (reader === null) return;
  settle(reader.closed, "reject", error);
  handled(reader.closed.promise);
  for (const read of reader.reads.splice(0)) read.error(error);
}

function requestClose(s) {
  if (!canTake(s)) throw new TypeError("The stream controller cannot close or enqueue");
  if (s.bytes && waiting(s) > 0 && s.reader.reads[0].filled > 0) {
    const error = new TypeError("Insufficient bytes to fill elements in the given buffer");
    errorReadable(s, error);
    throw error;
  }
  s.closeRequested = true;
  if (s.queue.length === 0) closeReadable(s);
}

function enqueue(s, chunk) {
  if (!canTake(s)) throw new TypeError("The stream controller cannot close or enqueue");
  if (waiting(s) > 0 && s.queue.length === 0) {
    const read = s.reader.reads[0];
    if (read.view === undefined) {
      s.reader.reads.shift();
      read.chunk(chunk);
      pullIfNeeded(s);
      return;
    }
  }
  let size;
  try {
    size = s.bytes ? chunk.byteLength : checkedSize(s.measure(chunk));
  } catch (error) {
    errorReadable(s, error);
    throw error;
  }
  s.queue.push({ chunk, size });
  s.size += size;
  if (s.bytes) serveViews(s);
  pullIfNeeded(s);
}

function dequeue(s) {
  const { chunk, size } = s.queue.shift();
  s.size = Math.max(0, s.size - size);
  if (s.closeRequested && s.queue.length === 0) closeReadable(s);
  else pullIfNeeded(s);
  return chunk;
}

/** Gives queued bytes to reads that brought a buffer. */
function serveViews(s) {
  while (waiting(s) > 0 && s.queue.length > 0) {
    const read = s.reader.reads[0];
    if (read.view === undefined) {
      s.reader.reads.shift();
      const { chunk, size } = s.queue.shift();
      s.size -= size;
      read.chunk(chunk);
      continue;
    }
    fill(s, read);
    if (read.filled < read.least) return;
    s.reader.reads.shift();
    finishView(read);
  }
}

function fill(s, read) {
  while (s.queue.length > 0 && read.filled < read.view.byteLength) {
    const first = s.queue[0];
    const count = Math.min(first.chunk.byteLength, read.view.byteLength - read.filled);
    new Uint8Array(read.view.buffer, read.view.byteOffset + read.filled, count).set(first.chunk.subarray(0, count));
    read.filled += count;
    s.size -= count;
    if (count === first.chunk.byteLength) s.queue.shift();
    else s.queue[0] = { chunk: first.chunk.subarray(count), size: first.size - count };
  }
}

function finishView(read) {
  const unit = read.view.BYTES_PER_ELEMENT ?? 1;
  const whole = read.filled - (read.filled % unit);
  const { view } = read;
  read.chunk(new view.constructor(view.buffer, view.byteOffset, whole / unit));
}

/** One read; `read` has chunk(value), close(read), error(reason), and for BYOB view, least, filled. */
function readFrom(s, read) {
  s.disturbed = true;
  if (s.state === "closed") {
    read.close(read);
    return;
  }
  if (s.state === "errored") {
    read.error(s.error);
    return;
  }
  if (read.view === undefined) {
    if (s.queue.length > 0) {
      read.chunk(dequeue(s));
      return;
    }
  } else if (s.queue.length > 0) {
    fill(s, read);
    if (read.filled >= read.least) {
      finishView(read);
      if (s.closeRequested && s.queue.length === 0) closeReadable(s);
      else pullIfNeeded(s);
      return;
    }
    if (s.closeRequested) {
      const error = new TypeError("Insufficient bytes to fill elements in the given buffer");
      errorReadable(s, error);
      read.error(error);
      return;
    }
  }
  s.reader.reads.push(read);
  pullIfNeeded(s);
}

function cancelReadable(s, reason) {
  s.disturbed = true;
  if (s.state === "closed") return Promise.resolve();
  if (s.state === "errored") return Promise.reject(s.error);
  const { cancel } = s;
  s.queue = [];
  s.size = 0;
  s.byob = null;
  closeReadable(s);
  const done = cancel(reason);
  return done.then(() => undefined);
}

// ---- readable: controllers

export class ReadableStreamDefaultController {
  #stream;
  constructor(key, stream) {
    if (key !== internal) illegalConstructor();
    this.#stream = stream;
  }
  get desiredSize() {
    return desiredSize(this.#stream);
  }
  close() {
    requestClose(this.#stream);
  }
  enqueue(chunk = undefined) {
    enqueue(this.#stream, chunk);
  }
  error(reason = undefined) {
    errorReadable(this.#stream, reason);
  }
}
configureClass(ReadableStreamDefaultController, ["desiredSize"]);

export class ReadableByteStreamController {
  #stream;
  constructor(key, stream) {
    if (key !== internal) illegalConstructor();
    this.#stream = stream;
  }
  get byobRequest() {
    const s = this.#stream;
    if (s.byob === null && canTake(s) && s.queue.length === 0 && waiting(s) > 0) {
      const read = s.reader.reads[0];
      if (read.view !== undefined) {
        const { view, filled } = read;
        s.byob = new ReadableStreamBYOBRequest(
          internal,
          s,
          new Uint8Array(view.buffer, view.byteOffset + filled, view.byteLength - filled),
        );
      } else if (s.autoAllocate > 0) {
        s.byob = new ReadableStreamBYOBRequest(internal, s, new Uint8Array(s.autoAllocate));
      }
    }
    return s.byob;
  }
  get desiredSize() {
    return desiredSize(this.#stream);
  }
  close() {
    requestClose(this.#stream);
  }
  enqueue(chunk) {
    requireArguments(arguments.length, 1, "Failed to execute 'enqueue' on 'ReadableByteStreamController'");
    const bytes = ArrayBuffer.isView(chunk) ? bytesOf(chunk) : undefined;
    if (bytes === undefined) {
      throw new TypeError("Failed to execute 'enqueue' on 'ReadableByteStreamController': Argument 1 is not an ArrayBufferView");
    }
    if (bytes.byteLength === 0) throw new TypeError("Length must be non-zero");
    this.#stream.byob = null;
    enqueue(this.#stream, bytes);
  }
  error(reason = undefined) {
    errorReadable(this.#stream, reason);
  }
}
configureClass(ReadableByteStreamController, ["byobRequest", "desiredSize"]);

export class ReadableStreamBYOBRequest {
  #stream;
  #view;
  constructor(key, stream, view) {
    if (key !== internal) illegalConstructor();
    this.#stream = stream;
    this.#view = view;
  }
  get view() {
    return this.#view;
  }
  respond(count) {
    requireArguments(arguments.length, 1, "Failed to execute 'respond' on 'ReadableStreamBYOBRequest'");
    this.#respond(this.#view, Number(count));
  }
  respondWithNewView(view) {
    requireArguments(arguments.length, 1, "Failed to execute 'respondWithNewView' on 'ReadableStreamBYOBRequest'");
    const bytes = bytesOf(view);
    this.#respond(bytes, bytes.byteLength);
  }
  #respond(bytes, count) {
    const s = this.#stream;
    if (this.#view === null || s.byob !== this) throw new TypeError("This BYOB request has been invalidated");
    if (!(count >= 0 && count <= bytes.byteLength)) throw new RangeError("bytesWritten is out of range");
    this.#view = null;
    s.byob = null;
    if (s.state === "closed") {
      if (count !== 0) throw new TypeError("bytesWritten must be 0 when calling respond() on a closed stream");
      return;
    }
    if (count === 0) throw new TypeError("bytesWritten must be greater than 0 when calling respond() on a readable stream");
    const read = s.reader?.reads[0];
    if (read !== undefined && read.view !== undefined && s.queue.length === 0) {
      const target = new Uint8Array(read.view.buffer, read.view.byteOffset + read.filled, count);
      if (target.buffer !== bytes.buffer || target.byteOffset !== bytes.byteOffset) target.set(bytes.subarray(0, count));
      read.filled += count;
      if (read.filled >= read.least) {
        s.reader.reads.shift();
        finishView(read);
      }
      pullIfNeeded(s);
      return;
    }
    enqueue(s, bytes.subarray(0, count));
  }
}
configureClass(ReadableStreamBYOBRequest, ["view"]);

// ---- readable: readers

function attach(stream) {
  const s = recordOf(stream);
  if (s.reader !== null) throw new TypeError("ReadableStream is locked");
  const reader = { stream: s, reads: [], closed: deferred() };
  s.reader = reader;
  if (s.state === "closed") settle(reader.closed, "resolve", undefined);
  if (s.state === "errored") {
    settle(reader.closed, "reject", s.error);
    handled(reader.closed.promise);
  }
  return reader;
}

function release(reader) {
  const s = reader.stream;
  if (s === null) return;
  const error = new TypeError("The reader was released.");
  if (reader.closed.settled) {
    reader.closed = deferred();
  }
  settle(reader.closed, "reject", error);
  handled(reader.closed.promise);
  s.reader = null;
  s.byob = null;
  reader.stream = null;
  for (const read of reader.reads.splice(0)) read.error(error);
}

function noStream() {
  return new TypeError("Reader has no associated stream.");
}

export class ReadableStreamDefaultReader {
  #reader;
  constructor(stream) {
    requireArguments(arguments.length, 1, "Failed to construct 'ReadableStreamDefaultReader'");
    this.#reader = attach(stream);
  }
  get closed() {
    return this.#reader.closed.promise;
  }
  read() {
    const { stream } = this.#reader;
    if (stream === null) return Promise.reject(noStream());
    return new Promise((resolve, reject) => {
      readFrom(stream, {
        chunk: (value) => resolve({ value, done: false }),
        close: () => resolve({ value: undefined, done: true }),
        error: reject,
      });
    });
  }
  cancel(reason = undefined) {
    const { stream } = this.#reader;
    return stream === null ? Promise.reject(noStream()) : cancelReadable(stream, reason);
  }
  releaseLock() {
    release(this.#reader);
  }
}
configureClass(ReadableStreamDefaultReader, ["closed"]);

export class ReadableStreamBYOBReader {
  #reader;
  constructor(stream) {
    requireArguments(arguments.length, 1, "Failed to construct 'ReadableStreamBYOBReader'");
    if (!recordOf(stream).bytes) throw new TypeError("Cannot use a BYOB reader with a non-byte stream");
    this.#reader = attach(stream);
  }
  get closed() {
    return this.#reader.closed.promise;
  }
  read(view, options = {}) {
    const { stream } = this.#reader;
    if (!ArrayBuffer.isView(view)) {
      return Promise.reject(
        new TypeError("Failed to execute 'read' on 'ReadableStreamBYOBReader': Argument 1 is not an ArrayBufferView"),
      );
    }
    if (view.byteLength === 0) return Promise.reject(new TypeError("view must have non-zero byteLength"));
    const unit = view.BYTES_PER_ELEMENT ?? 1;
    const min = options?.min ?? 1;
    if (!(min > 0)) return Promise.reject(new TypeError("options.min must be non-zero"));
    if (min * unit > view.byteLength) return Promise.reject(new RangeError("options.min must be smaller or equal to view's size"));
    if (stream === null) return Promise.reject(noStream());
    return new Promise((resolve, reject) => {
      readFrom(stream, {
        view,
        least: min * unit,
        filled: 0,
        chunk: (value) => resolve({ value, done: false }),
        close: () => resolve({ value: new view.constructor(view.buffer, view.byteOffset, 0), done: true }),
        error: reject,
      });
    });
  }
  cancel(reason = undefined) {
    const { stream } = this.#reader;
    return stream === null ? Promise.reject(noStream()) : cancelReadable(stream, reason);
  }
  releaseLock() {
    release(this.#reader);
  }
}
configureClass(ReadableStreamBYOBReader, ["closed"]);

// ---- readable: the stream

let recordOf;
let faceOf;

export class ReadableStream {
  #record;

  static {
    recordOf = (stream) => {
      if (typeof stream !== "object" || stream === null || !(#record in stream)) {
        throw new TypeError("Argument 1 is not a ReadableStream");
      }
      return stream.#record;
    };
    faceOf = (record) => {
      const stream = new ReadableStream(internal);
      stream.#record = record;
      record.face = stream;
      return stream;
    };
  }

  constructor(source = undefined, strategy = {}) {
    if (source === internal) return;
    const where = "Failed to construct 'ReadableStream'";
    if (source !== undefined && (source === null || typeof source !== "object" && typeof source !== "function")) {
      throw new TypeError(`${where}: Argument 1 can not be converted to object.`);
    }
    const s = newReadable();
    this.#record = s;
    s.face = this;
    const type = source?.type === undefined ? undefined : `${source.type}`;
    const start = method(source, "start", where);
    const pull = method(source, "pull", where);
    const cancel = method(source, "cancel", where);
    if (type === "bytes") {
      if (strategy?.size !== undefined) throw new RangeError(`${where}: When underlying source is "bytes", strategy.size must be 'undefined'`);
      s.bytes = true;
      s.mark = highWaterMark(strategy, 0);
      s.autoAllocate = Number(source.autoAllocateChunkSize ?? 0);
      s.controller = new ReadableByteStreamController(internal, s);
    } else if (type === undefined) {
      s.measure = sizeOf(strategy);
      s.mark = highWaterMark(strategy, 1);
      s.controller = new ReadableStreamDefaultController(internal, s);
    } else {
      throw new TypeError(`${where}: The provided value '${type}' is not a valid enum value of type ReadableStreamType`);
    }
    s.pull = pull === undefined ? () => Promise.resolve() : () => promising(pull, source, s.controller);
    s.cancel = cancel === undefined ? () => Promise.resolve() : (reason) => promising(cancel, source, reason);
    startReadable(s, start === undefined ? undefined : () => start.call(source, s.controller));
  }

  static from(iterable) {
    requireArguments(arguments.length, 1, "Failed to execute 'ReadableStream.from'");
    const start = iterable?.[Symbol.asyncIterator] ?? iterable?.[Symbol.iterator];
    if (typeof start !== "function") throw new TypeError("The provided value is not iterable");
    const iterator = start.call(iterable);
    return readableOf(async (controller) => {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(await value);
    }, async (reason) => {
      await iterator.return?.(reason);
    }, 0);
  }

  get locked() {
    return recordOf(this).reader !== null;
  }

  cancel(reason = undefined) {
    const s = this.#record;
    if (s.reader !== null) return Promise.reject(new TypeError("Cannot cancel a locked ReadableStream."));
    return cancelReadable(s, reason);
  }

  getReader(options = {}) {
    const mode = options?.mode;
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    if (`${mode}` === "byob") return new ReadableStreamBYOBReader(this);
    throw new TypeError(
      `Failed to execute 'getReader' on 'ReadableStream': The provided value '${mode}' is not a valid enum value of type ReadableStreamReaderMode`,
    );
  }

  pipeTo(destination, options = {}) {
    try {
      requireArguments(arguments.length, 1, "Failed to execute 'pipeTo' on 'ReadableStream'");
      return pipe(this, destination, options ?? {});
    } catch (error) {
      return Promise.reject(error);
    }
  }

  pipeThrough(transform, options = {}) {
    requireArguments(arguments.length, 1, "Failed to execute 'pipeThrough' on 'ReadableStream'");
    const { readable, writable } = transform;
    if (this.locked) throw new TypeError("ReadableStream is already locked");
    if (writable.locked) throw new TypeError("Target WritableStream is already locked");
    handled(pipe(this, writable, options ?? {}));
    return readable;
  }

  tee() {
    return tee(this);
  }

  values(options = {}) {
    const preventCancel = Boolean(options?.preventCancel);
    const reader = new ReadableStreamDefaultReader(this);
    let finished = false;
    // Calls of next() and return() wait for the ones before.
    let last = Promise.resolve();
    const inTurn = (step) => {
      last = last.then(step, step);
      return last;
    };
    return Object.create(asyncIteratorPrototype, {
      next: {
        value: () =>
          inTurn(async () => {
            if (finished) return { value: undefined, done: true };
            try {
              const result = await reader.read();
              if (result.done) {
                finished = true;
                reader.releaseLock();
              }
              return result;
            } catch (error) {
              finished = true;
              reader.releaseLock();
              throw error;
            }
          }),
      },
      return: {
        value: (value) =>
          inTurn(async () => {
            if (!finished) {
              finished = true;
              if (preventCancel) {
                reader.releaseLock();
              } else {
                const done = reader.cancel(value);
                reader.releaseLock();
                await done;
              }
            }
            return { value, done: true };
          }),
      },
    });
  }

  [privateCustomInspect](inspect, options) {
    const s = this.#record;
    return inspect(shownAs(this, { locked: this.locked, state: s.state, supportsBYOB: s.bytes }), options);
  }
}
defineProperty(ReadableStream.prototype, Symbol.asyncIterator, {
  value: ReadableStream.prototype.values,
  writable: true,
  configurable: true,
});
configureClass(ReadableStream);

// %AsyncIteratorPrototype%: what makes an iterator its own async iterable.
const asyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype));

/** A default stream of ours: `pull(controller)` and `cancel(reason)` may be asynchronous. */
export function readableOf(pull, cancel = undefined, mark = 1) {
  return new ReadableStream({ pull, cancel }, { highWaterMark: mark });
}

/** A byte stream of ours. */
export function byteStreamOf(pull, cancel = undefined) {
  return new ReadableStream({ type: "bytes", pull, cancel });
}

export function isDisturbed(stream) {
  return recordOf(stream).disturbed;
}

export function isErrored(stream) {
  return recordOf(stream).state === "errored";
}

function tee(stream) {
  const s = recordOf(stream);
  const reader = new ReadableStreamDefaultReader(stream);
  const branches = [null, null];
  const canceled = [false, false];
  const reasons = [undefined, undefined];
  const both = deferred();
  let reading = false;
  let again = false;
  const pull = () => {
    if (reading) {
      again = true;
      return Promise.resolve();
    }
    reading = true;
    readFrom(s, {
      chunk: (chunk) => {
        queueMicrotask(() => {
          again = false;
          for (let i = 0; i < 2; i++) {
            if (canceled[i]) continue;
            enqueue(branches[i], i === 1 && s.bytes ? chunk.slice() : chunk);
          }
          reading = false;
          if (again) pull();
        });
      },
      close: () => {
        reading = false;
        for (let i = 0; i < 2; i++) {
          if (!canceled[i] && canTake(branches[i])) requestClose(branches[i]);
        }
        if (!canceled[0] || !canceled[1]) settle(both, "resolve", undefined);
      },
      error: () => {
        reading = false;
      },
    });
    return Promise.resolve();
  };
  const cancel = (i) => (reason) => {
    canceled[i] = true;
    reasons[i] = reason;
    if (canceled[1 - i]) {
      cancelReadable(s, reasons).then(
        () => settle(both, "resolve", undefined),
        (error) => settle(both, "reject", error),
      );
    }
    return both.promise;
  };
  const faces = [0, 1].map((i) =>
    s.bytes
      ? new ReadableStream({ type: "bytes", pull, cancel: cancel(i) })
      : new ReadableStream({ pull, cancel: cancel(i) }, { highWaterMark: 1 })
  );
  branches[0] = recordOf(faces[0]);
  branches[1] = recordOf(faces[1]);
  reader.closed.catch((error) => {
    for (const branch of branches) errorReadable(branch, error);
    if (!canceled[0] || !canceled[1]) settle(both, "resolve", undefined);
  });
  return faces;
}

// ---- writable

let writableOf;

function newWritable() {
  return {
    state: "writable", // erroring between an error and the end of the write in flight
    error: undefined,
    writer: null,
    queue: [], // {chunk, size, done} ; close is {close: true, done}
    size: 0,
    mark: 1,
    measure: null,
    started: false,
    busy: false,
    closing: null, // deferred of close()
    aborting: null, // {done, reason, wasErroring}
    backpressure: false,
    write: null,
    close: null,
    abort: null,
    signal: null,
    face: null,
  };
}

function writableDesired(w) {
  if (w.state === "errored" || w.state === "erroring") return null;
  if (w.state === "closed") return 0;
  return w.mark - w.size;
}

function closeQueued(w) {
  return w.closing !== null;
}

function updateBackpressure(w) {
  if (w.state !== "writable" || closeQueued(w)) return;
  const now = writableDesired(w) <= 0;
  if (now === w.backpressure) return;
  w.backpressure = now;
  if (w.writer === null) return;
  if (now) w.writer.ready = deferred();
  else settle(w.writer.ready, "resolve", undefined);
}

function startErroring(w, reason) {
  if (w.state !== "writable") return;
  w.state = "erroring";
  w.error = reason;
  if (w.writer !== null) {
    if (w.writer.ready.settled) w.writer.ready = deferred();
    settle(w.writer.ready, "reject", reason);
    handled(w.writer.ready.promise);
  }
  if (!w.busy && w.started) finishErroring(w);
}

function finishErroring(w) {
  w.state = "errored";
  const { error } = w;
  for (const entry of w.queue.splice(0)) {
    if (!entry.close) settle(entry.done, "reject", error);
  }
  w.size = 0;
  const rejectClosed = () => {
    if (w.closing !== null) {
      settle(w.closing, "reject", error);
      handled(w.closing.promise);
    }
    if (w.writer !== null) {
      settle(w.writer.closed, "reject", error);
      handled(w.writer.closed.promise);
    }
  };
  if (w.aborting === null) {
    rejectClosed();
    return;
  }
  const { done, reason, wasErroring } = w.aborting;
  w.aborting = null;
  if (wasErroring) {
    settle(done, "reject", error);
    rejectClosed();
    return;
  }
  w.abort(reason).then(() => {
    settle(done, "resolve", undefined);
    rejectClosed();
  }, (failure) => {
    settle(done, "reject", failure);
    rejectClosed();
  });
}

function advance(w) {
  if (!w.started || w.busy) return;
  if (w.state === "erroring") {
    finishErroring(w);
    return;
  }
  if (w.state !== "writable" || w.queue.length === 0) return;
  const entry = w.queue[0];
  w.busy = true;
  if (entry.close) {
    w.queue.shift();
    w.close().then(() => {
      w.busy = false;
      if (w.state === "erroring") {
        w.error = undefined;
        if (w.aborting !== null) {
          settle(w.aborting.done, "resolve", undefined);
          w.aborting = null;
        }
      }
      w.state = "closed";
      settle(w.closing, "resolve", undefined);
      if (w.writer !== null) settle(w.writer.closed, "resolve", undefined);
    }, (error) => {
      w.busy = false;
      settle(w.closing, "reject", error);
      if (w.aborting !== null) {
        settle(w.aborting.done, "reject", error);
        w.aborting = null;
      }
      dealWithRejection(w, error);
    });
    return;
  }
  w.write(entry.chunk).then(() => {
    w.busy = false;
    w.queue.shift();
    settle(entry.done, "resolve", undefined);
    w.size = Math.max(0, w.size - entry.size);
    updateBackpressure(w);
    advance(w);
  }, (error) => {
    w.busy = false;
    w.queue.shift();
    settle(entry.done, "reject", error);
    dealWithRejection(w, error);
  });
}

function dealWithRejection(w, error) {
  if (w.state === "writable") startErroring(w, error);
  else if (w.state === "erroring") finishErroring(w);
}

function write(w, writer, chunk) {
  let size;
  try {
    size = checkedSize(w.measure(chunk));
  } catch (error) {
    startErroring(w, error);
    return Promise.reject(error);
  }
  if (w.writer !== writer) return Promise.reject(new TypeError("The stream writer was released."));
  if (w.state === "errored" || w.state === "erroring") return Promise.reject(w.error);
  if (closeQueued(w) || w.state === "closed") {
    return Promise.reject(new TypeError("The stream is closing or is closed."));
  }
  const entry = { chunk, size, done: deferred() };
  w.queue.push(entry);
  w.size += size;
  updateBackpressure(w);
  advance(w);
  return entry.done.promise;
}

function closeWritable(w) {
  if (w.state === "closed" || w.state === "errored") {
    return Promise.reject(new TypeError("Writable stream is closed or errored."));
  }
  if (closeQueued(w)) return Promise.reject(new TypeError("Stream is already being closed"));
  w.closing = deferred();
  if (w.writer !== null && w.backpressure && w.state === "writable") settle(w.writer.ready, "resolve", undefined);
  w.queue.push({ close: true });
  advance(w);
  return w.closing.promise;
}

function abortWritable(w, reason) {
  if (w.state === "closed" || w.state === "errored") return Promise.resolve();
  w.signal?.abort(reason);
  if (w.state === "closed" || w.state === "errored") return Promise.resolve();
  if (w.aborting !== null) return w.aborting.done.promise;
  const wasErroring = w.state === "erroring";
  w.aborting = { done: deferred(), reason: wasErroring ? undefined : reason, wasErroring };
  const { promise } = w.aborting.done;
  if (!wasErroring) startErroring(w, reason);
  return promise;
}

export class WritableStreamDefaultController {
  #stream;
  constructor(key, stream) {
    if (key !== internal) illegalConstructor();
    this.#stream = stream;
  }
  get signal() {
    return this.#stream.signal.signal;
  }
  error(reason = undefined) {
    startErroring(this.#stream, reason);
  }
}
configureClass(WritableStreamDefaultController, ["signal"]);

export class WritableStreamDefaultWriter {
  #stream;
  #ready;
  #writer;
  constructor(stream) {
    requireArguments(arguments.length, 1, "Failed to construct 'WritableStreamDefaultWriter'");
    const w = writableOf(stream);
    if (w.writer !== null) throw new TypeError("The stream is already locked.");
    const writer = { ready: deferred(), closed: deferred() };
    this.#stream = w;
    this.#writer = writer;
    w.writer = writer;
    if (w.state === "writable") {
      if (closeQueued(w) || !w.backpressure) settle(writer.ready, "resolve", undefined);
    } else if (w.state === "closed") {
      settle(writer.ready, "resolve", undefined);
      settle(writer.closed, "resolve", undefined);
    } else {
      settle(writer.ready, "reject", w.error);
      handled(writer.ready.promise);
      if (w.state === "errored") {
        settle(writer.closed, "reject", w.error);
        handled(writer.closed.promise);
      }
    }
  }
  get closed() {
    return this.#writer.closed.promise;
  }
  get desiredSize() {
    if (this.#stream === null) throw new TypeError("The writer has been released");
    return writableDesired(this.#stream);
  }
  get ready() {
    return this.#writer.ready.promise;
  }
  write(chunk = undefined) {
    if (this.#stream === null) return Promise.reject(new TypeError("The stream writer was released."));
    return write(this.#stream, this.#writer, chunk);
  }
  close() {
    if (this.#stream === null) return Promise.reject(new TypeError("The stream writer was released."));
    return closeWritable(this.#stream);
  }
  abort(reason = undefined) {
    if (this.#stream === null) return Promise.reject(new TypeError("The stream writer was released."));
    return abortWritable(this.#stream, reason);
  }
  releaseLock() {
    if (this.#stream === null) return;
    const error = new TypeError("The writer has already been released.");
    for (const name of ["ready", "closed"]) {
      if (this.#writer[name].settled) this.#writer[name] = deferred();
      settle(this.#writer[name], "reject", error);
      handled(this.#writer[name].promise);
    }
    this.#stream.writer = null;
    this.#stream = null;
  }
}
configureClass(WritableStreamDefaultWriter, ["closed", "desiredSize", "ready"]);

export class WritableStream {
  #record;

  static {
    writableOf = (stream) => {
      if (typeof stream !== "object" || stream === null || !(#record in stream)) {
        throw new TypeError("Argument 1 is not a WritableStream");
      }
      return stream.#record;
    };
  }

  constructor(sink = undefined, strategy = {}) {
    const where = "Failed to construct 'WritableStream'";
    if (sink?.type !== undefined) throw new RangeError(`${where}: WritableStream does not support 'type' in the underlying sink`);
    const w = newWritable();
    this.#record = w;
    w.face = this;
    const start = method(sink, "start", where);
    const onWrite = method(sink, "write", where);
    const onClose = method(sink, "close", where);
    const onAbortMethod = method(sink, "abort", where);
    w.measure = sizeOf(strategy);
    w.mark = highWaterMark(strategy, 1);
    w.signal = new globalThis.AbortController();
    const controller = new WritableStreamDefaultController(internal, w);
    const nothing = () => Promise.resolve();
    w.write = onWrite === undefined ? nothing : (chunk) => promising(onWrite, sink, chunk, controller);
    w.close = onClose === undefined ? nothing : () => promising(onClose, sink);
    w.abort = onAbortMethod === undefined ? nothing : (reason) => promising(onAbortMethod, sink, reason);
    w.backpressure = writableDesired(w) <= 0;
    const result = start === undefined ? undefined : start.call(sink, controller);
    Promise.resolve(result).then(() => {
      w.started = true;
      advance(w);
    }, (error) => {
      w.started = true;
      dealWithRejection(w, error);
    });
  }

  get locked() {
    return writableOf(this).writer !== null;
  }
  abort(reason = undefined) {
    if (this.locked) return Promise.reject(new TypeError("The writable stream is locked, therefore cannot be aborted."));
    return abortWritable(this.#record, reason);
  }
  close() {
    if (this.locked) return Promise.reject(new TypeError("The writable stream is locked, therefore cannot be closed."));
    return closeWritable(this.#record);
  }
  getWriter() {
    return new WritableStreamDefaultWriter(this);
  }
}
configureClass(WritableStream, ["locked"]);

/** pipeTo: reads as long as the writer wants more, and shuts both ends down as the options say. */
function pipe(source, destination, { preventClose, preventAbort, preventCancel, signal }) {
  const s = recordOf(source);
  const w = writableOf(destination);
  if (signal !== undefined && !(signal instanceof globalThis.AbortSignal)) {
    return Promise.reject(new TypeError("Invalid signal"));
  }
  if (s.reader !== null) return Promise.reject(new TypeError("ReadableStream is already locked"));
  if (w.writer !== null) return Promise.reject(new TypeError("Target WritableStream is already locked"));
  const reader = new ReadableStreamDefaultReader(source);
  const writer = new WritableStreamDefaultWriter(destination);
  s.disturbed = true;
  const done = deferred();
  let ending = false;
  let lastWrite = Promise.resolve();
  let dropSignal = () => {};

  const end = async (action, failed, error) => {
    if (ending) return;
    ending = true;
    // What has been read is written first.
    if (w.state === "writable" && !closeQueued(w)) await lastWrite.catch(() => {});
    try {
      await action?.();
    } catch (failure) {
      failed = true;
      error = failure;
    }
    writer.releaseLock();
    reader.releaseLock();
    dropSignal();
    settle(done, failed ? "reject" : "resolve", failed ? error : undefined);
  };
  if (signal !== undefined) {
    dropSignal = onAbort(signal, (reason) => {
      const actions = [];
      if (!preventAbort) actions.push(() => w.state === "writable" ? abortWritable(w, reason) : Promise.resolve());
      if (!preventCancel) actions.push(() => s.state === "readable" ? cancelReadable(s, reason) : Promise.resolve());
      end(() => Promise.all(actions.map((action) => action())), true, reason);
    });
    if (ending) return done.promise;
  }
  const sourceEnded = () => end(preventClose ? undefined : () => {
    if (closeQueued(w) || w.state === "closed") return Promise.resolve();
    if (w.state === "errored") return Promise.reject(w.error);
    return closeWritable(w);
  }, false);
  reader.closed.then(sourceEnded, (error) => end(preventAbort ? undefined : () => abortWritable(w, error), true, error));
  writer.closed.then(() => {
    if (ending) return;
    const error = new TypeError("The destination writable stream closed before all the data could be piped to it.");
    end(preventCancel ? undefined : () => cancelReadable(s, error), true, error);
  }, (error) => end(preventCancel ? undefined : () => cancelReadable(s, error), true, error));
  const loop = async () => {
    while (!ending) {
      try {
        await writer.ready;
      } catch {
        return; // writer.closed tells
      }
      if (ending) return;
      const more = await new Promise((resolve) => {
        readFrom(s, {
          chunk: (chunk) => {
            lastWrite = handled(write(w, w.writer, chunk));
            resolve(true);
          },
          close: () => resolve(false),
          error: () => resolve(false),
        });
      });
      if (!more) return;
    }
  };
  loop();
  return done.promise;
}

// ---- transform

export class TransformStreamDefaultController {
  #stream;
  constructor(key, stream) {
    if (key !== internal) illegalConstructor();
    this.#stream = stream;
  }
  get desiredSize() {
    return desiredSize(this.#stream.readable);
  }
  enqueue(chunk = undefined) {
    const { readable } = this.#stream;
    if (!canTake(readable)) throw new TypeError("Readable stream is unavailable.");
    try {
      enqueue(readable, chunk);
    } catch (error) {
      this.#stream.fail(error);
      throw readable.error;
    }
    if (desiredSize(readable) <= 0 && waiting(readable) === 0) this.#stream.block();
  }
  error(reason = undefined) {
    this.#stream.fail(reason);
  }
  terminate() {
    const { readable } = this.#stream;
    if (canTake(readable)) requestClose(readable);
    this.#stream.failWritable(new TypeError("The stream has been terminated."));
  }
}
configureClass(TransformStreamDefaultController, ["desiredSize"]);

export class TransformStream {
  #readable;
  #writable;

  constructor(transformer = undefined, writableStrategy = {}, readableStrategy = {}) {
    const where = "Failed to construct 'TransformStream'";
    if (transformer?.readableType !== undefined) throw new RangeError(`${where}: readableType transformers not supported.`);
    if (transformer?.writableType !== undefined) throw new RangeError(`${where}: writableType transformers not supported.`);
    const start = method(transformer, "start", where);
    const transform = method(transformer, "transform", where);
    const flush = method(transformer, "flush", where);
    const onCancel = method(transformer, "cancel", where);
    // Blocked while nobody wants to read; the writable side waits.
    let unblocked = deferred();
    const began = deferred();
    const state = {
      readable: null,
      block() {
        if (unblocked.settled) unblocked = deferred();
      },
      fail(error) {
        errorReadable(state.readable, error);
        state.failWritable(error);
      },
      failWritable(error) {
        startErroring(writableOf(writable), error);
        settle(unblocked, "resolve", undefined);
      },
    };
    const controller = new TransformStreamDefaultController(internal, state);
    let finishing = null;
    const readable = new ReadableStream({
      start: () => began.promise,
      pull: () => {
        settle(unblocked, "resolve", undefined);
      },
      cancel: (reason) => {
        finishing ??= promising(async () => {
          try {
            await onCancel?.call(transformer, reason);
            if (writableOf(writable).state !== "errored") state.failWritable(reason);
          } catch (error) {
            state.failWritable(error);
            throw error;
          }
        });
        return finishing;
      },
    }, { highWaterMark: highWaterMark(readableStrategy, 0), size: readableStrategy?.size });
    state.readable = recordOf(readable);
    const writable = new WritableStream({
      start: () => began.promise,
      write: async (chunk) => {
        if (!unblocked.settled) {
          await unblocked.promise;
          const w = writableOf(writable);
          if (w.state === "erroring") throw w.error;
        }
        try {
          if (transform === undefined) controller.enqueue(chunk);
          else await transform.call(transformer, chunk, controller);
        } catch (error) {
          state.fail(error);
          throw error;
        }
      },
      close: () => {
        finishing ??= promising(async () => {
          try {
            await flush?.call(transformer, controller);
          } catch (error) {
            state.fail(error);
            throw error;
          }
          if (state.readable.state === "errored") throw state.readable.error;
          if (canTake(state.readable)) requestClose(state.readable);
        });
        return finishing;
      },
      abort: (reason) => {
        finishing ??= promising(async () => {
          try {
            await onCancel?.call(transformer, reason);
            errorReadable(state.readable, reason);
          } catch (error) {
            errorReadable(state.readable, error);
            throw error;
          }
        });
        return finishing;
      },
    }, { highWaterMark: highWaterMark(writableStrategy, 1), size: writableStrategy?.size });
    this.#readable = readable;
    this.#writable = writable;
    began.resolve(start?.call(transformer, controller));
  }

  get readable() {
    return this.#readable;
  }
  get writable() {
    return this.#writable;
  }
}
configureClass(TransformStream, ["readable", "writable"]);

// ---- strategies

function strategy(name, size) {
  const constructor = {
    [name]: class {
      #mark;
      constructor(init) {
        requireArguments(arguments.length, 1, `Failed to construct '${name}'`);
        if (init?.highWaterMark === undefined) {
          throw new TypeError(
            `Failed to construct '${name}': can not convert to 'QueuingStrategyInit' because 'highWaterMark' is required in 'QueuingStrategyInit'.`,
          );
        }
        this.#mark = Number(init.highWaterMark);
      }
      get highWaterMark() {
        return this.#mark;
      }
      get size() {
        return size;
      }
    },
  }[name];
  configureClass(constructor, ["highWaterMark", "size"]);
  return constructor;
}

const counted = { size: () => 1 }.size;
const measured = { size: (chunk) => chunk.byteLength }.size;
export const CountQueuingStrategy = strategy("CountQueuingStrategy", counted);
export const ByteLengthQueuingStrategy = strategy("ByteLengthQueuingStrategy", measured);

// ---- text

/** A TransformStream behind a class of its own, as the text and compression streams are. */
export function transformClass(make, shown) {
  return class {
    #transform;
    constructor(...args) {
      this.#transform = make(this, ...args);
    }
    get readable() {
      return this.#transform.readable;
    }
    get writable() {
      return this.#transform.writable;
    }
    [privateCustomInspect](inspect, options) {
      return inspect(visibleProperties(this, shown), options);
    }
  };
}

export class TextEncoderStream extends transformClass(() => {
  const encoder = new globalThis.TextEncoder();
  let high = "";
  return new TransformStream({
    transform(chunk, controller) {
      let text = high + `${chunk}`;
      high = "";
      const last = text.charCodeAt(text.length - 1);
      if (last >= 0xd800 && last <= 0xdbff) {
        high = text[text.length - 1];
        text = text.slice(0, -1);
      }
      if (text !== "") controller.enqueue(encoder.encode(text));
    },
    flush(controller) {
      if (high !== "") controller.enqueue(new Uint8Array([0xef, 0xbf, 0xbd]));
    },
  });
}, ["encoding", "readable", "writable"]) {
  get encoding() {
    return "utf-8";
  }
}
configureClass(TextEncoderStream);

const decoders = new WeakMap();

export class TextDecoderStream extends transformClass((self, label = "utf-8", options = {}) => {
  const decoder = new globalThis.TextDecoder(label, options);
  decoders.set(self, decoder);
  return new TransformStream({
    transform(chunk, controller) {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== "") controller.enqueue(text);
    },
    flush(controller) {
      const text = decoder.decode();
      if (text !== "") controller.enqueue(text);
    },
  });
}, ["encoding", "fatal", "ignoreBOM", "readable", "writable"]) {
  get encoding() {
    return decoders.get(this).encoding;
  }
  get fatal() {
    return decoders.get(this).fatal;
  }
  get ignoreBOM() {
    return decoders.get(this).ignoreBOM;
  }
}
configureClass(TextDecoderStream);
