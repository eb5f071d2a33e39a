// Streams: order of events, back-pressure, errors, piping, transforms.
const log = (...args: unknown[]) => console.log(...args);
const collect = async (s: ReadableStream) => {
  const out = [];
  for await (const c of s) out.push(c);
  return out;
};
const wrong = async (name: string, f: () => unknown) => {
  try {
    log(name, "->", await f());
  } catch (e) {
    log(name, "!!", (e as Error)?.name ?? e, (e as Error)?.message);
  }
};
{
  const events: string[] = [];
  let n = 0;
  const s = new ReadableStream({
    start: () => void events.push("start"),
    pull: (c) => {
      events.push(`pull ${n} ${c.desiredSize}`);
      c.enqueue(n++);
      if (n === 4) c.close();
    },
    cancel: (r) => void events.push(`cancel ${r}`),
  }, { highWaterMark: 2 });
  events.push("made");
  await Promise.resolve();
  await Promise.resolve();
  log(events.splice(0));
  log(await collect(s), events, s.locked);
}
{
  const s = new ReadableStream({ pull: (c) => c.enqueue("x"), cancel: (r) => log("cancelled", r) });
  for await (const c of s) {
    log(c);
    break;
  }
  const t = ReadableStream.from(["a", Promise.resolve("b")]);
  const r = t.getReader();
  log(await r.read(), await r.read(), await r.read());
  r.releaseLock();
  await r.read().catch((e) => log(e.name));
  await r.closed.catch((e) => log(e.name));
}
{
  const s = new ReadableStream({ start: (c) => c.error(new RangeError("bad")) });
  await wrong("errored", () => s.getReader().read());
  const locked = new ReadableStream();
  locked.getReader();
  await wrong("locked", () => locked.getReader());
  await wrong("cancel locked", () => locked.cancel());
  await wrong("pull throws", () => collect(new ReadableStream({ pull: () => { throw new Error("p"); } })));
  await wrong("start throws", () => new ReadableStream({ start: () => { throw new Error("s"); } }));
  await wrong("close twice", () => new ReadableStream({ start: (c) => { c.close(); c.close(); } }));
  await wrong("enqueue closed", () => new ReadableStream({ start: (c) => { c.close(); c.enqueue(1); } }));
  // deno-lint-ignore no-explicit-any
  await wrong("type", () => new ReadableStream({ type: "x" } as any));
  await wrong("mark", () => new ReadableStream({}, { highWaterMark: -1 }));
  await wrong("ctor", () => new ReadableStreamDefaultController());
}
{
  const [a, b] = ReadableStream.from([1, 2, 3]).tee();
  log(await collect(a), await collect(b));
}
{
  const events: string[] = [];
  const w = new WritableStream({
    start: () => void events.push("start"),
    write: async (c) => {
      events.push(`write ${c}`);
      await Promise.resolve();
    },
    close: () => void events.push("close"),
    abort: (r) => void events.push(`abort ${r}`),
  }, { highWaterMark: 2 });
  const writer = w.getWriter();
  log(writer.desiredSize);
  writer.write(1);
  log(writer.desiredSize);
  writer.write(2);
  log(writer.desiredSize);
  await writer.ready;
  await writer.close();
  log(events, writer.desiredSize);
  await wrong("write closed", () => writer.write(3));
  await wrong("close closed", () => writer.close());
}
{
  const w = new WritableStream({ write: () => { throw new Error("sink"); }, abort: (r) => log("abort", r) });
  const writer = w.getWriter();
  await wrong("write fails", () => writer.write(1));
  await wrong("closed rejects", () => writer.closed);
  await wrong("write after", () => writer.write(2));
  const x = new WritableStream({ abort: (r) => log("aborted", r) });
  await x.abort("why");
  await wrong("aborted writer", () => x.getWriter().closed);
}
{
  const upper = new TransformStream({
    start: (c) => c.enqueue("["),
    transform: (chunk, c) => c.enqueue(String(chunk).toUpperCase()),
    flush: (c) => c.enqueue("]"),
  });
  log(await collect(ReadableStream.from(["a", "b"]).pipeThrough(upper)));
  const failing = new TransformStream({ transform: () => { throw new TypeError("t"); } });
  await wrong("transform throws", () => collect(ReadableStream.from(["a"]).pipeThrough(failing)));
  const ended = new TransformStream({ transform: (chunk, c) => { c.enqueue(chunk); c.terminate(); } });
  log(await collect(ReadableStream.from([1, 2, 3]).pipeThrough(ended)));
  log(await collect(ReadableStream.from(["h\u00e9", "\ud83d", "\ude00"]).pipeThrough(new TextEncoderStream()).pipeThrough(new TextDecoderStream())));
}
{
  const seen: unknown[] = [];
  await ReadableStream.from([1, 2, 3]).pipeTo(new WritableStream({ write: (c) => void seen.push(c), close: () => void seen.push("end") }));
  log(seen);
  await wrong("pipe source error", () => new ReadableStream({ start: (c) => c.error(new Error("src")) }).pipeTo(new WritableStream({ abort: (r) => log("dest aborted", r.message) })));
  await wrong("pipe dest error", () => new ReadableStream({ pull: (c) => c.enqueue(1), cancel: (r) => log("src cancelled", r.message) }).pipeTo(new WritableStream({ write: () => { throw new Error("dst"); } })));
  const ac = new AbortController();
  const piping = new ReadableStream({ cancel: (r) => log("src", r) }).pipeTo(new WritableStream({ abort: (r) => log("dst", r) }), { signal: ac.signal });
  ac.abort("stop");
  await wrong("pipe signal", () => piping);
}
{
  const s = new ReadableStream({ type: "bytes", pull: (c) => { c.enqueue(new Uint8Array([1, 2, 3, 4, 5])); c.close(); } });
  const r = s.getReader({ mode: "byob" });
  log(await r.read(new Uint8Array(2)), await r.read(new Uint8Array(8)), await r.read(new Uint8Array(3)));
  const p = new ReadableStream({ type: "bytes", pull: (c) => { const v = c.byobRequest!.view as Uint8Array; v[0] = 7; c.byobRequest!.respond(1); } });
  log((await p.getReader({ mode: "byob" }).read(new Uint8Array(4))).value);
  await wrong("byob on default", () => new ReadableStream().getReader({ mode: "byob" }));
}
log(new ReadableStream(), new WritableStream().locked, new CountQueuingStrategy({ highWaterMark: 3 }).highWaterMark, new ByteLengthQueuingStrategy({ highWaterMark: 9 }).size(new Uint8Array(4)));
