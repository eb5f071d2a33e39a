const kv = await Deno.openKv(":memory:");
const back = async (value: unknown) => {
  await kv.set(["v"], value);
  return (await kv.get(["v"])).value as any;
};
const error: any = new RangeError("boom", { cause: new Error("why") });
error.extra = 1;
const copy = await back(error);
console.log(copy.name, copy.message, copy instanceof RangeError, copy.cause.message, copy.extra, copy.stack === error.stack, Object.keys(copy));
const many = await back(new AggregateError([1], "agg"));
console.log(many.name, many.message, many.constructor.name, many.errors);
class Mine extends TypeError {}
const mine = await back(new Mine("x"));
console.log(mine.name, mine.constructor.name);
const named = new Error("y");
named.name = "SyntaxError";
console.log((await back(named)).constructor.name);
named.name = "Other";
console.log((await back(named)).constructor.name);
for (const Class of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) console.log((await back(new Class("m"))).constructor.name);
const dom = await back(new DOMException("m", "AbortError"));
console.log(dom instanceof DOMException, dom.name, dom.code, dom.message);
kv.close();
