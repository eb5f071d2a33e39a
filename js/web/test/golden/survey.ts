// A walk through what scripts use most.
// deno-lint-ignore-file
// @ts-nocheck
interface User { id: number; name: string; tags?: string[] }
const users: User[] = [{ id: 1, name: "Ann", tags: ["a", "b"] }, { id: 2, name: "Bob" }];
console.log("users", users, "count:", users.length);
console.log(users.map((u) => u.name).join(", "));
console.log(Object.groupBy(users, (u) => u.name[0]));
console.log(new Map(users.map((u) => [u.id, u])));
console.log(`Started at ${new Date(0).toISOString()}`);
console.log(new Date(0), String(new Date(0)), new Date(0).toLocaleString(), new Date(0).toLocaleDateString("en-US", { weekday: "long", year: "numeric", month: "long", day: "numeric" }));
try { JSON.parse("nope"); } catch (e) { console.log("caught", (e as Error).name); }
const results = await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error("x").message), new Promise((r) => setTimeout(() => r("late"), 5))]);
console.log(results);
class Job { static count = 0; #secret = 1; name: string; constructor(name: string) { this.name = name; Job.count++; } get upper() { return this.name.toUpperCase(); } toJSON() { return { n: this.name }; } }
console.log(new Job("a"), Job, JSON.stringify(new Job("b")), Job.count, { ...new Job("c") });
enum Color { Red, Green = "g" } console.log(Color, Color.Red);
console.log([1, 2, 3].includes(2), [..."héllo"].reverse().join(""), "abc".padStart(5, "*"), [3, 1, 2].toSorted(), Array.from({ length: 3 }, (_, i) => i ** 2));
console.log(await Array.fromAsync((async function* () { yield 1; yield 2; })()));
console.log(new Error("shown").message, [new URL("https://example.com/a?b=c#d").searchParams.get("b")]);
console.log(new URL("https://u:p@example.com:8080/a?b=c#d"));
console.log(new URLSearchParams({ a: "1", b: "x y" }), `${new URLSearchParams({ a: "1", b: "x y" })}`);
console.log(new Headers({ "Content-Type": "text/plain", "x-a": "b" }), new Request("https://example.com/", { method: "POST", body: "x" }), new Response("ok", { status: 201 }));
console.log(Response.json({ a: 1 }).headers.get("content-type"), await new Response("text").text());
console.log(structuredClone({ a: [1, { b: new Date(0) }] }), crypto.randomUUID().length, btoa("x"), performance.now() > 0);
console.log("%s is %d years and %i, %f, %j %o %O", "Bob", 42.5, 42.9, 1.5, { a: 1 }, [1], { b: 2 });
console.table(users); console.group("G"); console.log({ nested: { deep: { deeper: { deepest: { x: 1 } } } } }); console.groupEnd();
console.error(new TypeError("bad").name); console.log(Symbol("s"), 10n ** 20n, -0, [undefined, null], NaN);
console.log({ f() {}, g: () => {}, h: async () => {}, i: class {}, [Symbol.iterator]: 1 });
console.log(new Intl.NumberFormat("en-US").format(1234567.891), (0.1 + 0.2).toFixed(2), Number("12px"), parseInt("12px"));
console.log("a-b-c".replaceAll("-", "+"), /(?<y>\d{4})/.exec("2024")?.groups, [..."a1b2".matchAll(/\d/g)].map((m) => m[0]));
console.log(/(?<y>\d{4})-(\d+)/.exec("in 2024-05"));
console.log(Object.entries({ a: 1, b: 2 }), Object.fromEntries([["x", 1]]), new Set("hello"), new WeakMap(), Symbol.for("x"));
console.log(process_like(), [1, [2, [3, [4, [5, [6]]]]]]);
function process_like() { return { argv: [], env: {}, nested: { fn: process_like } }; }
console.log(new (class extends Error { constructor() { super("sub"); this.name = "Sub"; this.stack = undefined; } })());
console.log("done".at(-1), Number.MAX_SAFE_INTEGER, 1e21, 0.000001, 1e-7, 123456789012345680000);
label: for (const a of [1, 2]) { for (const b of [1, 2]) { if (b === 2) continue label; console.log(a, b); } }
console.log(Temporal.PlainDate.from("2024-02-29").add({ years: 1 }).toString(), Temporal.Duration.from({ hours: 25 }).toString());
console.log(Temporal.PlainDate.from("2024-02-29"));
