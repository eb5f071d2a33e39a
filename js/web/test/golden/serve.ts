// Deno.serve, asked by fetch from the same script.
// deno-lint-ignore-file no-explicit-any
const show = (...values: unknown[]) => console.log(...values);
const encoder = new TextEncoder();
const quiet = { port: 0, hostname: "127.0.0.1", onListen() {} };

const server = Deno.serve({
  ...quiet,
  onListen: (addr: any) => show("listening", addr.hostname, addr.port > 0, addr.transport),
  onError: (e: any) => new Response(`${e.name}: ${e.message}`, { status: 500 }),
}, async (req: Request, info: any) => {
  const url = new URL(req.url);
  show(req.method, url.pathname + url.search, info.remoteAddr.hostname, info.remoteAddr.transport, req.body === null, req.headers.get("x"));
  switch (url.pathname) {
    case "/echo":
      return new Response(await req.text(), { status: 201, headers: { a: "b" } });
    case "/count": {
      let count = 0;
      for await (const chunk of req.body!) count += chunk.length;
      return new Response(String(count));
    }
    case "/stream":
      return new Response(
        new ReadableStream({
          start(c) {
            c.enqueue(encoder.encode("a"));
            c.enqueue(encoder.encode("b"));
            c.close();
          },
        }),
      );
    case "/throw":
      throw new RangeError("boom");
    case "/bad":
      return 5 as any;
    case "/redirect":
      return Response.redirect(new URL("/echo", req.url));
    case "/null":
      return new Response(null, { status: 204 });
    case "/json":
      return Response.json({ a: [1, 2] });
    case "/large":
      return new Response(new Uint8Array(3_000_000));
    case "/cookies":
      return new Response("", { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] });
    default:
      return new Response("hi");
  }
});
const base = `http://127.0.0.1:${(server.addr as any).port}`;
const ask = async (path: string, init: RequestInit = {}) => {
  const r = await fetch(base + path, init);
  const headers = [...r.headers].filter(([name]) => !/^(date|vary|content-length|transfer-encoding|connection)$/.test(name));
  const text = await r.text();
  show(path, r.status, r.redirected, headers, text.length > 100 ? text.length : text);
};
show(Object.keys(server));
await ask("/?a=b%20c");
await ask("/echo", { method: "POST", body: "böd", headers: { x: "y" } });
await ask("/count", { method: "POST", body: new Uint8Array(200_000) });
let left = 50;
await ask("/count", {
  method: "POST",
  body: new ReadableStream({ pull: (c) => left-- > 0 ? c.enqueue(new Uint8Array(1000)) : c.close() }),
});
for (const path of ["/stream", "/throw", "/bad", "/redirect", "/null", "/json", "/large", "/cookies"]) await ask(path);
await ask("/head", { method: "HEAD" });
await ask("/patch", { method: "PATCH" });
const attempt = async (f: () => unknown) => {
  try {
    show(await f());
  } catch (e) {
    show((e as Error).name, (e as Error).message, (e as any).code);
  }
};
await attempt(() => Deno.serve({ ...quiet, port: (server.addr as any).port }, () => new Response()));
await attempt(() => (Deno as any).serve({ port: 0 }));
await server.shutdown();
show(await server.finished);
await attempt(async () => (await fetch(base)).status);

// Requests under way are answered before the server ends.
{
  const started = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const slow = Deno.serve(quiet, async () => {
    started.resolve();
    await go.promise;
    return new Response("late");
  });
  const answer = fetch(`http://127.0.0.1:${(slow.addr as any).port}`).then((r) => r.text());
  await started.promise;
  const ended = slow.shutdown();
  go.resolve();
  show(await answer);
  await ended;
}
// A signal ends a server, handler may come in the options, many requests at once.
{
  const stop = new AbortController();
  const many = Deno.serve({ ...quiet, signal: stop.signal, handler: (req: Request) => new Response(new URL(req.url).pathname) });
  const url = `http://127.0.0.1:${(many.addr as any).port}`;
  const texts = await Promise.all(Array.from({ length: 50 }, (_, i) => fetch(`${url}/${i}`).then((r) => r.text())));
  show(texts.every((text, i) => text === `/${i}`));
  stop.abort();
  await many.finished;
}
// An unreferenced server does not keep the program alive.
Deno.serve(quiet, () => new Response()).unref();
show("end");
