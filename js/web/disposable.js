/*
 * DisposableStack, AsyncDisposableStack and SuppressedError, which the engine does not have yet: resources are let go in
 * the reverse of the order they came in; an error on the way does not stop the rest and keeps the one before it.
 */
const { defineProperty } = Object;

export class SuppressedError extends Error {
  constructor(error, suppressed, message = "") {
    super(message);
    if (message === "") delete this.message;
    defineProperty(this, "error", { value: error, writable: true, configurable: true });
    defineProperty(this, "suppressed", { value: suppressed, writable: true, configurable: true });
  }
}
defineProperty(SuppressedError.prototype, "name", { value: "SuppressedError", writable: true, configurable: true });
defineProperty(SuppressedError.prototype, "message", { value: "", writable: true, configurable: true });

function disposer(value, symbols) {
  if (value === null || value === undefined) return () => {};
  for (const symbol of symbols) {
    const method = value[symbol];
    if (method === undefined || method === null) continue;
    if (typeof method !== "function") throw new TypeError("Symbol.dispose is not a function");
    return () => method.call(value);
  }
  throw new TypeError("Symbol.dispose is not a function");
}

// Collects the errors of steps that all have to run.
class Failures {
  #error = undefined;
  #any = false;
  add(error) {
    this.#error = this.#any ? new SuppressedError(error, this.#error, "An error was suppressed during disposal") : error;
    this.#any = true;
  }
  rethrow() {
    if (this.#any) throw this.#error;
  }
}

function stackClass(name, symbols) {
  return {
    [name]: class {
      #steps = [];
      #disposed = false;

      get disposed() {
        return this.#disposed;
      }

      #open() {
        if (this.#disposed) throw new ReferenceError("Cannot add values to a disposed stack!");
        return this.#steps;
      }

      use(value) {
        const steps = this.#open();
        steps.push(disposer(value, symbols));
        return value;
      }

      adopt(value, onDispose) {
        const steps = this.#open();
        if (typeof onDispose !== "function") throw new TypeError(`${String(onDispose)} is not a function`);
        steps.push(() => onDispose(value));
        return value;
      }

      defer(onDispose) {
        const steps = this.#open();
        if (typeof onDispose !== "function") throw new TypeError(`${String(onDispose)} is not a function`);
        steps.push(() => onDispose());
      }

      move() {
        const moved = new this.constructor();
        moved.#steps = this.#take();
        return moved;
      }

      #take() {
        if (this.#disposed) throw new ReferenceError("Cannot move elements from a disposed stack!");
        this.#disposed = true;
        const steps = this.#steps;
        this.#steps = [];
        return steps;
      }

      static take(stack) {
        return stack.#disposed ? [] : stack.#take();
      }
    },
  }[name];
}

const Sync = stackClass("DisposableStack", [Symbol.dispose]);
const takeSync = Sync.take;
delete Sync.take;
export const DisposableStack = Sync;
defineProperty(DisposableStack.prototype, "dispose", {
  value: function dispose() {
    const failures = new Failures();
    for (const step of takeSync(this).reverse()) {
      try {
        step();
      } catch (error) {
        failures.add(error);
      }
    }
    failures.rethrow();
  },
  writable: true,
  configurable: true,
});
defineProperty(DisposableStack.prototype, Symbol.dispose, {
  value: DisposableStack.prototype.dispose,
  writable: true,
  configurable: true,
});

const Async = stackClass("AsyncDisposableStack", [Symbol.asyncDispose, Symbol.dispose]);
const takeAsync = Async.take;
delete Async.take;
export const AsyncDisposableStack = Async;
defineProperty(AsyncDisposableStack.prototype, "disposeAsync", {
  value: async function disposeAsync() {
    const failures = new Failures();
    for (const step of takeAsync(this).reverse()) {
      try {
        await step();
      } catch (error) {
        failures.add(error);
      }
    }
    failures.rethrow();
  },
  writable: true,
  configurable: true,
});
defineProperty(AsyncDisposableStack.prototype, Symbol.asyncDispose, {
  value: AsyncDisposableStack.prototype.disposeAsync,
  writable: true,
  configurable: true,
});
for (const it of [DisposableStack, AsyncDisposableStack]) {
  defineProperty(it.prototype, Symbol.toStringTag, { value: it.name, configurable: true });
}
