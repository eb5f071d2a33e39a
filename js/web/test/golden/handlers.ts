// What handlers do: time, abort, promises, bytes.
// deno-lint-ignore-file
// @ts-nocheck
const log: string[] = [];
const c = new AbortController(); const slow = new Promise((_, rej) => c.signal.addEventListener("abort", () => rej(c.signal.reason))); setTimeout(() => c.abort(new Error("stop")), 1);
try { await slow; } catch (e) { console.log((e as Error).message, c.signal.aborted, c.signal.reason === e); }
try { AbortSignal.abort().throwIfAborted(); } catch (e) { console.log((e as DOMException).name, (e as DOMException).message, e instanceof DOMException, e instanceof Error); }
const any = AbortSignal.any([AbortSignal.timeout(1), new AbortController().signal]); await new Promise((r) => any.addEventListener("abort", r)); console.log(any.reason.name);
const t = new EventTarget(); t.addEventListener("x", (e) => console.log((e as CustomEvent).detail), { once: true }); t.dispatchEvent(new CustomEvent("x", { detail: 1 })); t.dispatchEvent(new CustomEvent("x", { detail: 2 }));
console.log(structuredClone(new Map([["a", new Set([1])]])), structuredClone(new Error("e")).message);
console.log(new TextDecoder().decode(new TextEncoder().encode("héllo €")), atob(btoa("bin\xff")).charCodeAt(3));
const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("abc")); console.log([...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, "0")).join(""));
console.log(await Promise.race([new Promise((r) => setTimeout(r, 50, "slow")), new Promise((r) => setTimeout(r, 1, "fast"))]), await Promise.any([Promise.reject(1), 2]));
try { await Promise.any([Promise.reject(1)]); } catch (e) { console.log((e as AggregateError).name, (e as AggregateError).errors, (e as Error).message); }
function fail(): never { throw new Error("deep", { cause: "because" }); }
try { fail(); } catch (e) { console.log((e as Error).stack!.split("\n")[0], (e as Error).cause, /at fail \(file:\/\/.*:\d+:\d+\)/.test((e as Error).stack!)); }
const { promise, resolve } = Promise.withResolvers<number>(); resolve(3); console.log(await promise, promise);
for await (const v of (async function* () { yield* [1, 2]; })()) console.log(v);
performance.mark("a"); performance.measure("m", "a"); console.log(performance.getEntriesByName("m").length, performance.getEntriesByType("mark")[0].name);
console.log(Object.prototype.toString.call(new Date()), Object.prototype.toString.call(new AbortController()), String(new URL("http://a")), `${new Error("x")}`);
console.log(typeof window, typeof self, typeof globalThis, typeof navigator.userAgent, typeof location);
console.log([3, 1, 2].sort(), ["b", "a"].toSorted(), [1, 2, 3].findLast((x) => x < 3), "a,b".split(","), Object.is(-0, 0), [1, [2, [3]]].flat(Infinity));
console.log(await (await fetch("data:text/plain,hello")).text(), new Response(null, { status: 204 }).ok, (await new Response('{"a":1}').json()).a);
const ws = new WeakRef({}); console.log(ws.deref() !== undefined, new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "full" }).format(new Date(0)));
console.log([..."𝒳y"].length, "ß".toUpperCase(), "İ".toLowerCase().length, "a".localeCompare("b"), ["ä", "a", "z"].sort(new Intl.Collator("de").compare));
try { await Promise.any([]); } catch (e) { console.log(e.errors, e.message, String(e)); }
console.log(await Promise.any([Promise.reject(1), { then(ok) { ok("thenable"); } }]), Promise.any.length, Promise.any.name);
try { await Promise.any(5); } catch (e) { console.log(e.name); }
