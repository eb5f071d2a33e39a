// Headers, Request, Response, bodies, FormData, Blob: what they accept, refuse and print; data URLs.
const t = async (name: string | number, f: () => unknown) => {
  try {
    console.log(name, await f());
  } catch (e) {
    const error = e as Error & { code?: string };
    console.log(name, "!!", error.constructor.name, error.name, error.message, error.code, Object.keys(error));
  }
};
// deno-lint-ignore no-explicit-any
const any = (value: unknown) => value as any;
await t(1, () => new Headers(any([["a"]])));
await t(2, () => new Headers({ "a b": "c" }));
await t(3, () => new Headers({ a: " c\n" }).get("a"));
await t(4, () => new Headers({ a: "c\nd" }));
await t(5, () => new Headers({ a: "é" }));
await t(6, () => new Headers({ a: "€" }));
await t(7, () => new Headers(any(5)));
await t(8, () => new Headers({ B: "1", a: "2" }));
await t(9, () => any(new Headers()).get());
await t(10, () => any(new Headers()).append("a"));
await t(11, () => {
  const h = new Headers();
  h.append("set-cookie", "a");
  h.append("Set-Cookie", "b");
  h.append("x", "1");
  h.append("x", "2");
  return [[...h], h.getSetCookie(), h.get("set-cookie"), [...h.keys()], h.has("X")];
});
await t(12, () => {
  const h = new Headers({ a: "1", b: "2" });
  h.set("A", "3");
  h.delete("B");
  const seen: string[] = [];
  h.forEach((v, k) => seen.push(k + v));
  return [seen, new Headers(h)];
});
await t(20, () => new Response("x").headers);
await t(21, () => new Response("x", { status: 99 }));
await t(22, () => new Response("x", { status: 204 }));
await t(23, () => new Response("x", { statusText: "é€" }));
await t(24, () => new Response("x", { statusText: "a\nb" }));
await t(25, () => Response.redirect("x"));
await t(26, () => Response.redirect("http://a", 200));
await t(27, () => Response.redirect("http://a").headers.get("location"));
await t(28, () => Response.error());
await t(29, async () => [Response.json({ a: 1 }).headers, await Response.json([1], { status: 201 }).text()]);
await t(30, () => Response.json(undefined));
await t(31, () => Response.redirect("http://a").headers.append("a", "b"));
await t(32, () => Response.redirect("http://a").headers.set("a", "b"));
await t(33, () => [new Response().body, new Response("x").body !== null, new Response(null, { status: 204 }).ok]);
await t(34, () => new Response(new URLSearchParams("a=b")).headers.get("content-type"));
await t(40, () => new Request("x"));
await t(41, () => new Request("http://a", { method: "a b" }));
await t(42, () => new Request("http://a", { method: "TRACE" }));
await t(43, () => new Request("http://a", { body: "x" }));
await t(44, () => new Request("http://a", { method: "post", body: "x" }));
await t(45, () => new Request("http://a", { method: "patch" }).method);
await t(46, () => new Request("http://a", { redirect: any("x") }));
await t(47, () => new Request("http://a", { signal: any(5) }));
await t(48, () => new Request("http://a", { headers: { host: "x", Connection: "y" } }).headers);
await t(49, async () => {
  const a = new Request("http://a", { method: "POST", body: "x", headers: { q: "1" } });
  const b = new Request(a, { headers: { r: "2" } });
  return [a.bodyUsed, await b.text(), b.method, [...b.headers]];
});
await t(50, async () => {
  const a = new Request("http://a", { method: "POST", body: "x" });
  const b = a.clone();
  return [await a.text(), await b.text(), a.bodyUsed];
});
await t(51, () => {
  const c = new AbortController();
  const r = new Request("http://a", { signal: c.signal });
  c.abort("why");
  return [r.signal.aborted, r.signal.reason, r.signal === c.signal];
});
await t(60, async () => {
  const r = new Response("x");
  await r.text();
  return r.text();
});
await t(61, async () => {
  const r = new Response("x");
  await r.text();
  return r.clone();
});
await t(62, () => new Response("").json());
await t(63, () => new Response("x").formData());
await t(64, async () => [...await new Response("a=1&b=%20", { headers: { "content-type": "application/x-www-form-urlencoded" } }).formData()]);
await t(65, async () => [await new Response(new Uint8Array([1, 2])).bytes(), await new Response("é").arrayBuffer()]);
await t(66, async () => await new Response(new Blob(["x"], { type: "A/B" })).blob());
await t(67, async () => {
  const r = new Response("abc");
  const c = r.clone();
  return [...await Promise.all([r.text(), c.text()]), r.bodyUsed];
});
await t(68, async () => {
  const r = new Response("abc");
  const chunks = [];
  for await (const chunk of r.body!) chunks.push(chunk);
  return [chunks, r.bodyUsed, r.body!.locked];
});
await t(69, async () => {
  const r = new Response(new ReadableStream({ start: (c) => (c.enqueue(new Uint8Array([65])), c.close()) }));
  const reader = r.body!.getReader();
  try {
    await r.text();
  } catch (e) {
    reader.releaseLock();
    return [(e as Error).message, await r.text()];
  }
});
await t(70, () => new Response(new ReadableStream({ start: (c) => (c.enqueue("no bytes"), c.close()) })).text());
await t(71, () => new Response("\ufeffbom").text());
await t(72, () => new Response('{"a":[1,2]}').json());
await t(80, () => fetch("x"));
await t(81, () => any(fetch)());
await t(82, () => fetch("ftp://a/x"));
await t(83, () => fetch("http://a", { method: "CONNECT" }));
await t(84, async () => {
  const r = await fetch("data:text/plain;charset=utf-8,h%20i");
  return [r.status, r.headers.get("content-type"), await r.text(), r.url, r.type];
});
await t(85, () => fetch("data:bad"));
await t(86, () => fetch("data:;base64,AQI=").then((r) => r.bytes()));
await t(87, () => fetch("data:,x").then((r) => r.headers.get("content-type")));
await t(88, () => fetch("http://a", { signal: AbortSignal.abort() }));
await t(89, () => fetch("http://a", { signal: AbortSignal.abort(new RangeError("q")) }));
await t(90, () => fetch("http://127.0.0.1:0/"));
await t(91, () => fetch("about:blank"));
await t(92, () => fetch("http://127.0.0.1:1/", { headers: { "a b": "c" } }));
await t(100, async () => {
  const f = new FormData();
  f.append("a", "1");
  f.append("é", "x\ny");
  f.append("f", new File(["file"], "n.txt", { type: "t/x" }));
  f.append("b", new Blob(["bb"]));
  f.set("a", "2");
  const g = await new Response(f).formData();
  return [...g].map(([k, v]) => [k, typeof v === "string" ? v : [v.name, v.type, v.size]]);
});
await t(101, () => {
  const f = new FormData();
  f.append("a", "1");
  f.append("a", "2");
  return [f.getAll("a"), f.get("b"), f.has("a"), [...f.keys()], f];
});
await t(102, async () => {
  const b = new Blob(["héllo", new Uint8Array([33]), new Blob(["?"])], { type: "Text/Plain" });
  return [b, b.slice(1, 3).size, await b.slice(-2).text(), await b.text(), b.slice(0, 1, "x/y").type];
});
await t(103, () => {
  const f = new File(["x"], "n", { type: "a/b", lastModified: 5 });
  return [f, f instanceof Blob];
});
