// Disposable stacks, without the syntax.
// deno-lint-ignore-file
// @ts-nocheck
const res = (n) => ({ n, [Symbol.dispose]() { console.log("dispose", n); }, async [Symbol.asyncDispose]() { console.log("async", n); } });
const stack = new DisposableStack();
console.log(stack.disposed, String(stack), stack.use(res(1)).n, stack.adopt(2, (n) => console.log("adopted", n)), stack.defer(() => console.log("deferred")), stack.use(null));
const moved = stack.move();
console.log(stack.disposed, moved.disposed);
moved.dispose();
moved.dispose();
const failing = new DisposableStack();
failing.defer(() => { throw new Error("first in"); });
failing.defer(() => { throw new Error("second in"); });
try { failing[Symbol.dispose](); } catch (e) { console.log(e.name, e.message, e.error.message, e.suppressed.message, e instanceof SuppressedError, Object.keys(e)); }
for (const f of [() => stack.use({}), () => new DisposableStack().use({}), () => new DisposableStack().adopt(1, 2)]) try { f(); } catch (e) { console.log(e.name); }
const later = new AsyncDisposableStack();
later.use(res("x"));
later.defer(async () => { await 1; console.log("waited"); });
await later.disposeAsync();
console.log(later.disposed, later[Symbol.toStringTag], Symbol.dispose, Symbol.asyncDispose.description);
console.log(Object.keys(new Date()), typeof setTimeout(() => {}, 0)[Symbol.dispose]);
