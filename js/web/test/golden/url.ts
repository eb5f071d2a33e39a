// URL and URLSearchParams: errors, setters, the live link, printing.
const t = (name: string | number, f: () => unknown) => {
  try {
    console.log(name, f());
  } catch (e) {
    const error = e as Error & { code?: string };
    console.log(name, "!!", error.name, error.message, error.code, Object.keys(error));
  }
};
// deno-lint-ignore no-explicit-any
const any = (value: unknown) => value as any;
t(1, () => new URL("x"));
t(2, () => new URL("x", "y"));
t(3, () => new (any(URL))());
t(4, () => {
  const u = new URL("http://a");
  u.href = "x";
});
t(5, () => new URL("http://a", undefined).href);
t(6, () => new URL("/b", new URL("http://a")).href);
t(7, () => [URL.canParse("x"), URL.canParse("x", "http://a"), URL.parse("x"), URL.parse("b", "http://a")?.href]);
t(8, () => new URL("http://us:pa@a.b:8080/x?y=z#w"));
t(9, () => JSON.stringify({ u: new URL("http://a") }));
t(10, () => `${new URL("http://a")}` + Object.prototype.toString.call(new URL("http://a")));
t(11, () => URL.prototype.href);
t(12, () => any(URL).canParse());
t(13, () => Object.getOwnPropertyDescriptor(URL.prototype, "href")?.enumerable);
t(14, () => ["http://a", "https://a:8443/x", "file:///x", "blob:https://a.b/c", "data:,x", "foo://x"].map((u) => new URL(u).origin));
t(15, () => {
  const u = new URL("http://a/?b=1");
  const params = u.searchParams;
  params.append("c", "d e");
  const first = u.href;
  u.search = "x=1";
  params.delete("x");
  return [first, u.href, u.searchParams === params, params.size];
});
t(16, () => {
  const u = new URL("http://a/p");
  u.protocol = "https";
  u.port = "8443";
  u.pathname = "a b/ü";
  u.hash = "h";
  u.username = "us er";
  u.host = "b.c:99";
  return u.href;
});
t(17, () => new URLSearchParams("?a=b&c"));
t(18, () => new URLSearchParams(any([["a"]])));
t(19, () => new URLSearchParams(any([1])));
t(20, () => new URLSearchParams(any(5)).toString());
t(21, () => new URLSearchParams(any({ a: 1, b: [2, 3] })).toString());
t(22, () => any(new URLSearchParams()).get());
t(23, () => any(new URLSearchParams()).append("a"));
t(24, () => [...new URLSearchParams("a=1&a=2&b").entries()]);
t(25, () => new URLSearchParams("a=%FF%zz+%C3%A9&%=%").toString());
t(26, () => new URLSearchParams({ "é ": "~!*'()-._ \ud800 😀" }).toString());
t(27, () => [new URLSearchParams("a=1&b=2").has("a", "2"), new URLSearchParams("a=1").has("a", "1")]);
t(28, () => {
  const p = new URLSearchParams("b=1&a=2&b=0&\u00e9=3");
  p.sort();
  return p + "";
});
t(29, () => new URLSearchParams(any(new Map([["a", "b"]]))) + "");
t(30, () => new URLSearchParams(any({ [Symbol.iterator]: 5 })));
t(31, () => new URLSearchParams("a=1").keys());
t(32, () => {
  const p = new URLSearchParams("a=1&b=2&c=3");
  for (const [k] of p) p.delete(k);
  return p + "";
});
t(33, () => any(new URLSearchParams()).forEach());
t(34, () => {
  const p = new URLSearchParams("a=1&b=2&a=3");
  p.set("a", "9");
  p.set("z", "&=+");
  p.delete("b", "x");
  return [p.toString(), p.getAll("a"), p.get("nope")];
});
t(35, () => new URLSearchParams());
t(36, () => new URL("https://münchen.de:443/ä?ö#ü").href);
